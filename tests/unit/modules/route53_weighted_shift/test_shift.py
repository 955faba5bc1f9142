# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift writes, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from local_cloud.testing import LocalCloud
from tests.unit.modules.route53_weighted_shift.conftest import Calls
from tests.unit.modules.route53_weighted_shift.zones import (
    BALANCERS,
    alias,
    new_check,
    new_zone,
    pair,
    plain,
    records,
    weighted,
    weights,
    write,
    www,
)

Run = Callable[..., dict[str, Any]]


class TestStep:
    def test_both_sides_move_in_one_batch(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        write(cloud, zone, pair())
        calls.anew()
        done = shift(groups=[www(zone)], weights={"blue": 90, "green": 10}, expected={"blue": 100, "green": 0})
        assert calls(access="write") == 1
        assert weights(cloud, zone) == done["weights"] == {"blue": 90, "green": 10}
        assert (done["changed"], done["ttl"], done["ttl_wait"], len(done["change_ids"])) == (True, 60, 60, 1)
        assert done["plan"] == [
            {
                "action": "update",
                "type": "record_group",
                "name": f"www.example.com A in {zone}",
                "attributes": {
                    "weights.blue": {"before": 100, "after": 90},
                    "weights.green": {"before": 0, "after": 10},
                },
            }
        ]

    def test_what_is_right_is_not_written(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        write(cloud, zone, pair(90, 10))
        calls.anew()
        done = shift(groups=[www(zone)], weights={"blue": 90, "green": 10})
        assert (done["changed"], done["plan"], done["undo"], done["change_ids"], done["ttl_wait"]) == (
            False,
            [],
            [],
            [],
            0,
        )
        assert (calls(), calls("ListResourceRecordSets")) == (1, 1)
        assert done["calls"] == {"ListResourceRecordSets": 1}

    def test_check_mode_says_what_the_run_then_does(
        self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls
    ) -> None:
        write(cloud, zone, pair(100, 0, record=plain("192.0.2.1"))[:1])
        wanted = {
            "groups": [www(zone, members={"blue": {}, "green": {"values": ["192.0.2.2"]}})],
            "weights": {"blue": 50, "green": 50},
        }
        before = records(cloud, zone)
        calls.anew()
        said = shift(check=True, **wanted)
        assert calls(access="write") == 0
        assert records(cloud, zone) == before
        done = shift(**wanted)
        for name in ("changed", "plan", "diff", "undo", "weights", "places", "ttl", "ttl_wait"):
            assert said[name] == done[name], name
        assert said["undo"][0]["after"] == records(cloud, zone)

    def test_any_number_of_sides(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, [weighted(side, 1) for side in ("a", "b", "c")])
        done = shift(groups=[www(zone)], weights={"a": 255, "b": 0, "c": 1})
        assert weights(cloud, zone) == done["weights"] == {"a": 255, "b": 0, "c": 1}

    def test_what_others_have_made_keeps_everything_else(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        check = new_check(cloud, "theirs")
        target = {**alias("old")["AliasTarget"], "EvaluateTargetHealth": False}
        theirs = [
            {**alias("x"), "AliasTarget": target, "SetIdentifier": "Old One", "Weight": 3, "HealthCheckId": check},
            {**alias("new"), "SetIdentifier": "n", "Weight": 1},
        ]
        write(cloud, zone, theirs)
        sides = {"blue": {"identifier": "Old One"}, "green": {"identifier": "n"}}
        shift(groups=[www(zone, members=sides)], weights={"blue": 1, "green": 3})
        assert records(cloud, zone) == [{**theirs[0], "Weight": 1}, {**theirs[1], "Weight": 3}]

    def test_private_zones(self, cloud: LocalCloud, shift: Run) -> None:
        vpc = cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        private = new_zone(cloud, "private", VPC={"VPCId": vpc, "VPCRegion": "us-east-1"})
        write(cloud, private, pair())
        shift(groups=[www(private)], weights={"blue": 0, "green": 100})
        assert weights(cloud, private) == {"blue": 0, "green": 100}

    def test_a_run_that_was_interrupted_goes_on(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, pair(90, 10))
        done = shift(groups=[www(zone)], weights={"blue": 90, "green": 10}, expected={"blue": 100, "green": 0})
        assert not done["changed"] and not done.get("failed")


class TestManyGroups:
    def test_batches_and_reads(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        """ceil(4N/1000) change calls, and a page of 300 record sets a read."""
        number = 300
        names = [f"n{index}.example.com." for index in range(number)]
        write(cloud, zone, [{**record, "Name": name} for name in names for record in pair()])
        groups = [{"zone_id": zone, "name": name, "type": "A"} for name in names]
        calls.anew()
        shift(groups=groups, weights={"blue": 50, "green": 50})
        assert calls("ChangeResourceRecordSets") == ceil(4 * number / 1000)
        pages = ceil((2 * number + 2) / 300) + 1
        assert calls("ListResourceRecordSets") <= 2 * pages
        assert {one["Weight"] for one in records(cloud, zone)} == {50}

    def test_few_names_of_a_large_zone(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        names = [f"n{index:04}.example.com." for index in range(1500)]
        write(cloud, zone, [plain("192.0.2.1", Name=name) for name in names])
        ours = ["n0100.example.com.", "n1400.example.com."]
        groups = [{"zone_id": zone, "name": name, "type": "AAAA"} for name in ours]
        write(cloud, zone, [{**record, "Name": name, "Type": "AAAA"} for name in ours for record in pair()])
        calls.anew()
        shift(groups=groups, weights={"blue": 50, "green": 50})
        assert calls("ChangeResourceRecordSets") == 1
        assert calls("ListResourceRecordSets") == 2 * len(ours), "once to plan, once to read back"

    def test_zones_have_batches_of_their_own(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        other = new_zone(cloud, "other")
        for each in (zone, other):
            write(cloud, each, pair())
            write(cloud, each, [{**record, "Type": "AAAA"} for record in pair()])
        groups = [www(each, type=kind) for kind in ("A", "AAAA") for each in (zone, other)]
        calls.anew()
        done = shift(groups=groups, weights={"blue": 0, "green": 100})
        assert calls("ChangeResourceRecordSets") == len(done["change_ids"]) == 2
        assert len(done["undo"]) == 4


class TestConversion:
    def test_there_and_back_to_the_letter(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        write(cloud, zone, [plain("192.0.2.9", "192.0.2.1")])
        before = records(cloud, zone)
        calls.anew()
        sides = {"blue": {}, "green": {"values": ["192.0.2.2"], "identifier": "g"}}
        made = shift(groups=[www(zone, members=sides)])
        assert calls("ChangeResourceRecordSets") == 1
        assert weights(cloud, zone) == {"blue": 100, "g": 0}
        assert (made["weights"], made["plan"][0]["attributes"]["routing"]) == (
            {"blue": 100, "green": 0},
            {"before": "simple", "after": "weighted"},
        )
        shift(groups=[www(zone, members=sides)], weights={"blue": 50, "green": 50})
        back = shift(undo=made["undo"])
        assert back["changed"] and records(cloud, zone) == before
        assert not shift(undo=made["undo"])["changed"]

    def test_the_side_that_has_all_becomes_simple(self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls) -> None:
        check = new_check(cloud, "simple")
        write(cloud, zone, pair(0, 100, HealthCheckId=check))
        before = records(cloud, zone)
        calls.anew()
        made = shift(groups=[www(zone)], weights={"blue": 0, "green": 100}, routing="simple")
        assert calls("ChangeResourceRecordSets") == 1
        assert records(cloud, zone) == [alias("green")]
        assert made["weights"] == {"blue": 0, "green": 100}
        shift(undo=made["undo"])
        assert records(cloud, zone) == before

    def test_a_second_time_there_is_nothing_to_do(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, [alias("green")])
        members = {side: {"target": alias(side)["AliasTarget"]["DNSName"], "target_zone": BALANCERS} for side in "bg"}
        members["g"]["target"] = "dualstack.green.us-east-1.elb.amazonaws.com"
        done = shift(groups=[www(zone, members=members)], weights={"b": 0, "g": 100}, routing="simple")
        assert not done["changed"] and not done.get("failed")


class TestTtl:
    def test_it_is_shortened_ahead(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, [weighted(side, 50, plain("192.0.2.1", TTL=3600)) for side in ("blue", "green")])
        done = shift(groups=[www(zone)], ttl=60)
        assert (done["ttl"], done["ttl_wait"]) == (60, 3600)
        assert [(one["TTL"], one["Weight"]) for one in records(cloud, zone)] == [(60, 50)] * 2

    def test_an_alias_is_kept_as_long_as_its_target_in_the_zone(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        targets = [plain("192.0.2.1", Name=f"{side}.example.com.", TTL=900) for side in ("blue", "green")]
        target = {"HostedZoneId": zone, "EvaluateTargetHealth": False}
        write(cloud, zone, targets)
        write(
            cloud,
            zone,
            [
                weighted(side, 1, alias(side, AliasTarget={**target, "DNSName": f"{side}.example.com."}))
                for side in ("blue", "green")
            ],
        )
        done = shift(groups=[www(zone)], weights={"blue": 3, "green": 1})
        assert (done["ttl"], done["ttl_wait"]) == (900, 900)


class TestHealthChecks:
    def test_they_are_attached_and_detached_with_the_shift(
        self, cloud: LocalCloud, zone: str, shift: Run, calls: Calls
    ) -> None:
        write(cloud, zone, pair())
        checks = {side: new_check(cloud, f"attached-{side}") for side in ("blue", "green")}
        calls.anew()
        sides = {side: {"health_check": check} for side, check in checks.items()}
        shift(groups=[www(zone, members=sides)], weights={"blue": 90, "green": 10})
        assert calls("ChangeResourceRecordSets") == 1
        assert {one["SetIdentifier"]: one["HealthCheckId"] for one in records(cloud, zone)} == checks
        shift(groups=[www(zone)], weights={"blue": 50, "green": 50})
        assert {one["SetIdentifier"]: one["HealthCheckId"] for one in records(cloud, zone)} == checks
        done = shift(groups=[www(zone, members={side: {"health_check": ""} for side in checks})])
        assert done["weights"] == {"blue": 50, "green": 50}
        assert not any("HealthCheckId" in one for one in records(cloud, zone))

    def test_a_mix_that_is_there_is_said(self, cloud: LocalCloud, zone: str, shift: Run) -> None:
        write(cloud, zone, [weighted("blue", 1), weighted("green", 1, plain("192.0.2.1"))])
        done = shift(groups=[www(zone)], weights={"blue": 3, "green": 1})
        assert done["changed"] and "green (192.0.2.1) has no health check" in str(done["warnings"])
