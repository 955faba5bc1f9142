# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS checks about an alarm, its first state, tags and history."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

NOT_FOUND = 404
DAY = 86400
SHORT_PERIODS = (10, 20, 30)
MINUTE = 60
# Topics, Auto Scaling and EC2 actions, functions: all ARNs
ACTION = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|)?:.+")


@handles("cloudwatch", "PutMetricAlarm")
def check_alarm(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    for key in ("AlarmActions", "OKActions", "InsufficientDataActions"):
        for arn in parameters.get(key, []):
            if not ACTION.fullmatch(arn):
                raise _invalid(f"Invalid arn syntax: {arn}")
    _check_times(parameters)
    if ("MetricName" in parameters) == ("Metrics" in parameters):
        raise _invalid("One of MetricName and Metrics must be given, and not both")
    before = request.backend().alarms.get(parameters["AlarmName"])
    response = next_handler(request)
    if response.ok:
        _keep_state(request.backend().alarms[parameters["AlarmName"]], before)
    return response


def _keep_state(alarm: Any, before: Any) -> None:
    """moto starts with OK, as if it had looked, and again after every change."""
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
        return
    for name in ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp", "history"):
        setattr(alarm, name, getattr(before, name))


def _check_times(parameters: dict[str, Any]) -> None:
    period, periods = parameters.get("Period"), parameters.get("EvaluationPeriods", 1)
    if parameters.get("DatapointsToAlarm", periods) > periods:
        raise _invalid("Datapoints to alarm must be less than or equal to evaluation periods")
    if period is None:
        return
    if period not in SHORT_PERIODS and (period <= 0 or period % MINUTE):
        raise _invalid("Period must be 10, 20, 30 or a multiple of 60")
    if period * periods > DAY:
        message = "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)"
        raise _invalid(message)


@handles("cloudwatch", "ListTagsForResource", "TagResource", "UntagResource")
def refuse_unknown_resource(request: Request, next_handler: Next) -> Response:
    arn = request.parameters.get("ResourceARN", "")
    name = arn.partition(":alarm:")[2]
    if name and name not in request.backend().alarms:
        raise AwsError("ResourceNotFoundException", f"{name} does not exist", NOT_FOUND)
    return next_handler(request)


@handles("cloudwatch", "DescribeAlarmHistory")
def describe_history(request: Request, _: Next) -> Response:
    """moto has none, although it remembers the states that an alarm was in."""
    wanted = request.parameters.get("AlarmName")
    items = []
    for alarm in request.backend().alarms.values():
        if wanted in (None, alarm.name):
            items += list(_items(alarm))
    kind = request.parameters.get("HistoryItemType")
    return request.answer({"AlarmHistoryItems": [one for one in items if kind in (None, one["HistoryItemType"])]})


def _items(alarm: Any) -> Iterator[dict[str, Any]]:
    """The newest first: each change from the state that moto kept to the one after it."""
    common = {"AlarmName": alarm.name, "AlarmType": "MetricAlarm"}
    value, since = alarm.state_value, alarm.state_updated_timestamp
    for _kind, _reason, _data, old_value, old_since in reversed(alarm.history):
        yield {
            **common,
            "Timestamp": since,
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {old_value} to {value}",
        }
        value, since = old_value, old_since
    yield {
        **common,
        "Timestamp": alarm.configuration_updated_timestamp,
        "HistoryItemType": "ConfigurationUpdate",
        "HistorySummary": f'Alarm "{alarm.name}" created',
    }


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
