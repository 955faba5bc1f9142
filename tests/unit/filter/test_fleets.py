# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the stock modules are given for fleets."""

from __future__ import annotations

from typing import Any

from ansible_collections.cutover.aws.plugins.filter.alarms import alarm_settings
from ansible_collections.cutover.aws.plugins.filter.fleets import (
    block_devices,
    group_tags,
    launch_tags,
    listener_targets,
    step_adjustments,
)


def test_volumes_are_given_encrypted_with_the_stacks_key() -> None:
    volume = {
        "device": "/dev/xvda",
        "size": 20,
        "type": "gp3",
        "iops": 3000,
        "throughput": 125,
        "encrypted": True,
        "key_arn": "arn:key",
        "delete_on_termination": True,
    }
    (device,) = block_devices({"attributes": {"volumes": [volume]}})
    assert device["device_name"] == "/dev/xvda"
    assert (device["ebs"]["encrypted"], device["ebs"]["kms_key_id"], device["ebs"]["volume_size"]) == (
        True,
        "arn:key",
        20,
    )


def test_instances_volumes_and_interfaces_get_the_same_tags_and_the_phase() -> None:
    template = {"attributes": {"instance_tags": {"Side": "blue"}, "instance_phase": "complete"}}
    tags = {"Side": "blue", "MigrationPhase": "complete"}
    assert launch_tags(template) == [
        {"resource_type": kind, "tags": tags} for kind in ("instance", "volume", "network-interface")
    ]


def test_tags_of_others_are_given_back_to_the_group_in_the_order_of_names() -> None:
    present = [
        {"Key": "zone", "Value": "kept", "PropagateAtLaunch": True},
        {"Key": "Name", "Value": "old", "PropagateAtLaunch": True},
    ]
    group: dict[str, Any] = {"attributes": {"tags": {"Name": "new", "CostCenter": "web"}}, "facts": {"tags": present}}
    assert group_tags(group) == [
        {"CostCenter": "web", "propagate_at_launch": False},
        {"Name": "new", "propagate_at_launch": False},
        {"zone": "kept", "propagate_at_launch": True},
    ]


def test_a_listener_that_redirects_has_no_targets() -> None:
    assert listener_targets({"attributes": {"forward": None}}, {}) == []
    forward = [{"target_group": "target_group/blue", "weight": 3}]
    assert listener_targets({"attributes": {"forward": forward}}, {"target_group/blue": "arn:blue"}) == [
        {"target_group_arn": "arn:blue", "weight": 3}
    ]


def test_bounds_that_a_step_does_not_have_are_left_out() -> None:
    steps = [{"lower_bound": None, "upper_bound": 15.0, "adjustment": 1}]
    assert step_adjustments({"attributes": {"steps": steps}}) == [{"upper_bound": 15.0, "scaling_adjustment": 1}]


def test_what_an_alarm_does_not_have_is_left_out() -> None:
    item = {"name": "one", "key": "alarm/one", "attributes": {"threshold": 0.0, "low_samples": None}}
    assert alarm_settings([item]) == [{"name": "one", "threshold": 0.0}]
