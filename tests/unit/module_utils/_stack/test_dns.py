# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Zone, checks and records as they are read: finished, half built, edited by hand, in a zone of somebody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Reality, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.dns import dns_model, shift_check_key
from ansible_collections.cutover.aws.plugins.module_utils._model.zone import zone_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._route53 import api, health_checks, zones
from ansible_collections.cutover.aws.plugins.module_utils._route53.plan import group_batch
from ansible_collections.cutover.aws.plugins.module_utils._route53.records import Alias, Record
from ansible_collections.cutover.aws.plugins.module_utils._route53.zones import Zone
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.dns import dns_outputs, read_dns
from ansible_collections.cutover.aws.plugins.module_utils._stack.zone import WrongZone, read_zone, zone_outputs
from local_cloud.testing import LocalCloud

BALANCERS = "Z35SXDOTRQ7X7K"
_numbers = count(1)


@pytest.fixture
def stack() -> Stack:
    """One that this test alone has."""
    return Stack("acme", f"d{next(_numbers)}", "us-east-1", "123456789012", tags={"CostCenter": "web"})


def zone_name(stack: Stack) -> str:
    return f"{stack.environment}.example.com"


def given_zone(cloud: LocalCloud, name: str) -> str:
    made = cloud.client("route53").create_hosted_zone(Name=name, CallerReference=f"theirs {name} {next(_numbers)}")
    return str(made["HostedZone"]["Id"].removeprefix("/hostedzone/"))


def own_zone(cloud: LocalCloud, stack: Stack) -> Zone:
    resource = zone_model(stack, {"name": zone_name(stack), "id": None})["hosted_zone"]
    attributes: Any = resource.attributes
    wanted = Zone("", resource.name, attributes["comment"], attributes["tags"])
    return zones.create(cloud.client("route53"), wanted, f"{next(_numbers):08}")


def config(stack: Stack, zone_id: str, **changes: Any) -> Any:
    return {
        "zone_id": zone_id,
        "zone_name": zone_name(stack),
        "records": [{"name": "www"}, {"name": "@"}],
        "sides": {"blue": {"weight": 100}, "green": {"weight": 0}},
        "load_balancers": {
            side: {"dns_name": f"{side}.us-east-1.elb.amazonaws.com", "hosted_zone_id": BALANCERS}
            for side in ("blue", "green")
        },
        "health_checks": {},
        "plain_records": [{"name": "text", "type": "TXT", "ttl": 60, "values": ['"b"', '"a"']}],
        **changes,
    }


def build(cloud: LocalCloud, stack: Stack, settings: Any) -> None:
    """Makes the model's resources by the functions of the role's modules."""
    client = cloud.client("route53")
    ids: dict[str, str] = {}
    for resource in dns_model(stack, settings).values():
        attributes: dict[str, Any] = dict(resource.attributes)
        if resource.type == "health_check":
            tags = attributes.pop("tags")
            ids[resource.key] = health_checks.create(client, attributes, tags, f"{next(_numbers):08}")
            continue
        if resource.type == "record":
            wanted = [Record(ttl=attributes["ttl"], values=tuple(attributes["values"]))]
        else:
            first: Any = resource.initial["weights"]
            wanted = [
                Record(
                    side,
                    first[side],
                    Alias(member["target"], member["target_zone"], member["evaluate_target_health"]),
                    health_check_id=ids[member["health_check"]],
                )
                for side, member in attributes["members"].items()
            ]
        batch = group_batch(attributes["name"], attributes["type"], wanted, [])
        api.change(client, attributes["zone"], batch, "test")


def read(cloud: LocalCloud, stack: Stack, settings: Any = None) -> Reality:
    wanted = LAYERS["dns"].expected(dns_model(stack, settings)) if settings else None
    return read_dns(Context(stack, cloud.client, wanted))


def plan(cloud: LocalCloud, stack: Stack, settings: Any) -> Plan:
    return compare(dns_model(stack, settings), read(cloud, stack, settings), {"health_check"})


def record_sets(cloud: LocalCloud, zone_id: str, name: str) -> dict[str, dict[str, Any]]:
    listed = cloud.client("route53").list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    return {one["SetIdentifier"]: one for one in listed if one["Name"] == f"{name}." and "SetIdentifier" in one}


