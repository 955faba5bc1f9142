# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From findings to the module's answer: what holds of any gates and any findings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._gate.asked import Asked, tallies_of
from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Finding
from ansible_collections.cutover.aws.plugins.module_utils._gate.outcome import outcome
from tests.unit.module_utils._gate.asking import NOW, asked, gate

PASS, FAIL, INCONCLUSIVE = VERDICTS = ("pass", "fail", "inconclusive")


def answered(gates: Sequence[Asked], verdicts: Sequence[str], before: dict[str, Any] | None = None) -> dict[str, Any]:
    return outcome(gates, [Finding(verdict, "because") for verdict in verdicts], tallies_of(before or {}), NOW)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[Asked], list[str]]:
    """Gates of two sides with budgets, some only measured, and a verdict for each."""
    sizes = st.fixed_dictionaries(
        {
            "side": st.sampled_from(["blue", "green"]),
            "failures": st.integers(0, 2),
            "errors": st.integers(0, 2),
            "dry_run": st.booleans(),
        }
    )
    options = draw(st.lists(sizes, min_size=1, max_size=8))
    gates = asked(*(gate("alarm", name=f"g{number}", **one) for number, one in enumerate(options)))
    return gates, [draw(st.sampled_from(VERDICTS)) for _ in gates]


@given(worlds(), st.integers(0))
def test_the_order_of_gates_does_not_matter(world: tuple[list[Asked], list[str]], seed: int) -> None:
    gates, verdicts = world
    pairs = list(zip(gates, verdicts, strict=True))
    random.Random(seed).shuffle(pairs)
    moved = answered([one for one, _ in pairs], [verdict for _, verdict in pairs])
    found = answered(gates, verdicts)
    for part in ("verdict", "sides", "tallies"):
        assert found[part] == moved[part]


@given(worlds(), st.data())
def test_what_is_only_measured_does_not_decide(world: tuple[list[Asked], list[str]], data: st.DataObject) -> None:
    gates, verdicts = world
    others = [
        verdict if one.gate.decides else data.draw(st.sampled_from(VERDICTS))
        for one, verdict in zip(gates, verdicts, strict=True)
    ]
    left = [pair for pair in zip(gates, verdicts, strict=True) if pair[0].gate.decides]
    found = answered(gates, verdicts)
    assert found["verdict"] == answered(gates, others)["verdict"]
    assert found["sides"] == answered(gates, others)["sides"]
    if left:
        assert found["verdict"] == answered([one for one, _ in left], [verdict for _, verdict in left])["verdict"]
    else:
        assert found["verdict"] == INCONCLUSIVE


@given(worlds())
def test_pass_is_when_all_that_decide_pass(world: tuple[list[Asked], list[str]]) -> None:
    gates, verdicts = world
    deciding = [verdict for one, verdict in zip(gates, verdicts, strict=True) if one.gate.decides]
    assert (answered(gates, verdicts)["verdict"] == PASS) == (set(deciding) == {PASS})


@given(worlds())
def test_the_unknown_is_never_better_than_a_pass(world: tuple[list[Asked], list[str]]) -> None:
    """Making any pass unknown makes nothing good that was not, and no fail comes of it."""
    gates, verdicts = world
    before = answered(gates, verdicts)["verdict"]
    for number, verdict in enumerate(verdicts):
        if verdict == PASS:
            after = answered(gates, [*verdicts[:number], INCONCLUSIVE, *verdicts[number + 1 :]])["verdict"]
            assert after == before or (before == PASS and after == INCONCLUSIVE)


@pytest.mark.parametrize("budget", [0, 1, 2])
def test_a_fail_counts_once_the_budget_is_spent(budget: int) -> None:
    gates, tallies, seen = asked(gate("alarm", failures=budget)), None, []
    for _look in range(budget + 2):
        found = answered(gates, [FAIL], tallies)
        tallies, seen = found["tallies"], [*seen, (found["verdict"], found["sides"]["green"])]
    assert seen == [(INCONCLUSIVE, "pending")] * budget + [(FAIL, "unfit")] * 2


def test_a_pass_ends_the_count() -> None:
    gates = asked(gate("alarm", failures=1, errors=1))
    spent = answered(gates, [FAIL], answered(gates, [INCONCLUSIVE])["tallies"])
    assert spent["tallies"] == {"alarm": {"failures": 1, "errors": 1}}
    passed = answered(gates, [PASS], spent["tallies"])
    assert (passed["verdict"], passed["tallies"]) == (PASS, {"alarm": {"failures": 0, "errors": 0}})
    assert answered(gates, [FAIL], spent["tallies"])["verdict"] == FAIL


def test_errors_have_a_budget_of_their_own() -> None:
    gates = asked(gate("alarm", errors=1))
    once = answered(gates, [INCONCLUSIVE])
    twice = answered(gates, [INCONCLUSIVE], once["tallies"])
    assert [one["sides"]["green"] for one in (once, twice)] == ["pending", "unknown"]
    assert [one["verdict"] for one in (once, twice)] == [INCONCLUSIVE, INCONCLUSIVE]
    assert "within the budget" in once["reason"] and "within the budget" not in twice["reason"]


def test_what_is_shown_of_a_gate() -> None:
    found = answered(asked(gate("alarm", name="5xx", side="blue", dry_run=True)), [FAIL])
    assert found["verdicts"] == [
        {
            "gate": "5xx",
            "type": "alarm",
            "side": "blue",
            "decides": False,
            "verdict": FAIL,
            "reason": "because",
            "evidence": {},
            "observed_at": "2026-12-01T02:14:07Z",
        }
    ]
    assert (found["verdict"], found["reason"]) == (INCONCLUSIVE, "no gate decides: all are only measured")
