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
from tests.bench.subjects import PHASES, SUBJECTS
from tests.integration.runs import ROOT

OUTPUT = ROOT / "build" / "bench"
PAGE = ROOT / "docs" / "benchmarks.md"


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
    subjects = [SUBJECTS[name] for name in options.subjects]
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        bench = Bench(subjects, Path(directory), results, _say)
        try:
            for experiment in _experiments(options):
                bench.run(experiment)
                results.save(OUTPUT / "results.json")
        finally:
            bench.stop()
    return results


def _experiments(options: argparse.Namespace) -> list[Experiment]:
    return [
        Experiment(options.subjects, options.only, options.repeat, stacks, latency / 1000, options.time_scale)
        for stacks in options.stacks
        for latency in options.latency
    ]


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", type=Names(PHASES), default=list(PHASES), help=f"of {','.join(PHASES)}")
    parser.add_argument("--subjects", type=Names(SUBJECTS), default=list(SUBJECTS), help=f"of {','.join(SUBJECTS)}")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--stacks", type=_numbers, default=[1], help="how many side by side: 1,3,10")
    parser.add_argument("--latency", type=_numbers, default=[0], help="milliseconds added to each call: 0,80")
    parser.add_argument("--time-scale", type=float, default=0, help="real seconds for a minute of AWS's time")
    parser.add_argument("--publish", action="store_true", help=f"write the figures into {PAGE.relative_to(ROOT)}")
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
