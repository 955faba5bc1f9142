# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift refuses before it asks AWS anything, each mistake with what to do, and all of them at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.shift import shift_findings
from ansible_collections.cutover.aws.plugins.module_utils._rollout.asked import Unfit, course_of, wrong
from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import Step

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ASKED: dict[str, Any] = {
    "old_side": "blue",
    "new_side": "green",
    "steps": [{"weight": 10, "bake": 600, "approval": False}, {"weight": 100, "bake": 900, "approval": True}],
    "gates": [{"name": "a", "side": "blue"}, {"name": "b", "failures": 1, "errors": 2}],
    "interval": 15,
    "hold_timeout": 900,
    "max_duration": 14400,
    "approval": "wait",
    "freeze_windows": [{"days": ["fri"], "from": "16:00", "to": "23:59"}],
    "guards": {},
}
ALWAYS = [{"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "from": "00:00", "to": "00:00"}]

MISTAKES: dict[str, tuple[dict[str, Any], str, str]] = {
    "no step": ({"steps": []}, "steps", "has no step"),
    "a step beyond all": ({"steps": [{"weight": 101, "bake": 60}]}, "steps[0].weight", "not within 1 and 100"),
    "a step to nothing": ({"steps": [{"weight": 0, "bake": 60}]}, "steps[0].weight", "not within 1 and 100"),
    "steps that do not ascend": (
        {"steps": [{"weight": w, "bake": 60} for w in (50, 50, 100)]},
        "steps[1].weight",
        "does not go beyond 50",
    ),
    "steps that do not end in 100": ({"steps": [{"weight": 50, "bake": 60}]}, "steps[0].weight", "not end in 100"),
    "a bake without a look": ({"steps": [{"weight": 100, "bake": 14}]}, "steps[0].bake", "shorter than the interval"),
    "one side": ({"new_side": "blue"}, "new_side", "is the old side too"),
    "a gate of a side that there is not": (
        {"gates": [*ASKED["gates"], {"name": "c", "side": "red"}]},
        "gates[2].side",
        "no such side",
    ),
    "two gates of one name": ({"gates": [*ASKED["gates"], {"name": "a"}]}, "gates", "name of several gates"),
    "a budget that is no number": (
        {"gates": [ASKED["gates"][0], {"name": "b", "failures": -1}]},
        "gates[1].failures",
        "no number of looks",
    ),
    "no gate of the old side": ({"gates": [{"name": "b"}]}, "gates", "no gate decides on blue"),
    "only measured": (
        {"gates": [ASKED["gates"][0], {"name": "b", "dry_run": True}]},
        "gates",
        "no gate decides on green",
    ),
    "a guard of one side": ({"guards": {"green": {"alarm": "x"}}}, "guards", "only one side is guarded"),
    "a guard of another side": (
        {"guards": {"green": {}, "blue": {}, "red": {}}},
        "guards.red",
        "no such side",
    ),
    "looks too often": ({"interval": 4}, "interval", "less than 5 s"),
    "holds for less than a look": ({"hold_timeout": 10}, "hold_timeout", "less than the interval"),
    "less time than the steps take": ({"max_duration": 1600}, "max_duration", "the steps alone take 1740 s"),
    "a freeze window that cannot be read": (
        {"freeze_windows": [{"from": "2026-12-20 18:00"}]},
        "freeze_windows[0]",
        "has no to",
    ),
    "a time zone that there is not": (
        {"freeze_windows": [{"days": ["fri"], "from": "16:00", "to": "17:00", "zone": "Europe/Berln"}]},
        "freeze_windows[0]",
        "no time zone Europe/Berln",
    ),
    "freeze windows that never end": ({"freeze_windows": ALWAYS}, "freeze_windows", "no moment open"),
    "a webhook in plain text": ({"webhook_url": "http://hooks.example.com/T0/secret"}, "webhook_url", "no https"),
}


def test_what_is_well_is_a_course() -> None:
    course = course_of(ASKED, NOW)
    assert course.steps == (Step(10, 600), Step(100, 900, approval=True))
    assert [(gate.side, gate.decides, gate.failures, gate.errors) for gate in course.gates] == [
        ("blue", True, 0, 0),
        ("green", True, 1, 2),
    ]


@pytest.mark.parametrize(("changes", "where", "rule"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(changes: dict[str, Any], where: str, rule: str) -> None:
    (mistake,) = wrong({**ASKED, **changes}, NOW)
    assert (mistake.where, mistake.fix != "") == (where, True)
    assert rule in mistake.rule
    with pytest.raises(Unfit, match=r"\. .*\.$"):
        course_of({**ASKED, **changes}, NOW)


def test_all_at_once() -> None:
    several = {"interval": 1, "freeze_windows": [{}], "steps": [{"weight": 60, "bake": 600}], "gates": []}
    assert {one.where for one in wrong({**ASKED, **several}, NOW)} == {
        "steps[0].weight",
        "gates",
        "interval",
        "freeze_windows[0]",
    }


def test_the_address_of_a_webhook_is_not_shown() -> None:
    (mistake,) = wrong({**ASKED, "webhook_url": "http://hooks.example.com/T0/secret"}, NOW)
    assert "secret" not in str(mistake)


def test_the_preflight_tells_the_same_of_the_inventory() -> None:
    typed = {f"migration_{name}": value for name, value in {**ASKED, "interval": 1}.items()}
    (found,) = shift_findings(typed, NOW)
    assert (found.variable, found.value) == ("migration_interval", "1")


def test_the_preflight_leaves_what_has_a_finding_of_its_own() -> None:
    typed = {f"migration_{name}": value for name, value in ASKED.items() if name != "steps"}
    assert list(shift_findings(typed, NOW)) == []
