# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The verdict of an alarm: the tables of the CloudWatch User Guide, and what holds for every alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.watching.evaluate import COMPARISONS, FURTHER_POINTS, Condition, Missing, State, verdict

POINTS: dict[str, float | None] = {"0": 0.0, "X": 9.0, "-": None}
MISSING: tuple[Missing, ...] = ("missing", "ignore", "breaching", "notBreaching")
RETAINED = "as before"


def points(text: str) -> list[float | None]:
    return [POINTS[one] for one in text.split()]


def state(condition: Condition, text: str, current: State = "INSUFFICIENT_DATA") -> str:
    return verdict(condition, points(text), current).state


# "Configuring how CloudWatch alarms treat missing data": data points, how many must be filled, then the states
THREE_OF_THREE = [
    ("0 - X - X", 0, "OK", "OK", "OK", "OK"),
    ("0 - - - -", 2, "OK", "OK", "OK", "OK"),
    ("- - - - -", 3, "INSUFFICIENT_DATA", RETAINED, "ALARM", "OK"),
    ("0 X X - X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("- - X - -", 2, "ALARM", RETAINED, "ALARM", "OK"),
]
TWO_OF_THREE = [
    ("0 - X - X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 0 X 0 X", 0, "ALARM", "ALARM", "ALARM", "ALARM"),
    ("0 - X - -", 1, "OK", "OK", "ALARM", "OK"),
    ("- - - - 0", 2, "OK", "OK", "ALARM", "OK"),
    ("- - - X -", 2, "ALARM", RETAINED, "ALARM", "OK"),
]
ROWS = [(3, *row) for row in THREE_OF_THREE] + [(2, *row) for row in TWO_OF_THREE]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row[0]} of 3: {row[1]}" for row in ROWS])
@pytest.mark.parametrize("current", get_args(State))
def test_the_tables_of_the_user_guide(row: Any, current: State) -> None:
    to_alarm, text, filled, *expected = row
    for missing, wanted in zip(MISSING, expected, strict=True):
        condition = Condition("GreaterThanThreshold", 5.0, 3, to_alarm, missing)
        found = verdict(condition, points(text), current)
        assert found.state == (current if wanted == RETAINED else wanted), missing
        assert found.filled == filled


@pytest.mark.parametrize(
    ("comparison", "below", "at", "above"),
    [
        ("GreaterThanThreshold", False, False, True),
        ("GreaterThanOrEqualToThreshold", False, True, True),
        ("LessThanThreshold", True, False, False),
        ("LessThanOrEqualToThreshold", True, True, False),
    ],
)
def test_comparisons(comparison: str, below: bool, at: bool, above: bool) -> None:
    condition = Condition(comparison, 5.0, 1, 1)
    assert [condition.breaches(value) for value in (4.9, 5.0, 5.1)] == [below, at, above]


def test_a_breaching_zero_is_no_missing_point() -> None:
    condition = Condition("LessThanThreshold", 1.0, 2, 2, "notBreaching")
    assert state(condition, "- - 0 0") == "ALARM"
    assert state(condition, "- - - -") == "OK"


def test_one_late_breach_is_no_alarm_yet() -> None:
    condition = Condition("GreaterThanThreshold", 5.0, 3, 3)
    assert state(condition, "- - - - X") == "OK"
    assert state(condition, "- - - X -") == "OK"
    assert state(condition, "- - X - -") == "ALARM"


conditions = st.builds(
    lambda periods, share, missing, comparison: Condition(
        comparison, 5.0, periods, max(1, periods * share // 10), missing
    ),
    st.integers(1, 8),
    st.integers(1, 10),
    st.sampled_from(MISSING),
    st.sampled_from(sorted(COMPARISONS)),
)
states = st.sampled_from(get_args(State))


def ranges(condition: Condition) -> Any:
    size = condition.periods + FURTHER_POINTS
    return st.lists(st.sampled_from([0.0, 5.0, 9.0, None]), min_size=size, max_size=size)


@given(st.data(), conditions, states)
def test_only_ignore_looks_at_the_state_before(data: Any, condition: Condition, current: State) -> None:
    given_points = data.draw(ranges(condition))
    found = verdict(condition, given_points, current).state
    if condition.missing != "ignore":
        assert {verdict(condition, given_points, other).state for other in get_args(State)} == {found}
    elif found not in ("OK", "ALARM"):
        assert found == current


@given(st.data(), conditions, states)
def test_enough_real_points_leave_nothing_to_be_filled(data: Any, condition: Condition, current: State) -> None:
    given_points = data.draw(ranges(condition))
    real = [one for one in given_points if one is not None]
    found = verdict(condition, given_points, current)
    assert found.filled == max(0, condition.periods - len(real))
    if not found.filled:
        latest = real[-condition.periods :]
        expected = sum(map(condition.breaches, latest)) >= condition.to_alarm
        assert found.state == ("ALARM" if expected else "OK")
        alike = {verdict(replace(condition, missing=one), given_points, current).state for one in MISSING}
        assert alike == {found.state}


@given(st.data(), conditions, states)
def test_an_alarm_needs_a_breach_unless_missing_ones_count(data: Any, condition: Condition, current: State) -> None:
    given_points = data.draw(ranges(condition))
    breaches = any(condition.breaches(one) for one in given_points if one is not None)
    if verdict(condition, given_points, "OK").state == "ALARM" and condition.missing != "breaching":
        assert breaches
