# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Zones, health checks and groups of records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import (
    route53_health_check,
    route53_hosted_zone,
    route53_record_group,
)
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]
BALANCERS = "Z35SXDOTRQ7X7K"


def tags(stack: str, key: str) -> dict[str, str]:
    return {"cutover:stack": stack, "cutover:key": key}


@pytest.fixture(scope="module")
def zone(cloud: LocalCloud) -> str:
    made = cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference="theirs")
    return str(made["HostedZone"]["Id"].removeprefix("/hostedzone/"))


def new_check(cloud: LocalCloud, side: str) -> str:
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": f"{side}.us-east-1.elb.amazonaws.com"}
    made = cloud.client("route53").create_health_check(CallerReference=side, HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])


def records(cloud: LocalCloud, zone: str, name: str) -> list[dict[str, Any]]:
    listed = cloud.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [one for one in listed if one["Name"] == f"{name}."]


class TestZone:
    def test_a_zone_of_the_same_name_is_never_taken_for_ours(self, cloud: LocalCloud, run: Run, zone: str) -> None:
        made = run(route53_hosted_zone.main, name="example.com", tags=tags("acme-one", "hosted_zone"))
        assert made["changed"] and made["zone_id"] != zone and made["name_servers"]
        listed = cloud.client("route53").list_hosted_zones()["HostedZones"]
        ours = next(one for one in listed if one["Id"].endswith(made["zone_id"]))
        assert ours["CallerReference"].startswith("acme-one|hosted_zone|")

    def test_comment_and_tags_are_repaired(self, cloud: LocalCloud, run: Run) -> None:
        wanted = {"name": "two.example.com", "comment": "ours", "tags": tags("acme-two", "hosted_zone")}
        made = run(route53_hosted_zone.main, **wanted)["zone_id"]
        route53 = cloud.client("route53")
        route53.update_hosted_zone_comment(Id=made, Comment="theirs")
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=made, RemoveTagKeys=["cutover:key"])
        assert run(route53_hosted_zone.main, check=True, zone_id=made, **wanted)["changed"]
        assert run(route53_hosted_zone.main, zone_id=made, **wanted)["changed"]
        assert not run(route53_hosted_zone.main, zone_id=made, **wanted)["changed"]
        assert route53.get_hosted_zone(Id=made)["HostedZone"]["Config"]["Comment"] == "ours"

    def test_it_goes_with_its_records(self, cloud: LocalCloud, run: Run) -> None:
        made = run(route53_hosted_zone.main, name="three.example.com", tags=tags("acme-three", "hosted_zone"))[
            "zone_id"
        ]
        for number in range(3):
            run(
                route53_record_group.main,
                zone_id=made,
                name=f"r{number}.three.example.com",
                type="A",
                values=["192.0.2.1"],
                ttl=60,
            )
        assert run(route53_hosted_zone.main, check=True, zone_id=made, state="absent")["changed"]
        assert run(route53_hosted_zone.main, zone_id=made, state="absent")["changed"]
        assert not run(route53_hosted_zone.main, zone_id=made, state="absent")["changed"]
        with pytest.raises(cloud.client("route53").exceptions.NoSuchHostedZone):
            cloud.client("route53").get_hosted_zone(Id=made)


