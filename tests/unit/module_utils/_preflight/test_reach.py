# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requests that groups or ACLs would stop are found before anything is built, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Model, Resource, Stack, Value
from ansible_collections.cutover.aws.plugins.module_utils._model.security import SecurityConfig, security_model
from ansible_collections.cutover.aws.plugins.module_utils._model.vpc import VpcConfig, vpc_model
from ansible_collections.cutover.aws.plugins.module_utils._preflight.acl import Entry, shut
from ansible_collections.cutover.aws.plugins.module_utils._preflight.reach import reach_findings

ROOT = Path(__file__).parents[4]
STACK = Stack("acme", "prod", "us-east-1", "123456789012")
CIDR = "10.20.0.0/16"
PARTS = ("10.20.16.0/21", "10.20.24.0/21", "10.20.32.0/20")
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


def default_acls(*, http_redirect: bool = False) -> Any:
    """Those of the role, its templates resolved."""
    values = {"vpc_cidr": CIDR, "vpc_database_port | int": 3306}
    text = "".join((ROOT / "roles/vpc" / part / "main.yml").read_text() for part in ("defaults", "vars"))
    for name, value in values.items():
        text = text.replace(f'"{{{{ {name} }}}}"', str(value))
    role = yaml.safe_load(text.replace("---", ""))
    acls = role["vpc_network_acls"]
    acls["public"]["ingress"] = role["__vpc_public_ingress"] + (role["__vpc_public_http"] if http_redirect else [])
    return acls


def stack(
    *, acls: Any = None, application_port: int = 8080, redirect: bool = False, database: bool = True, **security: Any
) -> dict[str, Model]:
    """Models of a stack: the defaults of the roles, and what a test has otherwise."""
    vpc = {**VPC, "network_acls": default_acls() if acls is None else acls}
    doors = (80, 443) if redirect else (443,)
    return {
        "vpc": vpc_model(STACK, cast(VpcConfig, vpc)),
        "security": security_model(STACK, cast(SecurityConfig, {**SECURITY, **security})),
        "compute": resources(
            *(Resource(f"listener/blue-{door}", "listener", "", {}) for door in doors),
            Resource("target_group/blue", "target_group", "", {"port": application_port}),
        ),
        "database": resources(*([Resource("db_instance", "db_instance", "", {"port": 3306})] if database else [])),
    }


def resources(*all_of_them: Resource) -> Model:
    return {resource.key: resource for resource in all_of_them}


def acls(tier: str, direction: str, *entries: list[Value]) -> Any:
    """The defaults, but for one direction of one tier."""
    changed = default_acls()
    changed[tier][direction] = list(entries)
    return changed


def allow(network: str, first: int | None = None, last: int | None = None, number: int = 100) -> list[Value]:
    return [number, "all" if first is None else "tcp", "allow", network, None, None, first, last]


def deny(network: str, number: int) -> list[Value]:
    return [number, "all", "deny", network, None, None, None, None]


def variables(made: Mapping[str, Model]) -> list[str]:
    return [found.variable for found in reach_findings(made)]


def test_with_the_defaults_everything_arrives() -> None:
    assert variables(stack()) == []


def test_with_the_vpcs_own_acl_too() -> None:
    assert variables(stack(acls={})) == []


SHUT = {
    "nothing into the database": (acls("database", "ingress"), ["vpc_network_acls.database.ingress"]),
    "no answers from the database": (acls("database", "egress"), ["vpc_network_acls.database.egress"]),
    "one zone's instances forgotten": (
        acls("database", "ingress", allow("10.20.16.0/20", 3306, 3306)),
        ["vpc_network_acls.database.ingress"],
    ),
    "denied before it is allowed": (
        acls("database", "ingress", deny("10.20.40.0/24", 90), allow(CIDR, 3306, 3306)),
        ["vpc_network_acls.database.ingress"],
    ),
    "another port of the database": (
        acls("database", "ingress", allow(CIDR, 5432, 5432)),
        ["vpc_network_acls.database.ingress"],
    ),
    "answers to too few ports": (
        acls("database", "egress", allow(CIDR, 1024, 40000)),
        ["vpc_network_acls.database.egress"],
    ),
    "nothing out of the application": (
        acls("private", "egress"),
        ["vpc_network_acls.private.egress", "vpc_network_acls.private.egress"],
    ),
    "nothing from the internet": (acls("public", "ingress", allow(CIDR)), ["vpc_network_acls.public.ingress"]),
    "nothing to the internet": (acls("public", "egress", allow(CIDR)), ["vpc_network_acls.public.egress"]),
}


