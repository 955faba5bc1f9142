# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who can open a TCP connection to whom, computed from the configuration alone: routes, network ACLs, security groups.

A connection needs a rule of both groups, the ACLs of both tiers in both directions (ACLs do not remember a connection,
so answers need a rule too), and a route.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeAlias

Network: TypeAlias = "IPv4Network | IPv6Network"
Ports = tuple[tuple[int, int], ...]
"""Ranges of ports, ascending, that neither overlap nor touch."""

ALL_PROTOCOLS = frozenset({"-1", "all"})
TCP = frozenset({"tcp", "6"}) | ALL_PROTOCOLS
FIRST, LAST = 0, 65535
EPHEMERAL = 1024, 65535
"""Where the answers to a client arrive; Linux takes ports from 32768, load balancers and NAT gateways from 1024."""

INTERNET = "internet"
EVERYWHERE: tuple[IPv4Network | IPv6Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))


@dataclass(frozen=True)
class GroupRule:
    """A rule of a security group. peer is a network or the name of a group."""

    direction: str
    protocol: str
    first: int
    last: int
    peer: str


@dataclass(frozen=True)
class AclEntry:
    """An entry of a network ACL; entries are tried by number, and the first that fits decides."""

    number: int
    protocol: str
    allow: bool
    network: str
    first: int
    last: int


@dataclass(frozen=True)
class Tier:
    """Subnets that are treated alike. gateway says that their default route leads to an internet gateway, so that the
    internet can reach them.
    """

    networks: Sequence[str]
    ingress: Sequence[AclEntry]
    egress: Sequence[AclEntry]
    gateway: bool


@dataclass(frozen=True)
class Place:
    """Machines with one security group in one tier."""

    tier: Tier
    rules: Sequence[GroupRule]


Landscape = Mapping[str, Place]
"""The places by the names of their security groups."""


def reachable(places: Landscape, *, certainly: bool = False) -> dict[tuple[str, str], Ports]:
    """The TCP ports by (source, destination), pairs without any left out; the internet is a source like the places.

    A rule may hold for a part of a place's addresses. Otherwise a pair counts when some of its addresses can talk, with
    certainly only when all of them can.
    """
    sources = [INTERNET, *places]
    pairs = [(source, destination) for source in sources for destination in places]
    found = {pair: _between(places, *pair, certainly=certainly) for pair in pairs}
    return {pair: ports for pair, ports in found.items() if ports}


def unexpected(places: Landscape, expected: Mapping[tuple[str, str], Ports]) -> list[str]:
    """A sentence for each pair that can talk otherwise than expected: what must work and does not, what must not and
    could.
    """
    possible, certain = reachable(places), reachable(places, certainly=True)
    findings = []
    for pair in sorted({*possible, *expected}):
        wanted, some, all_of_them = expected.get(pair, ()), possible.get(pair, ()), certain.get(pair, ())
        source, destination = pair
        if open_ports := _without(some, wanted):
            findings.append(f"{source} could reach {destination} on {_text(open_ports)}")
        if closed := _without(wanted, all_of_them):
            findings.append(f"{source} cannot reach {destination} on {_text(closed)}")
    return findings


def _between(places: Landscape, source: str, destination: str, *, certainly: bool) -> Ports:
    target = places[destination]
    if source == INTERNET:
        return _from_internet(target, certainly=certainly)
    origin = places[source]
    there, here = _networks(target.tier.networks), _networks(origin.tier.networks)
    conditions = [
        _by_groups(origin.rules, "egress", destination, there, certainly=certainly),
        _by_groups(target.rules, "ingress", source, here, certainly=certainly),
    ]
    if origin.tier != target.tier or certainly:
        # Between subnets. Machines that may share a subnet may talk without any ACL.
        conditions += _through_acls(origin.tier, target.tier, here, there, certainly=certainly)
    return _common(conditions)


