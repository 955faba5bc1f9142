# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Zone, health checks and records as they ought to be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import (
    KEY_TAG,
    STACK_TAG,
    UNKNOWN,
    ModelError,
    Stack,
)
from ansible_collections.cutover.aws.plugins.module_utils._model.dns import ZONE_TAG, dns_model, full_name, side_of
from ansible_collections.cutover.aws.plugins.module_utils._model.references import (
    MAX_TAGS,
    caller_reference,
    key_of,
    owner,
)
from ansible_collections.cutover.aws.plugins.module_utils._model.zone import zone_model

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})
CONFIG: dict[str, Any] = {
    "zone_id": "Z1",
    "zone_name": "Example.com.",
    "records": [{"name": "www"}, {"name": "@", "type": "AAAA"}],
    "sides": {"blue": {"weight": 100}, "green": {"weight": 0}},
    "load_balancers": {
        "blue": {"dns_name": "Blue.elb.amazonaws.com", "hosted_zone_id": "ZLB"},
        "green": {"dns_name": "green.elb.amazonaws.com", "hosted_zone_id": "ZLB"},
    },
    "health_checks": {},
    "plain_records": [],
}


def model(**changes: Any) -> Any:
    return dns_model(STACK, {**CONFIG, **changes})  # type: ignore[typeddict-item]


class TestZone:
    def test_a_zone_of_its_own(self) -> None:
        zone = zone_model(STACK, {"name": "Example.com.", "id": None})["hosted_zone"]
        assert (zone.type, zone.name, zone.attributes["private"]) == ("hosted_zone", "example.com", False)
        assert zone.attributes["tags"][STACK_TAG] == "acme-prod"  # type: ignore[index,call-overload]

    def test_a_given_zone_is_only_looked_at(self) -> None:
        assert [r.type for r in zone_model(STACK, {"name": "example.com", "id": "Z1"}).values()] == ["given_zone"]

    def test_without_a_name_there_is_none(self) -> None:
        assert zone_model(STACK, {"name": None, "id": None}) == {}

    def test_more_tags_than_route53_takes_are_refused_before_anything_is_made(self) -> None:
        many = replace(STACK, tags={f"tag{number}": "x" for number in range(MAX_TAGS)})
        with pytest.raises(ModelError, match="leave at most 4"):
            zone_model(many, {"name": "example.com", "id": None})


class TestRecords:
    def test_each_name_leads_to_both_sides(self) -> None:
        group = model()["weighted_records/www.example.com/A"]
        assert group.initial == {"weights": {"blue": 100, "green": 0}}
        assert group.attributes["members"] == {
            side: {
                "target": f"{side}.elb.amazonaws.com",
                "target_zone": "ZLB",
                "evaluate_target_health": True,
                "health_check": f"health_check/{side}-https",
            }
            for side in ("blue", "green")
        }

    def test_weights_belong_to_the_shift_and_all_else_to_the_build(self) -> None:
        for resource in model().values():
            assert set(resource.initial) == ({"weights"} if resource.type == "weighted_records" else set())

    def test_every_member_has_a_health_check(self) -> None:
        resources = model()
        for group in (r for r in resources.values() if r.type == "weighted_records"):
            for member in group.attributes["members"].values():
                assert member["health_check"] in resources

    def test_what_another_layer_has_not_made_yet_is_unknown(self) -> None:
        group = model(zone_id=None, load_balancers={})["weighted_records/www.example.com/A"].attributes
        assert (group["zone"], group["members"]["blue"]["target"]) == (UNKNOWN, UNKNOWN)

    def test_without_a_zone_there_is_nothing(self) -> None:
        assert model(zone_name=None) == {}

    def test_without_names_there_are_no_checks(self) -> None:
        assert model(records=[]) == {}

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            pytest.param(
                {"sides": {"blue": {"weight": 0}, "green": {"weight": 0}}}, "all weights are 0", id="no weight"
            ),
            pytest.param({"sides": {"blue": {"weight": 256}}}, "0 to 255", id="too much"),
            pytest.param({"sides": {"blue": {"weight": -1}}}, "0 to 255", id="negative"),
            pytest.param({"records": [{"name": "www", "type": "CNAME"}]}, "type CNAME", id="type"),
            pytest.param({"records": [{"name": "www"}, {"name": "WWW.example.com."}]}, "two resources", id="twice"),
            pytest.param({"health_checks": {"blue": {"type": "alarm"}}}, "needs the alarm's name", id="alarm unnamed"),
            pytest.param({"health_checks": {"blue": {"type": "tcp"}}}, "type is tcp", id="check type"),
        ],
    )
    def test_what_has_no_model_is_refused(self, changes: dict[str, Any], text: str) -> None:
        with pytest.raises(ModelError, match=text):
            model(**changes)

    @pytest.mark.parametrize(
        ("name", "whole"),
        [
            ("www", "www.example.com"),
            ("@", "example.com"),
            ("example.com.", "example.com"),
            ("A.B", "a.b.example.com"),
            ("www.example.com", "www.example.com"),
            ("*", "*.example.com"),
            ("notexample.com", "notexample.com.example.com"),
        ],
    )
    def test_names(self, name: str, whole: str) -> None:
        assert full_name(name, "example.com") == whole

    def test_plain_records_are_written_as_aws_answers_them(self) -> None:
        plain = {"name": "mail", "type": "CNAME", "ttl": 300, "values": ["Mail.Example.org."]}
        assert model(plain_records=[plain])["record/mail.example.com/CNAME"].attributes["values"] == [
            "mail.example.org"
        ]


