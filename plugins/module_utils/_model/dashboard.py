# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The dashboard, made from the alarms: whatever has an alarm is drawn, with the line from which on it goes off.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .core import Resource, Stack, Value

Named = tuple[str, Resource]
"""An alarm, after the name of what it watches: a side, the database."""

COLUMNS = 24
ACROSS = 3
WIDTH, HEIGHT = COLUMNS // ACROSS, 6
STATUS_HEIGHT = 4


def dashboard_body(stack: Stack, alarms: Sequence[Named]) -> Mapping[str, Value]:
    """The state of all alarms on top, below it one graph a metric, which the sides share."""
    graphs = [
        _graph(stack, group, x=number % ACROSS * WIDTH, y=STATUS_HEIGHT + number // ACROSS * HEIGHT)
        for number, group in enumerate(_by_metric(alarms))
    ]
    return {"widgets": [_status(stack, alarms), *graphs]}


def _status(stack: Stack, alarms: Sequence[Named]) -> Mapping[str, Value]:
    arns = [stack.arn("cloudwatch", f"alarm:{alarm.name}") for _watched, alarm in alarms]
    properties: dict[str, Value] = {"title": f"Alarms of {stack.name}", "alarms": arns}
    return {"type": "alarm", "x": 0, "y": 0, "width": COLUMNS, "height": STATUS_HEIGHT, "properties": properties}


def _by_metric(alarms: Sequence[Named]) -> list[list[Named]]:
    groups: dict[tuple[Value, ...], list[Named]] = {}
    for watched, alarm in alarms:
        metric = tuple(alarm.attributes[name] for name in ("namespace", "metric", "statistic"))
        groups.setdefault(metric, []).append((watched, alarm))
    return list(groups.values())


def _graph(stack: Stack, alarms: Sequence[Named], *, x: int, y: int) -> Mapping[str, Value]:
    first = alarms[0][1].attributes
    properties: dict[str, Value] = {
        "title": f"{first['metric']} ({first['statistic']})",
        "view": "timeSeries",
        "region": stack.region,
        "metrics": _lines(alarms),
        "annotations": {"horizontal": _thresholds(alarms)},
        "yAxis": {"left": {"min": 0}},
    }
    return {"type": "metric", "x": x, "y": y, "width": WIDTH, "height": HEIGHT, "properties": properties}


def _lines(alarms: Sequence[Named]) -> list[Value]:
    """One line for each thing that is watched, however many alarms watch it."""
    lines: dict[str, list[Value]] = {}
    for watched, alarm in alarms:
        attributes: Mapping[str, Any] = alarm.attributes
        dimensions = [part for pair in attributes["dimensions"].items() for part in pair]
        options = {"stat": attributes["statistic"], "period": attributes["period"], "label": watched}
        lines.setdefault(str(dimensions), [attributes["namespace"], attributes["metric"], *dimensions, options])
    return list(lines.values())


def _thresholds(alarms: Sequence[Named]) -> list[Value]:
    values = dict.fromkeys(alarm.attributes["threshold"] for _watched, alarm in alarms)
    return [{"value": value, "label": "alarm"} for value in values]