@pytest.mark.parametrize("name", SHUT)
def test_an_acl_that_stops_requests_or_answers_is_named(name: str) -> None:
    network_acls, expected = SHUT[name]
    assert variables(stack(acls=network_acls)) == expected


OPEN = {
    "allowed in parts": acls(
        "database", "ingress", *(allow(part, 3306, 3306, number) for number, part in enumerate(PARTS, 1))
    ),
    "denied after it is allowed": acls("database", "ingress", allow(CIDR, 3306, 3306), deny(CIDR, 110)),
    "others denied": acls("database", "ingress", deny("10.20.0.0/24", 90), allow(CIDR, 3306, 3306)),
    "Linux's ports alone for answers": acls("database", "egress", allow(CIDR, 32768, 60999)),
    "ports in two entries": acls("database", "egress", allow(CIDR, 1024, 39999), allow(CIDR, 40000, 65535, 110)),
    "a part of the internet": acls("public", "ingress", allow("203.0.113.0/24", 443, 443), allow(CIDR, number=110)),
}


@pytest.mark.parametrize("name", OPEN)
def test_an_acl_that_lets_everything_through_is_none_of_our_business(name: str) -> None:
    assert variables(stack(acls=OPEN[name])) == []


def test_a_finding_says_what_is_stopped_and_what_that_means() -> None:
    (found,) = reach_findings(stack(acls=acls("database", "ingress")))
    assert str(found) == (
        "vpc_network_acls.database.ingress: does not let tcp on port 3306 from the application (10.20.16.0/20, "
        "10.20.32.0/20) through, so the application would not reach the database on port 3306. Allow it in an entry "
        "whose number is lower than that of any which denies it."
    )


def test_a_redirect_needs_port_80_in_group_and_acl() -> None:
    assert variables(stack(redirect=True)) == ["security_http_redirect", "vpc_network_acls.public.ingress"]
    opened = default_acls(http_redirect=True)
    assert variables(stack(redirect=True, acls=opened, http_redirect=True)) == []


def test_a_port_that_no_group_opens_is_named_and_a_rule_of_ones_own_opens_it() -> None:
    assert variables(stack(application_port=9000)) == ["security_application_port"]
    door = {"protocol": "tcp", "from_port": 9000, "to_port": 9000, "description": ""}
    extra = {
        "out": {"group": "load_balancer", "direction": "egress", "peer": "application", **door},
        "in": {"group": "application", "direction": "ingress", "peer": "10.20.0.0/23", **door},
    }
    assert variables(stack(application_port=9000, extra_rules=extra)) == []
    assert variables(stack(application_port=9000, extra_rules={"in": extra["in"]})) == ["security_application_port"]


def test_where_there_is_no_database_nobody_has_to_reach_it() -> None:
    assert variables(stack(acls=acls("database", "ingress"), database=False)) == []


def test_without_the_network_nothing_is_said() -> None:
    assert (
        variables({name: model for name, model in stack(acls=acls("database", "ingress")).items() if name != "vpc"})
        == []
    )


NETWORKS = st.builds(
    lambda last, length: IPv4Network((int(IPv4Address("10.0.0.0")) + last, length), strict=False),
    st.integers(0, 255),
    st.integers(24, 32),
)
PORTS = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ends: (min(ends), max(ends)))
ENTRIES = st.lists(
    st.builds(Entry, NETWORKS, PORTS, st.booleans(), st.integers(1, 100)), max_size=6, unique_by=lambda e: e.number
)


@given(ENTRIES, NETWORKS, PORTS)
def test_what_is_shut_is_what_the_first_fitting_entry_refuses(
    entries: list[Entry], network: IPv4Network, ports: tuple[int, int]
) -> None:
    found = [part for parts in shut(entries, [network], ports) for part in parts]
    for address in network:
        assert any(address in part for part in found) == any(
            not first_fitting(entries, address, port) for port in range(ports[0], ports[1] + 1)
        )


def first_fitting(entries: list[Entry], address: IPv4Address, port: int) -> bool:
    for entry in sorted(entries, key=lambda entry: entry.number):
        if address in entry.network and entry.ports[0] <= port <= entry.ports[1]:
            return entry.allow
    return False
