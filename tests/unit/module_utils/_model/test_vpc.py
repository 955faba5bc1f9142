# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The network's model."""

from __future__ import annotations

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
from ansible_collections.cutover.aws.plugins.module_utils._model.names import fit, zone_suffix
from ansible_collections.cutover.aws.plugins.module_utils._model.vpc import VPC_TYPES, vpc_model

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})
CONFIG: dict[str, Any] = {
    "cidr": "10.20.0.0/16",
    "zones": ["us-east-1a", "us-east-1b"],
    "subnets": {
        "public": ["10.20.0.0/24", "10.20.1.0/24"],
        "private": ["10.20.2.0/24", "10.20.3.0/24"],
        "database": ["10.20.4.0/24", "10.20.5.0/24"],
    },
    "nat": "per_zone",
    "network_acls": {
        "database": {
            "ingress": [[110, "tcp", "allow", "a", None, None, 1, 2], [100, "tcp", "allow", "b", None, None, 1, 2]],
            "egress": [],
        }
    },
    "s3_endpoint": True,
    "flow_logs": True,
    "flow_logs_retention": 30,
    "flow_logs_role_arn": None,
    "key_arn": None,
}


def model(**changes: Any) -> Any:
    return vpc_model(STACK, {**CONFIG, **changes})


@pytest.mark.parametrize(
    ("nat", "gateways", "route_of_b"),
    [
        ("per_zone", ["nat_gateway/a", "nat_gateway/b"], "nat_gateway/b"),
        ("single", ["nat_gateway/a"], "nat_gateway/a"),
        ("none", [], None),
    ],
)
def test_each_zone_leaves_by_its_own_gateway_unless_they_share_one(
    nat: str, gateways: list[str], route_of_b: str | None
) -> None:
    resources = model(nat=nat)
    assert [key for key, r in resources.items() if r.type == "nat_gateway"] == gateways
    assert [r["gateway_id"] for r in resources["route_table/private-b"].attributes["routes"]] == (
        [route_of_b] if route_of_b else []
    )


def test_databases_have_no_way_out() -> None:
    assert model()["route_table/database-a"].attributes["routes"] == []


def test_every_resource_carries_every_tag_and_its_own_key() -> None:
    for key, resource in model().items():
        tags = resource.attributes["tags"]
        assert tags[STACK_TAG] == "acme-prod" and tags[KEY_TAG] == key and tags["Name"] == resource.name
        assert {"Environment", "CostCenter", "MigrationPhase", "ManagedBy"} <= set(tags)


def test_what_another_layer_has_not_made_yet_is_unknown() -> None:
    assert model()["flow_log"].attributes["role_arn"] == UNKNOWN
    assert model(flow_logs_role_arn="arn:role")["flow_log"].attributes["role_arn"] == "arn:role"


def test_types_are_those_that_tasks_loop_over() -> None:
    assert {r.type for r in model().values()} == set(VPC_TYPES)


def test_acl_entries_are_in_aws_order() -> None:
    assert [rule[0] for rule in model()["network_acl/database"].attributes["ingress"]] == [100, 110]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"subnets": {"public": ["10.20.0.0/24"]}}, "vpc_subnets.public has 1 CIDRs for 2 zones"),
        ({"network_acls": {"cache": {"ingress": [], "egress": []}}}, "vpc_network_acls.cache"),
    ],
)
def test_what_has_no_model_is_refused_with_the_variable(changes: dict, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        model(**changes)


@given(st.text("abcdefgh-", min_size=1, max_size=80), st.integers(20, 64))
def test_names_fit_and_stay_apart(name: str, limit: int) -> None:
    assert len(fit(name, limit)) <= limit
    assert fit(name + "x", limit) != fit(name + "y", limit)
    assert fit(name, limit) == fit(name, limit)


@pytest.mark.parametrize(
    ("zone", "region", "suffix"), [("us-east-1a", "us-east-1", "a"), ("us-west-2-lax-1a", "us-west-2", "lax-1a")]
)
def test_zone_suffix(zone: str, region: str, suffix: str) -> None:
    assert zone_suffix(zone, region) == suffix
