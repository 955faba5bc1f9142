# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the figures ought to be, and whether they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tests.bench import critical_path
from tests.bench.results import MEGABYTE, Case, Results
from tests.bench.subjects import BUILD, DESTROY, NO_CHANGE, PLAN

ONE, MANY = 1, 10
SLOW = 0.08
QUICKER_THAN_STOCK = 4.0
WITHIN = 1.25
COST_OF_MANY = 6.0
MEGABYTES_PER_STACK = 60.0


@dataclass(frozen=True)
class Verdict:
    """reached and limit are in unit ('' is a ratio); reached is None where a figure is missing, and never met then."""

    claim: str
    reached: float | None
    limit: float
    unit: str = ""

    @property
    def met(self) -> bool:
        return self.reached is not None and self.reached <= self.limit


@dataclass(frozen=True)
class Figure:
    """One number of one subject in one case, if each is set per resource."""

    case: Case
    subject: str
    number: str
    each: bool = False

    def of(self, results: Results) -> float | None:
        found = results.figures(self.case, self.subject)
        if found is None:
            return None
        return found.each(self.number) if self.each else float(getattr(found, self.number))


def verdicts(results: Results) -> list[Verdict]:
    """All that the results say something about; a claim of which neither side was measured is left out."""
    return [verdict for rule in RULES for verdict in rule(results)]


def _compared(results: Results, claim: str, one: Figure, other: Figure, limit: float) -> Iterator[Verdict]:
    mine, others = one.of(results), other.of(results)
    if mine is not None or others is not None:
        yield Verdict(claim, mine / others if mine is not None and others else None, limit)


def _beside_terraforms_plan(results: Results) -> Iterator[Verdict]:
    for phase, text in ((NO_CHANGE, "run without changes"), (PLAN, "plan")):
        for number in ("wall", "calls"):
            ours = Figure(Case(phase), "warm", number, each=True)
            theirs = Figure(Case(PLAN), "terraform", number, each=True)
            yield from _compared(results, f"{text}: {number} per resource to `terraform plan`", ours, theirs, 1.0)
    slow = Case(PLAN, latency=SLOW)
    ours, theirs = Figure(replace(slow, phase=NO_CHANGE), "warm", "wall"), Figure(slow, "terraform", "wall")
    claim = f"run without changes, {SLOW * 1000:.0f} ms a call: wall to `terraform plan`"
    yield from _compared(results, claim, ours, theirs, WITHIN)
    many = Case(PLAN, MANY)
    ours, theirs = Figure(replace(many, phase=NO_CHANGE), "warm", "wall"), Figure(many, "terraform", "wall")
    yield from _compared(results, f"{MANY} stacks without changes: wall to `terraform plan`", ours, theirs, 1.0)


def _first_run(results: Results) -> Iterator[Verdict]:
    case = Case(BUILD)
    for number in ("wall", "processor"):
        claim = f"build: {number} to stock"
        ours, theirs = Figure(case, "warm", number), Figure(case, "stock", number)
        yield from _compared(results, claim, ours, theirs, 1 / QUICKER_THAN_STOCK)
    for number in ("processor", "calls"):
        ours, theirs = Figure(case, "warm", number, each=True), Figure(case, "terraform", number, each=True)
        yield from _compared(results, f"build: {number} per resource to `terraform apply`", ours, theirs, 1.0)


def _memory(results: Results) -> Iterator[Verdict]:
    for phase in (BUILD, NO_CHANGE):
        ours, theirs = (Figure(Case(phase), subject, "memory") for subject in ("warm", "terraform"))
        yield from _compared(results, f"{phase}: peak memory to Terraform's", ours, theirs, 1 / 3)


def _true_time(results: Results) -> Iterator[Verdict]:
    paths = {BUILD: critical_path.building(), DESTROY: critical_path.removing()}
    for case in results.cases():
        found = results.figures(case, "warm")
        if found is not None and case.time_scale and case.phase in paths:
            path = paths[case.phase]
            least = path.seconds(case.time_scale, case.latency)
            claim = f"{case.phase} at {case.time_scale:g} s a minute: wall to the critical path ({least:.0f} s)"
            yield Verdict(claim, found.wall / least, WITHIN + path.polls / least)


def _many(results: Results) -> Iterator[Verdict]:
    for phase in (BUILD, NO_CHANGE):
        for number in ("wall", "processor"):
            many, one = (Figure(Case(phase, stacks), "warm", number) for stacks in (MANY, ONE))
            if many.of(results) is not None:
                yield from _compared(results, f"{phase} of {MANY} stacks: {number} to one", many, one, COST_OF_MANY)
        more = Figure(Case(phase, MANY), "warm", "memory").of(results)
        less = Figure(Case(phase, ONE), "warm", "memory").of(results)
        if more is not None and less is not None:
            grown = (more - less) / (MANY - ONE) / MEGABYTE
            yield Verdict(f"{phase}: memory for each further stack", grown, MEGABYTES_PER_STACK, "MB")


RULES: tuple[Callable[[Results], Iterator[Verdict]], ...] = (
    _beside_terraforms_plan,
    _first_run,
    _memory,
    _true_time,
    _many,
)
