# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Results as Markdown: a table for each case, the fastest way to see who pays how much for what."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.bench.results import MEGABYTE, Case, Figures, Results, ratio
from tests.bench.targets import Verdict, verdicts

BEGIN, END = "<!-- begin of the figures -->", "<!-- end of the figures -->"
REFERENCE = "warm"
TITLES = {
    "build": "Build from empty",
    "nochange": "Run without changes",
    "plan": "Plan without changes",
    "destroy": "Destroy",
}
ABSOLUTE = (
    "subject", "runs", "wall s", "CPU s", "calls", "reads", "writes", "memory MB", "wall", "CPU", "calls", "memory"
)  # fmt: skip
EACH = ("subject", "resources", "wall ms", "CPU ms", "calls", "CPU s in the server", "of the cloud", "of others")
COMPARED = ("wall", "processor", "calls", "memory")


def markdown(results: Results) -> str:
    """The whole report."""
    parts = [_about(results)]
    judged = verdicts(results)
    if judged:
        parts += ["### Targets", table(("ratio", "reached", "at most", ""), [_verdict(one) for one in judged])]
    for case in results.cases():
        parts += [f"### {title(case)}", _absolute(results, case), _per_resource(results, case)]
    if results.absent:
        reasons = [f"* `{name}`: {_shortened(reason)}" for name, reason in results.absent.items()]
        parts += ["### Left out", "\n".join(reasons)]
    return "\n\n".join(parts) + "\n"


def publish(report: str, page: Path) -> None:
    """Puts the report between the page's markers."""
    text = page.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"{page} has no place for figures: {BEGIN} ... {END}")
    page.write_text(f"{before}{BEGIN}\n\n{report}\n{END}{after}")


def title(case: Case) -> str:
    stacks = "1 stack" if case.stacks == 1 else f"{case.stacks} stacks"
    latency = f", {case.latency * 1000:.0f} ms added to each call" if case.latency else ""
    time = f", a minute of AWS's time takes {case.time_scale:g} s" if case.time_scale else ""
    return f"{TITLES[case.phase]}: {stacks}{latency}{time}"


def _shortened(reason: str) -> str:
    """The first line says what, the last one of an output why."""
    lines = reason.splitlines()
    return " ".join(dict.fromkeys((lines[0], lines[-1])))


def _about(results: Results) -> str:
    at = results.machine
    return (
        f"{at['date']}: {at['cores']} cores of {at['processor']}, {at['memory_gb']} GB; Python {at['python']}, "
        f"ansible-core {at['ansible_core']}, boto3 {at['boto3']}. Load average before: {at['load'][0]}."
    )


def _absolute(results: Results, case: Case) -> str:
    reference = results.figures(case, REFERENCE)
    rows = []
    for name, found in _rows(results, case):
        row = [name, str(found.runs), _number(found.wall), _number(found.processor)]
        row += [f"{found.calls:.0f}", f"{found.reads:.0f}", f"{found.writes:.0f}", f"{found.memory / MEGABYTE:.0f}"]
        row += [_times(found, reference, number) for number in COMPARED]
        rows.append(row)
    return table(ABSOLUTE, rows)


def _per_resource(results: Results, case: Case) -> str:
    rows = [
        [
            name,
            f"{found.resources:.0f}",
            _number(found.each("wall") * 1000),
            _number(found.each("processor") * 1000),
            _number(found.each("calls")),
            _number(found.background),
            _number(found.cloud),
            _number(found.others),
        ]
        for name, found in _rows(results, case)
    ]
    return table(EACH, rows)


def _verdict(verdict: Verdict) -> list[str]:
    reached = "not measured" if verdict.reached is None else f"{_number(verdict.reached)} {verdict.unit}".strip()
    return [
        verdict.claim,
        reached,
        f"{_number(verdict.limit)} {verdict.unit}".strip(),
        "met" if verdict.met else "**not met**",
    ]


def _rows(results: Results, case: Case) -> list[tuple[str, Figures]]:
    named = [(name, results.figures(case, name)) for name in results.subjects(case)]
    return [(name, found) for name, found in named if found is not None]


def _times(found: Figures, reference: Figures | None, number: str) -> str:
    times = None if reference is None else ratio(getattr(found, number), getattr(reference, number))
    return "" if times is None else f"{times:.2f}x"


def _number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with the first column left, numbers right."""
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, marks, *rows])
