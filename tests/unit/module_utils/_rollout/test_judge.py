# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From verdicts to whether a side is fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.judge import (
    Fitness,
    Gate,
    Tally,
    closed,
    fitness,
    tallied,
    unfit_gates,
)

STRICT, PATIENT = Gate("strict", "green"), Gate("patient", "green", failures=1, errors=2)

LOOKS: dict[str, tuple[Gate, Sequence[str | None], Fitness]] = {
    "never asked": (STRICT, [], Fitness.UNKNOWN),
    "passes": (STRICT, ["pass"], Fitness.FIT),
    "fails": (STRICT, ["fail"], Fitness.UNFIT),
    "fails, and passes": (STRICT, ["fail", "pass"], Fitness.FIT),
    "says nothing": (STRICT, ["pass", None], Fitness.UNKNOWN),
    "says what is no verdict": (STRICT, ["PASS"], Fitness.UNKNOWN),
    "fails within its budget": (PATIENT, ["pass", "fail"], Fitness.PENDING),
    "fails beyond it": (PATIENT, ["pass", "fail", "fail"], Fitness.UNFIT),
    "errors within its budget": (PATIENT, ["inconclusive"] * 2, Fitness.PENDING),
    "errors beyond it": (PATIENT, ["inconclusive"] * 3, Fitness.UNKNOWN),
    "what is unknown in between clears nothing": (PATIENT, ["fail", "inconclusive", "fail"], Fitness.UNFIT),
    "a pass clears both": (PATIENT, ["fail", "inconclusive", "inconclusive", "pass", "fail"], Fitness.PENDING),
}


def after(gates: Sequence[Gate], looks: Sequence[Mapping[str, str]]) -> Mapping[str, Tally]:
    tallies: Mapping[str, Tally] = {}
    for look in looks:
        tallies = tallied(gates, tallies, look)
    return tallies


@pytest.mark.parametrize(("gate", "verdicts", "expected"), LOOKS.values(), ids=LOOKS)
def test_one_gate(gate: Gate, verdicts: Sequence[str | None], expected: Fitness) -> None:
    looks = [{gate.name: verdict} if verdict else {} for verdict in verdicts]
    assert fitness([gate], after([gate], looks), "green") is expected


def test_the_worst_gate_of_a_side_counts_and_only_its_own() -> None:
    gates = [STRICT, Gate("other", "green"), Gate("blue", "blue"), Gate("measured", "green", decides=False)]
    tallies = after(gates, [{"strict": "pass", "other": "inconclusive", "blue": "fail", "measured": "fail"}])
    assert fitness(gates, tallies, "green") is Fitness.UNKNOWN
    assert unfit_gates(gates, tallies, "green") == ["other"]
    assert fitness(gates, tallies, "blue") is Fitness.UNFIT


def test_a_side_without_a_gate_that_decides_is_unknown() -> None:
    gates = [Gate("measured", "green", decides=False)]
    assert fitness(gates, after(gates, [{"measured": "pass"}]), "green") is Fitness.UNKNOWN


CLOSING = Gate("closing", "green", closing=True)


@pytest.mark.parametrize(
    ("verdict", "fit", "is_closed", "named"),
    [
        ("pass", Fitness.FIT, True, []),
        ("inconclusive", Fitness.FIT, False, ["closing"]),
        ("fail", Fitness.UNFIT, False, ["closing"]),
        (None, Fitness.FIT, False, ["closing"]),
    ],
)
def test_a_gate_that_closes_a_bake(verdict: str | None, fit: Fitness, is_closed: bool, named: list[str]) -> None:
    gates = [STRICT, CLOSING]
    tallies = after(gates, [{"strict": "pass"} | ({"closing": verdict} if verdict else {})])
    assert fitness(gates, tallies, "green") is fit
    assert closed(gates, tallies, "green") is is_closed
    assert closed(gates, tallies, "blue") is True
    assert unfit_gates(gates, tallies, "green") == named


def test_what_closes_a_bake_is_not_blamed_for_what_another_gate_says() -> None:
    gates = [STRICT, CLOSING]
    tallies = after(gates, [{"strict": "fail", "closing": "inconclusive"}])
    assert unfit_gates(gates, tallies, "green") == ["strict"]
    assert fitness([CLOSING], tallies, "green") is Fitness.UNKNOWN, "it alone says nothing of a side"
