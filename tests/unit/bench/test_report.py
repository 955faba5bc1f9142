# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report says what the measurements say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import report
from tests.bench.results import Case, Measurement, Results

MACHINE = {
    "date": "2026-01-02T03:04Z",
    "cores": 2,
    "processor": "a processor",
    "memory_gb": 8,
    "python": "3.11.7",
    "ansible_core": "2.19.0",
    "boto3": "1.44.5",
    "load": [0.07, 0.1, 0.2],
}


def one(subject: str, wall: float, resources: int) -> Measurement:
    return Measurement(
        Case("plan"),
        subject,
        wall,
        wall / 2,
        wall / 4,
        0.3,
        0.1,
        200_000_000,
        {"ec2:DescribeVpcs": 50},
        {},
        resources,
        0.2,
    )


@pytest.fixture
def results() -> Results:
    return Results(MACHINE, [one("warm", 4.0, 100), one("stock", 16.0, 100), one("terraform", 8.0, 50)])


def rows(text: str, subject: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if f"| {subject} |" in line]


def test_each_subject_is_compared_with_the_reference(results: Results) -> None:
    absolute, each = rows(report.markdown(results), "stock")
    assert absolute[:5] == ["stock", "1", "16.0", "8.00", "50"]
    assert absolute[-4:] == ["4.00x", "4.00x", "1.00x", "1.00x"]
    assert each[:5] == ["stock", "100", "160", "80.0", "0.50"]


def test_figures_per_resource_divide_by_the_subjects_own_resources(results: Results) -> None:
    _, each = rows(report.markdown(results), "terraform")
    assert each[1:5] == ["50", "160", "80.0", "1.00"]


def test_without_the_reference_there_are_no_ratios(results: Results) -> None:
    results.measurements = [run for run in results.measurements if run.subject != "warm"]
    assert rows(report.markdown(results), "stock")[0][-4:] == ["", "", "", ""]


def test_load_machine_and_what_is_missing_are_named(results: Results) -> None:
    results.absent["boto3"] = "it broke:\nat length\nfor want of a nail"
    text = report.markdown(results)
    assert "Load average before: 0.07" in text
    assert "2 cores of a processor" in text
    assert "* `boto3`: it broke: for want of a nail" in text


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case("build"), "Build from empty: 1 stack"),
        (Case("plan", stacks=10, latency=0.08), "Plan without changes: 10 stacks, 80 ms added to each call"),
        (Case("destroy", time_scale=6), "Destroy: 1 stack, a minute of AWS's time takes 6 s"),
    ],
)
def test_titles_say_what_was_measured(case: Case, expected: str) -> None:
    assert report.title(case) == expected


def test_publishing_replaces_what_stands_between_the_markers(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    for figures in ("first", "second"):
        report.publish(figures, page)
    assert page.read_text() == f"before\n{report.BEGIN}\n\nsecond\n{report.END}\nafter\n"


def test_a_page_without_markers_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing here")
    with pytest.raises(ValueError, match="no place for figures"):
        report.publish("figures", page)
    assert page.read_text() == "nothing here"