class TestHealthChecks:
    def test_by_default_it_asks_the_load_balancer_by_its_own_name(self) -> None:
        check = model()["health_check/blue-https"].attributes
        assert (check["fqdn"], check["port"], check["path"]) == ("blue.elb.amazonaws.com", 443, "/health")
        assert check["tags"][ZONE_TAG] == "Z1"

    def test_it_can_follow_the_sides_alarm(self) -> None:
        settings = {"green": {"type": "alarm", "alarm": "acme-prod-green-5xx", "insufficient_data": "Unhealthy"}}
        resources = model(health_checks=settings)
        check = resources["health_check/green-alarm"].attributes
        assert (check["alarm"], check["alarm_region"]) == ("acme-prod-green-5xx", "us-east-1")
        assert check["insufficient_data"] == "Unhealthy"
        members = resources["weighted_records/www.example.com/A"].attributes["members"]
        assert members["green"]["health_check"] == "health_check/green-alarm"

    def test_what_aws_cannot_change_makes_another_check(self) -> None:
        fast = {side: {"interval": 10} for side in ("blue", "green")}
        assert set(model()) & set(model(health_checks=fast)) == {
            "weighted_records/www.example.com/A",
            "weighted_records/example.com/AAAA",
        }

    @pytest.mark.parametrize("side", ["blue", "green-2", "https", "a-alarm"])
    @pytest.mark.parametrize("settings", [{}, {"interval": 10}, {"type": "alarm", "alarm": "x"}])
    def test_the_side_is_known_from_the_key(self, side: str, settings: dict[str, Any]) -> None:
        resources = model(sides={side: {"weight": 1}}, health_checks={side: settings})
        assert {side_of(key) for key, r in resources.items() if r.type == "health_check"} == {side}


class TestReferences:
    names = st.text(st.characters(codec="ascii", exclude_characters="|", categories=["L", "N", "P"]), min_size=1)

    @given(names, names)
    def test_a_reference_says_whose_and_which(self, stack: str, key: str) -> None:
        reference = caller_reference({STACK_TAG: stack, KEY_TAG: key}, "0123abcd")
        assert len(reference) <= 64
        assert reference.startswith(owner(stack))
        assert key_of(reference, ["other", key]) == key

    @given(names, names)
    def test_no_stack_takes_anothers(self, one: str, other: str) -> None:
        reference = caller_reference({STACK_TAG: one, KEY_TAG: "hosted_zone"}, "0123abcd")
        assert reference.startswith(owner(other)) == (one == other)
