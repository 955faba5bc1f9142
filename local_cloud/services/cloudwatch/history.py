# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of an alarm. moto has no history, although it remembers the states that an alarm was in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.cloudwatch.states import carried

Item = dict[str, Any]


@handles("cloudwatch", "DescribeAlarmHistory")
def describe_history(request: Request, _: Next) -> Response:
    parameters = request.parameters
    items: list[Item] = []
    for alarm in request.backend().alarms.values():
        if parameters.get("AlarmName") in (None, alarm.name):
            items += _state_items(alarm)
            items += _action_items(request, alarm)
            items.append(_creation(alarm))
    newest_first = parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    # what has no moment of its own keeps its order: a state comes before what it sets off
    items = [one for one in items if _is_asked(one, parameters)]
    items.sort(key=lambda one: (one["Timestamp"], one["HistoryItemType"] != "StateUpdate"), reverse=newest_first)
    return request.answer({"AlarmHistoryItems": items})


def _is_asked(item: Item, parameters: dict[str, Any]) -> bool:
    start, end = (_aware(parameters[one]) if one in parameters else None for one in ("StartDate", "EndDate"))
    kinds = parameters.get("AlarmTypes", ["MetricAlarm"] if "AlarmName" not in parameters else [item["AlarmType"]])
    return (
        parameters.get("HistoryItemType") in (None, item["HistoryItemType"])
        and item["AlarmType"] in kinds
        and (start is None or item["Timestamp"] >= start)
        and (end is None or item["Timestamp"] <= end)
    )


def _state_items(alarm: Any) -> Iterator[Item]:
    """The newest first: each change from the state that moto kept to the one after it."""
    value, since, reason, data = (
        alarm.state_value,
        alarm.state_updated_timestamp,
        alarm.state_reason,
        alarm.state_reason_data,
    )
    for _kind, old_reason, old_data, old_value, old_since in reversed(alarm.history):
        told = {
            "version": "1.0",
            "oldState": {"stateValue": old_value, "stateReason": old_reason, "stateReasonData": _parsed(old_data)},
            "newState": {"stateValue": value, "stateReason": reason, "stateReasonData": _parsed(data)},
        }
        yield {
            **_common(alarm, since),
            "HistoryItemType": "StateUpdate",
            "HistorySummary": f"Alarm updated from {old_value} to {value}",
            "HistoryData": json.dumps(told),
        }
        value, since, reason, data = old_value, old_since, old_reason, old_data


def _action_items(request: Request, alarm: Any) -> Iterator[Item]:
    for done in carried[request.scope].get(alarm.name, []):
        yield {
            **_common(alarm, done.moment),
            "HistoryItemType": "Action",
            "HistorySummary": done.summary,
            "HistoryData": json.dumps(
                {"actionState": done.summary.partition(" ")[0], "notificationResource": done.action}
            ),
        }


def _creation(alarm: Any) -> Item:
    return {
        **_common(alarm, alarm.configuration_updated_timestamp),
        "HistoryItemType": "ConfigurationUpdate",
        "HistorySummary": f'Alarm "{alarm.name}" created',
    }


def _common(alarm: Any, moment: datetime) -> Item:
    kind = "MetricAlarm" if alarm.rule is None else "CompositeAlarm"
    return {"AlarmName": alarm.name, "AlarmType": kind, "Timestamp": _aware(moment)}


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parsed(data: str | None) -> Any:
    return json.loads(data) if data else {}
