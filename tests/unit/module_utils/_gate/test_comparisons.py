# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A side beside the other one."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Unknown
from tests.unit.module_utils._gate.asking import asked_one, judged, of_series

STEADY = [100, 101, 99, 100, 102, 98, 100, 101, 99, 100, 100, 103, 97, 100, 100]
FLAT = [0.0] * 15


def times(factor: float) -> list[float]:
    return [value * factor for value in STEADY]


CASES: dict[str, tuple[dict[str, Any], list[float], list[float], str]] = {
    "the same": ({}, times(1), times(1), "pass"),
    "better": ({}, times(0.5), times(1), "pass"),
    "worse, and tolerated": ({}, times(1.2), times(1), "pass"),
    "worse": ({}, times(1.5), times(1), "fail"),
    "a single bad one": ({}, [*times(1)[:14], 9000], times(1), "pass"),
    "beyond, by so little that it may be chance": ({}, times(1.251), times(1), "inconclusive"),
    "lower is worse": ({"worse": "lower"}, times(0.5), times(1), "fail"),
    "lower is worse, and it is higher": ({"worse": "lower"}, times(2), times(1), "pass"),
    "different, lower": ({"worse": "different"}, times(0.5), times(1), "fail"),
    "different, higher": ({"worse": "different"}, times(2), times(1), "fail"),
    "different, the same": ({"worse": "different"}, times(1), times(1), "pass"),
    "both nothing": ({}, FLAT, FLAT, "pass"),
    "something beside nothing": ({}, times(1), FLAT, "fail"),
    "something beside nothing, tolerated": ({"tolerance_absolute": 200}, times(1), FLAT, "pass"),
    "no tolerance at all": ({"tolerance": 0}, times(1.1), times(1), "fail"),
    "too few": ({}, times(9)[:9], times(1), "inconclusive"),
    "too few of the baseline": ({}, times(9), times(1)[:9], "inconclusive"),
    "nothing": ({}, [], [], "inconclusive"),
}


@pytest.mark.parametrize(("options", "own", "baseline", "verdict"), CASES.values(), ids=list(CASES))
def test_verdicts(options: dict[str, Any], own: list[float], baseline: list[float], verdict: str) -> None:
    one = asked_one("compare", **options)
    found = judged(one, of_series(one, own, baseline))
    assert found.verdict == verdict, found.reason
    assert found.evidence["values"] == [round(value, 6) for value in own]
    assert found.evidence["baseline_values"] == baseline


@pytest.mark.parametrize("rows", [(Unknown("denied"), STEADY), (STEADY, Unknown("denied"))])
def test_what_is_not_answered_is_inconclusive(rows: tuple[list[float] | Unknown, ...]) -> None:
    one = asked_one("compare")
    assert judged(one, of_series(one, *rows)).verdict == "inconclusive"


def test_both_sides_are_asked_over_the_same_window() -> None:
    own, baseline = asked_one("compare").question.queries
    assert (own.start, own.end, own.period) == (baseline.start, baseline.end, baseline.period)
    assert own.metrics[0][1].dimensions != baseline.metrics[0][1].dimensions


def test_noise_alone_does_not_fail() -> None:
    """Seeded: two sides of one distribution with a long tail, a thousand times."""
    draw, one = random.Random(4), asked_one("compare")
    rows = ([draw.lognormvariate(0, 0.5) for _ in range(30)] for _ in range(1000))
    found = [judged(one, of_series(one, row[:15], row[15:])).verdict for row in rows]
    assert "fail" not in found
    assert found.count("inconclusive") < 250


@pytest.mark.parametrize(("worse", "verdict"), [("higher", "fail"), ("different", "inconclusive")])
def test_looking_both_ways_takes_more_to_be_certain(worse: str, verdict: str) -> None:
    """Samples whose one-sided probability is between half of what is needed and all of it."""
    one = asked_one("compare", worse=worse, tolerance=0)
    baseline = [float(number) for number in range(100, 110)]
    found = judged(one, of_series(one, [value + 6 for value in baseline], baseline))
    assert found.verdict == verdict, found.evidence["probability"]


def test_a_side_that_is_twice_as_slow_is_found() -> None:
    draw, one = random.Random(4), asked_one("compare")
    rows = ([draw.lognormvariate(0, 0.1) for _ in range(30)] for _ in range(100))
    found = [judged(one, of_series(one, [2 * value for value in row[:15]], row[15:])).verdict for row in rows]
    assert set(found) == {"fail"}
