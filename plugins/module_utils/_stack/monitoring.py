# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of what watches a stack, in the shape of its model."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._cloudwatch.alarm import shown
from .._cloudwatch.api import DASHBOARD_UNKNOWN
from .._model.core import Found, Reality, Value, reality_of
from .._model.monitoring import dashboard_name, log_group_prefix, topic_name
from .._model.policy import canonical
from .context import Context, tags_of
from .logs import log_groups

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""
MONITORING_HINTS = {"topic": ("subscriptions",)}


def read_monitoring(context: Context) -> Reality:
    """The layer's resources by key."""
    parts = context.together(
        topic=lambda: _topic(context),
        log_groups=lambda: log_groups(context, log_group_prefix(context.stack)),
        alarms=lambda: _alarms(context),
        dashboard=lambda: _dashboard(context),
    )
    return reality_of(found for part in parts.values() for found in part)


def _topic(context: Context) -> list[Found]:
    client = context.client("sns")
    arn = context.stack.arn("sns", topic_name(context.stack))
    try:
        attributes = client.get_topic_attributes(TopicArn=arn)["Attributes"]
    except client.exceptions.NotFoundException:
        return []
    subscriptions = context.pages("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=arn)
    tags = tags_of(client.list_tags_for_resource(ResourceArn=arn)["Tags"])
    name = topic_name(context.stack)
    if not context.owns("topic", name, tags):
        return []
    found = Found(
        key="topic",
        type="topic",
        name=name,
        id=arn,
        arn=arn,
        attributes={
            "key_arn": attributes.get("KmsMasterKeyId"),
            "policy": canonical(attributes["Policy"]),
            "subscriptions": _subscriptions(context, subscriptions),
            "tags": tags,
        },
    )
    return [found]


def _subscriptions(context: Context, listed: list[Answer]) -> list[Value]:
    """Who is told, or will be once they have confirmed it.

    One that waits for its confirmation and that nobody asked for is left out: it gets no message, nobody can remove it,
    and AWS forgets it after some days.
    """
    wanted: Any = context.wanted["topic"].attributes["subscriptions"] if "topic" in context.wanted else []
    people: list[Value] = []
    for item in sorted(listed, key=lambda item: (item["Protocol"], item["Endpoint"])):
        one = {"protocol": item["Protocol"], "endpoint": item["Endpoint"]}
        if item["SubscriptionArn"].startswith("arn:") or one in wanted:
            people.append(one)
    return people


def _alarms(context: Context) -> list[Found]:
    listed = context.pages(
        "cloudwatch",
        "describe_alarms",
        "MetricAlarms",
        AlarmNamePrefix=f"{context.stack.name}-",
        AlarmTypes=["MetricAlarm"],
    )
    return [found for found in context.each(lambda item: _alarm(context, item), listed) if found]


def _alarm(context: Context, item: Answer) -> Found | None:
    name, arn = item["AlarmName"], item["AlarmArn"]
    tags = tags_of(context.client("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"])
    if not context.owns("alarm", name, tags):
        return None
    return Found(
        key=context.key("alarm", name, tags),
        type="alarm",
        name=name,
        id=name,
        arn=arn,
        attributes={**shown(item), "tags": tags},
        facts={"state": item.get("StateValue")},
    )


def _dashboard(context: Context) -> list[Found]:
    client, name = context.client("cloudwatch"), dashboard_name(context.stack)
    try:
        item = client.get_dashboard(DashboardName=name)
    except is_boto3_error_code(DASHBOARD_UNKNOWN):
        return []
    arn = item["DashboardArn"]
    tags = tags_of(client.list_tags_for_resource(ResourceARN=arn)["Tags"])
    if not context.owns("dashboard", name, tags):
        return []
    body: Value = json.loads(item["DashboardBody"])
    return [Found("dashboard", "dashboard", name, name, {"body": body, "tags": tags}, arn)]


def monitoring_outputs(found: Reality) -> dict[str, Value]:
    """What other layers and tools need; absent is null. alarm_arns are by the alarm's name without the stack's."""
    topic, dashboard = found.get("topic"), found.get("dashboard")
    return {
        "topic_arn": topic.arn if topic else None,
        "alarm_arns": {key.split("/", 1)[1]: f.arn for key, f in sorted(found.items()) if f.type == "alarm"},
        "dashboard_name": dashboard.name if dashboard else None,
        "log_groups": {key.split("/", 1)[1]: f.name for key, f in found.items() if f.type == "log_group"},
    }
