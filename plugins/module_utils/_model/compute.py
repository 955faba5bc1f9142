# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The fleets that a stack ought to have: for each side a launch template, an Auto Scaling group, a load balancer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from .balancers import BalancerConfig, known_ids, listeners, load_balancer, target_group
from .core import PHASE_TAG, UNKNOWN, Model, ModelError, Resource, Stack, Value, known, model_of

COMPUTE_TYPES = ("launch_template", "target_group", "load_balancer", "listener", "autoscaling_group", "scaling_policy")
COMPUTE_PRUNED = frozenset({"listener", "scaling_policy"})
"""A listener or a policy that somebody added opens a port, or moves capacity, that the inventory knows nothing of."""

TEMPLATE_NAME_LIMIT = 128
DEFAULT_MAX_SIZE = 4
STEP, TARGET_TRACKING, NONE = "step", "target_tracking", "none"
SIDE_TAG = "Side"
"""On instances and volumes, so that user data can ask the metadata service which side it is on."""

TAGGED_AT_LAUNCH = ("instance", "volume", "network-interface")
METADATA_TAG = re.compile(r"[a-zA-Z0-9+\-=.,_:@]+")
"""Keys that the metadata service can show; with any other an instance does not start.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
"""

GROUP_METRICS = (
    "GroupDesiredCapacity",
    "GroupInServiceInstances",
    "GroupMaxSize",
    "GroupMinSize",
    "GroupPendingInstances",
    "GroupStandbyInstances",
    "GroupTerminatingInstances",
    "GroupTotalInstances",
)
"""What amazon.aws.autoscaling_group switches on."""


class Side(TypedDict, total=False):
    """One side of the cutover.

    Sizes are those of the day on which the side is made: without them it is made empty, as the side that waits is.
    image_id, image_parameter and user_data take the place of the role's for this side.
    """

    instance_type: str
    min_size: int
    desired_capacity: int
    max_size: int
    image_id: str
    image_parameter: str
    user_data: str


class Volume(TypedDict):
    """The root volume, gp3: size in GiB, iops, throughput in MiB/s."""

    device: str
    size: int
    iops: int
    throughput: int


class ScalingStep(TypedDict, total=False):
    """How many instances to add or remove while the metric is between the bounds, from the alarm's threshold on."""

    lower_bound: float
    upper_bound: float
    adjustment: int


class ComputeConfig(BalancerConfig):
    """The compute role's inputs. images maps each public parameter that names an image to what it names now."""

    private_subnet_ids: Sequence[str]
    application_group_id: str | None
    key_arn: str | None
    instance_profile_arn: str | None
    sides: Mapping[str, Side]
    image_id: str | None
    image_parameter: str
    images: Mapping[str, str]
    volume: Volume
    user_data: str
    detailed_monitoring: bool
    metadata_hop_limit: int
    health_check_grace: int
    scaling: str
    scaling_steps: Mapping[str, Sequence[ScalingStep]]
    scaling_target_cpu: float
    instance_warmup: int


def compute_model(stack: Stack, config: ComputeConfig) -> Model:
    """The layer's resources in the order in which they are made."""
    sides = list(config["sides"])
    return model_of(
        [
            *(_launch_template(stack, side, config) for side in sides),
            *(target_group(stack, side, config) for side in sides),
            *(load_balancer(stack, side, config) for side in sides),
            *(listener for side in sides for listener in listeners(stack, side, config)),
            *(_group(stack, side, config) for side in sides),
            *(policy for side in sides for policy in _policies(stack, side, config)),
        ]
    )


def _image(config: ComputeConfig, side: Side) -> str | None:
    """The image that the inventory names; a side's parameter goes before an image for all sides."""
    return side.get("image_id") or (None if side.get("image_parameter") else config["image_id"])


def _image_parameter(config: ComputeConfig, side: Side) -> str:
    return side.get("image_parameter") or config["image_parameter"]


