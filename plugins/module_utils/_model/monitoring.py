# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What watches a stack: the topic that tells people, the alarms that notify it, log groups, a dashboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from .alarms import (
    DATABASE_KINDS,
    FOLLOWS_POLICY,
    REPLICA_KINDS,
    SCALING_KINDS,
    SIDE_KINDS,
    Limits,
    Watched,
    alarm,
    check_limits,
    enabled,
)
from .core import Model, Resource, Stack, Value, known, model_of
from .dashboard import Named, dashboard_body
from .policy import document

MONITORING_TYPES = ("topic", "log_group", "alarm", "dashboard")
MONITORING_PRUNED = frozenset({"alarm"})
"""An alarm that the inventory has switched off, or whose side is gone, goes too."""


class Subscription(TypedDict):
    """Who is told: an address (endpoint) by a protocol of SNS: email, https, sqs, lambda, sms ..."""

    protocol: str
    endpoint: str


class Fleet(TypedDict, total=False):
    """What the compute layer says of a side, as far as alarms watch it; null while it has not been built."""

    load_balancer_full_name: str | None
    target_group_full_name: str | None
    group_name: str | None
    policies: Mapping[str, str]


class MonitoringConfig(TypedDict):
    """The monitoring role's inputs.

    sides are the names of the sides that there will be, fleets what exists of them. database says that there will be
    one, database_identifier is its name once it exists. log_groups maps a name to the days that it keeps.
    """

    key_arn: str | None
    sides: Sequence[str]
    fleets: Mapping[str, Fleet]
    scaling_alarms: bool
    database: bool
    database_identifier: str | None
    replica_identifiers: Sequence[str]
    subscriptions: Sequence[Subscription]
    log_groups: Mapping[str, int]
    alarms: Mapping[str, Limits]


def topic_name(stack: Stack) -> str:
    """The topic's name, from which its ARN follows, so that it is known before it is made."""
    return stack.named("alarms")


def dashboard_name(stack: Stack) -> str:
    """The dashboard's name. An account has one set of dashboards for all regions."""
    return stack.named_globally("overview", limit=255)


def monitoring_model(stack: Stack, config: MonitoringConfig) -> Model:
    """The layer's resources in the order in which they are made."""
    check_limits(config["alarms"])
    topic_arn = stack.arn("sns", topic_name(stack))
    alarms = list(_alarms(stack, config, topic_arn))
    return model_of(
        [
            _topic(stack, config, topic_arn),
            *_log_groups(stack, config),
            *(resource for _watched, resource in alarms),
            _dashboard(stack, alarms),
        ]
    )


def _topic(stack: Stack, config: MonitoringConfig, topic_arn: str) -> Resource:
    name = topic_name(stack)
    people = sorted(config["subscriptions"], key=lambda person: (person["protocol"], person["endpoint"]))
    attributes: dict[str, Value] = {
        "key_arn": known(config["key_arn"]),
        "policy": _topic_policy(stack, topic_arn),
        "subscriptions": [{"protocol": person["protocol"], "endpoint": person["endpoint"]} for person in people],
        "tags": stack.tagged("topic", name),
    }
    return Resource("topic", "topic", name, attributes)


def _topic_policy(stack: Stack, topic_arn: str) -> Value:
    """Alarms of this stack may publish, nobody may without TLS; whoever works in the account needs leave from IAM."""
    return document(
        {
            "Sid": "AlarmsOfThisStack",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {
                "StringEquals": {"aws:SourceAccount": stack.account_id},
                "ArnLike": {"aws:SourceArn": stack.arn("cloudwatch", f"alarm:{stack.name}-*")},
            },
        },
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": topic_arn,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    )


def log_group_prefix(stack: Stack) -> str:
    """What the names of the application's log groups begin with."""
    return f"/{stack.name}/app/"


def _log_groups(stack: Stack, config: MonitoringConfig) -> Iterator[Resource]:
    for what, retention in config["log_groups"].items():
        key, name = f"log_group/{what}", f"{log_group_prefix(stack)}{what}"
        key_arn = known(config["key_arn"])
        attributes: dict[str, Value] = {"retention": retention, "key_arn": key_arn, "tags": stack.tagged(key, name)}
        yield Resource(key, "log_group", name, attributes)


def _alarms(stack: Stack, config: MonitoringConfig, topic_arn: str) -> Iterator[Named]:
    limits = config["alarms"]
    watched = [
        *((kind, _side(config, side, kind)) for side in config["sides"] for kind in _side_kinds(config)),
        *((kind, Watched("database", _database(config))) for kind in DATABASE_KINDS if config["database"]),
        *(
            (kind, Watched(replica, {"DBInstanceIdentifier": replica}))
            for replica in config["replica_identifiers"]
            for kind in REPLICA_KINDS
        ),
    ]
    return ((what.name, alarm(stack, kind, what, limits, topic_arn)) for kind, what in watched if enabled(kind, limits))


def _side_kinds(config: MonitoringConfig) -> list[str]:
    return [*SIDE_KINDS, *(SCALING_KINDS if config["scaling_alarms"] else ())]


def _side(config: MonitoringConfig, side: str, kind: str) -> Watched:
    fleet = config["fleets"].get(side) or Fleet()
    policy = FOLLOWS_POLICY.get(kind)
    if kind == "cpu" or policy:
        dimensions = {"AutoScalingGroupName": known(fleet.get("group_name"))}
        actions = [known((fleet.get("policies") or {}).get(policy))] if policy else []
        return Watched(side, dimensions, actions)
    dimensions = {"LoadBalancer": known(fleet.get("load_balancer_full_name"))}
    if kind != "elb_5xx":
        dimensions["TargetGroup"] = known(fleet.get("target_group_full_name"))
    return Watched(side, dimensions)


def _database(config: MonitoringConfig) -> dict[str, str]:
    return {"DBInstanceIdentifier": known(config["database_identifier"])}


def _dashboard(stack: Stack, alarms: Sequence[Named]) -> Resource:
    name = dashboard_name(stack)
    return Resource(
        "dashboard", "dashboard", name, {"body": dashboard_body(stack, alarms), "tags": stack.tagged("dashboard", name)}
    )
