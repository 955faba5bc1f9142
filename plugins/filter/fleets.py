# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From items of the compute layer's plan to what the stock modules take."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._model.compute import TAGGED_AT_LAUNCH
from ansible_collections.cutover.aws.plugins.module_utils._model.core import PHASE_TAG

Item = Mapping[str, Any]
"""One turn of a task's loop, as layer_plan returns it under work."""


def block_devices(template: Item) -> list[dict[str, Any]]:
    """The volumes of a launch template as amazon.aws.ec2_launch_template takes them."""
    return [
        {
            "device_name": volume["device"],
            "ebs": {
                "volume_size": volume["size"],
                "volume_type": volume["type"],
                "iops": volume["iops"],
                "throughput": volume["throughput"],
                "encrypted": volume["encrypted"],
                "kms_key_id": volume["key_arn"],
                "delete_on_termination": volume["delete_on_termination"],
            },
        }
        for volume in template["attributes"]["volumes"]
    ]


def launch_tags(template: Item) -> list[dict[str, Any]]:
    """The tags that instances get from a launch template, and their volumes and interfaces with them."""
    attributes = template["attributes"]
    tags = {**attributes["instance_tags"], PHASE_TAG: attributes["instance_phase"]}
    return [{"resource_type": kind, "tags": tags} for kind in TAGGED_AT_LAUNCH]


def group_tags(group: Item) -> list[dict[str, Any]]:
    """The tags of an Auto Scaling group as amazon.aws.autoscaling_group takes them, those of others included.

    In the order of their names, by which the module sorts what it finds: it takes another order for a change. Instances
    get their tags from the launch template.
    """
    wanted = {tag: (value, False) for tag, value in group["attributes"]["tags"].items()}
    present = {tag["Key"]: (tag["Value"], tag["PropagateAtLaunch"]) for tag in group["facts"].get("tags", [])}
    return [
        {tag: value, "propagate_at_launch": propagate}
        for tag, (value, propagate) in sorted({**present, **wanted}.items())
    ]


def listener_targets(listener: Item, ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """Where a listener forwards to, for cutover.aws.elb_listener; empty where it redirects."""
    forward: Sequence[Mapping[str, Any]] = listener["attributes"]["forward"] or []
    return [{"target_group_arn": ids[target["target_group"]], "weight": target["weight"]} for target in forward]


def step_adjustments(policy: Item) -> list[dict[str, Any]]:
    """The steps of a scaling policy as community.aws.autoscaling_policy takes them, bounds that are null left out."""
    names = {"lower_bound": "lower_bound", "upper_bound": "upper_bound", "adjustment": "scaling_adjustment"}
    return [
        {names[name]: value for name, value in step.items() if value is not None}
        for step in policy["attributes"]["steps"]
    ]


class FilterModule:
    """cutover.aws.block_devices, group_tags, launch_tags, listener_targets and step_adjustments"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {
            "block_devices": block_devices,
            "group_tags": group_tags,
            "launch_tags": launch_tags,
            "listener_targets": listener_targets,
            "step_adjustments": step_adjustments,
        }