class TestHealthCheck:
    def endpoint(self, **changes: Any) -> dict[str, Any]:
        return {"fqdn": "blue.us-east-1.elb.amazonaws.com", "tags": tags("acme", "health_check/blue-https"), **changes}

    def test_an_endpoint_is_asked(self, cloud: LocalCloud, run: Run) -> None:
        made = run(route53_health_check.main, **self.endpoint())
        config = cloud.client("route53").get_health_check(HealthCheckId=made["health_check_id"])["HealthCheck"]
        assert config["HealthCheckConfig"] == {
            "Type": "HTTPS",
            "FullyQualifiedDomainName": "blue.us-east-1.elb.amazonaws.com",
            "Port": 443,
            "ResourcePath": "/health",
            "RequestInterval": 30,
            "FailureThreshold": 3,
            "MeasureLatency": False,
            "EnableSNI": True,
            "Inverted": False,
            "Disabled": False,
        }
        assert not run(route53_health_check.main, health_check_id=made["health_check_id"], **self.endpoint())["changed"]

    def test_an_alarm_is_followed(self, cloud: LocalCloud, run: Run) -> None:
        wanted = {
            "type": "alarm",
            "alarm": "acme-prod-green-5xx",
            "alarm_region": "us-east-1",
            "insufficient_data": "Unhealthy",
            "tags": tags("acme", "health_check/green-alarm"),
        }
        made = run(route53_health_check.main, **wanted)["health_check_id"]
        route53 = cloud.client("route53")
        config = route53.get_health_check(HealthCheckId=made)["HealthCheck"]["HealthCheckConfig"]
        assert config["AlarmIdentifier"] == {"Region": "us-east-1", "Name": "acme-prod-green-5xx"}
        assert config["InsufficientDataHealthStatus"] == "Unhealthy"
        route53.update_health_check(HealthCheckId=made, InsufficientDataHealthStatus="Healthy")
        assert run(route53_health_check.main, health_check_id=made, **wanted)["changed"]
        assert not run(route53_health_check.main, health_check_id=made, **wanted)["changed"]

    def test_an_inverted_check_is_put_right(self, cloud: LocalCloud, run: Run) -> None:
        made = run(route53_health_check.main, **self.endpoint())["health_check_id"]
        route53 = cloud.client("route53")
        route53.update_health_check(HealthCheckId=made, Inverted=True, ResourcePath="/", EnableSNI=False)
        said = run(route53_health_check.main, check=True, health_check_id=made, **self.endpoint())
        assert said["changed"] and said["diff"]["before"]["inverted"] is True
        assert route53.get_health_check(HealthCheckId=made)["HealthCheck"]["HealthCheckConfig"]["Inverted"] is True
        assert run(route53_health_check.main, health_check_id=made, **self.endpoint())["changed"]
        config = route53.get_health_check(HealthCheckId=made)["HealthCheck"]["HealthCheckConfig"]
        assert (config["Inverted"], config["ResourcePath"], config["EnableSNI"]) == (False, "/health", True)

    @pytest.mark.parametrize("change", [{"interval": 10}, {"type": "alarm", "alarm": "a", "alarm_region": "us-east-1"}])
    def test_what_aws_cannot_change_is_said(self, run: Run, change: dict[str, Any]) -> None:
        made = run(route53_health_check.main, **self.endpoint())["health_check_id"]
        result = run(route53_health_check.main, health_check_id=made, **self.endpoint(**change))
        assert result["failed"] and "make another one beside it" in result["msg"]

    def test_it_stays_while_a_record_carries_it(self, cloud: LocalCloud, run: Run, zone: str) -> None:
        check = new_check(cloud, "carried")
        member = {"target": "x.us-east-1.elb.amazonaws.com", "target_zone": BALANCERS, "evaluate_target_health": True}
        place = {"zone_id": zone, "name": "carrying.example.com", "type": "A"}
        members = {"blue": {**member, "health_check": check}}
        run(route53_record_group.main, members=members, weights={"blue": 1}, **place)
        refused = run(route53_health_check.main, health_check_id=check, zone_id=zone, state="absent")
        assert refused["failed"] and "carried by carrying.example.com A" in refused["msg"]
        run(route53_record_group.main, identifiers=["blue"], state="absent", **place)
        assert run(route53_health_check.main, health_check_id=check, zone_id=zone, state="absent")["changed"]

    def test_it_can_be_removed_twice(self, run: Run) -> None:
        made = run(route53_health_check.main, **self.endpoint())["health_check_id"]
        assert run(route53_health_check.main, health_check_id=made, state="absent")["changed"]
        assert not run(route53_health_check.main, health_check_id=made, state="absent")["changed"]


