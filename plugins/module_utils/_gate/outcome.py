# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From findings to what the module answers: verdicts, tallies, whether each side is fit, and one verdict of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from .._rollout.judge import FAIL, INCONCLUSIVE, PASS, Fitness, Gate, Tally, fitness, tallied, unfit_gates
from .asked import Asked
from .finding import Finding

VERDICTS = {Fitness.FIT: PASS, Fitness.UNFIT: FAIL}
"""Of what is not here nothing is proven."""


def outcome(
    gates: Sequence[Asked], findings: Sequence[Finding], before: Mapping[str, Tally], now: datetime
) -> dict[str, Any]:
    """The module's result, but for its calls."""
    counted = [gate.gate for gate in gates]
    by_name = {gate.name: finding for gate, finding in zip(counted, findings, strict=True)}
    tallies = tallied(counted, before, {name: finding.verdict for name, finding in by_name.items()})
    sides = {side: fitness(counted, tallies, side) for side in dict.fromkeys(gate.side for gate in counted)}
    # A side on which gates are only measured decides nothing.
    judged = {gate.side: sides[gate.side] for gate in counted if gate.decides}
    at = moment(now)
    return {
        "verdict": VERDICTS.get(max(judged.values(), default=Fitness.UNKNOWN), INCONCLUSIVE),
        "reason": _reason(counted, by_name, tallies, judged),
        "verdicts": [_shown(gate, by_name[gate.gate.name], at) for gate in gates],
        "sides": {side: fit.name.lower() for side, fit in sides.items()},
        "tallies": {name: asdict(tally) for name, tally in tallies.items()},
        "observed_at": at,
    }


def moment(time: datetime) -> str:
    """UTC, ISO 8601, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _shown(gate: Asked, finding: Finding, at: str) -> dict[str, Any]:
    return {
        "gate": gate.gate.name,
        "type": gate.type,
        "side": gate.gate.side,
        "decides": gate.gate.decides,
        "verdict": finding.verdict,
        "reason": finding.reason,
        "evidence": dict(finding.evidence),
        "observed_at": finding.seen_at or at,
    }


def _reason(
    gates: Sequence[Gate], findings: Mapping[str, Finding], tallies: Mapping[str, Tally], sides: Mapping[str, Fitness]
) -> str:
    """Why the worst side is not fit."""
    if not sides:
        return "no gate decides: all are only measured"
    side = max(sides, key=lambda name: sides[name])
    if sides[side] is Fitness.FIT:
        return "everything that decides passes"
    told = "; ".join(f"{name}: {findings[name].reason}" for name in unfit_gates(gates, tallies, side))
    within = " (within the budget, so it proves nothing yet)" if sides[side] is Fitness.PENDING else ""
    return f"{side} is {sides[side].name.lower()}{within}: {told}"
