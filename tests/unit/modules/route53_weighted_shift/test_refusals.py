# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift refuses: with a sentence that says what is wrong, where, and what to do, before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local_cloud.testing import LocalCloud
from tests.unit.modules.route53_weighted_shift.conftest import Calls
from tests.unit.modules.route53_weighted_shift.zones import (
    BALANCERS,
    Raw,
    alias,
    new_check,
    pair,
    plain,
    records,
    weighted,
    write,
    www,
)

Run = Callable[..., dict[str, Any]]
HALF = {"weights": {"blue": 50, "green": 50}}
GREEN = {"target": "green.us-east-1.elb.amazonaws.com", "target_zone": BALANCERS}
LATENCY = [alias("blue", SetIdentifier="blue", Region="us-east-1")]
LONG = [weighted(side, 50, plain("192.0.2.1", TTL=3600)) for side in ("blue", "green")]
MIXED_TTLS = [weighted("blue", 1, plain("192.0.2.1")), weighted("green", 1, plain("192.0.2.2"), TTL=300)]
BESIDE_ALIAS = [
    weighted("blue", 1, plain("192.0.2.1", TTL=300)),
    weighted("green", 1, alias("green", AliasTarget={**alias("green")["AliasTarget"], "EvaluateTargetHealth": False})),
]


def members(**sides: Raw) -> Raw:
    return {"members": sides}


# Before AWS is asked anything: what the task says is wrong by itself.
WRONG = {
    "all weights zero": (
        {},
        {"weights": {"blue": 0, "green": 0}},
        "weights: all are 0. That would mean equal shares",
    ),
    "a weight too large": ({}, {"weights": {"blue": 256, "green": 0}}, "weights: 256 for blue is not within 0 and 255"),
    "a weight below zero": ({}, {"weights": {"blue": -1, "green": 1}}, "weights: -1 for blue is not within 0 and 255"),
    "half a weight": ({}, {"weights": {"blue": 99.5, "green": 0}}, "weights: 99.5 for blue is no whole number"),
    "one side": ({}, {"weights": {"blue": 100}}, "between two sides or more"),
    "a side too few": (
        members(blue={}, green={}, c={}),
        HALF,
        "has the sides blue, c, green, but there are weights for",
    ),
    "other sides expected": (
        {},
        {**HALF, "expected": {"blue": 1}},
        "expected: its sides (blue) are not those of weights",
    ),
    "an identifier twice": (
        members(blue={"identifier": "x"}, green={"identifier": "x"}),
        HALF,
        "have the same identifier x",
    ),
    "an identifier too long": (members(blue={"identifier": "x" * 129}, green={}), HALF, "has not 1 to 128 characters"),
    "101 sides": (members(**{f"s{n}": {} for n in range(101)}), {}, "101 sides, but a name and type has 100"),
    "an unknown setting": (members(blue={"ttl": 5}, green={}), HALF, "members.blue has ttl, but can have identifier"),
    "no settings": (members(blue="x", green={}), HALF, "members.blue is 'x', but ought to hold settings"),
    "a target without zone": (
        members(blue={"target": "x"}, green={}),
        HALF,
        "one of target and target_zone, but needs",
    ),
    "a target and values": (members(green={**GREEN, "values": ["x"]}, blue={}), HALF, "has a target and values"),
    "a ttl below zero": ({}, {"ttl": -1}, "ttl: -1 is not within 0 and 2147483647"),
}


@pytest.mark.parametrize(("group", "more", "text"), WRONG.values(), ids=WRONG)
def test_a_wrong_task(zone: str, shift: Run, calls: Calls, group: Raw, more: Raw, text: str) -> None:
    result = shift(groups=[www(zone, **group)], **more)
    assert result["failed"] and text in result["msg"]
    assert calls() == 0


def test_a_group_twice(zone: str, shift: Run, calls: Calls) -> None:
    result = shift(groups=[www(zone), www(zone, name="WWW.Example.com.")], **HALF)
    assert result["failed"] and "www.example.com A" in result["msg"] and "is there twice" in result["msg"]
    assert calls() == 0


def test_all_that_is_wrong_is_said_at_once(zone: str, shift: Run) -> None:
    result = shift(groups=[www(zone)], weights={"blue": 0, "green": 300}, expected={"blue": "x", "green": 0}, ttl=-1)
    for text in ("300 for green", "'x' for blue", "ttl: -1"):
        assert text in result["msg"]


