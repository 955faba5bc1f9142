# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who can reach whom in a VPC, from its configuration alone: security groups, network ACLs and routes, as EC2 describes
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network
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


@dataclass(frozen=True)
class Door:
    """What is knocked at: a protocol and a port."""

    protocol: str
    port: int


def open_ports(network: Network, ports: Iterable[int]) -> dict[tuple[str, str], set[str]]:
    """For each pair of names, the internet among them, on which of the ports the one can open a connection to the
    other; pairs without any are left out.
    """
    names = [*network.places, INTERNET]
    doors = [Door(protocol, port) for protocol in PROTOCOLS for port in ports]
    found: dict[tuple[str, str], set[str]] = {}
    for source in names:
        for target in names:
            if source == target == INTERNET:
                continue
            open_here = {f"{d.protocol}/{d.port}" for d in doors if _open(network, source, target, d)}
            if open_here:
                found[source, target] = open_here
    return found


def _open(network: Network, source: str, target: str, door: Door) -> bool:
    return (
        _group_lets(_rules(network, source, True), network, target, door)
        and _group_lets(_rules(network, target, False), network, source, door)
        and any(
            _path(network, here, there, door) for here in _ends(network, source) for there in _ends(network, target)
        )
    )


def _ends(network: Network, name: str) -> tuple[str, ...]:
    return (INTERNET,) if name == INTERNET else network.places[name].subnets


def _rules(network: Network, owner: str, egress: bool) -> list[Item] | None:
    """Those of the owner's security group; None for the internet, which has no group."""
    if owner == INTERNET:
        return None
    group = network.places[owner].group
    return [rule for rule in network.rules if rule["GroupId"] == group and rule["IsEgress"] == egress]


def _group_lets(rules: list[Item] | None, network: Network, peer: str, door: Door) -> bool:
    """Whether a rule lets the peer through. Groups remember connections, so answers need none."""
    return rules is None or any(
        rule["IpProtocol"] in ("-1", door.protocol)
        and (rule["IpProtocol"] == "-1" or rule["FromPort"] <= door.port <= rule["ToPort"])
        and _is_peer(network, rule, peer)
        for rule in rules
    )


def _is_peer(network: Network, rule: Item, peer: str) -> bool:
    if group := rule.get("ReferencedGroupInfo"):
        return peer != INTERNET and bool(group["GroupId"] == network.places[peer].group)
    return "CidrIpv4" in rule and any(
        IPv4Network(_cidr(network, end)).subnet_of(IPv4Network(rule["CidrIpv4"])) for end in _ends(network, peer)
    )


def _path(network: Network, source: str, target: str, door: Door) -> bool:
    """ACLs remember nothing: the answer has to be let through as well, to the port from which the question came."""
    there, here = _cidr(network, target), _cidr(network, source)
    answer = Door(door.protocol, EPHEMERAL)
    return (
        _route(network, source, target)
        and _acl_lets(_entries(network, source, True), there, door)
        and _acl_lets(_entries(network, target, False), here, door)
        and _acl_lets(_entries(network, target, True), here, answer)
        and _acl_lets(_entries(network, source, False), there, answer)
    )


def _cidr(network: Network, end: str) -> str:
    return OUTSIDE if end == INTERNET else network.cidrs[end]


def _route(network: Network, source: str, target: str) -> bool:
    """Inside the VPC there always is one. From the internet only to a subnet with the internet gateway, to it also
    through NAT.
    """
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


def _entries(network: Network, end: str, egress: bool) -> list[Item] | None:
    """Those of the subnet's ACL, by number; None for the internet, which has no ACL."""
    if end == INTERNET:
        return None
    (acl,) = [acl for acl in network.acls if any(a["SubnetId"] == end for a in acl["Associations"])]
    entries = [entry for entry in acl["Entries"] if entry["Egress"] == egress and "CidrBlock" in entry]
    return sorted(entries, key=lambda entry: int(entry["RuleNumber"]))


def _acl_lets(entries: list[Item] | None, cidr: str, door: Door) -> bool:
    """The first entry that applies decides; after the last everything is refused."""
    if entries is None:
        return True
    for entry in entries:
        ports = entry.get("PortRange", {"From": 0, "To": 65535})
        if (
            entry["Protocol"] in ("-1", PROTOCOLS[door.protocol])
            and ports["From"] <= door.port <= ports["To"]
            and IPv4Network(cidr).subnet_of(IPv4Network(entry["CidrBlock"]))
        ):
            return bool(entry["RuleAction"] == "allow")
    return False
