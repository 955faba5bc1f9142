# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What clients see of a shift that goes well, and of one that comes back: 200 requests a second, of 50 resolvers."""

from __future__ import annotations

from collections import Counter
from math import sqrt
from statistics import NormalDist
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.live.world import BAKE, BLUE, GREEN, RESOLVERS, SCALE, TTL, LiveWorld, moment, side_name
from tests.sight import browsing, heights, looking

PLATEAUS = (10, 50, 100)
FALSE_ALARM = 1e-5
CACHED = TTL * SCALE / 60
"""Real seconds for which clients keep an answer."""


def plateau(load: dict[str, Any], began: float, ended: float) -> Counter[str]:
    """The requests by side of all whole seconds between two moments."""
    counted: Counter[str] = Counter()
    for one in load["seconds"]:
        second = load["began"] + one["second"]
        if began <= second and second + 1 <= ended:
            counted.update(one["sides"])
    return counted


def furthest(weight: float, requests: int, seconds: float, plateaus: int) -> float:
    """How far a share may be from its weight before that is no chance any more: once in 100,000 runs of all plateaus.

    Requests that ask the same cached answer are one draw. A draw serves one request and those of the seconds after it,
    a Poisson number of them; what scatters is the sum over draws of the square of their requests.
    """
    cached = requests / seconds / RESOLVERS * CACHED
    a_draw = 1 + cached
    scatter = weight * (1 - weight) * (a_draw**2 + cached) / a_draw / requests
    return NormalDist().inv_cdf(1 - FALSE_ALARM / plateaus / 2) * sqrt(scatter)


def test_no_request_is_lost_and_each_share_is_its_weight(world: LiveWorld) -> None:
    mark = world.controller.cloud.mark()
    steps, gates = [{"weight": weight, "bake": BAKE} for weight in PLATEAUS], world.variables["migration_gates"]
    with world.metered():
        world.run(migration_steps=steps, migration_gates=[*gates, world.share()]).expect()
    assert world.weights() == GREEN
    load = world.load.stop()
    assert (load["lost"], load["failed"]) == (0, 0)
    assert set(load["sides"]) == {side_name("blue"), side_name("green")}

    # Clients follow a step once it is in sync and the TTL is over, and until the next one is written.
    timeline = world.report()["timeline"]
    told = [moment(entry["at"]) for entry in timeline if entry["what"] == "step"]
    written = [write.at for write in world.writes(mark) if write.weights.get("green")]
    weights = [write.weights["green"] for write in world.writes(mark) if write.weights.get("green")]
    assert weights[:3] == [*PLATEAUS]
    edges = [(at + 1 + TTL, until) for at, until in zip(told, [*written[1:3], moment(timeline[-1]["at"])], strict=True)]
    for weight, (began, ended) in zip(PLATEAUS, edges, strict=True):
        counted = plateau(load, began, ended)
        seconds = ended - began
        assert seconds >= BAKE - 2
        share = counted[side_name("green")] / counted.total()
        apart = furthest(weight / 100, counted.total(), seconds, len(edges))
        assert abs(share - weight / 100) <= apart, f"{share:.3f} of the requests at a weight of {weight}"
    before = plateau(load, load["began"], written[0])
    assert set(before) == {side_name("blue")}, "nobody sees green before the first step"
    is_what_clients_saw(world.report()["traffic"], load, edges)
    look_at(world)


def is_what_clients_saw(traffic: list[dict[str, Any]], load: dict[str, Any], edges: list[tuple[float, float]]) -> None:
    """The report has counted what the load has, in the same windows, and some of them on each plateau."""
    for one in traffic:
        began, ended = moment(one["from"]), moment(one["to"])
        counted: Counter[str] = Counter()
        for second in load["seconds"]:
            if began <= load["began"] + second["second"] < ended:
                counted.update(second["sides"])
        told = {side: counted[side_name(side)] for side in one["requests"]}
        assert one["requests"] == pytest.approx(told, rel=0.01, abs=2), one
    for began, ended in edges:
        assert len([one for one in traffic if began <= moment(one["from"]) and moment(one["to"]) <= ended]) >= 3


def look_at(world: LiveWorld) -> None:
    """The page that the shift has left, in a browser."""
    path = world.reports()[-1].with_suffix(".html")
    with browsing() as browser, looking(browser) as sight:
        sight.open(path)
        page = sight.page
        expect(page.locator(".ending .word")).to_have_text("Completed")
        drawing = page.get_by_role("img", name="Weight of each side in percent over time")
        green = heights(drawing.locator('path[data-side="green"]'))
        assert green == sorted(green, reverse=True), "green goes up, and never back"
        assert len(set(green)) > len(PLATEAUS)
        requests = page.get_by_role("img", name="Requests per second of each side over time")
        blue, green = (heights(requests.locator(f'path[data-side="{side}"]')) for side in ("blue", "green"))
        assert blue[0] < green[0], "at first all are of blue"
        assert green[-1] < blue[-1], "at last all are of green"
        timeline = page.get_by_role("table", name="Every transition, and what decided it")
        expect(timeline.get_by_role("row")).to_have_count(len(world.report()["timeline"]) + 1)
        assert sight.said == []
        assert sight.asked == [path.as_uri()]


def test_green_fails_at_half_and_clients_are_back_at_once(world: LiveWorld) -> None:
    mark = world.controller.cloud.mark()
    failed = world.run_and(50, lambda: world.behave("green", errors=0.5)).expect(2)
    assert "going back: a gate failed (green errors)" in failed.output
    assert world.weights() == BLUE
    off = world.went_off("green")
    back = next(write.at for write in world.writes(mark) if write.weights == BLUE and write.at > off)
    looks = [at for at in world.asked("DescribeAlarms", off) if at < back]
    assert len(looks) == 1, "the first look after the alarm moves the traffic"

    load = world.load.stop()
    assert load["lost"] == 0
    green = load["sides"][side_name("green")]
    assert green["failed"] > 0
    assert load["failed"] == green["failed"], "blue fails nobody"
    in_sync = next(at for at in world.asked("GetChange", back))
    assert green["last"] <= in_sync + CACHED + green["slowest"]
