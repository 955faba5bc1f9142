# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What watches `prod`: each function holds one line of the page."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.prod_policies import Call, allowed
from tests.integration.prod_reading import SIDES, Item, Reading, contains, same

GIB, MIB = 2**30, 2**20


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


BALANCED, FLEET = ("LoadBalancer", "TargetGroup"), ("AutoScalingGroupName",)
RISING, FALLING = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"
# namespace, metric, dimensions; statistic, comparison, threshold, seconds of a period, periods
WATCHED = {
    "target-5xx": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", BALANCED, "Sum", RISING, 10, 60, 3),
    "guard": ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", BALANCED, "Sum", RISING, 10, 60, 3),
    "elb-5xx": ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", ("LoadBalancer",), "Sum", RISING, 10, 60, 3),
    "latency-p95": ("AWS/ApplicationELB", "TargetResponseTime", BALANCED, "p95", RISING, 0.8, 60, 5),
    "latency-average": ("AWS/ApplicationELB", "TargetResponseTime", BALANCED, "Average", RISING, 0.5, 60, 5),
    "unhealthy-hosts": ("AWS/ApplicationELB", "UnHealthyHostCount", BALANCED, "Maximum", RISING, 1, 60, 3),
    "cpu": ("AWS/EC2", "CPUUtilization", FLEET, "Average", RISING, 90, 300, 3),
    "scale-up": ("AWS/EC2", "CPUUtilization", FLEET, "Average", RISING, 70, 60, 3),
    "scale-down": ("AWS/EC2", "CPUUtilization", FLEET, "Average", FALLING, 30, 60, 15),
}
# the same; what is free is counted in bytes
OF_THE_DATABASE = {
    "cpu": ("CPUUtilization", "Average", RISING, 80, 300, 3),
    "connections": ("DatabaseConnections", "Maximum", RISING, 400, 60, 5),
    "free-storage": ("FreeStorageSpace", "Minimum", FALLING, 20 * GIB, 300, 1),
    "free-memory": ("FreeableMemory", "Minimum", FALLING, 100 * MIB, 300, 3),
}


def alarms_of_the_sides(reading: Reading) -> None:
    """5xx, latency, unhealthy hosts and CPU: each looks at its own side, by the names that AWS gives its metrics."""
    for side in SIDES:
        dimensions = {
            "LoadBalancer": reading.load_balancer(side)["LoadBalancerArn"].split(":loadbalancer/")[1],
            "TargetGroup": reading.target_group(side)["TargetGroupArn"].split(":")[-1],
            "AutoScalingGroupName": reading.fleet(side)["AutoScalingGroupName"],
        }
        for what, (namespace, metric, names, *goes_off) in WATCHED.items():
            alarm = reading.alarms[f"{side}-{what}"]
            contains(alarm, {"Namespace": namespace, "MetricName": metric}, f"{side} {what}")
            same(_dimensions(alarm), {name: dimensions[name] for name in names}, f"{side} {what}")
            same(_goes_off(alarm), goes_off, f"{side} {what}")
            same(alarm["TreatMissingData"], "missing" if what == "guard" else "notBreaching", f"{side} {what}")


def alarms_of_the_database(reading: Reading) -> None:
    """CPU, connections, storage, and memory; what is short counts downwards, and data that do not come are told too."""
    found = {name.removeprefix("database-"): alarm for name, alarm in reading.alarms.items() if "database" in name}
    same(set(found), set(OF_THE_DATABASE))
    for what, (metric, *goes_off) in OF_THE_DATABASE.items():
        contains(found[what], {"Namespace": "AWS/RDS", "MetricName": metric}, what)
        same(_dimensions(found[what]), {"DBInstanceIdentifier": reading.database["DBInstanceIdentifier"]}, what)
        same(_goes_off(found[what]), goes_off, what)
        same(found[what]["TreatMissingData"], "missing", what)
        same(found[what]["InsufficientDataActions"], [reading.topic_arn], what)


def _goes_off(alarm: Item) -> list[object]:
    """Statistic, comparison, threshold, period, periods; each of them has to be beyond the threshold."""
    same(alarm.get("DatapointsToAlarm", alarm["EvaluationPeriods"]), alarm["EvaluationPeriods"])
    statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
    return [statistic, *(alarm[what] for what in ("ComparisonOperator", "Threshold", "Period", "EvaluationPeriods"))]


def _dimensions(alarm: Item) -> dict[str, str]:
    return {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}


def alarms_notify_the_topic(reading: Reading) -> None:
    """When they go off and when it is over; none is muted. But for those that Route 53 alone follows."""
    same(len(reading.alarms), len(SIDES) * len(WATCHED) + len(OF_THE_DATABASE))
    for name, alarm in reading.alarms.items():
        if name in {f"{side}-guard" for side in SIDES}:
            same(alarm["AlarmActions"] + alarm["OKActions"] + alarm["InsufficientDataActions"], [], name)
            continue
        assert reading.topic_arn in alarm["AlarmActions"], f"{name} tells nobody"
        assert reading.topic_arn in alarm["OKActions"], f"{name} does not say when it is over"
        same(alarm["ActionsEnabled"], True, name)


def dashboard(reading: Reading) -> None:
    """It shows the state of every alarm and draws every metric that has one."""
    body = json.loads(
        reading.aws("cloudwatch").get_dashboard(DashboardName=f"{reading.name}-overview-{reading.home}")[
            "DashboardBody"
        ]
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