def _launch_template(stack: Stack, side: str, config: ComputeConfig) -> Resource:
    key, name = f"launch_template/{side}", stack.named("app", side, limit=TEMPLATE_NAME_LIMIT)
    settings, volume = config["sides"][side], config["volume"]
    image = _image(config, settings) or config["images"].get(_image_parameter(config, settings))
    instance_tags = _instance_tags(stack, side, name)
    attributes: dict[str, Value] = {
        "instance_type": settings["instance_type"],
        "instance_profile_arn": known(config["instance_profile_arn"]),
        "security_groups": known_ids([group] if (group := config["application_group_id"]) else None),
        "ebs_optimized": True,
        "detailed_monitoring": config["detailed_monitoring"],
        "metadata_endpoint": "enabled",
        "metadata_tokens": "required",
        "metadata_hop_limit": config["metadata_hop_limit"],
        "metadata_tags": "enabled",
        "volumes": [
            {
                "device": volume["device"],
                "size": volume["size"],
                "type": "gp3",
                "iops": volume["iops"],
                "throughput": volume["throughput"],
                "encrypted": True,
                "key_arn": known(config["key_arn"]),
                "delete_on_termination": True,
            }
        ],
        "user_data": settings.get("user_data", config["user_data"]),
        "instance_tags": instance_tags,
        # Groups start instances from the default version; where it is not the latest, somebody has moved or added one.
        "default_version": "latest",
        "tags": stack.tagged(key, name),
    }
    return Resource(
        key, "launch_template", name, attributes, {"image_id": image or UNKNOWN, "instance_phase": stack.phase}
    )


def _instance_tags(stack: Stack, side: str, name: str) -> dict[str, Value]:
    """Those of instances, volumes and interfaces, but for the phase, which somebody else moves."""
    tags = {tag: value for tag, value in stack.tagged(f"instance/{side}", name).items() if tag != PHASE_TAG}
    for tag in tags:
        if not METADATA_TAG.fullmatch(tag):
            raise ModelError(
                f"cutover_tags: {tag!r} cannot be shown to instances; "
                "a tag's name has letters, digits and + - = . , _ : @ only"
            )
    return {**tags, SIDE_TAG: side}


def _group(stack: Stack, side: str, config: ComputeConfig) -> Resource:
    key, name = f"autoscaling_group/{side}", stack.named("app", side)
    settings = config["sides"][side]
    smallest = settings.get("min_size", 0)
    attributes: dict[str, Value] = {
        "launch_template": f"launch_template/{side}",
        "launch_template_version": "$Default",
        "subnets": known_ids(config["private_subnet_ids"]),
        "target_groups": [f"target_group/{side}"],
        "health_check_type": "ELB",
        "health_check_grace": config["health_check_grace"],
        "metrics": list(GROUP_METRICS),
        "tags": stack.tagged(key, name),
    }
    initial: dict[str, Value] = {
        "min_size": smallest,
        "desired_capacity": settings.get("desired_capacity", smallest),
        "max_size": settings.get("max_size", max(DEFAULT_MAX_SIZE, smallest)),
        "suspended_processes": [],
        # Instances go on running with what they were started from: replacing them is a decision of its own.
        "instances_of_older_versions": 0,
    }
    return Resource(key, "autoscaling_group", name, attributes, initial)


def _policies(stack: Stack, side: str, config: ComputeConfig) -> Iterator[Resource]:
    if config["scaling"] == STEP:
        for direction in ("up", "down"):
            yield _policy(
                stack,
                side,
                direction,
                policy_type="StepScaling",
                adjustment_type="ChangeInCapacity",
                aggregation="Average",
                steps=_steps(config["scaling_steps"][direction]),
                warmup=config["instance_warmup"],
            )
    elif config["scaling"] == TARGET_TRACKING:
        yield _policy(
            stack,
            side,
            "cpu",
            policy_type="TargetTrackingScaling",
            metric="ASGAverageCPUUtilization",
            target=float(config["scaling_target_cpu"]),
            warmup=config["instance_warmup"],
        )
    elif config["scaling"] != NONE:
        raise ModelError(f"compute_scaling is {config['scaling']!r}; it is one of {STEP}, {TARGET_TRACKING}, {NONE}")


def _policy(stack: Stack, side: str, what: str, **attributes: Value) -> Resource:
    return Resource(
        f"scaling_policy/{side}-{what}",
        "scaling_policy",
        stack.named("app", side, what),
        {"group": f"autoscaling_group/{side}", **attributes},
    )


def _steps(steps: Sequence[ScalingStep]) -> list[Value]:
    """In AWS's form: a bound of 0 is the alarm's threshold itself, beyond which nothing happens: the same as none."""
    if any(not step.get("lower_bound") and not step.get("upper_bound") for step in steps):
        raise ModelError(
            "compute_scaling_steps: AWS wants at least two steps in each direction, each with a bound other than 0"
        )
    return [
        {
            "lower_bound": float(step["lower_bound"]) if step.get("lower_bound") else None,
            "upper_bound": float(step["upper_bound"]) if step.get("upper_bound") else None,
            "adjustment": step["adjustment"],
        }
        for step in sorted(steps, key=lambda step: step.get("lower_bound") or float("-inf"))
    ]
