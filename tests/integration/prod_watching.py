# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What watches `prod`: each function holds one line of the page."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.prod_policies import Call, allowed
from tests.integration.prod_reading import SIDES, Item, Reading, contains, same

GIB = 2**30


def topic(reading: Reading) -> None:
    """Encrypted with the stack's key, which lets alarms use it; only this stack's alarms publish; people subscribe."""
    attributes = reading.aws("sns").get_topic_attributes(TopicArn=reading.topic_arn)["Attributes"]
    same(attributes["KmsMasterKeyId"], reading.key_arn)
    alarms = {"Service": "cloudwatch.amazonaws.com"}
    source = f"arn:aws:cloudwatch:{reading.home}:{reading.account}:alarm:{reading.name}-blue-cpu"
    context = {"aws:SourceAccount": reading.account, "aws:SourceArn": source}
    assert allowed(attributes["Policy"], Call(alarms, "sns:Publish", reading.topic_arn, context))
    foreign = {**context, "aws:SourceArn": source.replace(reading.name, "other-prod")}
    assert not allowed(attributes["Policy"], Call(alarms, "sns:Publish", reading.topic_arn, foreign))
    policy = reading.aws("kms").get_key_policy(KeyId=reading.key()["KeyId"], PolicyName="default")["Policy"]
    for action in ("kms:GenerateDataKey", "kms:Decrypt"):
        assert allowed(policy, Call(alarms, action, context=context)), (
            f"alarms cannot {action}: their messages are lost"
        )
    found = reading.all("sns", "list_subscriptions_by_topic", "Subscriptions", TopicArn=reading.topic_arn)
    wanted = [(person["protocol"], person["endpoint"]) for person in reading.inventory["monitoring_subscriptions"]]
    same(sorted((person["Protocol"], person["Endpoint"]) for person in found), sorted(wanted))


WATCHED = {
    "target-5xx": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", ("LoadBalancer", "TargetGroup")),
    "elb-5xx": ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", ("LoadBalancer",)),
    "latency-p95": ("AWS/ApplicationELB", "TargetResponseTime", ("LoadBalancer", "TargetGroup")),
    "latency-average": ("AWS/ApplicationELB", "TargetResponseTime", ("LoadBalancer", "TargetGroup")),
    "unhealthy-hosts": ("AWS/ApplicationELB", "UnHealthyHostCount", ("LoadBalancer", "TargetGroup")),
    "cpu": ("AWS/EC2", "CPUUtilization", ("AutoScalingGroupName",)),
    "scale-up": ("AWS/EC2", "CPUUtilization", ("AutoScalingGroupName",)),
    "scale-down": ("AWS/EC2", "CPUUtilization", ("AutoScalingGroupName",)),
}
OF_THE_DATABASE = {
    "cpu": "CPUUtilization",
    "connections": "DatabaseConnections",
    "free-storage": "FreeStorageSpace",
    "free-memory": "FreeableMemory",
}


def alarms_of_the_sides(reading: Reading) -> None:
    """5xx, latency, unhealthy hosts and CPU: each looks at its own side, by the names that AWS gives its metrics."""
    for side in SIDES:
        dimensions = {
            "LoadBalancer": reading.load_balancer(side)["LoadBalancerArn"].split(":loadbalancer/")[1],
            "TargetGroup": reading.target_group(side)["TargetGroupArn"].split(":")[-1],
            "AutoScalingGroupName": reading.fleet(side)["AutoScalingGroupName"],
        }
        for what, (namespace, metric, names) in WATCHED.items():
            alarm = reading.alarms[f"{side}-{what}"]
            contains(alarm, {"Namespace": namespace, "MetricName": metric}, f"{side} {what}")
            same(_dimensions(alarm), {name: dimensions[name] for name in names}, f"{side} {what}")
    same(reading.alarms["blue-latency-p95"]["ExtendedStatistic"], "p95")
    same(
        reading.alarms["blue-latency-p95"]["Threshold"],
        reading.inventory["monitoring_alarms"]["latency_p95"]["threshold"],
    )


def alarms_of_the_database(reading: Reading) -> None:
    """CPU, connections, storage, and memory; what is short counts downwards."""
    found = {name.removeprefix("database-"): alarm for name, alarm in reading.alarms.items() if "database" in name}
    same(set(found), set(OF_THE_DATABASE))
    for what, metric in OF_THE_DATABASE.items():
        contains(found[what], {"Namespace": "AWS/RDS", "MetricName": metric}, what)
        same(_dimensions(found[what]), {"DBInstanceIdentifier": reading.database["DBInstanceIdentifier"]}, what)
        falling = what.startswith("free-")
        same(found[what]["ComparisonOperator"].startswith("LessThan"), falling, what)
    limits = reading.inventory["monitoring_alarms"]
    same(found["connections"]["Threshold"], limits["database_connections"]["threshold"])
    same(found["free-storage"]["Threshold"], limits["database_free_storage"]["threshold"] * GIB)


def _dimensions(alarm: Item) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


def alarms_notify_the_topic(reading: Reading) -> None:
    """When they go off and when it is over; none is muted."""
    same(len(reading.alarms), len(SIDES) * len(WATCHED) + len(OF_THE_DATABASE))
    for name, alarm in reading.alarms.items():
        assert reading.topic_arn in alarm["AlarmActions"], f"{name} tells nobody"
        assert reading.topic_arn in alarm["OKActions"], f"{name} does not say when it is over"
        same(alarm["ActionsEnabled"], True, name)


def dashboard(reading: Reading) -> None:
    """It shows the state of every alarm and draws every metric that has one."""
    body = json.loads(
        reading.aws("cloudwatch").get_dashboard(DashboardName=f"{reading.name}-overview")["DashboardBody"]
    )
    shown = [arn for widget in body["widgets"] for arn in widget["properties"].get("alarms", [])]
    same(sorted(shown), sorted(alarm["AlarmArn"] for alarm in reading.alarms.values()))
    drawn = {_line(metric) for widget in body["widgets"] for metric in widget["properties"].get("metrics", [])}
    for name, alarm in reading.alarms.items():
        line = (alarm["Namespace"], alarm["MetricName"], *sorted(_dimensions(alarm).items()))
        assert line in drawn, f"{name} is not drawn"


def _line(metric: list[Any]) -> tuple[Any, ...]:
    namespace, name, *rest = metric
    words = [word for word in rest if isinstance(word, str)]
    return (namespace, name, *sorted(zip(words[::2], words[1::2], strict=True)))


def log_groups_with_retention(reading: Reading) -> None:
    """The application's as the inventory says; none of the stack's is kept for ever or unencrypted."""
    for what, days in reading.inventory["monitoring_log_groups"].items():
        wanted = {"retentionInDays": days, "kmsKeyId": reading.key_arn}
        contains(reading.log_groups[f"/{reading.name}/app/{what}"], wanted, what)
    ours = {name: group for name, group in reading.log_groups.items() if f"{reading.name}" in name}
    same(len(ours), 3 + len(reading.inventory["monitoring_log_groups"]))
    for name, group in ours.items():
        assert group.get("retentionInDays"), f"{name} is kept for ever"
        same(group.get("kmsKeyId"), reading.key_arn, name)
