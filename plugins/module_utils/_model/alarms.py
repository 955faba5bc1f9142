# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The alarms that a stack ought to have: what each kind watches, and from where on it is an alarm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from .core import ModelError, Resource, Stack, Value

GREATER = "GreaterThanOrEqualToThreshold"
LESS = "LessThanOrEqualToThreshold"
QUIET, GAP = "notBreaching", "missing"
"""What no data mean: for a count of errors that there are none, for a metric that is always there that it is lost."""

GIB, MIB = 2.0**30, 2.0**20


class Limits(TypedDict, total=False):
    """What the inventory may say of a kind of alarm; what it does not say is the kind's own.

    threshold is in the kind's unit, period in seconds; the alarm goes off when evaluation_periods in a row are beyond
    the threshold. treat_missing_data is one of AWS's words: breaching, notBreaching, ignore, missing.
    """

    enabled: bool
    threshold: float
    period: int
    evaluation_periods: int
    treat_missing_data: str


@dataclass(frozen=True)
class Kind:
    """One kind of alarm.

    Every period that is looked at has to be beyond the threshold (no M out of N), and nothing is calculated from
    several metrics, because a Route 53 health check can only follow such an alarm
    (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html). factor turns the inventory's
    unit into the metric's. told is false where nobody is to be notified.
    """

    says: str
    namespace: str
    metric: str
    statistic: str
    comparison: str
    threshold: float
    period: int
    evaluation_periods: int
    missing: str
    factor: float = 1.0
    told: bool = True


TARGET_ERRORS = Kind(
    "the application answers with errors (5xx)",
    "AWS/ApplicationELB",
    "HTTPCode_Target_5XX_Count",
    "Sum",
    GREATER,
    10,
    60,
    3,
    QUIET,
)
SIDE_KINDS: Mapping[str, Kind] = {
    "target_5xx": TARGET_ERRORS,
    # Followed by the health check that takes a side out of DNS during a shift. A side that nobody asks has no errors:
    # with missing data as good as errors the check would let people back to it, and so it keeps what it knew last.
    "guard": replace(
        TARGET_ERRORS, says=f"{TARGET_ERRORS.says}; a shift's health check follows this alarm", missing=GAP, told=False
    ),
    "elb_5xx": Kind(
        "the load balancer answers with errors of its own (5xx)",
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        "Sum",
        GREATER,
        10,
        60,
        3,
        QUIET,
    ),
    "latency_p95": Kind(
        "one request in twenty takes too long",
        "AWS/ApplicationELB",
        "TargetResponseTime",
        "p95",
        GREATER,
        1.0,
        60,
        5,
        QUIET,
    ),
    "latency_average": Kind(
        "requests take too long on average",
        "AWS/ApplicationELB",
        "TargetResponseTime",
        "Average",
        GREATER,
        0.5,
        60,
        5,
        QUIET,
    ),
    "unhealthy_hosts": Kind(
        "instances do not pass the load balancer's health check",
        "AWS/ApplicationELB",
        "UnHealthyHostCount",
        "Maximum",
        GREATER,
        1,
        60,
        3,
        QUIET,
    ),
    "cpu": Kind(
        "the fleet is at its limit although it scales",
        "AWS/EC2",
        "CPUUtilization",
        "Average",
        GREATER,
        90,
        300,
        3,
        QUIET,
    ),
}
SCALING_KINDS: Mapping[str, Kind] = {
    "scale_up": Kind(
        "the fleet needs more instances", "AWS/EC2", "CPUUtilization", "Average", GREATER, 70, 60, 3, QUIET
    ),
    "scale_down": Kind(
        "the fleet needs fewer instances", "AWS/EC2", "CPUUtilization", "Average", LESS, 30, 60, 15, QUIET
    ),
}
DATABASE_KINDS: Mapping[str, Kind] = {
    "database_cpu": Kind(
        "the database's processors are busy", "AWS/RDS", "CPUUtilization", "Average", GREATER, 80, 300, 3, GAP
    ),
    "database_connections": Kind(
        "the database has many connections", "AWS/RDS", "DatabaseConnections", "Maximum", GREATER, 100, 60, 5, GAP
    ),
    "database_free_storage": Kind(
        "the database's disk is filling up (GiB free)",
        "AWS/RDS",
        "FreeStorageSpace",
        "Minimum",
        LESS,
        5,
        300,
        1,
        GAP,
        GIB,
    ),
    "database_free_memory": Kind(
        "the database is short of memory (MiB free)",
        "AWS/RDS",
        "FreeableMemory",
        "Minimum",
        LESS,
        100,
        300,
        3,
        GAP,
        MIB,
    ),
}
REPLICA_KINDS: Mapping[str, Kind] = {
    "replica_lag": Kind(
        "the replica is behind its source (seconds)", "AWS/RDS", "ReplicaLag", "Maximum", GREATER, 30, 60, 5, GAP
    ),
}
KINDS: Mapping[str, Kind] = {**SIDE_KINDS, **SCALING_KINDS, **DATABASE_KINDS, **REPLICA_KINDS}

FOLLOWS_POLICY = {"scale_up": "up", "scale_down": "down"}
"""Which of a side's scaling policies a kind of alarm drives."""


@dataclass(frozen=True)
class Watched:
    """What an alarm watches: the first word of its name, its dimensions, and the actions beside the notification."""

    name: str
    dimensions: Mapping[str, str]
    actions: Sequence[str] = ()


def check_limits(limits: Mapping[str, Limits]) -> None:
    """Raises ModelError for a kind of alarm that there is not."""
    unknown = sorted(set(limits) - set(KINDS))
    if unknown:
        raise ModelError(f"monitoring_alarms: there is no alarm {', '.join(unknown)}; there are {', '.join(KINDS)}")


def enabled(kind: str, limits: Mapping[str, Limits]) -> bool:
    """Whether the inventory wants alarms of this kind."""
    return limits.get(kind, {}).get("enabled", True)


def alarm(stack: Stack, kind: str, watched: Watched, limits: Mapping[str, Limits], topic_arn: str) -> Resource:
    """One alarm, which notifies the topic (if anybody) when it goes off and when it is over; one whose metric is always
    there also when no data come any more.
    """
    what, own = KINDS[kind], limits.get(kind, {})
    words = kind.removeprefix(f"{watched.name}_").replace("_", "-")
    key, name = f"alarm/{watched.name}-{words}", stack.named(watched.name, words)
    periods = own.get("evaluation_periods", what.evaluation_periods)
    missing = own.get("treat_missing_data", what.missing)
    topics = [topic_arn] if what.told else []
    attributes: dict[str, Value] = {
        "description": f"{stack.name}, {watched.name}: {what.says}",
        "namespace": what.namespace,
        "metric": what.metric,
        "dimensions": dict(watched.dimensions),
        "statistic": what.statistic,
        "comparison": what.comparison,
        "threshold": own.get("threshold", what.threshold) * what.factor,
        "period": own.get("period", what.period),
        "evaluation_periods": periods,
        "datapoints_to_alarm": periods,
        "treat_missing_data": missing,
        "low_samples": "ignore" if what.statistic.startswith("p") else None,
        "alarm_actions": sorted([*topics, *watched.actions]),
        "ok_actions": topics,
        "insufficient_data_actions": topics if missing == GAP else [],
        "actions_enabled": True,
        "tags": stack.tagged(key, name),
    }
    return Resource(key, "alarm", name, attributes)
