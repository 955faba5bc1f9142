# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plots over time, as numbers that a page draws: where lines, ticks and marks are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

Point = tuple[float, float | None]
"""(seconds since the epoch, value); None where it is not known, which breaks the line."""

WIDTH, HEIGHT = 860, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 110, 22, 30
"""What the labels need around the lines, in pixels."""
MOST_POINTS = 600
"""Of a line: more than there are pixels for."""
MOST_TIMES, MOST_VALUES = 8, 5
LEAST = 1e-9
"""What is less is drawn as nothing: no axis has ticks for it."""
LABEL = 16
"""So many pixels apart two labels can be read."""
LETTER = 7
"""Pixels that a digit takes, with what is around it."""
SPANS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
MINUTE, DAY = 60, 86400


@dataclass(frozen=True)
class Series:
    """A line of a plot. stepped: it keeps a value until it has another."""

    name: str
    points: Sequence[Point]
    stepped: bool = False


@dataclass(frozen=True)
class Line:
    """path is that of an SVG; (x, y) is where its name stands."""

    name: str
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Tick:
    """A text at a place of one axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Plot:
    """All that is drawn, in pixels from the left and the top."""

    lines: tuple[Line, ...]
    times: tuple[Tick, ...]
    values: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def plot(
    series: Sequence[Series], span: tuple[float, float], marks: Sequence[tuple[float, str]], highest: float = 0
) -> Plot:
    """span: the first and the last second. marks: what happened when, numbered, in their order. highest: what the axis
    reaches at least.
    """
    start, end = span[0], max(span[1], span[0] + 1)
    top = max([highest, *(value for one in series for _at, value in one.points if value is not None)])
    step = _step(top)
    ceiling = max(step, math.ceil(top / step) * step)

    def across(at: float) -> float:
        return LEFT + (min(max(at, start), end) - start) / (end - start) * (WIDTH - LEFT - RIGHT)

    def up(value: float) -> float:
        return HEIGHT - BOTTOM - value / ceiling * (HEIGHT - TOP - BOTTOM)

    return Plot(
        lines=tuple(_apart([_line(one, end, across, up) for one in series])),
        times=tuple(Tick(round(across(at), 1), text) for at, text in _times(start, end)),
        values=tuple(
            Tick(round(up(number * step), 1), f"{number * step:g}") for number in range(round(ceiling / step) + 1)
        ),
        marks=tuple(_readable([Tick(round(across(at), 1), text) for at, text in marks])),
    )


def thinned(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """No more than so many, in which every peak, every trough and every gap is still seen."""
    if len(points) <= most:
        return list(points)
    size = math.ceil(3 * len(points) / (most - 2))
    kept = {0, len(points) - 1}
    for first in range(0, len(points), size):
        bucket = range(first, min(first + size, len(points)))
        known = {at: value for at in bucket if (value := points[at][1]) is not None}
        kept.update([at for at in bucket if at not in known][:1])
        if known:
            kept.update((min(known, key=known.__getitem__), max(known, key=known.__getitem__)))
    return [points[at] for at in sorted(kept)]


def _line(series: Series, end: float, across: Callable[[float], float], up: Callable[[float], float]) -> Line:
    points = thinned(series.points)
    path: list[str] = []
    drawing, x, y = False, across(end), up(0)
    for number, (at, value) in enumerate(points):
        if value is None:
            drawing = False
            continue
        x, y = across(at), up(value)
        # A point by itself is a dot, which a line of no length is where its ends are round.
        path.append(f"{_joint(drawing, series.stepped, x, y)}h0")
        drawing = True
        if series.stepped:
            x = across(points[number + 1][0] if number + 1 < len(points) else end)
            path.append(f"H{x:.1f}")
    return Line(series.name, "".join(path), round(x, 1), round(y, 1))


def _joint(drawing: bool, stepped: bool, x: float, y: float) -> str:
    if not drawing:
        return f"M{x:.1f} {y:.1f}"
    return f"H{x:.1f}V{y:.1f}" if stepped else f"L{x:.1f} {y:.1f}"


def _apart(lines: Sequence[Line]) -> Iterator[Line]:
    """Each name so far below the one above it that both can be read, in the order of the lines."""
    places: dict[int, float] = {}
    lowest = -math.inf
    for index in sorted(range(len(lines)), key=lambda index: lines[index].y):
        lowest = places[index] = max(lines[index].y, lowest + LABEL)
    lift = max(0.0, lowest - (HEIGHT - BOTTOM))
    for index, line in enumerate(lines):
        yield Line(line.name, line.path, line.x, round(places[index] - lift, 1))


def _readable(marks: Sequence[Tick]) -> Iterator[Tick]:
    """One mark a pixel. Those whose texts would lie upon each other have one text: that of the first to the last."""
    told: list[list[Tick]] = []
    for mark in marks:
        told.append([mark])
        while len(told) > 1 and told[-1][0].at - told[-2][0].at < _room(_text(told[-2]), _text(told[-1])):
            last = told.pop()
            told[-1] += last
    for group in told:
        drawn = -math.inf
        for mark in group:
            if mark.at - drawn >= 1:
                yield Tick(mark.at, _text(group) if mark is group[0] else "")
                drawn = mark.at


def _text(marks: Sequence[Tick]) -> str:
    first, last = marks[0].text, marks[-1].text
    return first if len(marks) == 1 else f"{first}\N{EN DASH}{last}"


def _room(left: str, right: str) -> float:
    """Pixels that two texts need between their middles."""
    return max(LABEL, LETTER * (len(left) + len(right) + 1) / 2)


def _step(top: float) -> float:
    """1, 2 or 5 times a power of ten, so that a few of them reach the top."""
    if top < LEAST:
        return 1
    rough = top / MOST_VALUES
    power = 10.0 ** math.floor(math.log10(rough))
    return next(unit * power for unit in (1, 2, 5, 10) if unit * power >= rough * (1 - 1e-9))


def _times(start: float, end: float) -> Iterator[tuple[float, str]]:
    most = (end - start) / MOST_TIMES
    span = next((one for one in SPANS if one >= most), math.ceil(most / DAY) * DAY)
    form = "%H:%M:%S" if span < MINUTE else "%H:%M" if end - start <= DAY else "%d %b %H:%M"
    at = math.ceil(start / span) * span
    while at <= end:
        yield at, datetime.fromtimestamp(at, UTC).strftime(form)
        at += span
