# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`make bench`: what the collection costs, beside stock Ansible, Terraform and plain boto3, on this machine."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.bench import report
from tests.bench.results import Results, load, machine
from tests.bench.schedule import Bench, Experiment
from tests.bench.subjects import BUILD, DESTROY, NO_CHANGE, PHASES, PLAN, SUBJECTS
from tests.integration.runs import ROOT

OUTPUT = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"

READS = (NO_CHANGE, PLAN)
IN_SEQUENCE = ("warm", "stock", "terraform", "boto3")
QUICK = ("warm", "terraform", "boto3")
EVERYTHING = (
    Experiment(IN_SEQUENCE, (BUILD,), repeat=2),
    Experiment(IN_SEQUENCE, READS, repeat=3),
    Experiment((*QUICK, "boto3-16"), READS, repeat=3, latency=0.08),
    Experiment(IN_SEQUENCE, (DESTROY,), repeat=1),
    Experiment(("warm", "boto3-16"), (BUILD, DESTROY), repeat=1, time_scale=6),
    Experiment(QUICK, (BUILD, *READS), repeat=1, stacks=3),
    Experiment(QUICK, (BUILD, *READS), repeat=1, stacks=10),
)
"""About half an hour on two quiet cores: what takes long is repeated least."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    results = load(options.render) if options.render else _run(options)
    text = report.markdown(results)
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "report.md").write_text(text)
    if options.publish:
        report.publish(text, PAGE)
    else:
        print(text)
    return 1 if results.absent else 0


def _run(options: argparse.Namespace) -> Results:
    results = Results(machine())
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        bench = Bench([SUBJECTS[name] for name in options.subjects], Path(directory), results, _say)
        try:
            for experiment in _experiments(options):
                bench.run(experiment)
                results.save(OUTPUT / "results.json")
        finally:
            bench.stop()
    return results


def _experiments(options: argparse.Namespace) -> Sequence[Experiment]:
    """Everything, unless a choice of conditions or phases is given."""
    if not any((options.only, options.stacks, options.latency, options.time_scale, options.repeat)):
        return EVERYTHING
    return [
        Experiment(
            subjects=options.subjects,
            phases=options.only or PHASES,
            repeat=options.repeat or 3,
            stacks=stacks,
            latency=latency / 1000,
            time_scale=options.time_scale or 0,
        )
        for stacks in options.stacks or [1]
        for latency in options.latency or [0]
    ]


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description=__doc__,
        epilog="Without --only, --stacks, --latency, --time-scale and --repeat, the whole programme is run.",
    )
    parser.add_argument("--only", type=Names(PHASES), help=f"phases, of {','.join(PHASES)}; all")
    parser.add_argument(
        "--subjects", type=Names(SUBJECTS), default=list(SUBJECTS), help=f"of {','.join(SUBJECTS)}; all"
    )
    parser.add_argument("--repeat", type=int, help="how often each; 3")
    parser.add_argument("--stacks", type=_numbers, help="how many side by side, as in 1,3,10; 1")
    parser.add_argument("--latency", type=_numbers, help="milliseconds added to each call, as in 0,80; 0")
    parser.add_argument("--time-scale", type=float, help="real seconds for a minute of AWS's time; 0, so no waiting")
    parser.add_argument("--publish", action="store_true", help="write the figures into docs/benchmarks.md")
    parser.add_argument("--render", type=Path, help="measure nothing; report on an earlier results.json")
    return parser


class Names:
    """Some of the known names, in the order in which they are known."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = list(known)

    def __call__(self, text: str) -> list[str]:
        given = text.split(",")
        strange = [name for name in given if name not in self._known]
        if strange:
            raise argparse.ArgumentTypeError(f"{', '.join(strange)}: not one of {', '.join(self._known)}")
        return [name for name in self._known if name in given]


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
