# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plots: where lines and labels are, and what is left of thousands of points."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.plugin_utils.report.plot import (
    BOTTOM,
    HEIGHT,
    LABEL,
    LEFT,
    MOST_POINTS,
    RIGHT,
    TOP,
    WIDTH,
    Point,
    Series,
    plot,
    thinned,
)

HOUR = 3600.0
MIDDLE = (LEFT + WIDTH - RIGHT) / 2
values = st.one_of(st.none(), st.floats(0, 1e9))


def drawn(*points: Point, stepped: bool = False) -> str:
    return plot([Series("green", points, stepped)], (0, HOUR), [], 100).lines[0].path


def test_a_line_goes_from_corner_to_corner() -> None:
    left, right, top, bottom = float(LEFT), float(WIDTH - RIGHT), float(TOP), float(HEIGHT - BOTTOM)
    assert drawn((0, 0), (HOUR, 100)) == f"M{left} {bottom}h0L{right} {top}h0"


def test_a_value_that_is_kept_makes_steps_and_lasts_to_the_end() -> None:
    left, right, top, bottom = float(LEFT), float(WIDTH - RIGHT), float(TOP), float(HEIGHT - BOTTOM)
    path = drawn((0, 0), (HOUR / 2, 100), stepped=True)
    assert path == f"M{left} {bottom}h0H{MIDDLE}H{MIDDLE}V{top}h0H{right}"


def test_what_is_not_known_breaks_the_line() -> None:
    assert drawn((0, 10), (100, None), (200, 10)).count("M") == 2
    assert drawn((0, 10), (100, None), (200, 10), stepped=True).count("M") == 2
    assert drawn((0, None), (100, None)) == ""


def test_nothing_at_all_has_axes() -> None:
    empty = plot([Series("blue", [])], (0, 0), [])
    assert [tick.text for tick in empty.values] == ["0", "1"]
    assert empty.lines[0].path == ""


@pytest.mark.parametrize(
    ("highest", "texts"),
    [(100, ["0", "20", "40", "60", "80", "100"]), (0.3, ["0", "0.1", "0.2", "0.3"]), (7, ["0", "2", "4", "6", "8"])],
)
def test_values_have_round_ticks(highest: float, texts: list[str]) -> None:
    assert [tick.text for tick in plot([Series("blue", [(0, highest)])], (0, 1), []).values] == texts


@pytest.mark.parametrize(
    ("seconds", "first", "number"), [(60, "00:00:00", 7), (3600, "00:00", 7), (4 * 86400, "01 Jan 00:00", 9)]
)
def test_times_have_round_ticks(seconds: float, first: str, number: int) -> None:
    times = plot([], (0, seconds), []).times
    assert (times[0].text, len(times)) == (first, number)


def test_names_and_marks_do_not_lie_upon_each_other() -> None:
    same = [(0.0, 50.0), (HOUR, 50.0)]
    drawing = plot([Series("blue", same), Series("green", same)], (0, HOUR), [(at, str(at)) for at in range(20)], 100)
    assert drawing.lines[1].y - drawing.lines[0].y == LABEL
    assert [mark.text for mark in drawing.marks if mark.text] == ["0\N{EN DASH}19"]
    assert all(b.at - a.at >= 1 for a, b in zip(drawing.marks, drawing.marks[1:], strict=False))
    low = plot([Series("blue", [(0, 0)]), Series("green", [(0, 0)])], (0, HOUR), [])
    assert max(line.y for line in low.lines) <= HEIGHT - BOTTOM


TOLD = {
    "far apart": ([0, 600, 1200], ["1", "2", "3"]),
    "in one second": ([600, 600, 1200], ["1\N{EN DASH}2", "3"]),
    "each beside the next": ([0, 60, 85, 1200], ["1\N{EN DASH}3", "4"]),
    "a text that grows into the one before it": ([0, 85, 86, 86], ["1\N{EN DASH}4"]),
}


@pytest.mark.parametrize(("moments", "texts"), TOLD.values(), ids=TOLD)
def test_every_mark_is_told_by_a_text_that_can_be_read(moments: list[float], texts: list[str]) -> None:
    marks = plot([], (0, HOUR), [(at, str(number)) for number, at in enumerate(moments, 1)]).marks
    assert [mark.text for mark in marks if mark.text] == texts


def test_a_single_peak_among_thousands_is_seen() -> None:
    points: list[Point] = [(float(at), 1.0) for at in range(20_000)]
    points[12_345] = (12_345.0, 99.0)
    points[15_000] = (15_000.0, None)
    left = thinned(points)
    assert len(left) <= MOST_POINTS
    assert {points[0], points[12_345], points[15_000], points[-1]} <= set(left)


@given(st.lists(values, max_size=3000), st.integers(10, 700))
def test_thinned_points_are_some_of_them_in_order_with_both_extremes(numbers: list[float | None], most: int) -> None:
    points: list[Point] = [(float(at), value) for at, value in enumerate(numbers)]
    left = thinned(points, most)
    assert len(left) <= max(most, 0)
    assert left == sorted(set(left) & set(points), key=lambda point: point[0])
    known = [value for value in numbers if value is not None]
    kept = [value for _at, value in left if value is not None]
    assert (max(known, default=0), min(known, default=0)) == (max(kept, default=0), min(kept, default=0))
    assert (None in numbers) == any(value is None for _at, value in left)


@example([(0.0, 5e-324)], False)
@given(st.lists(st.tuples(st.floats(-1e4, 1e4), values), max_size=50), st.booleans())
def test_all_that_is_drawn_is_within_the_plot(points: list[Point], stepped: bool) -> None:
    drawing = plot([Series("green", points, stepped)], (0, HOUR), [(at, "1") for at, _value in points])
    for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", drawing.lines[0].path):
        assert LEFT <= float(x) <= WIDTH - RIGHT
        assert TOP <= float(y) <= HEIGHT - BOTTOM
    for x in re.findall(r"H([-\d.]+)", drawing.lines[0].path):
        assert LEFT <= float(x) <= WIDTH - RIGHT
