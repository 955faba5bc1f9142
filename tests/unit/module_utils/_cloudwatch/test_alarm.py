# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Alarms between our words and CloudWatch's."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._cloudwatch.alarm import alarm_plan, arguments, shown

ALARM: dict[str, Any] = {
    "description": "too slow",
    "namespace": "AWS/ApplicationELB",
    "metric": "TargetResponseTime",
    "dimensions": {"LoadBalancer": "app/one/1"},
    "statistic": "Average",
    "comparison": "GreaterThanOrEqualToThreshold",
    "threshold": 0.5,
    "period": 60,
    "evaluation_periods": 3,
    "datapoints_to_alarm": 3,
    "treat_missing_data": "notBreaching",
    "low_samples": None,
    "unit": None,
    "actions_enabled": True,
    "alarm_actions": ["arn:a", "arn:b"],
    "ok_actions": [],
    "insufficient_data_actions": [],
}


def wanted(**changes: Any) -> dict[str, Any]:
    return {**ALARM, "name": "one", "tags": {"CostCenter": "web"}, **changes}


@pytest.mark.parametrize(
    "changes",
    [{}, {"statistic": "p95", "low_samples": "ignore"}, {"dimensions": {}}, {"unit": "Seconds"}, {"alarm_actions": []}],
    ids=["plain", "percentile", "without dimensions", "with unit", "without actions"],
)
def test_what_is_written_is_what_is_read(changes: dict[str, Any]) -> None:
    assert shown(arguments("one", {**ALARM, **changes})) == {**ALARM, **changes}


def test_what_old_alarms_do_not_say_has_the_meaning_that_aws_gives_it() -> None:
    old = arguments("one", ALARM)
    for name in ("TreatMissingData", "DatapointsToAlarm", "AlarmActions"):
        del old[name]
    assert shown(old) == {**ALARM, "treat_missing_data": "missing", "alarm_actions": []}


def test_actions_in_another_order_are_the_same() -> None:
    assert shown({**arguments("one", ALARM), "AlarmActions": ["arn:b", "arn:a"]}) == ALARM


@pytest.mark.parametrize(
    ("existing", "tags", "put", "missing"),
    [
        (ALARM, {"CostCenter": "web", "of others": "1"}, False, {}),
        (ALARM, {"CostCenter": "other"}, False, {"CostCenter": "web"}),
        ({**ALARM, "threshold": 50.0}, {"CostCenter": "web"}, True, {}),
        ({**ALARM, "actions_enabled": False}, {"CostCenter": "web"}, True, {}),
        ({**ALARM, "alarm_actions": []}, {}, True, {"CostCenter": "web"}),
    ],
    ids=["same", "tag", "threshold", "actions off", "actions and tag"],
)
def test_an_alarm_is_written_only_when_it_differs(
    existing: dict[str, Any], tags: dict[str, str], put: bool, missing: dict[str, str]
) -> None:
    plan = alarm_plan(wanted(), existing, tags)
    assert (plan.create, plan.put, plan.tags) == (False, put, missing)
    assert plan.changed is (put or bool(missing))


def test_an_alarm_that_is_not_there_is_written_with_its_tags() -> None:
    plan = alarm_plan(wanted(), None, {})
    assert (plan.create, plan.put, plan.tags) == (True, True, {})