def _from_internet(target: Place, *, certainly: bool) -> Ports:
    if not target.tier.gateway:
        return ()
    families = [[network] for network in EVERYWHERE]
    ports = [
        _common(
            [
                _by_groups(target.rules, "ingress", None, family, certainly=certainly),
                _by_acl(target.tier.ingress, family, certainly=certainly),
                _if_answered(_by_acl(target.tier.egress, family, certainly=certainly)),
            ]
        )
        for family in (families[:1] if certainly else families)
    ]
    return _union(ports)


def _through_acls(
    origin: Tier, target: Tier, here: Sequence[Network], there: Sequence[Network], *, certainly: bool
) -> list[Ports]:
    return [
        _by_acl(origin.egress, there, certainly=certainly),
        _by_acl(target.ingress, here, certainly=certainly),
        _if_answered(_by_acl(target.egress, here, certainly=certainly)),
        _if_answered(_by_acl(origin.ingress, there, certainly=certainly)),
    ]


def _if_answered(ports: Ports) -> Ports:
    """Every port where answers can pass, none where they cannot."""
    return ((FIRST, LAST),) if any(first <= EPHEMERAL[0] and last >= EPHEMERAL[1] for first, last in ports) else ()


def _by_groups(
    rules: Iterable[GroupRule], direction: str, group: str | None, networks: Sequence[Network], *, certainly: bool
) -> Ports:
    """The ports that the rules of a direction allow to a peer, which is known by its group and its networks."""
    fitting = [
        rule
        for rule in rules
        if rule.direction == direction
        and rule.protocol in TCP
        and (rule.peer == group or _meets(rule.peer, networks, whole=certainly))
    ]
    return _union(
        [((FIRST, LAST),) if rule.protocol in ALL_PROTOCOLS else ((rule.first, rule.last),) for rule in fitting]
    )


def _by_acl(entries: Iterable[AclEntry], networks: Sequence[Network], *, certainly: bool) -> Ports:
    """The ports that the entries allow for these networks. An entry for a part of them allows some of their addresses,
    and denies not all.
    """
    allowed: Ports = ()
    open_ports: Ports = ((FIRST, LAST),)
    for entry in sorted(entries, key=lambda entry: entry.number):
        if entry.protocol not in TCP or not _meets(entry.network, networks, whole=entry.allow == certainly):
            continue
        ports = ((FIRST, LAST),) if entry.protocol in ALL_PROTOCOLS else ((entry.first, entry.last),)
        if entry.allow:
            allowed = _union([allowed, _common([ports, open_ports])])
        open_ports = _without(open_ports, ports)
    return allowed


def _networks(texts: Iterable[str]) -> list[Network]:
    return [ip_network(text) for text in texts]


def _meets(text: str, networks: Sequence[Network], *, whole: bool) -> bool:
    """Whether the network covers all of networks, or when not whole some of their addresses. A group's name is no
    network.
    """
    try:
        network = ip_network(text)
    except ValueError:
        return False
    same = [other for other in networks if other.version == network.version]
    if whole:
        return len(same) == len(networks) and all(_covers(network, other) for other in same)
    return any(network.overlaps(other) for other in same)


def _covers(network: Network, other: Network) -> bool:
    return other.network_address in network and other.broadcast_address in network


def _union(several: Iterable[Ports]) -> Ports:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(part for ports in several for part in ports):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def _common(several: Sequence[Ports]) -> Ports:
    common: Ports = ((FIRST, LAST),)
    for ports in several:
        common = tuple((max(a, c), min(b, d)) for a, b in common for c, d in ports if max(a, c) <= min(b, d))
    return common


def _without(ports: Ports, others: Ports) -> Ports:
    return _common([ports, tuple(_gaps(others))])


def _gaps(ports: Ports) -> Iterator[tuple[int, int]]:
    start = FIRST
    for first, last in ports:
        if start < first:
            yield start, first - 1
        start = last + 1
    if start <= LAST:
        yield start, LAST


def _text(ports: Ports) -> str:
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in ports)
