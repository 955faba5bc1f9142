# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The share of requests beside the weight."""

from __future__ import annotations

import math
import random

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Unknown
from ansible_collections.cutover.aws.plugins.module_utils._gate.shares import FALSE_ALARM
from ansible_collections.cutover.aws.plugins.module_utils._gate.significance import less_than, more_than
from ansible_collections.cutover.aws.plugins.module_utils._rollout.judge import FAIL, INCONCLUSIVE, PASS
from tests.unit.module_utils._gate.asking import asked_one, judged, of_series

CASES = {
    "as the weight says": (10, 1000, 9000, PASS),
    "within the tolerance": (10, 1499, 8501, PASS),
    "far too much": (10, 2000, 8000, FAIL),
    "far too little": (10, 100, 9900, FAIL),
    "nothing where something ought to be": (10, 0, 10000, FAIL),
    "everything where something ought to be": (10, 10000, 0, FAIL),
    "a little too much, and chance may be why": (10, 91, 509, INCONCLUSIVE),
    "half and half": (50, 500, 500, PASS),
    "none for nothing": (0, 0, 1000, PASS),
    "some for nothing": (0, 100, 900, PASS),
    "too many for nothing": (0, 300, 700, FAIL),
    "all": (100, 1000, 0, PASS),
    "not all": (100, 700, 300, FAIL),
    "one percent gets nothing": (1, 0, 3000, INCONCLUSIVE),
    "one percent gets nothing for long": (1, 0, 9000, FAIL),
    "no traffic": (10, 0, 0, INCONCLUSIVE),
    "no traffic at weight 0": (0, 0, 0, INCONCLUSIVE),
    "too little traffic": (10, 5, 40, INCONCLUSIVE),
    "too little traffic, all of it wrong": (0, 99, 0, INCONCLUSIVE),
}


@pytest.mark.parametrize(("weight", "own", "other", "verdict"), CASES.values(), ids=list(CASES))
def test_verdicts(weight: float, own: int, other: int, verdict: str) -> None:
    one = asked_one("share", weight=weight)
    rows = [[count] if count else [] for count in (own, other)]
    found = judged(one, of_series(one, *rows))
    assert found.verdict == verdict, found.reason
    assert (found.evidence["requests"], found.evidence["requests_of_others"]) == (own, [other])


def test_several_other_sides_and_periods() -> None:
    one = asked_one("share", weight=50, others=[{"LoadBalancer": "a"}, {"LoadBalancer": "b"}])
    found = judged(one, of_series(one, [250, 250], [200, None, 100], [100, 100]))
    assert (found.verdict, found.evidence["requests_of_others"], found.evidence["share"]) == ("pass", [300, 200], 50.0)


@pytest.mark.parametrize("rows", [([100], Unknown("denied")), (Unknown("denied"), [1000])])
def test_one_unanswered_question_is_enough(rows: tuple[list[float] | Unknown, ...]) -> None:
    one = asked_one("share", weight=0)
    assert judged(one, of_series(one, *rows)).verdict == "inconclusive"


def test_requests_under_an_earlier_weight_are_told_and_do_not_count() -> None:
    """The window is of five minutes until 02:13."""
    one = asked_one("share", weight=50, since="2026-12-01T02:10:30Z")
    found = judged(one, of_series(one, [0, 0, 0, 300, 200], [1000, 1000, 1000, 250, 250]))
    assert (found.verdict, found.evidence["requests"], found.evidence["requests_of_others"]) == ("pass", 500, [500])
    assert found.evidence["from"] == "2026-12-01T02:11:00+00:00"
    latest = {"from": "2026-12-01T02:12:00+00:00", "to": "2026-12-01T02:13:00+00:00"}
    assert found.evidence["latest"] == {**latest, "requests": 200, "requests_of_others": [250]}


def test_a_step_of_which_no_period_is_over() -> None:
    late = asked_one("share", since="2026-12-01T04:14:00+02:00")
    found = judged(late, of_series(late, [5] * 5, [95] * 5))
    assert (found.verdict, found.evidence["requests_in_all"]) == ("inconclusive", 0)
    assert found.evidence["latest"]["requests_of_others"] == [95]  # type: ignore[index]
    assert "no whole period has passed since" in found.reason


def test_a_minimum_of_the_users_own() -> None:
    one = asked_one("share", weight=10, minimum=50)
    assert judged(one, of_series(one, [5], [45])).verdict == "pass"


WEIGHTS = [0, 1, 10, 50, 99, 100]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_a_false_alarm_is_rarer_than_one_in_a_hundred_thousand(weight: int) -> None:
    """By adding up how likely each count is that would fail, at the edges of what is allowed and at the weight."""
    one = asked_one("share", weight=weight)
    total = one.question.minimum  # type: ignore[attr-defined]
    lowest, highest = (edge / 100 for edge in one.question.band)  # type: ignore[attr-defined]
    below_lowest = range(math.ceil(lowest * total) - 1, -1, -1)
    above_highest = range(math.floor(highest * total) + 1, total + 1)
    low = next((count for count in below_lowest if _verdict(weight, count, total) == FAIL), None)
    high = next((count for count in above_highest if _verdict(weight, count, total) == FAIL), None)
    assert (low is not None or lowest == 0) and (high is not None or highest == 1)
    for share in (lowest, weight / 100, highest):
        below = 0.0 if low is None else less_than(low, total, share)
        above = 0.0 if high is None else more_than(high, total, share)
        assert below + above < FALSE_ALARM


def _verdict(weight: int, count: int, total: int) -> str:
    one = asked_one("share", weight=weight)
    return judged(one, of_series(one, [count], [total - count])).verdict


@pytest.mark.parametrize("weight", WEIGHTS)
def test_what_the_weight_says_passes(weight: int) -> None:
    """Seeded: 200 looks at the fewest requests that are enough."""
    draw = random.Random(weight)
    total = asked_one("share", weight=weight).question.minimum  # type: ignore[attr-defined]
    counts = [sum(draw.random() * 100 < weight for _ in range(total)) for _ in range(200)]
    assert {_verdict(weight, count, total) for count in counts} == {PASS}
