# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Medians, ratios, and how results are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import results
from tests.bench.results import Case, Measurement, Results


def one(
    subject: str = "warm", wall: float = 1.0, phase: str = "plan", resources: int = 10, reads: int = 20, writes: int = 0
) -> Measurement:
    calls = {"read": {"ec2:DescribeVpcs": reads - 1, "kms:DescribeKey": 1}, "written": {"ec2:CreateVpc": writes}}
    return Measurement(Case(phase), subject, wall, 2.0, 1.5, 0.5, 0.1, 100, resources=resources, load=0.5, **calls)


def test_figures_are_medians_number_by_number() -> None:
    runs = [one(wall=9.0, reads=30), one(wall=1.0, reads=10), one(wall=2.0, reads=40, writes=2)]
    found = results.medians(runs)
    assert found is not None
    assert (found.runs, found.wall, found.reads, found.writes, found.calls) == (3, 2.0, 30, 0, 30)
    assert found.each("reads") == 3.0


def test_no_runs_have_no_figures() -> None:
    assert results.medians([]) is None
    assert Results({}).figures(Case("plan"), "warm") is None


def test_only_equal_cases_are_put_together() -> None:
    found = Results({}, [one(wall=1.0), one(wall=3.0, phase="build"), one("stock", wall=5.0)])
    assert found.cases() == [Case("plan"), Case("build")]
    assert found.subjects(Case("plan")) == ["warm", "stock"]
    figures = found.figures(Case("plan"), "warm")
    assert figures is not None
    assert (figures.runs, figures.wall) == (1, 1.0)


@pytest.mark.parametrize(("other", "expected"), [(4.0, 0.5), (0.0, None)], ids=["half", "of nothing"])
def test_ratio(other: float, expected: float | None) -> None:
    assert results.ratio(2.0, other) == expected


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    kept = Results(results.machine(), [one(), one("stock")], {"terraform": "not installed"})
    kept.save(path)
    assert results.load(path) == kept
