# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether the figures are what they ought to be."""

from __future__ import annotations

import pytest

from tests.bench import targets
from tests.bench.critical_path import building
from tests.bench.results import Case, Measurement, Results
from tests.bench.subjects import BUILD, NO_CHANGE, PLAN


def one(
    case: Case, subject: str, wall: float = 1.0, calls: int = 100, megabytes: int = 100, resources: int = 100
) -> Measurement:
    return Measurement(
        case, subject, wall, wall, 0.0, 0.0, 0.0, megabytes * 1_000_000, {"x": calls}, {}, resources, 0.0
    )


def verdict(measurements: list[Measurement], claim: str) -> targets.Verdict:
    [found] = [v for v in targets.verdicts(Results({}, measurements)) if claim in v.claim]
    return found


def test_nothing_measured_claims_nothing() -> None:
    assert targets.verdicts(Results({})) == []


@pytest.mark.parametrize(("wall", "met"), [(2.1, True), (2.3, False)], ids=["quicker", "slower"])
def test_per_resource_counts_each_ones_own_resources(wall: float, met: bool) -> None:
    ours = one(Case(NO_CHANGE), "warm", wall, resources=110)
    theirs = one(Case(PLAN), "terraform", 1.0, resources=50)
    assert verdict([ours, theirs], "run without changes: wall per resource").met is met


@pytest.mark.parametrize(("stock", "met"), [(4.1, True), (3.9, False)], ids=["more than four times", "less"])
def test_the_first_run_is_four_times_quicker_than_stock(stock: float, met: bool) -> None:
    found = [one(Case(BUILD), "warm", 1.0), one(Case(BUILD), "stock", stock)]
    assert verdict(found, "build: wall to stock").met is met
    assert verdict(found, "build: processor to stock").met is met


def test_a_missing_opponent_is_never_met() -> None:
    found = verdict([one(Case(BUILD), "warm")], "build: wall to stock")
    assert (found.reached, found.met) == (None, False)


@pytest.mark.parametrize(("ours", "met"), [(12.4, True), (12.6, False)])
def test_latency_is_compared_at_80_milliseconds_by_wall(ours: float, met: bool) -> None:
    found = [one(Case(NO_CHANGE, latency=0.08), "warm", ours), one(Case(PLAN, latency=0.08), "terraform", 10.0)]
    assert verdict(found, "80 ms a call").met is met


def test_latency_on_one_side_only_is_no_comparison() -> None:
    found = [one(Case(NO_CHANGE, latency=0.08), "warm"), one(Case(PLAN), "terraform", 10.0)]
    assert verdict(found, "80 ms a call").reached is None


@pytest.mark.parametrize(("megabytes", "met"), [(33, True), (34, False)])
def test_memory_is_a_third(megabytes: int, met: bool) -> None:
    found = [one(Case(BUILD), "warm", megabytes=megabytes), one(Case(BUILD), "terraform", megabytes=100)]
    assert verdict(found, "build: peak memory").met is met


@pytest.mark.parametrize("beyond", [-1, 1], ids=["within", "beyond"])
def test_true_time_allows_a_quarter_more_and_the_polls(beyond: int) -> None:
    path, scale = building(), 6
    allowed = 1.25 * path.minutes * scale + path.polls
    found = verdict([one(Case(BUILD, time_scale=scale), "warm", allowed + beyond)], "critical path")
    assert found.met is (beyond < 0)


@pytest.mark.parametrize(("wall", "megabytes", "met"), [(5.9, 630, True), (6.1, 650, False)])
def test_ten_stacks_cost_six_and_grow_little(wall: float, megabytes: int, met: bool) -> None:
    found = [
        one(Case(BUILD), "warm", 1.0, megabytes=100),
        one(Case(BUILD, stacks=10), "warm", wall, megabytes=megabytes),
    ]
    assert verdict(found, "build of 10 stacks: wall to one").met is met
    growth = verdict(found, "build: memory for each further stack")
    assert (growth.met, growth.unit) == (met, "MB")


def test_one_stack_alone_says_nothing_about_ten() -> None:
    claims = [v.claim for v in targets.verdicts(Results({}, [one(Case(BUILD), "warm")]))]
    assert not any("10 stacks" in claim or "further stack" in claim for claim in claims)
