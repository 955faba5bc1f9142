# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task asks for, checked before anything is asked of anybody: all that is wrong with it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .._errors import CutoverError
from .._rollout.judge import Gate, Tally
from .kinds import KINDS
from .question import Options, Question

COMMON = ("name", "type", "side", "failures", "errors", "dry_run", "region")
BUDGETS = ("failures", "errors")
WITHOUT_REGION = ("http", "sql_compare", "target_health")
"""They ask no service of a region, or know it from elsewhere."""

Given = Mapping[str, Any]


class Refused(CutoverError):
    """What is asked for is no set of gates; the text has every reason."""

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__("Nothing was asked, since the gates are not fit:\n" + "\n".join(reasons))


@dataclass(frozen=True)
class Asked:
    """One gate: how its verdict counts, what kind it is, and what it asks."""

    gate: Gate
    type: str
    question: Question


def gates_of(asked: Given, region: str | None, now: datetime) -> list[Asked]:
    """The gates. region is the task's own. Raises Refused."""
    given: Sequence[Given] = [_filled(gate) for gate in asked["gates"]]
    reasons = list(_wrong_call(asked, given))
    for index, gate in enumerate(given):
        reasons += [f"{_where(index, gate)}: {text}." for text in _wrong(gate, region, asked)]
    if reasons:
        raise Refused(reasons)
    return [_gate(gate, region, now) for gate in given]


def tallies_of(given: Mapping[str, Given]) -> dict[str, Tally]:
    """The tallies that an earlier call has returned."""
    return {name: Tally(int(tally["failures"]), int(tally["errors"])) for name, tally in given.items()}


def _filled(gate: Given) -> Given:
    """Only what was given."""
    return {name: value for name, value in gate.items() if value is not None}


def _where(index: int, gate: Given) -> str:
    return f"gates[{index}]" + (f" ({gate['name']})" if gate.get("name") else "")


def _wrong_call(asked: Given, gates: Sequence[Given]) -> Iterator[str]:
    if not gates:
        yield "gates: there is none, and where nothing is asked nothing is known. Name one."
    for name, times in Counter(gate.get("name") for gate in gates).items():
        if name and times > 1:
            yield f"gates: {times} are called {name}. Give each a name of its own."
    for name in ("bake", "delivery"):
        if asked[name] is not None and asked[name] < 0:
            yield f"{name}: {asked[name]} s is less than nothing. Give 0 or more."
    for name, tally in asked["tallies"].items():
        if not (isinstance(tally, Mapping) and all(_is_count(tally.get(budget)) for budget in BUDGETS)):
            yield f"tallies.{name}: {tally!r} is no tally. Give what an earlier call returned as tallies, unchanged."


def _is_count(value: object) -> bool:
    """Templates may hand a number over as its text."""
    return not isinstance(value, bool) and str(value).isdecimal()


def _wrong(gate: Given, region: str | None, asked: Given) -> Iterator[str]:
    if not gate.get("name"):
        yield "name: it has none; give one, by which verdict and tally are known"
    for budget in BUDGETS:
        if gate.get(budget, 0) < 0:
            yield f"{budget}: {gate[budget]} is less than nothing; give 0 or more looks"
    kind = KINDS.get(gate.get("type", ""))
    if kind is None:
        yield f"type: there is no {gate.get('type', 'type given')}; give one of {', '.join(KINDS)}"
        return
    if extra := sorted(set(gate) - set(COMMON) - set(kind.settings)):
        yield f"{', '.join(extra)}: no option of {gate['type']}; it takes {', '.join(sorted(kind.settings))}"
    if missing := [name for name in kind.needs if gate.get(name) in (None, "", [], {})]:
        yield f"{', '.join(missing)}: missing; {gate['type']} cannot be asked without"
        return
    if gate["type"] not in WITHOUT_REGION and not (gate.get("region") or region):
        yield "region: neither the gate nor the task has one; give it"
    options = _options(gate, region)
    mistakes = list(kind.wrong(options))
    yield from mistakes
    if asked["bake"] is not None and not gate.get("dry_run") and not mistakes:
        yield from kind.bake(options, asked["bake"])


def _options(gate: Given, region: str | None) -> Options:
    own = gate.get("region")
    return {**KINDS[gate["type"]].settings, **gate, "own_region": own, "region": own or region or ""}


def _gate(gate: Given, region: str | None, now: datetime) -> Asked:
    options = _options(gate, region)
    counted = Gate(
        name=options["name"],
        side=options["side"],
        decides=not options["dry_run"],
        failures=options["failures"],
        errors=options["errors"],
    )
    return Asked(counted, options["type"], KINDS[options["type"]].question(options, now))
