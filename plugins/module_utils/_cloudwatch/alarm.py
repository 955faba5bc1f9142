# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric alarms between our words and CloudWatch's, and what has to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

STATISTICS = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")
"""What PutMetricAlarm calls Statistic; every other (p95) is an ExtendedStatistic."""

NAMES = {
    "description": "AlarmDescription",
    "namespace": "Namespace",
    "metric": "MetricName",
    "comparison": "ComparisonOperator",
    "threshold": "Threshold",
    "period": "Period",
    "unit": "Unit",
    "evaluation_periods": "EvaluationPeriods",
    "datapoints_to_alarm": "DatapointsToAlarm",
    "treat_missing_data": "TreatMissingData",
    "low_samples": "EvaluateLowSampleCountPercentile",
    "actions_enabled": "ActionsEnabled",
    "alarm_actions": "AlarmActions",
    "ok_actions": "OKActions",
    "insufficient_data_actions": "InsufficientDataActions",
}
ACTIONS = ("alarm_actions", "ok_actions", "insufficient_data_actions")


@dataclass(frozen=True)
class AlarmPlan:
    """put: the alarm is written anew. tags: those to set."""

    name: str
    create: bool
    put: bool
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return self.put or bool(self.tags)


def shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """The alarm of an answer of DescribeAlarms in our words; actions are sorted."""
    alarm = {ours: item.get(theirs) for ours, theirs in NAMES.items()}
    for actions in ACTIONS:
        alarm[actions] = sorted(alarm[actions] or [])
    # Alarms from before 2017 have none, which means the same.
    alarm["treat_missing_data"] = alarm["treat_missing_data"] or "missing"
    alarm["datapoints_to_alarm"] = alarm["datapoints_to_alarm"] or alarm["evaluation_periods"]
    alarm["statistic"] = item.get("Statistic") or item.get("ExtendedStatistic")
    alarm["dimensions"] = {pair["Name"]: pair["Value"] for pair in item.get("Dimensions", [])}
    return alarm


def arguments(name: str, alarm: Mapping[str, Any]) -> dict[str, Any]:
    """The alarm as PutMetricAlarm takes it, without tags; what it does not have is left out."""
    given = {theirs: alarm[ours] for ours, theirs in NAMES.items() if alarm.get(ours) is not None}
    statistic = "Statistic" if alarm["statistic"] in STATISTICS else "ExtendedStatistic"
    dimensions = [{"Name": key, "Value": value} for key, value in alarm["dimensions"].items()]
    return {"AlarmName": name, statistic: alarm["statistic"], "Dimensions": dimensions, **given}


def alarm_plan(
    wanted: Mapping[str, Any], existing: Mapping[str, Any] | None, existing_tags: Mapping[str, str]
) -> AlarmPlan:
    """wanted has the name and tags beside the alarm's own words; existing is in our words."""
    name, tags = wanted["name"], wanted["tags"]
    if existing is None:
        return AlarmPlan(name, create=True, put=True)
    own = {word: wanted[word] for word in existing if word in wanted}
    missing = {tag: value for tag, value in tags.items() if existing_tags.get(tag) != value}
    return AlarmPlan(name, create=False, put=own != {word: existing[word] for word in own}, tags=missing)


def tag_pairs(tags: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    """Tags as AWS takes them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]