def rewrite(cloud: LocalCloud, zone_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    changes = [
        {"Action": action, "ResourceRecordSet": record}
        for action, record in (("DELETE", before), ("CREATE", after))
        if record
    ]
    cloud.client("route53").change_resource_record_sets(HostedZoneId=zone_id, ChangeBatch={"Changes": changes})


class TestZone:
    def look(self, cloud: LocalCloud, stack: Stack, zone_id: str | None = None) -> Reality:
        model = zone_model(stack, {"name": zone_name(stack), "id": zone_id})
        return read_zone(Context(stack, cloud.client, LAYERS["zone"].expected(model)))

    def differs(self, cloud: LocalCloud, stack: Stack) -> list[str]:
        model = zone_model(stack, {"name": zone_name(stack), "id": None})
        found = compare(model, self.look(cloud, stack))
        return [d.path for change in found.changes for d in change.differences]

    def test_of_two_zones_with_the_name_ours_is_the_one_that_we_made(self, cloud: LocalCloud, stack: Stack) -> None:
        given_zone(cloud, zone_name(stack))
        ours = own_zone(cloud, stack)
        assert self.look(cloud, stack)["hosted_zone"].id == ours.id
        assert self.differs(cloud, stack) == []
        assert zone_outputs(self.look(cloud, stack)) == {
            "zone_id": ours.id,
            "zone_name": zone_name(stack),
            "name_servers": list(ours.name_servers),
        }

    def test_a_zone_of_somebody_else_is_not_ours(self, cloud: LocalCloud, stack: Stack) -> None:
        given_zone(cloud, zone_name(stack))
        own_zone(cloud, replace(stack, environment=f"{stack.environment}-b"))
        assert self.look(cloud, stack) == {}

    def test_a_run_that_died_before_the_tags_leaves_a_zone_that_is_found(self, cloud: LocalCloud, stack: Stack) -> None:
        ours = own_zone(cloud, stack)
        names = ["cutover:stack", "cutover:key", "Name", "CostCenter", "Environment", "ManagedBy", "MigrationPhase"]
        cloud.client("route53").change_tags_for_resource(
            ResourceType="hostedzone", ResourceId=ours.id, RemoveTagKeys=names
        )
        assert self.look(cloud, stack)["hosted_zone"].id == ours.id
        assert "tags.cutover:stack" in self.differs(cloud, stack)

    def test_a_zone_taken_over_by_its_tags_is_ours(self, cloud: LocalCloud, stack: Stack) -> None:
        zone_id = given_zone(cloud, zone_name(stack))
        tags = [{"Key": "cutover:stack", "Value": stack.name}, {"Key": "cutover:key", "Value": "hosted_zone"}]
        cloud.client("route53").change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, AddTags=tags)
        assert self.look(cloud, stack)["hosted_zone"].id == zone_id

    def test_by_name_alone_a_zone_taken_over_is_found_too(self, cloud: LocalCloud, stack: Stack) -> None:
        zone_id = given_zone(cloud, zone_name(stack))
        tags = [{"Key": "cutover:stack", "Value": stack.name}, {"Key": "cutover:key", "Value": "hosted_zone"}]
        cloud.client("route53").change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone_id, AddTags=tags)
        assert read_zone(Context(stack, cloud.client))["hosted_zone"].id == zone_id

    def test_a_second_zone_of_ours_is_shown(self, cloud: LocalCloud, stack: Stack) -> None:
        both = {own_zone(cloud, stack).id, own_zone(cloud, stack).id}
        assert {found.id for found in self.look(cloud, stack).values()} == both

    def test_a_given_zone_is_looked_at(self, cloud: LocalCloud, stack: Stack) -> None:
        zone_id = given_zone(cloud, zone_name(stack))
        found = self.look(cloud, stack, zone_id)
        assert compare(zone_model(stack, {"name": zone_name(stack), "id": zone_id}), found) == Plan()
        assert zone_outputs(found)["zone_id"] == zone_id

    def test_a_given_zone_of_another_name_is_refused(self, cloud: LocalCloud, stack: Stack) -> None:
        zone_id = given_zone(cloud, "other.example.org")
        with pytest.raises(WrongZone, match=r"is the zone other\.example\.org"):
            self.look(cloud, stack, zone_id)

    def test_a_given_zone_that_does_not_exist_is_refused(self, cloud: LocalCloud, stack: Stack) -> None:
        with pytest.raises(WrongZone, match="no hosted zone ZNOWHERE"):
            self.look(cloud, stack, "ZNOWHERE")

    def test_by_name_alone_a_given_zone_is_known_by_the_health_checks(self, cloud: LocalCloud, stack: Stack) -> None:
        zone_id = given_zone(cloud, zone_name(stack))
        build(cloud, stack, config(stack, zone_id))
        found = read_zone(Context(stack, cloud.client))
        assert [(f.type, f.id) for f in found.values()] == [("given_zone", zone_id)]

    def test_outputs_of_nothing_have_the_same_shape(self) -> None:
        assert zone_outputs({}) == {"zone_id": None, "zone_name": None, "name_servers": []}


