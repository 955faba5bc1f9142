# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What follows from an alarm's new state: its actions, and the composite alarms above it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from local_cloud import wire
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.state import Store
from local_cloud.watching.rule import parse

Scope = tuple[str, str]

ACTIONS = {"ALARM": "alarm_actions", "OK": "ok_actions", "INSUFFICIENT_DATA": "insufficient_data_actions"}


@dataclass(frozen=True)
class Carried:
    """One action that was carried out, or was not."""

    moment: datetime
    action: str
    summary: str


carried: Store[dict[str, list[Carried]]] = Store(dict)
"""By alarm, the oldest first."""


def enter(scope: Scope, alarm: Any, state: str, reason: tuple[str, str], moment: datetime) -> None:
    """Bring an alarm into a state. ``reason``: in words, and as JSON. The moment is a real one."""
    before = alarm.state_value
    alarm.update_state(*reason, state)
    alarm.state_updated_timestamp = moment.replace(tzinfo=None)
    follow(scope, alarm, before, moment)


def follow(scope: Scope, alarm: Any, before: str, moment: datetime) -> None:
    """What an alarm that was in another state before sets off."""
    if alarm.state_value == before:
        return
    if alarm.actions_enabled:
        for action in getattr(alarm, ACTIONS[alarm.state_value]):
            done = Carried(moment, action, _act(scope, alarm, action, before, moment))
            carried[scope].setdefault(alarm.name, []).append(done)
    look_at_composites(scope, alarm, moment)


def look_at_composites(scope: Scope, cause: Any, moment: datetime) -> None:
    """A composite alarm that changes calls this again, for those above it."""
    alarms = wire.moto_backend("cloudwatch", scope[1], scope[0]).alarms
    for one in list(alarms.values()):
        if one.rule is None or (one is not cause and cause.name not in parse(one.rule).alarms):
            continue
        holds = parse(one.rule).holds(lambda name: alarms[name].state_value if name in alarms else None)
        state = "ALARM" if holds else "OK"
        if state != one.state_value:
            enter(scope, one, state, _composite_reason(one, cause, moment), moment)


def _composite_reason(alarm: Any, cause: Any, moment: datetime) -> tuple[str, str]:
    if alarm is cause:
        return f"{alarm.alarm_arn} was created and its alarm rule evaluates to {alarm.rule}", "{}"
    state = {"value": cause.state_value, "timestamp": _iso(moment)}
    data = {"triggeringAlarms": [{"arn": cause.alarm_arn, "state": state}]}
    words = f"{cause.alarm_arn} transitioned to {cause.state_value} at {moment:%A %d %B, %Y %H:%M:%S UTC}"
    return words, json.dumps(data)


@handles("cloudwatch", "SetAlarmState")
def set_state(request: Request, next_handler: Next) -> Response:
    """moto sets it, and nothing follows."""
    alarm = request.backend().alarms.get(request.parameters["AlarmName"])
    before = alarm.state_value if alarm is not None else ""
    response = next_handler(request)
    if response.ok:
        follow(request.scope, alarm, before, request.cloud.aws_time.happened(request.cloud.aws_time.now()))
    return response


def _act(scope: Scope, alarm: Any, action: str, before: str, moment: datetime) -> str:
    service = action.split(":")[2]
    if service != "sns":
        return f"Action {action} is left out: the local cloud only notifies topics"
    account, region = action.split(":")[4], action.split(":")[3]
    topics = wire.moto_backend("sns", region, account)
    if action not in topics.topics:
        return f"Failed to execute action {action}: the topic does not exist"
    subject = f'{alarm.state_value}: "{alarm.name}" in {scope[1]}'
    topics.publish(json.dumps(_message(scope, alarm, before, moment)), arn=action, subject=subject[:100])
    return f"Successfully executed action {action}"


def _message(scope: Scope, alarm: Any, before: str, moment: datetime) -> dict[str, Any]:
    """As CloudWatch's messages are: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html"""
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": scope[0],
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _iso(moment),
        "Region": scope[1],
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
    }
    if alarm.rule is not None:
        return {**message, "AlarmRule": alarm.rule}
    return {**message, "Trigger": _trigger(alarm, alarm.dimensions)}


def _trigger(alarm: Any, dimensions: Sequence[Any]) -> dict[str, Any]:
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": "Statistic" if alarm.statistic else "ExtendedStatistic",
        "Statistic": alarm.statistic.upper() if alarm.statistic else alarm.extended_statistic,
        "Dimensions": [{"name": one.name, "value": one.value} for one in dimensions],
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm or alarm.evaluation_periods,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
    }


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
