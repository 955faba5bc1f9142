# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether Route 53 can follow the alarms that are to guard the sides.

Its rules: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-types.html and, of the metrics,
health-checks-creating-values.html: standard resolution, the five plain statistics, no M out of N, no metric math.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .hands import Call, reason_of

ALARMS = "amazon.aws.cloudwatch_metric_alarm_info"
STANDARD = 60


def unfit_guards(call: Call, guards: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with each guard; nothing where Route 53 can follow all of them."""
    return [f"guards.{side}: {wrong}" for side, guard in guards.items() for wrong in _wrong(call, guard)]


def _wrong(call: Call, guard: Mapping[str, Any]) -> Iterator[str]:
    name = guard.get("alarm")
    if not name:
        yield "names no alarm. Write {alarm: <name>}."
        return
    region = {"region": guard["region"]} if guard.get("region") else {}
    result = call(ALARMS, {"alarm_names": [name], **region})
    if result.get("failed"):
        yield f"the alarm {name} cannot be read: {reason_of(result)}"
        return
    found = result.get("metric_alarms") or []
    if not found:
        yield f"there is no metric alarm {name}; Route 53 follows no composite ones."
        return
    for reason in unfit_alarm(found[0]):
        yield f"Route 53 cannot follow the alarm {name}: {reason}. Name another one, without it there is no guard."


def unfit_alarm(alarm: Mapping[str, Any]) -> Iterator[str]:
    """Why Route 53 could not follow an alarm, given as DescribeAlarms shows it, in snake case."""
    if alarm.get("metrics"):
        yield "it is on an expression"
    if alarm.get("extended_statistic"):
        yield f"its statistic is {alarm['extended_statistic']}"
    if (alarm.get("period") or STANDARD) < STANDARD:
        yield f"its period is {alarm['period']} s, and less than {STANDARD} s is high resolution"
    needed = alarm.get("datapoints_to_alarm")
    if needed and needed != alarm.get("evaluation_periods"):
        yield f"it goes off after {needed} of {alarm.get('evaluation_periods')} periods"
