# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the roles' defaults let talk: load balancer to application, application to database, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Resource, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.landscape import expected, landscape
from ansible_collections.cutover.aws.plugins.module_utils._model.reachability import unexpected
from ansible_collections.cutover.aws.plugins.module_utils._model.security import security_model
from ansible_collections.cutover.aws.plugins.module_utils._model.vpc import vpc_model

ROOT = Path(__file__).parents[4]
STACK = Stack("acme", "prod", "us-east-1", "123456789012")
CIDR = "10.20.0.0/16"
VPC: dict[str, Any] = {
    "cidr": CIDR,
    "zones": ["us-east-1a", "us-east-1b"],
    "subnets": {
        "public": ["10.20.0.0/24", "10.20.1.0/24"],
        "private": ["10.20.16.0/20", "10.20.32.0/20"],
        "database": ["10.20.8.0/24", "10.20.9.0/24"],
    },
    "nat": "per_zone",
    "s3_endpoint": True,
    "flow_logs": False,
    "flow_logs_retention": 30,
    "flow_logs_role_arn": None,
    "key_arn": None,
}
SECURITY: dict[str, Any] = {
    "vpc_id": None,
    "application_port": 8080,
    "database_port": 3306,
    "http_redirect": False,
    "extra_rules": {},
    "domain": None,
    "alternative_names": [],
    "key_algorithm": "RSA_2048",
    "certificate_arn": None,
    "zone_id": None,
}
EXPECTED = expected(8080, 3306)


def default_acls() -> Any:
    text = (ROOT / "roles/vpc/defaults/main.yml").read_text()
    for variable, value in (("vpc_cidr", CIDR), ("vpc_database_port", "3306")):
        text = text.replace(f'"{{{{ {variable} }}}}"', value)
    return yaml.safe_load(text)["vpc_network_acls"]


def network(**changes: Any) -> dict[str, Resource]:
    return dict(vpc_model(STACK, {"network_acls": default_acls(), **VPC, **changes}))  # type: ignore[typeddict-item]


def security(**changes: Any) -> dict[str, Resource]:
    return dict(security_model(STACK, {**SECURITY, **changes}))  # type: ignore[typeddict-item]


def edited(resources: dict[str, Resource], key: str, **attributes: Any) -> dict[str, Resource]:
    return {**resources, key: replace(resources[key], attributes={**resources[key].attributes, **attributes})}


def test_the_defaults_let_talk_what_ought_to_and_nothing_else() -> None:
    assert unexpected(landscape(network(), security()), EXPECTED) == []


def test_a_network_without_acls_of_its_own_is_as_tight_by_its_groups() -> None:
    assert unexpected(landscape(network(network_acls={}), security()), EXPECTED) == []


@pytest.mark.parametrize(
    ("rule", "finding"),
    [
        ({"group": "database", "direction": "ingress", "peer": "0.0.0.0/0"}, "application could reach database on 22"),
        ({"group": "database", "direction": "ingress", "peer": "load_balancer"}, None),
        (
            {"group": "load_balancer", "direction": "ingress", "peer": "0.0.0.0/0"},
            "internet could reach load_balancer on 22",
        ),
        ({"group": "application", "direction": "ingress", "peer": "0.0.0.0/0"}, None),
    ],
    ids=["database open to networks", "half a way", "a door for administrators", "private stays private"],
)
def test_a_rule_too_many_is_found_when_it_opens_a_way(rule: dict[str, Any], finding: str | None) -> None:
    whole = {"protocol": "tcp", "from_port": 22, "to_port": 22, "description": "", **rule}
    out = {
        "group": "application",
        "direction": "egress",
        "protocol": "tcp",
        "from_port": 22,
        "to_port": 22,
        "peer": "database",
        "description": "",
    }
    extra = {"one": whole, "two": out} if rule["group"] == "database" else {"one": whole}
    found = unexpected(landscape(network(network_acls={}), security(extra_rules=extra)), EXPECTED)
    assert found == ([finding] if finding else [])


def test_the_database_tiers_acl_closes_what_its_group_opens() -> None:
    door = {"protocol": "tcp", "from_port": 22, "to_port": 22, "description": ""}
    extra = {
        "in": {"group": "database", "direction": "ingress", "peer": "0.0.0.0/0", **door},
        "out": {"group": "application", "direction": "egress", "peer": "database", **door},
    }
    assert unexpected(landscape(network(), security(extra_rules=extra)), EXPECTED) == []


def test_a_route_to_the_internet_makes_no_hole_where_the_group_is_closed() -> None:
    routed = edited(
        network(), "route_table/database-a", routes=[{"dest": "0.0.0.0/0", "gateway_id": "internet_gateway"}]
    )
    assert unexpected(landscape(routed, security()), EXPECTED) == []


def test_an_acl_that_shuts_the_database_is_found() -> None:
    shut = edited(network(), "network_acl/database", ingress=[])
    assert unexpected(landscape(shut, security()), EXPECTED) == ["application cannot reach database on 3306"]


def test_a_missing_rule_is_found() -> None:
    rules = {key: r for key, r in security().items() if key != "security_group_rule/application-in-load-balancer"}
    assert unexpected(landscape(network(), rules), EXPECTED) == ["load_balancer cannot reach application on 8080"]


def test_a_redirect_needs_port_80_in_the_acl_too() -> None:
    redirecting = expected(8080, 3306, http_redirect=True)
    found = unexpected(landscape(network(), security(http_redirect=True)), redirecting)
    assert found == ["internet cannot reach load_balancer on 80"]
    acls = default_acls()
    acls["public"]["ingress"].append([105, "tcp", "allow", "0.0.0.0/0", None, None, 80, 80])
    assert unexpected(landscape(network(network_acls=acls), security(http_redirect=True)), redirecting) == []