# After the zone was read.
UNFIT = {
    "nothing there": (
        [plain("192.0.2.1", Name="other.example.com.")],
        {},
        HALF,
        "there is no such record (of this name: no",
    ),
    "another type there": (
        [plain("x.", Type="CNAME")],
        {},
        HALF,
        "there is no such record (of this name: CNAME). Create it",
    ),
    "latency records": (LATENCY, {}, HALF, "it is routed by latency. Only weighted and simple records can be shifted"),
    "a stranger": (
        [*pair(), weighted("canary", 5)],
        {},
        HALF,
        "canary would keep a share and is none of the sides (blue, gr",
    ),
    "a side without record": ([weighted("blue", 1)], {}, HALF, "side green has no record green. Say where it leads"),
    "a side astray": (
        pair(),
        members(blue={}, green={**GREEN, "target": "x.us-east-1.elb.amazonaws.com"}),
        HALF,
        "green leads to green.us-east-1.elb.amazonaws.com, not to x.us-east-1.elb.amazonaws.com as is said here",
    ),
    "all zero live": (
        pair(0, 0),
        {},
        {"ttl": 60},
        "all its weights are 0, so that all sides get the same. Give weights",
    ),
    "somebody else shifted": (
        pair(70, 30),
        {},
        {**HALF, "expected": {"blue": 100, "green": 0}},
        "somebody else has changed its weights: found blue 70, green 30, expected blue 100, green 0",
    ),
    "differing TTLs": (
        MIXED_TTLS,
        {},
        HALF,
        "its TTLs differ (blue 60 s, green 300 s), so that no share holds. Give ttl",
    ),
    "a long TTL beside an alias": (BESIDE_ALIAS, {}, HALF, "That bends the shares. Give ttl=60"),
    "shorter and shifted at once": (
        LONG,
        {},
        {"weights": {"blue": 90, "green": 10}, "ttl": 60},
        "resolvers keep the present answers for 3600 s, and so would not follow the new weights. Shorten the TTL "
        "ahead: run with ttl=60 and without weights, wait 3600 s, then shift",
    ),
    "whose the simple record is": ([alias("x")], {}, HALF, "it cannot be told which of blue, green that is"),
    "simple while shifted": (
        pair(90, 10),
        {},
        {"routing": "simple"},
        "Asked for is blue, green, and the traffic goes to blu",
    ),
    "simple of the other side": (
        pair(),
        {},
        {"weights": {"blue": 0, "green": 100}, "routing": "simple"},
        "Asked for is green, and the traffic goes to blue. Shift it first",
    ),
}


@pytest.mark.parametrize(("there", "group", "more", "text"), UNFIT.values(), ids=UNFIT)
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_an_unfit_zone(
    cloud: LocalCloud,
    zone: str,
    shift: Run,
    calls: Calls,
    there: list[Raw],
    group: Raw,
    more: Raw,
    text: str,
    check: bool,
) -> None:
    write(cloud, zone, there)
    before = records(cloud, zone)
    calls.anew()
    result = shift(check=check, groups=[www(zone, **group)], **more)
    assert result["failed"] and text in result["msg"]
    assert f"www.example.com A in {zone}" in result["msg"]
    assert calls(access="write") == 0
    assert records(cloud, zone) == before


def test_a_check_on_one_side_only(cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
    write(cloud, zone, [weighted(side, 1, plain("192.0.2.1")) for side in ("blue", "green")])
    check = new_check(cloud, "lonely")
    calls.anew()
    result = shift(groups=[www(zone, members={"blue": {}, "green": {"health_check": check}})], **HALF)
    assert result["failed"] and "blue would be without a health check, and others have one" in result["msg"]
    assert calls(access="write") == 0


def test_a_check_that_does_not_exist(cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
    write(cloud, zone, pair())
    calls.anew()
    check = {"health_check": "abcdef11-2222-3333-4444-555555fedcba"}
    result = shift(groups=[www(zone, members={"blue": check, "green": check})], **HALF)
    assert result["failed"] and "there is no health check abcdef11-2222-3333-4444-555555fedcba" in result["msg"]
    assert calls(access="write") == 0


@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_a_protected_record(cloud: LocalCloud, zone: str, shift: Run, calls: Calls, check: bool) -> None:
    write(cloud, zone, [*pair(), *({**record, "Type": "AAAA"} for record in pair())])
    protection = {"RecordName": "www.example.com", "RecordType": "AAAA", "Comment": "frozen until Monday"}
    cloud.client("route53").create_resource_record_set_protections(HostedZoneId=zone, Protections=[protection])
    calls.anew()
    result = shift(check=check, groups=[www(zone), www(zone, type="AAAA")], **HALF)
    assert (
        result["failed"] and f"www.example.com AAAA in {zone}: it is protected (frozen until Monday)" in result["msg"]
    )
    assert "www.example.com A in" not in result["msg"]
    assert calls(access="write") == 0
    assert shift(groups=[www(zone)], **HALF)["changed"], "of the name the other type is free"


def test_a_group_too_large_for_a_batch(cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
    text = '"' + "x" * 200 + '"'
    values = [f'{text} "{number}"' for number in range(50)]
    write(cloud, zone, [weighted(side, 1, plain(*values, Type="TXT")) for side in ("blue", "green")])
    calls.anew()
    result = shift(groups=[www(zone, type="TXT")], weights={"blue": 1, "green": 3})
    assert result["failed"] and "its records are too large to be changed at once" in result["msg"]
    assert calls(access="write") == 0


def test_one_group_that_is_refused_holds_all_back(cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
    write(cloud, zone, pair())
    calls.anew()
    result = shift(groups=[www(zone), www(zone, name="api.example.com"), www(zone, name="b.example.com")], **HALF)
    assert "api.example.com" in result["msg"] and "b.example.com" in result["msg"]
    assert calls(access="write") == 0


class TestUndo:
    def test_what_no_shift_returned(self, zone: str, shift: Run, calls: Calls) -> None:
        result = shift(undo=[{"zone_id": zone, "name": "www.example.com", "type": "A", "before": []}])
        assert result["failed"] and "undo: entry 1 has not after, before, name, type, zone_id" in result["msg"]
        assert calls() == 0

    def test_a_group_that_leads_elsewhere_since(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        write(cloud, zone, pair())
        undo = shift(groups=[www(zone)], **HALF)["undo"]
        target = {**alias("other")["AliasTarget"]}
        write(cloud, zone, [weighted("green", 50, AliasTarget=target)], "UPSERT")
        calls.anew()
        result = shift(undo=undo)
        assert result["failed"] and "somebody has changed it since (target.green green.us-east-1" in result["msg"]
        assert calls(access="write") == 0
