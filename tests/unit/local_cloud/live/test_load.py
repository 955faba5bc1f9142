# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The load client: caches that keep their answers, counts, and real requests against a live local cloud."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.clock import ManualClock
from local_cloud.errors import LocalCloudError
from local_cloud.live.counts import Counts, Outcome, second_line, shares, summary
from local_cloud.live.load import Load, Plan, load_of
from local_cloud.live.resolving import CachingResolver, Population, Unresolved
from local_cloud.live.world import World
from local_cloud.testing import LocalCloud

PATIENCE = 60.0


class Answers:
    """A lookup that counts, and answers another address each time."""

    def __init__(self, ttl: float) -> None:
        self.asked = 0
        self._ttl = ttl

    def __call__(self, name: str) -> tuple[str, float]:
        if name == "nobody.example":
            raise Unresolved(name)
        self.asked += 1
        return f"127.0.0.{self.asked}", self._ttl


def test_an_answer_is_kept_for_its_ttl() -> None:
    clock, answers = ManualClock(), Answers(ttl=60)
    resolver = CachingResolver(answers, clock, scale=0.1)
    assert [resolver.address("a.example") for _ in range(3)] == ["127.0.0.1"] * 3
    clock.advance(5.9)
    assert resolver.address("a.example") == "127.0.0.1"
    assert resolver.address("b.example") == "127.0.0.2"
    clock.advance(0.1)
    assert resolver.address("a.example") == "127.0.0.3"
    assert answers.asked == 3


def test_no_answer_is_not_kept() -> None:
    clock, answers = ManualClock(), Answers(ttl=0)
    resolver = CachingResolver(answers, clock)
    for _ in range(2):
        with pytest.raises(Unresolved):
            resolver.address("nobody.example")
    assert [resolver.address("a.example") for _ in range(2)] == ["127.0.0.1", "127.0.0.2"]


def test_each_request_asks_one_resolver_of_many() -> None:
    answers = Answers(ttl=60)
    clock = ManualClock()

    def drawn() -> list[str]:
        population = Population([CachingResolver(answers, clock) for _ in range(5)], seed=3)
        first = answers.asked
        return [str(int(population.address("a.example").rpartition(".")[2]) - first) for _ in range(40)]

    one, other = drawn(), drawn()
    assert one == other
    assert set(one) == {"1", "2", "3", "4", "5"}


def outcome(at: float, side: str | None, status: int = 200, seconds: float = 0.01) -> Outcome:
    return Outcome(at, side, status, seconds)


def test_counts_by_side_and_second() -> None:
    counts = Counts(began=100.0)
    for one in (
        outcome(100.1, "blue"),
        outcome(100.9, "blue", 404),
        outcome(101.5, "green", 500, 0.7),
        outcome(101.6, "blue"),
        outcome(101.7, None, 0),
    ):
        counts.add(one)
    report = counts.report()
    assert {key: report[key] for key in ("requests", "lost", "failed")} == {"requests": 5, "lost": 1, "failed": 1}
    assert report["seconds"] == [
        {"second": 0, "sides": {"blue": 2}, "failed": {}, "lost": 0},
        {"second": 1, "sides": {"green": 1, "blue": 1}, "failed": {"green": 1}, "lost": 1},
    ]
    assert report["sides"]["green"] == {"requests": 1, "failed": 1, "first": 101.5, "last": 101.5, "slowest": 0.7}
    assert (
        second_line(report["seconds"][1]) == "   1 s      3 requests  blue  50%  green  50%  1 lost  1 of green failed"
    )
    assert list(summary(report)) == [
        "5 requests, 1 lost, 1 failed",
        "blue: 3 (75.0%), 0 failed, from 0.1 s to 1.6 s",
        "green: 1 (25.0%), 1 failed, from 1.5 s to 1.5 s",
    ]
    assert shares(report["seconds"]) == {"blue": 0.75, "green": 0.25}


outcomes = st.lists(
    st.builds(outcome, st.floats(100, 130), st.sampled_from(["blue", "green", None]), st.sampled_from([200, 404, 500]))
)


@given(outcomes)
def test_no_request_is_forgotten(given_outcomes: list[Outcome]) -> None:
    counts = Counts(began=100.0)
    for one in given_outcomes:
        counts.add(one)
    report = counts.report()
    assert report["requests"] == len(given_outcomes)
    assert report["lost"] == sum(one.side is None for one in given_outcomes)
    in_seconds = sum(sum(one["sides"].values()) + one["lost"] for one in report["seconds"])
    assert in_seconds == report["requests"]


class Nowhere:
    def address(self, name: str) -> str:
        raise Unresolved(name)


def test_what_cannot_be_looked_up_is_lost() -> None:
    assert Load(Plan("http://nobody.example/"), Nowhere()).ask().side is None


@pytest.mark.parametrize("url", ["www.example.com", "ftp://www.example.com/", "http:///path"])
def test_only_urls_can_be_asked(url: str) -> None:
    with pytest.raises(LocalCloudError, match="is no address"):
        Load(Plan(url), Nowhere())


@pytest.fixture
def site(cloud: LocalCloud, shop: Any) -> str:
    """A name with a record for each side, half and half."""
    route53, name = cloud.client("route53"), f"{shop.name}.example"
    zone = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    changes = []
    for side, balancer in shop.balancers.items():
        alias = {
            "HostedZoneId": balancer["CanonicalHostedZoneId"],
            "DNSName": balancer["DNSName"],
            "EvaluateTargetHealth": True,
        }
        record = {"Name": name, "Type": "A", "SetIdentifier": side, "Weight": 50, "AliasTarget": alias}
        changes.append({"Action": "CREATE", "ResourceRecordSet": record})
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return name


def test_requests_reach_both_sides_and_their_trouble_is_counted(
    cloud: LocalCloud, world: World, shop: Any, site: str, minutes: Callable[[float], None]
) -> None:
    # at this scale a TTL is over at once, so that every request draws anew
    cloud.cloud.time_scale = 0.001
    status, live = cloud.control.status(), cloud.control.live()
    running = load_of(Plan(f"http://{site}/", rate=300, resolvers=5), status, live)
    blue, green = f"{shop.name}-blue", f"{shop.name}-green"
    asked = [running.ask() for _ in range(40)]
    assert {one.side for one in asked} == {blue, green}
    assert all(one.status == 200 for one in asked)
    world.behaviours.set(green, {"errors": 1})
    asked = [running.ask() for _ in range(40)]
    assert {one.side for one in asked if one.failed} == {green}
    assert not [one for one in asked if one.side is None]
    world.behaviours.set(green, {"down": True})
    asked = [running.ask() for _ in range(40)]
    assert {(one.side, one.status) for one in asked if one.failed} == {(green, 502)}
    running.start()
    end = monotonic() + PATIENCE
    while running.counts.report()["requests"] < 50:
        assert monotonic() < end, "no requests in spite of all patience"
        sleep(0.01)
    report = running.stop()
    assert report["lost"] == 0
    assert set(report["sides"]) == {blue, green}


def test_nothing_is_asked_of_what_is_still(cloud: LocalCloud) -> None:
    with pytest.raises(LocalCloudError, match="nothing is live"):
        load_of(Plan("http://www.example.com/"), cloud.control.status(), cloud.control.live())
