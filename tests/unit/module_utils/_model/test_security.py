# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The model of groups, rules and certificate."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import KEY_TAG, UNKNOWN, Model, ModelError, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.security import SECURITY_TYPES, security_model

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})
CONFIG: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "application_port": 8080,
    "database_port": 3306,
    "http_redirect": False,
    "extra_rules": {},
    "domain": "shop.example.com",
    "alternative_names": ["*.shop.example.com", "www.example.com"],
    "key_algorithm": "RSA_2048",
    "certificate_arn": None,
    "zone_id": "Z1",
}
GIVEN = "arn:aws:acm:us-east-1:123456789012:certificate/one"
EXTRA = {
    "group": "application",
    "direction": "ingress",
    "protocol": "tcp",
    "from_port": 9100,
    "to_port": 9100,
    "peer": "10.9.0.0/16",
    "description": "metrics",
}


def model(**changes: Any) -> Model:
    return security_model(STACK, {**CONFIG, **changes})  # type: ignore[typeddict-item]


def rules(resources: Model, group: str, direction: str) -> set[tuple[Any, Any, Any]]:
    found = [r.attributes for r in resources.values() if r.type == "security_group_rule"]
    return {
        (r["from_port"], r["to_port"], r["peer"])
        for r in found
        if r["group"] == f"security_group/{group}" and r["direction"] == direction
    }


@pytest.mark.parametrize(
    ("group", "direction", "expected"),
    [
        ("load_balancer", "ingress", {(443, 443, "0.0.0.0/0"), (443, 443, "::/0")}),
        ("load_balancer", "egress", {(8080, 8080, "security_group/application")}),
        (
            "application",
            "ingress",
            {(8080, 8080, "security_group/load_balancer"), (8080, 8080, "security_group/application")},
        ),
        (
            "application",
            "egress",
            {
                (8080, 8080, "security_group/application"),
                (3306, 3306, "security_group/database"),
                (443, 443, "0.0.0.0/0"),
            },
        ),
        ("database", "ingress", {(3306, 3306, "security_group/application")}),
        ("database", "egress", {(-1, -1, "127.0.0.1/32")}),
    ],
)
def test_each_group_has_these_rules_and_no_other(
    group: str, direction: str, expected: set[tuple[Any, Any, Any]]
) -> None:
    assert rules(model(), group, direction) == expected


def test_a_redirect_opens_port_80_in_the_load_balancers_group_alone() -> None:
    opened = {(80, 80, "0.0.0.0/0"), (80, 80, "::/0")}
    before, after = model(), model(http_redirect=True)
    assert rules(after, "load_balancer", "ingress") - rules(before, "load_balancer", "ingress") == opened
    assert len(after) == len(before) + 2


def test_every_rule_has_a_description_that_ec2_takes() -> None:
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-:/()#,@[]+=&;{}!$*")
    for resource in model(http_redirect=True).values():
        if resource.type == "security_group_rule":
            assert 0 < len(str(resource.attributes["description"])) <= 255
            assert set(str(resource.attributes["description"])) <= allowed


def test_every_taggable_resource_carries_its_key_and_name() -> None:
    for key, resource in model().items():
        if resource.type != "validation_record":
            assert resource.attributes["tags"][KEY_TAG] == key  # type: ignore[index,call-overload]


def test_types_are_those_that_tasks_loop_over() -> None:
    assert {r.type for r in model().values()} == set(SECURITY_TYPES)


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("database", "security_group/database"),
        ("10.9.0.0/16", "10.9.0.0/16"),
        ("2001:DB8:0::/48", "2001:db8::/48"),
        ("sg-0123", "sg-0123"),
        ("pl-0123", "pl-0123"),
    ],
)
def test_peers_of_extra_rules_are_written_as_aws_shows_them(peer: str, expected: str) -> None:
    resource = model(extra_rules={"metrics": {**EXTRA, "peer": peer}})["security_group_rule/application-in-metrics"]
    assert resource.attributes["peer"] == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"group": "cache"}, "security_extra_rules.metrics.group is cache"),
        ({"direction": "both"}, "security_extra_rules.metrics.direction is both"),
        ({"from_port": 9200}, "from_port 9200 is above to_port 9100"),
        ({"peer": "10.9.0.1/16"}, "security_extra_rules.metrics.peer is 10.9.0.1/16"),
        ({"peer": "nobody"}, "security_extra_rules.metrics.peer is nobody"),
    ],
)
def test_impossible_extra_rules_are_refused_with_the_variable(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        model(extra_rules={"metrics": {**EXTRA, **changes}})


def test_a_name_and_its_wildcard_share_a_validation_record() -> None:
    records = [key for key, r in model().items() if r.type == "validation_record"]
    assert records == ["validation_record/shop.example.com", "validation_record/www.example.com"]


@pytest.mark.parametrize("name", ["Shop.Example.com", "shop.example.com"])
def test_a_certificate_covers_its_own_domain_in_lower_case(name: str) -> None:
    names = model(domain=name, alternative_names=[])["certificate"].attributes["alternative_names"]
    assert names == ["shop.example.com"]


def test_a_given_certificate_is_only_held_to_be_valid() -> None:
    resources = model(certificate_arn=GIVEN)
    assert resources["certificate"].attributes == {"arn": GIVEN, "status": "ISSUED"}
    assert not [r for r in resources.values() if r.type == "validation_record"]


def test_a_certificate_of_another_region_is_refused() -> None:
    with pytest.raises(ModelError, match="security_certificate_arn"):
        model(certificate_arn=GIVEN.replace("us-east-1", "eu-west-1"))


def test_without_a_domain_there_is_no_certificate() -> None:
    assert not [r for r in model(domain=None).values() if r.type in ("certificate", "validation_record")]


def test_what_another_layer_has_not_made_yet_is_unknown() -> None:
    resources = model(vpc_id=None, zone_id=None)
    assert resources["security_group/database"].attributes["vpc_id"] == UNKNOWN
    assert resources["validation_record/shop.example.com"].attributes["zone_id"] == UNKNOWN


@given(st.integers(1, 65535), st.integers(1, 65535), st.booleans())
def test_no_rule_but_https_names_the_internet_and_no_two_say_the_same(
    application: int, database: int, redirect: bool
) -> None:
    resources = model(application_port=application, database_port=database, http_redirect=redirect)
    found = [r.attributes for r in resources.values() if r.type == "security_group_rule"]
    said = [
        tuple(r[part] for part in ("group", "direction", "protocol", "from_port", "to_port", "peer")) for r in found
    ]
    assert len(set(said)) == len(said)
    open_doors = {r["from_port"] for r in found if r["peer"] in ("0.0.0.0/0", "::/0")}
    assert open_doors <= ({80, 443} if redirect else {443})
