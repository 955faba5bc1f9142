# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The least time in which `prod` can be built or removed: the longest way through what has to wait for what.

Durations are those of the local cloud's own time table, dependencies those of the models; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter

from ansible_collections.cutover.aws.plugins.module_utils._wait.conditions import CONDITIONS
from local_cloud.time.certificates import MINUTES_TO_VALIDATE
from local_cloud.time.changes import MINUTES_TO_SYNC
from local_cloud.time.table import DB_INSTANCE, INSTANCE, LOAD_BALANCER, NAT_GATEWAY, Kind
from local_cloud.time.targets import MINUTES_INITIAL


@dataclass(frozen=True)
class Step:
    """needs: what has to stand before. create, delete: minutes of AWS's time. watched: how it is waited for."""

    needs: tuple[str, ...] = ()
    create: float = 0.0
    delete: float = 0.0
    watched: str = ""


@dataclass(frozen=True)
class Path:
    """steps: those of the longest way, in order. minutes: AWS's. polls: an interval of seconds for each join on it."""

    steps: tuple[str, ...]
    minutes: float
    polls: float

    def seconds(self, time_scale: float, latency: float = 0.0) -> float:
        """Real time at least: the way itself, and one call for each of its steps."""
        return self.minutes * time_scale + latency * len(self.steps)


def minutes(kind: Kind, operation: str) -> float:
    """How long what the operation sets going takes."""
    return sum(duration for _, duration in kind.courses[operation].phases)


# By the type of the model, with the two states that are waited for beside: instances that answer, records in sync.
STEPS: Mapping[str, Step] = {
    "kms_key": Step(),
    "iam_role": Step(("kms_key",)),
    "instance_profile": Step(("iam_role",)),
    "hosted_zone": Step(),
    "vpc": Step(),
    "internet_gateway": Step(("vpc",)),
    "subnet": Step(("vpc",)),
    "elastic_ip": Step(),
    "nat_gateway": Step(
        ("subnet", "elastic_ip", "internet_gateway"),
        minutes(NAT_GATEWAY, "CreateNatGateway"),
        minutes(NAT_GATEWAY, "DeleteNatGateway"),
        "nat_gateway",
    ),
    "route_table": Step(("subnet", "internet_gateway", "nat_gateway")),
    "security_group": Step(("vpc",)),
    "certificate": Step(("hosted_zone",), MINUTES_TO_VALIDATE, watched="certificate"),
    "bucket": Step(("kms_key",)),
    "subnet_group": Step(("subnet",)),
    "parameter_group": Step(),
    "db_instance": Step(
        ("subnet_group", "parameter_group", "security_group", "kms_key", "iam_role"),
        minutes(DB_INSTANCE, "CreateDBInstance"),
        minutes(DB_INSTANCE, "DeleteDBInstance"),
        "rds_instance",
    ),
    "launch_template": Step(("security_group", "instance_profile", "kms_key")),
    "target_group": Step(("vpc",)),
    "load_balancer": Step(
        ("subnet", "internet_gateway", "security_group", "bucket"),
        minutes(LOAD_BALANCER, "CreateLoadBalancer"),
        minutes(LOAD_BALANCER, "DeleteLoadBalancer"),
        "load_balancer",
    ),
    "listener": Step(("load_balancer", "target_group", "certificate")),
    "autoscaling_group": Step(
        ("launch_template", "target_group", "subnet", "route_table"),
        minutes(INSTANCE, "RunInstances"),
        minutes(INSTANCE, "TerminateInstances"),
        "autoscaling_group",
    ),
    "healthy targets": Step(("autoscaling_group", "listener"), MINUTES_INITIAL, watched="target_group"),
    "weighted_records": Step(("hosted_zone", "load_balancer"), MINUTES_TO_SYNC, watched="route53_change"),
}


def building(steps: Mapping[str, Step] = STEPS) -> Path:
    """The longest way to a stack that stands."""
    return _longest({name: step.needs for name, step in steps.items()}, {n: s.create for n, s in steps.items()}, steps)


def removing(steps: Mapping[str, Step] = STEPS) -> Path:
    """The longest way to nothing: whatever needed something goes first."""
    before = {name: tuple(other for other, step in steps.items() if name in step.needs) for name in steps}
    return _longest(before, {name: step.delete for name, step in steps.items()}, steps)


def _longest(before: Mapping[str, tuple[str, ...]], takes: Mapping[str, float], steps: Mapping[str, Step]) -> Path:
    """Raises CycleError where steps wait for each other."""
    ways: dict[str, tuple[float, tuple[str, ...]]] = {}
    for name in TopologicalSorter(before).static_order():
        so_far, way = max((ways[other] for other in before[name]), key=lambda found: found[0], default=(0.0, ()))
        ways[name] = so_far + takes[name], (*way, name)
    length, way = max(ways.values(), key=lambda found: found[0])
    joined = [steps[name].watched for name in way if takes[name] and steps[name].watched]
    return Path(way, length, float(sum(CONDITIONS[name].interval for name in joined)))
