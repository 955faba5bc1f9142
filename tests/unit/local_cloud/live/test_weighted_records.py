# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Weighted records and aliases as a resolver sees them, by weight and by health, public and private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import dns.message
import dns.query
import dns.rcode
import pytest

from local_cloud.clock import ManualClock
from local_cloud.live.world import World
from local_cloud.testing import LocalCloud

Minutes = Callable[[float], None]


class Zone:
    """A zone with www in it, weighted between the sides' load balancers."""

    def __init__(self, cloud: LocalCloud, shop: Any, **settings: Any) -> None:
        self.api = cloud.client("route53")
        self.name = f"{shop.name}.example"
        self.www = f"www.{self.name}"
        reference = f"{self.name}{len(settings)}"
        made = self.api.create_hosted_zone(Name=self.name, CallerReference=reference, **settings)
        self.id = made["HostedZone"]["Id"]
        self._shop = shop

    def record(self, side: str, weight: int, evaluate: bool = False, check: str | None = None) -> dict[str, Any]:
        balancer = self._shop.balancers[side]
        alias = {
            "HostedZoneId": balancer["CanonicalHostedZoneId"],
            "DNSName": f"dualstack.{balancer['DNSName']}",
            "EvaluateTargetHealth": evaluate,
        }
        made = {"Name": self.www, "Type": "A", "SetIdentifier": side, "Weight": weight, "AliasTarget": alias}
        return {**made, "HealthCheckId": check} if check else made

    def change(self, *changes: tuple[str, dict[str, Any]]) -> str:
        batch = [{"Action": action, "ResourceRecordSet": record} for action, record in changes]
        made = self.api.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": batch})
        return str(made["ChangeInfo"]["Id"])

    def split(self, blue: int, green: int, **settings: Any) -> str:
        sides = (("blue", blue), ("green", green))
        return self.change(*(("UPSERT", self.record(side, weight, **settings)) for side, weight in sides))


class Resolver:
    def __init__(self, cloud: LocalCloud, world: World, shop: Any) -> None:
        self._address = cloud.control.status()["dns"]
        self._private = world.describe()["dns_private"]
        found = {one["name"]: one["address"] for one in world.balancers.describe()}
        self._sides = {found[f"{shop.name}-{side}"]: side for side in shop.balancers}

    def ask(self, name: str, kind: str = "A", private: bool = False) -> Any:
        host, port = (self._private if private else self._address).split(":")
        return dns.query.udp(dns.message.make_query(name, kind), host, port=int(port), timeout=5)

    def side(self, name: str, private: bool = False) -> str:
        (rrset,) = self.ask(name, private=private).answer
        assert (rrset.name.to_text(), rrset.ttl) == (f"{name}.", 60)
        return self._sides[rrset[0].to_text()]

    def sides(self, name: str, number: int = 60) -> Counter[str]:
        return Counter(self.side(name) for _ in range(number))


@pytest.fixture
def zone(cloud: LocalCloud, shop: Any) -> Zone:
    return Zone(cloud, shop)


@pytest.fixture
def resolver(cloud: LocalCloud, world: World, shop: Any) -> Resolver:
    return Resolver(cloud, world, shop)


def test_weights_are_shares_of_answers_and_repeat_with_the_seed(
    cloud: LocalCloud, zone: Zone, resolver: Resolver
) -> None:
    zone.split(90, 10)
    drawn = []
    for _ in range(2):
        cloud.cloud.dns_chance.seed(3)
        drawn.append([resolver.side(zone.www) for _ in range(200)])
    assert drawn[0] == drawn[1]
    # six standard deviations around 20
    assert 1 <= drawn[0].count("green") <= 45


@pytest.mark.parametrize(
    ("blue", "green", "expected"), [(100, 0, {"blue"}), (0, 100, {"green"}), (0, 0, {"blue", "green"})]
)
def test_nothing_everything_and_all_zero(
    zone: Zone, resolver: Resolver, blue: int, green: int, expected: set[str]
) -> None:
    zone.split(blue, green)
    assert set(resolver.sides(zone.www)) == expected


def test_aliases_follow_their_targets_health(zone: Zone, resolver: Resolver, world: World, minutes: Minutes) -> None:
    zone.split(50, 50, evaluate=True)
    world.behaviours.set("*-green", {"unhealthy": True})
    minutes(2)
    assert set(resolver.sides(zone.www)) == {"blue"}
    world.behaviours.set("*-blue", {"unhealthy": True})
    minutes(2)
    assert set(resolver.sides(zone.www)) == {"blue", "green"}


