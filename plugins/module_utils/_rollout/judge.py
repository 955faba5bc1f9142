# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the verdicts of gates, look after look, to whether a side is fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

PASS, FAIL, INCONCLUSIVE = "pass", "fail", "inconclusive"


class Fitness(IntEnum):
    """What is known of a side; the worst of its gates counts.

    PENDING: a gate has not passed, but its budget allows for that. It is no proof of anything, in either direction.
    """

    FIT = 0
    PENDING = 1
    UNKNOWN = 2
    UNFIT = 3


@dataclass(frozen=True)
class Gate:
    """A gate as far as the shift goes. side is the one that it judges.

    decides is false where it is only measured. failures and errors: so many looks in a row may fail, or be
    inconclusive, before that counts. closing: it needs a bake to tell; before the end of one only its failing counts.
    """

    name: str
    side: str
    decides: bool = True
    failures: int = 0
    errors: int = 0
    closing: bool = False


@dataclass(frozen=True)
class Tally:
    """How many looks have failed, and how many were inconclusive, since the gate passed last."""

    failures: int = 0
    errors: int = 0


def tallied(gates: Iterable[Gate], before: Mapping[str, Tally], verdicts: Mapping[str, str]) -> Mapping[str, Tally]:
    """The tallies after one more look. A gate that says nothing, or something that is no verdict, is inconclusive."""
    return {gate.name: _after(before.get(gate.name, Tally()), verdicts.get(gate.name)) for gate in gates}


def _after(before: Tally, verdict: str | None) -> Tally:
    if verdict == PASS:
        return Tally()
    if verdict == FAIL:
        return Tally(before.failures + 1, before.errors)
    return Tally(before.failures, before.errors + 1)


def fitness(gates: Iterable[Gate], tallies: Mapping[str, Tally], side: str) -> Fitness:
    """Of one side, after the last look. A side that no gate decides on is unknown."""
    found = [(gate, _of(gate, tallies.get(gate.name))) for gate in _deciding(gates, side)]
    worst = max((fit for gate, fit in found if not gate.closing), default=Fitness.UNKNOWN)
    return Fitness.UNFIT if any(fit is Fitness.UNFIT for _gate, fit in found) else worst


def closed(gates: Iterable[Gate], tallies: Mapping[str, Tally], side: str) -> bool:
    """Whether the gates of one side that close a bake have passed in the last look."""
    closing = (gate for gate in _deciding(gates, side) if gate.closing)
    return all(_of(gate, tallies.get(gate.name)) is Fitness.FIT for gate in closing)


def _deciding(gates: Iterable[Gate], side: str) -> list[Gate]:
    return [gate for gate in gates if gate.side == side and gate.decides]


def _of(gate: Gate, tally: Tally | None) -> Fitness:
    if tally is None:
        return Fitness.UNKNOWN
    if tally.failures > gate.failures:
        return Fitness.UNFIT
    if tally.errors > gate.errors:
        return Fitness.UNKNOWN
    return Fitness.PENDING if tally.failures or tally.errors else Fitness.FIT


def unfit_gates(gates: Iterable[Gate], tallies: Mapping[str, Tally], side: str) -> list[str]:
    """The gates that keep a side from being fit, the worst first; where there is none, those that keep a bake open."""
    worst = {gate: fit for gate in _deciding(gates, side) if (fit := _of(gate, tallies.get(gate.name)))}
    counted = [gate for gate, fit in worst.items() if fit is Fitness.UNFIT or not gate.closing]
    return [gate.name for gate in sorted(counted or worst, key=lambda gate: -worst[gate])]