class TestRecords:
    @pytest.fixture
    def built(self, cloud: LocalCloud, stack: Stack) -> Any:
        settings = config(stack, own_zone(cloud, stack).id)
        build(cloud, stack, settings)
        return settings

    def test_finished_it_equals_the_model(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        assert plan(cloud, stack, built) == Plan()
        outputs: Any = dns_outputs(read(cloud, stack, built))
        assert outputs["record_names"] == [zone_name(stack), f"www.{zone_name(stack)}"]
        assert outputs["urls"][0] == f"https://{zone_name(stack)}"
        assert (outputs["weights"], set(outputs["health_check_ids"])) == ({"blue": 100, "green": 0}, {"blue", "green"})

    def test_on_an_empty_account_everything_is_to_be_made(self, cloud: LocalCloud, stack: Stack) -> None:
        settings = config(stack, None, load_balancers={})  # type: ignore[arg-type]
        assert {change.action for change in plan(cloud, stack, settings).changes} == {"create"}

    def test_a_zone_that_is_gone_has_no_records(self, cloud: LocalCloud, stack: Stack) -> None:
        assert read(cloud, stack, config(stack, "ZNOWHERE")) == {}

    def test_a_weight_that_a_shift_has_moved_is_reported_and_left_alone(
        self, cloud: LocalCloud, stack: Stack, built: Any
    ) -> None:
        name = f"www.{zone_name(stack)}"
        green = record_sets(cloud, built["zone_id"], name)["green"]
        rewrite(cloud, built["zone_id"], green, {**green, "Weight": 100})
        found = plan(cloud, stack, built)
        assert (found.changes, [d.path for c in found.left_alone for d in c.differences]) == ((), ["weights"])

    @pytest.mark.parametrize(
        "edit",
        [
            pytest.param(lambda r: {**r, "HealthCheckId": None}, id="check removed"),
            pytest.param(
                lambda r: {**r, "AliasTarget": {**r["AliasTarget"], "EvaluateTargetHealth": False}}, id="health"
            ),
            pytest.param(
                lambda r: {**r, "AliasTarget": {**r["AliasTarget"], "DNSName": "x.us-east-1.elb.amazonaws.com"}},
                id="target",
            ),
            pytest.param(lambda r: None, id="member gone"),
        ],
    )
    def test_what_was_edited_by_hand_shows(
        self, cloud: LocalCloud, stack: Stack, built: Any, edit: Callable[[dict[str, Any]], dict[str, Any] | None]
    ) -> None:
        name = f"www.{zone_name(stack)}"
        blue = record_sets(cloud, built["zone_id"], name)["blue"]
        after = edit(blue)
        rewrite(cloud, built["zone_id"], blue, {k: v for k, v in after.items() if v is not None} if after else None)
        shown = [(c.key, d.path) for c in plan(cloud, stack, built).changes for d in c.differences]
        assert shown == [(f"weighted_records/{name}/A", "members")]

    def test_an_inverted_check_shows(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        check = read(cloud, stack, built)["health_check/blue-https"]
        cloud.client("route53").update_health_check(HealthCheckId=check.id, Inverted=True, Disabled=True)
        shown = [(c.key, d.path) for c in plan(cloud, stack, built).changes for d in c.differences]
        assert shown == [("health_check/blue-https", "inverted"), ("health_check/blue-https", "disabled")]

    def test_a_member_that_nobody_asked_for_is_reported(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        name = f"www.{zone_name(stack)}"
        blue = record_sets(cloud, built["zone_id"], name)["blue"]
        rewrite(cloud, built["zone_id"], None, {**blue, "SetIdentifier": "canary", "Weight": 5})
        found = plan(cloud, stack, built)
        assert (found.changes, [f.key for f in found.unexpected]) == ((), [f"weighted_records/{name}/A@canary"])

    def test_a_name_that_has_left_the_inventory_is_reported(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        found = plan(cloud, stack, {**built, "records": [{"name": "www"}], "plain_records": []})
        assert (found.changes, [f.key for f in found.unexpected]) == ((), [f"weighted_records/{zone_name(stack)}/A"])

    def test_of_a_given_zone_only_the_names_of_the_model_are_read(self, cloud: LocalCloud, stack: Stack) -> None:
        settings = config(stack, given_zone(cloud, zone_name(stack)))
        build(cloud, stack, settings)
        fewer = {**settings, "records": [{"name": "www"}], "plain_records": []}
        assert plan(cloud, stack, settings) == plan(cloud, stack, fewer) == Plan()

    def test_checks_of_another_kind_replace_the_old_ones(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        settings = {**built, "health_checks": {"green": {"type": "alarm", "alarm": "acme-green"}}}
        changes = {(c.action, c.key) for c in plan(cloud, stack, settings).changes}
        assert {("create", "health_check/green-alarm"), ("delete", "health_check/green-https")} <= changes

    def test_a_check_of_a_shift_is_never_removed_by_a_build(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        tags = {"cutover:stack": stack.name, "cutover:key": "shift_check/green", "cutover:zone": built["zone_id"]}
        settings = {"type": "alarm", "alarm": "a", "alarm_region": "us-east-1", "insufficient_data": "Healthy"}
        common = {"inverted": False, "disabled": False}
        made = health_checks.create(cloud.client("route53"), {**settings, **common}, tags, f"{next(_numbers):08}")
        found = plan(cloud, stack, built)
        assert (found.changes, [f.id for f in found.unexpected]) == ((), [made])

    @pytest.mark.parametrize(
        ("side", "shown"), [("green", []), ("blue", ["members"])], ids=["of its side", "of the other side"]
    )
    def test_in_the_middle_of_a_shift_a_build_leaves_its_check_on_the_records(
        self, cloud: LocalCloud, stack: Stack, built: Any, side: str, shown: list[str]
    ) -> None:
        tags = {"cutover:stack": stack.name, "cutover:key": shift_check_key(side), "cutover:zone": built["zone_id"]}
        settings = {"type": "alarm", "alarm": "a", "alarm_region": "us-east-1", "insufficient_data": "Healthy"}
        common = {"inverted": False, "disabled": False}
        guard = health_checks.create(cloud.client("route53"), {**settings, **common}, tags, f"{next(_numbers):08}")
        green = record_sets(cloud, built["zone_id"], name := f"www.{zone_name(stack)}")["green"]
        rewrite(cloud, built["zone_id"], green, {**green, "HealthCheckId": guard, "Weight": 50})
        found = plan(cloud, stack, built)
        assert [d.path for change in found.changes for d in change.differences] == shown
        assert [(c.key, d.path) for c in found.left_alone for d in c.differences] == [
            (f"weighted_records/{name}/A", "weights")
        ]
        assert [extra.id for extra in found.unexpected] == [guard]

    def test_by_name_alone_they_are_found_in_our_own_zone(self, cloud: LocalCloud, stack: Stack, built: Any) -> None:
        name = f"www.{zone_name(stack)}"
        for record in record_sets(cloud, built["zone_id"], name).values():
            rewrite(cloud, built["zone_id"], record, {k: v for k, v in record.items() if k != "HealthCheckId"})
        found = read(cloud, stack)
        assert found[f"weighted_records/{name}/A"].attributes["weights"] == {"blue": 100, "green": 0}
        assert {f.type for f in found.values()} == {"health_check", "weighted_records"}

    def test_in_a_zone_of_somebody_else_only_those_with_our_checks_are_ours(
        self, cloud: LocalCloud, stack: Stack
    ) -> None:
        zone_id = given_zone(cloud, zone_name(stack))
        build(cloud, stack, config(stack, zone_id))
        neighbour = replace(stack, environment=f"{stack.environment}-b")
        theirs = config(neighbour, zone_id, zone_name=zone_name(stack), records=[{"name": "other"}], plain_records=[])
        build(cloud, neighbour, theirs)
        assert {f.attributes["name"] for f in read(cloud, stack).values() if f.type == "weighted_records"} == {
            f"www.{zone_name(stack)}",
            zone_name(stack),
        }

    def test_outputs_of_nothing_have_the_same_shape(self) -> None:
        assert dns_outputs({}) == {"record_names": [], "urls": [], "weights": {}, "health_check_ids": {}}