def test_a_side_of_weight_0_takes_over_where_nothing_else_is_healthy(
    zone: Zone, resolver: Resolver, world: World, minutes: Minutes
) -> None:
    zone.split(100, 0, evaluate=True)
    world.behaviours.set("*-blue", {"down": True})
    minutes(2)
    assert set(resolver.sides(zone.www)) == {"green"}


def test_aliases_that_do_not_evaluate_ask_nobody(
    zone: Zone, resolver: Resolver, world: World, minutes: Minutes
) -> None:
    zone.split(50, 50)
    world.behaviours.set("*-green", {"unhealthy": True})
    minutes(2)
    assert set(resolver.sides(zone.www)) == {"blue", "green"}


def test_a_group_without_targets_is_unhealthy(zone: Zone, resolver: Resolver, shop: Any, minutes: Minutes) -> None:
    zone.split(50, 50, evaluate=True)
    target = shop.elbv2.describe_target_health(TargetGroupArn=shop.groups["green"])["TargetHealthDescriptions"][0]
    shop.elbv2.deregister_targets(TargetGroupArn=shop.groups["green"], Targets=[target["Target"]])
    minutes(1)
    assert set(resolver.sides(zone.www)) == {"blue"}


def test_chains_end_at_a_load_balancer(zone: Zone, resolver: Resolver, shop: Any) -> None:
    zone.split(0, 1)
    alias = {"HostedZoneId": zone.id.rpartition("/")[2], "DNSName": zone.www, "EvaluateTargetHealth": False}
    zone.change(
        ("CREATE", {"Name": zone.name, "Type": "A", "AliasTarget": alias}),
        (
            "CREATE",
            {
                "Name": f"direct.{zone.name}",
                "Type": "CNAME",
                "TTL": 30,
                "ResourceRecords": [{"Value": shop.balancers["green"]["DNSName"]}],
            },
        ),
    )
    assert resolver.side(zone.name) == "green"
    cname, address = resolver.ask(f"direct.{zone.name}").answer
    assert (cname.ttl, address.ttl) == (30, 60)
    assert address == resolver.ask(shop.balancers["green"]["DNSName"]).answer[0]
    # no IPv6 here, which is no error
    assert (resolver.ask(zone.name, "AAAA").rcode(), resolver.ask(zone.name, "AAAA").answer) == (dns.rcode.NOERROR, [])


def test_private_zones_are_seen_from_inside_only(cloud: LocalCloud, shop: Any, resolver: Resolver) -> None:
    vpc = {"VPCRegion": "us-east-1", "VPCId": shop.vpc}
    inside = Zone(cloud, shop, VPC=vpc, HostedZoneConfig={"PrivateZone": True, "Comment": ""})
    inside.split(0, 1)
    assert resolver.ask(inside.www).rcode() == dns.rcode.NXDOMAIN
    assert resolver.side(inside.www, private=True) == "green"
    outside = Zone(cloud, shop)
    outside.split(1, 0)
    assert resolver.side(outside.www) == "blue"
    assert resolver.side(outside.www, private=True) == "green"
    # the private zone hides the public one whole
    outside.change(
        ("CREATE", {"Name": f"a.{outside.name}", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "192.0.2.1"}]})
    )
    assert resolver.ask(f"a.{outside.name}", private=True).rcode() == dns.rcode.NXDOMAIN


def test_slow_changes_are_seen_when_they_are_in_sync(
    cloud: LocalCloud, clock: ManualClock, zone: Zone, resolver: Resolver
) -> None:
    zone.split(1, 0)
    cloud.control.faults([{"kind": "slow_propagation", "seconds": 10, "times": 2}])
    first = zone.split(0, 1)
    clock.advance(5)
    second = zone.split(1, 0)
    assert zone.api.get_change(Id=first)["ChangeInfo"]["Status"] == "PENDING"
    assert resolver.side(zone.www) == "blue"
    clock.advance(6)
    assert zone.api.get_change(Id=first)["ChangeInfo"]["Status"] == "INSYNC"
    assert zone.api.get_change(Id=second)["ChangeInfo"]["Status"] == "PENDING"
    assert resolver.side(zone.www) == "green"
    clock.advance(5)
    assert zone.api.get_change(Id=second)["ChangeInfo"]["Status"] == "INSYNC"
    assert resolver.side(zone.www) == "blue"
    third = zone.split(0, 1)
    assert resolver.side(zone.www) == "green"
    assert cloud.control.fault_rules()[0]["hits"] == 2
    assert third
