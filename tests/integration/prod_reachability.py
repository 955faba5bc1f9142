# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who can reach whom in a VPC, from its configuration alone: security groups, network ACLs and routes, as EC2 describes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

INTERNET = "internet"
OUTSIDE = "198.51.100.0/24"
"""Stands for any network of the internet."""

PROTOCOLS = {"tcp": "6", "udp": "17"}
EPHEMERAL = 40000
"""Stands for the ports to which answers go."""

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """Where something runs: its subnets and its security group."""

    subnets: tuple[str, ...]
    group: str


@dataclass(frozen=True)
class Network:
    """What EC2 describes. places maps each name to where it is; tables maps subnets to their route tables."""

    places: Mapping[str, Place]
    cidrs: Mapping[str, str]
    rules: tuple[Item, ...]
    acls: tuple[Item, ...]
    tables: Mapping[str, Item]
    nat_subnets: Mapping[str, str]


def open_ports(network: Network, ports: Iterable[int]) -> dict[tuple[str, str], set[str]]:
    """For each pair of names, the internet among them, on which of the ports the one can open a connection to the other; pairs without any are left out."""
    names = [*network.places, INTERNET]
    found: dict[tuple[str, str], set[str]] = {}
    for source in names:
        for target in names:
            if source == target == INTERNET:
                continue
            open_here = {
                f"{protocol}/{port}"
                for protocol in PROTOCOLS
                for port in ports
                if _open(network, source, target, protocol, port)
            }
            if open_here:
                found[source, target] = open_here
    return found


def _open(network: Network, source: str, target: str, protocol: str, port: int) -> bool:
    return (
        _group_lets(network, source, target, "out", protocol, port)
        and _group_lets(network, target, source, "in", protocol, port)
        and any(
            _path(network, here, there, protocol, port)
            for here in _ends(network, source)
            for there in _ends(network, target)
        )
    )


def _ends(network: Network, name: str) -> tuple[str, ...]:
    return (INTERNET,) if name == INTERNET else network.places[name].subnets


def _group_lets(network: Network, owner: str, peer: str, way: str, protocol: str, port: int) -> bool:
    """Whether the security group of owner has a rule for the peer. Groups remember connections, so answers need none."""
    if owner == INTERNET:
        return True
    return any(
        rule["GroupId"] == network.places[owner].group
        and rule["IsEgress"] == (way == "out")
        and rule["IpProtocol"] in ("-1", protocol)
        and (rule["IpProtocol"] == "-1" or rule["FromPort"] <= port <= rule["ToPort"])
        and _is_peer(network, rule, peer)
        for rule in network.rules
    )


def _is_peer(network: Network, rule: Item, peer: str) -> bool:
    if group := rule.get("ReferencedGroupInfo"):
        return peer != INTERNET and bool(group["GroupId"] == network.places[peer].group)
    return "CidrIpv4" in rule and any(
        ip_network(_cidr(network, end)).subnet_of(ip_network(rule["CidrIpv4"])) for end in _ends(network, peer)
    )


def _path(network: Network, source: str, target: str, protocol: str, port: int) -> bool:
    """ACLs remember nothing: the answer has to be let through as well, to the port from which the question came."""
    there, here = _cidr(network, target), _cidr(network, source)
    return (
        _route(network, source, target)
        and _acl_lets(network, source, True, there, protocol, port)
        and _acl_lets(network, target, False, here, protocol, port)
        and _acl_lets(network, target, True, here, protocol, EPHEMERAL)
        and _acl_lets(network, source, False, there, protocol, EPHEMERAL)
    )


def _cidr(network: Network, end: str) -> str:
    return OUTSIDE if end == INTERNET else network.cidrs[end]


def _route(network: Network, source: str, target: str) -> bool:
    """Inside the VPC there always is one. From the internet only to a subnet with the internet gateway, to it also through NAT."""
    if INTERNET not in (source, target):
        return True
    gateway, nat = default_route(network.tables[target if source == INTERNET else source])
    if gateway:
        return True
    return target == INTERNET and nat is not None and _route(network, network.nat_subnets[nat], INTERNET)


def default_route(table: Item) -> tuple[str | None, str | None]:
    """The internet gateway and the NAT gateway to which the table sends what is for nobody else."""
    for route in table["Routes"]:
        if route.get("DestinationCidrBlock") == "0.0.0.0/0":
            gateway = route.get("GatewayId")
            return (gateway if str(gateway).startswith("igw-") else None), route.get("NatGatewayId")
    return None, None


def _acl_lets(network: Network, end: str, egress: bool, cidr: str, protocol: str, port: int) -> bool:
    """The first entry that applies decides; after the last everything is refused."""
    if end == INTERNET:
        return True
    (acl,) = [acl for acl in network.acls if any(a["SubnetId"] == end for a in acl["Associations"])]
    for entry in sorted(acl["Entries"], key=lambda entry: int(entry["RuleNumber"])):
        ports = entry.get("PortRange", {"From": 0, "To": 65535})
        if (
            entry["Egress"] == egress
            and "CidrBlock" in entry
            and entry["Protocol"] in ("-1", PROTOCOLS[protocol])
            and ports["From"] <= port <= ports["To"]
            and ip_network(cidr).subnet_of(ip_network(entry["CidrBlock"]))
        ):
            return bool(entry["RuleAction"] == "allow")
    return False