class TestRecordGroup:
    @pytest.fixture
    def group(self, cloud: LocalCloud, zone: str, request: pytest.FixtureRequest) -> dict[str, Any]:
        name = request.node.name.replace("_", "-")[5:50]
        members = {
            side: {
                "target": f"{side}.us-east-1.elb.amazonaws.com",
                "target_zone": BALANCERS,
                "evaluate_target_health": True,
                "health_check": new_check(cloud, f"{side}-{name}"),
            }
            for side in ("blue", "green")
        }
        weights = {"blue": 100, "green": 0}
        return {"zone_id": zone, "name": f"{name}.example.com", "type": "A", "members": members, "weights": weights}

    def test_both_sides_in_one_call(self, cloud: LocalCloud, run: Run, group: dict[str, Any]) -> None:
        before = len(cloud.control.calls(access="write"))
        made = run(route53_record_group.main, **group)
        assert len(cloud.control.calls(access="write")) == before + 1
        assert made["changed"] and made["change_id"].startswith("/change/")
        found = records(cloud, group["zone_id"], group["name"])
        assert {one["SetIdentifier"]: one["Weight"] for one in found} == {"blue": 100, "green": 0}
        assert {one["HealthCheckId"] for one in found} == {m["health_check"] for m in group["members"].values()}
        again = run(route53_record_group.main, **group)
        assert (again["changed"], again["change_id"]) == (False, None)

    def test_check_mode_writes_nothing(self, cloud: LocalCloud, run: Run, group: dict[str, Any]) -> None:
        said = run(route53_record_group.main, check=True, **group)
        assert said["changed"] and len(said["diff"]["after"]) == len(group["members"])
        assert records(cloud, group["zone_id"], group["name"]) == []

    def test_a_simple_record_is_left_and_named(self, cloud: LocalCloud, run: Run, group: dict[str, Any]) -> None:
        simple = {name: group[name] for name in ("zone_id", "name", "type")}
        run(route53_record_group.main, values=["192.0.2.1"], ttl=60, **simple)
        result = run(route53_record_group.main, **group)
        assert result["failed"] and f"{group['name']} has simple records" in result["msg"]
        assert len(records(cloud, group["zone_id"], group["name"])) == 1

    def test_a_change_since_the_read_fails_whole(
        self, cloud: LocalCloud, run: Run, group: dict[str, Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run(route53_record_group.main, **group)
        read = records(cloud, group["zone_id"], group["name"])
        stale = [{**one, "Weight": one["Weight"] + 1} for one in read]
        monkeypatch.setattr(route53_record_group.api, "records_of_name", lambda *_: stale)
        group["members"]["blue"]["evaluate_target_health"] = False
        result = run(route53_record_group.main, **group)
        assert result["failed"] and "changed nothing" in result["msg"]
        assert records(cloud, group["zone_id"], group["name"]) == read

    def test_members_are_removed_by_their_identifiers(self, cloud: LocalCloud, run: Run, group: dict[str, Any]) -> None:
        run(route53_record_group.main, **group)
        place = {name: group[name] for name in ("zone_id", "name", "type")}
        assert run(route53_record_group.main, state="absent", identifiers=["blue"], **place)["changed"]
        assert [one["SetIdentifier"] for one in records(cloud, group["zone_id"], group["name"])] == ["green"]
        assert not run(route53_record_group.main, state="absent", **place)["changed"]

    def test_a_plain_record_that_says_something_else_is_not_removed(
        self, cloud: LocalCloud, run: Run, zone: str
    ) -> None:
        place = {"zone_id": zone, "name": "theirs.example.com", "type": "A", "ttl": 300}
        run(route53_record_group.main, values=["192.0.2.7"], **place)
        spared = run(route53_record_group.main, state="absent", values=["192.0.2.1"], **place)
        assert (spared["changed"], spared["left"]) == (False, ["192.0.2.7"])
        assert len(records(cloud, zone, "theirs.example.com")) == 1
        removed = run(route53_record_group.main, state="absent", values=["192.0.2.7"], **place)
        assert (removed["changed"], removed["left"]) == (True, None)
        again = run(route53_record_group.main, state="absent", values=["192.0.2.7"], **place)
        assert (again["changed"], again["left"]) == (False, None)

    def test_plain_records_follow_the_inventory(self, cloud: LocalCloud, run: Run, zone: str) -> None:
        place = {"zone_id": zone, "name": "mail.example.com", "type": "CNAME", "ttl": 300}
        assert run(route53_record_group.main, values=["a.example.org."], **place)["changed"]
        assert not run(route53_record_group.main, values=["A.example.org"], **place)["changed"]
        assert run(route53_record_group.main, values=["b.example.org"], **place)["changed"]
        [found] = records(cloud, zone, "mail.example.com")
        assert found["ResourceRecords"] == [{"Value": "b.example.org"}]
