# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Several stacks in one inventory keep out of each other's way."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import combinations
from pathlib import Path

import pytest
import yaml

from tests.bench import inventory


@pytest.fixture
def hosts(tmp_path: Path) -> dict[str, dict[str, object]]:
    inventory.write(tmp_path / "inventory", 10)
    found: dict[str, dict[str, object]] = yaml.safe_load((tmp_path / "inventory" / "hosts.yml").read_text())["stacks"][
        "hosts"
    ]
    return found


def test_one_stack_is_prod_as_it_stands(tmp_path: Path) -> None:
    inventory.write(tmp_path / "inventory", 1)
    written = {p.relative_to(tmp_path / "inventory"): p.read_text() for p in tmp_path.rglob("*.yml")}
    assert written == {p.relative_to(inventory.PROD): p.read_text() for p in inventory.PROD.rglob("*.yml")}


def test_networks_do_not_overlap(hosts: dict[str, dict[str, object]]) -> None:
    networks = [ip_network(str(variables["vpc_cidr"])) for variables in hosts.values()]
    assert len(networks) == 10
    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


def test_subnets_lie_in_their_network(hosts: dict[str, dict[str, object]]) -> None:
    for variables in hosts.values():
        network, subnets = ip_network(str(variables["vpc_cidr"])), variables["vpc_subnets"]
        assert isinstance(subnets, dict)
        cidrs = [ip_network(cidr) for tier in subnets.values() for cidr in tier]
        assert len(cidrs) == 9
        assert all(cidr.subnet_of(network) for cidr in cidrs)  # type: ignore[type-var]


@pytest.mark.parametrize("name", ["environment_suffix", "dns_zone_name"])
def test_names_differ(hosts: dict[str, dict[str, object]], name: str) -> None:
    assert len({variables[name] for variables in hosts.values()}) == 10


def test_hosts_connect_as_that_of_prod(hosts: dict[str, dict[str, object]]) -> None:
    prod = yaml.safe_load((inventory.PROD / "hosts.yml").read_text())["stacks"]["hosts"]["prod"]
    assert prod
    assert all(prod.items() <= variables.items() for variables in hosts.values())
