# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the entries of a network ACL, or the rules of a security group, let through: TCP over IPv4, which is what a
stack speaks inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from typing import cast

from .._model.core import Model, Resource, Value

Ports = tuple[int, int]
"""The first and the last."""

ANYWHERE = IPv4Network("0.0.0.0/0")
TCP = frozenset({"tcp", "6", "all", "-1"})
ALL_PORTS: Ports = (0, 65535)


@dataclass(frozen=True)
class Entry:
    """An entry of an ACL, or a rule of a group: those have no number and allow."""

    network: IPv4Network
    ports: Ports
    allow: bool = True
    number: int = 0


def acl_entries(acl: Resource, direction: str) -> Iterator[Entry]:
    """Those of the model of an ACL."""
    for rule in cast(Sequence[Sequence[Value]], acl.attributes[direction]):
        number, protocol, action, network, _icmp_type, _icmp_code, first, last = rule
        if str(protocol) in TCP and isinstance(block := ip_network(str(network)), IPv4Network):
            ports = ALL_PORTS if first is None or last is None else (int(str(first)), int(str(last)))
            yield Entry(block, ports, action == "allow", int(str(number)))


def group_entries(security: Model, group: str, direction: str, peer: str) -> Iterator[Entry]:
    """A group's rules about a peer: those that name its group, and those that name networks."""
    for found in security.values():
        rule = found.attributes
        if found.type != "security_group_rule" or rule["group"] != f"security_group/{group}":
            continue
        if rule["direction"] != direction or str(rule["protocol"]) not in TCP:
            continue
        every = str(rule["protocol"]) == "-1"
        ports = ALL_PORTS if every else (int(str(rule["from_port"])), int(str(rule["to_port"])))
        if (block := _block(str(rule["peer"]), peer)) is not None:
            yield Entry(block, ports)


def _block(text: str, peer: str) -> IPv4Network | None:
    """The addresses of which a rule speaks: all of a peer that it names; none where it names something else."""
    if text == f"security_group/{peer}":
        return ANYWHERE
    try:
        block = ip_network(text)
    except ValueError:
        return None  # another group, or a prefix list
    return block if isinstance(block, IPv4Network) else None


def shut(entries: Iterable[Entry], networks: Sequence[IPv4Network], ports: Ports) -> Iterator[list[IPv4Network]]:
    """The parts of the networks that may not use a port, once for each range of ports that is treated alike.

    Entries are tried by number, the first that fits an address and a port decides, and what fits none is refused
    ("Control subnet traffic with network access control lists" of the Amazon VPC User Guide).
    """
    ordered = sorted(entries, key=lambda entry: entry.number)
    first, last = ports
    edges = {edge for entry in ordered for edge in (entry.ports[0], entry.ports[1] + 1) if first < edge <= last}
    for port in sorted({first, *edges}):
        denied: list[IPv4Network] = []
        undecided = list(networks)
        for entry in ordered:
            if entry.ports[0] <= port <= entry.ports[1]:
                decided, undecided = split(undecided, entry.network)
                denied += [] if entry.allow else decided
        yield denied + undecided


def split(networks: Iterable[IPv4Network], by: IPv4Network) -> tuple[list[IPv4Network], list[IPv4Network]]:
    """What of the networks lies inside of by, and what outside."""
    inside: list[IPv4Network] = []
    outside: list[IPv4Network] = []
    for network in networks:
        if network.subnet_of(by):
            inside.append(network)
        elif by.subnet_of(network):
            inside.append(by)
            outside += network.address_exclude(by)
        else:
            outside.append(network)
    return inside, outside
