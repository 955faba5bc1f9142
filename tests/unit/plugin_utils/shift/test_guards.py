# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Alarms that Route 53 can follow, and those that it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.plugin_utils.shift.guards import unfit_alarm, unfit_guards

PLAIN = {"period": 60, "evaluation_periods": 3, "datapoints_to_alarm": 3, "statistic": "Sum"}
ALARMS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "plain": (PLAIN, []),
    "all of its periods, unsaid": ({**PLAIN, "datapoints_to_alarm": None}, []),
    "a percentile": ({**PLAIN, "statistic": None, "extended_statistic": "p95"}, ["p95"]),
    "high resolution": ({**PLAIN, "period": 10}, ["10 s"]),
    "some of its periods": ({**PLAIN, "datapoints_to_alarm": 2}, ["2 of 3"]),
    "an expression": ({"metrics": [{"id": "e"}], "evaluation_periods": 1}, ["expression"]),
}


@pytest.mark.parametrize(("alarm", "reasons"), ALARMS.values(), ids=ALARMS)
def test_alarms(alarm: dict[str, Any], reasons: list[str]) -> None:
    found = list(unfit_alarm(alarm))
    assert len(found) == len(reasons)
    assert all(reason in text for reason, text in zip(reasons, found, strict=True))


GUARDS: dict[str, tuple[dict[str, Any], str]] = {
    "not there": ({"metric_alarms": []}, "there is no metric alarm x"),
    "cannot be read": ({"failed": True, "msg": "denied"}, "cannot be read: denied"),
    "cannot be followed": ({"metric_alarms": [{**PLAIN, "period": 10}]}, "Route 53 cannot follow the alarm x"),
}


@pytest.mark.parametrize(("answer", "text"), GUARDS.values(), ids=GUARDS)
def test_guards(answer: dict[str, Any], text: str) -> None:
    (mistake,) = unfit_guards(lambda *_: answer, {"green": {"alarm": "x"}})
    assert mistake.startswith("guards.green: ")
    assert text in mistake


def test_a_guard_without_an_alarm() -> None:
    (mistake,) = unfit_guards(lambda *_: {}, {"green": {}})
    assert "names no alarm" in mistake


def test_guards_that_can_be_followed_are_asked_where_they_are() -> None:
    asked: list[dict[str, Any]] = []

    def call(_module: str, arguments: dict[str, Any]) -> dict[str, Any]:
        asked.append(arguments)
        return {"metric_alarms": [PLAIN]}

    assert unfit_guards(call, {"green": {"alarm": "x", "region": "eu-west-1"}, "blue": {"alarm": "y"}}) == []
    assert asked == [{"alarm_names": ["x"], "region": "eu-west-1"}, {"alarm_names": ["y"]}]
