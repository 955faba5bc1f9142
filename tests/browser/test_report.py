# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The page of a shift as a browser shows it: on a screen, in the dark, on paper, on a telephone."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from ansible_collections.cutover.aws.plugins.plugin_utils.shift.page import shift_page
from tests.sight import Sight, heights
from tests.unit.plugin_utils.shift.documents import as_it_begins, rolled_back

EVIL = "<script>alert(1)</script><img src=https://example.com/x onerror=alert(2)><style>*{display:none}</style>"
SMALLEST = 10
"""Pixels of a plot's text, as high as its line."""
PAPER = "rgb(255, 255, 255)"
READABLE = 4.5
"""The contrast that text needs: https://www.w3.org/TR/WCAG22/#contrast-minimum."""

COLOURS = """elements => elements.map(element => {
  let below = element;
  while (getComputedStyle(below).backgroundColor === "rgba(0, 0, 0, 0)") below = below.parentElement;
  const style = getComputedStyle(element);
  const ink = element instanceof SVGElement ? style.fill : style.color;
  return [element.textContent, ink, getComputedStyle(below).backgroundColor];
})"""
TEXTS = "p, dt, dd, th, td, caption, figcaption, .verdict, svg text"


def show(sight: Sight, tmp_path: Path, document: dict[str, Any]) -> None:
    written(sight, tmp_path, shift_page(document, "report.json"))


def written(sight: Sight, tmp_path: Path, html: str) -> None:
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    sight.open(path)


def background(sight: Sight) -> str:
    return str(sight.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_plots_and_timeline_are_seen_and_nothing_is_fetched(sight: Sight, tmp_path: Path) -> None:
    show(sight, tmp_path, rolled_back())
    page = sight.page
    expect(page).to_have_title("Rolled back: traffic of acme-prod, acme-prod-20261126T170000Z")
    for name in ("Requests per second of each side over time", "Weight of each side in percent over time"):
        drawing = page.get_by_role("img", name=name)
        expect(drawing).to_be_visible()
        strokes = set()
        for side in ("blue", "green"):
            line = drawing.locator(f'path[data-side="{side}"]')
            expect(line).to_be_visible()
            box = line.bounding_box()
            assert box
            assert box["width"] > 300
            strokes.add(line.evaluate("line => getComputedStyle(line).stroke + getComputedStyle(line).strokeDasharray"))
            expect(drawing.get_by_text(side, exact=True)).to_be_visible()
        assert len(strokes) == 2
    green = heights(page.locator('[aria-labelledby*="plot-weights"] path[data-side="green"]'))
    assert green[0] == green[-1] == max(green), "it begins and ends with nothing"
    assert any(after < before for before, after in pairwise(green))
    requests = page.locator('[aria-labelledby*="plot-requests"]')
    blue, green = (heights(requests.locator(f'path[data-side="{side}"]')) for side in ("blue", "green"))
    assert blue[0] < min(green[:2]), "at 10 % nine requests in ten are of blue"
    assert blue[-1] == pytest.approx(green[-1], abs=1), "and at 50 % half of them"

    timeline = page.get_by_role("table", name="Every transition, and what decided it")
    expect(timeline).to_be_visible()
    expect(timeline.get_by_role("row")).to_have_count(7)
    expect(timeline.get_by_text("going back: a gate failed (green-alarm)")).to_be_visible()
    assert page.locator(".ending").bounding_box()["y"] < 200  # type: ignore[index]
    assert sight.said == []
    assert sight.asked == [(tmp_path / "report.html").as_uri()]


@pytest.mark.parametrize("document", [rolled_back(), as_it_begins()], ids=["rolled back", "as it begins"])
def test_all_texts_can_be_read_by_day_and_by_night(sight: Sight, tmp_path: Path, document: dict[str, Any]) -> None:
    show(sight, tmp_path, document)
    papers = set()
    for scheme in ("light", "dark"):
        sight.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        papers.add(background(sight))
        for text, ink, paper in sight.page.locator(TEXTS).evaluate_all(COLOURS):
            assert contrast(ink, paper) >= READABLE, f"{scheme}: {text}"
    assert len(papers) == 2


def test_paper_is_white_also_at_night(sight: Sight, tmp_path: Path) -> None:
    show(sight, tmp_path, rolled_back())
    sight.page.emulate_media(color_scheme="dark", media="print")
    assert background(sight) == PAPER
    assert sight.page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_tables_scroll_and_not_the_page(sight: Sight, tmp_path: Path, width: int, scheme: str) -> None:
    sight.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    sight.page.set_viewport_size({"width": width, "height": 800})
    show(sight, tmp_path, rolled_back())
    assert sight.page.evaluate("document.documentElement.scrollWidth") <= width
    sizes = sight.page.locator("svg text").evaluate_all("all => all.map(text => text.getBoundingClientRect().height)")
    assert min(sizes) >= SMALLEST


def test_names_do_nothing(sight: Sight, tmp_path: Path) -> None:
    show(sight, tmp_path, rolled_back(sides={"old": "blue", "new": "green"}, stack=EVIL, migration=EVIL))
    expect(sight.page.get_by_role("heading", level=1)).to_have_text(f"Traffic of {EVIL} from blue to green")
    expect(sight.page.get_by_role("heading", level=1)).to_be_visible()
    assert sight.said == []
    assert len(sight.asked) == 1


def test_what_ever_got_past_the_escaping_would_be_refused_by_the_browser(sight: Sight, tmp_path: Path) -> None:
    html = shift_page(rolled_back(), "report.json").replace("<main>", f"<main>{EVIL}")
    written(sight, tmp_path, html)
    expect(sight.page.get_by_role("heading", level=1)).to_be_visible()
    assert len(sight.said) >= 2
    assert all("Content Security Policy" in said for said in sight.said), sight.said
