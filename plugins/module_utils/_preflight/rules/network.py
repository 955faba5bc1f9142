# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on addresses: the VPC, its subnets and zones, the entries of network ACLs.

Sources: "VPC CIDR blocks", "Subnet CIDR blocks" and "Control subnet traffic with network access control lists" of the
Amazon VPC User Guide.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import combinations

from ..._model.core import Value
from ..findings import Finding, absent, finding, nearest
from .place import partitions

TIERS = ("public", "private", "database")
FEWEST_ZONES = 2
"""A load balancer and a database's subnet group need two zones each."""
LARGEST, SMALLEST = 16, 28
FORBIDDEN = tuple(ip_network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4"))
HIGHEST_ENTRY, HIGHEST_PORT = 32766, 65535
ACL_FIELDS = 8
MOST_ENTRIES = 20
"""Per ACL and direction; the quota can be raised to 40."""
PROTOCOLS = ("all", "-1", "tcp", "udp", "icmp", "ipv6-icmp")

Typed = Mapping[str, Value]


class NotCidr(Exception):
    """Not a block of addresses; the text says why, hint what to write."""

    def __init__(self, rule: str, hint: str) -> None:
        super().__init__(rule)
        self.hint = hint


def network_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on the variables of the role vpc."""
    vpc, wrong = _vpc(typed)
    yield from wrong
    if typed.get("region") in partitions():
        yield from _zones(typed)
    yield from _tiers(typed)
    yield from _subnets(typed, vpc)
    yield from _acls(typed)


def parsed(value: Value) -> IPv4Network | IPv6Network:
    """A block of addresses, exactly as AWS would take it."""
    text = str(value)
    if "/" not in text:
        raise NotCidr("is an address without a prefix length", f"Write the block, for example {text}/16")
    try:
        return ip_network(text)
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError as error:
        raise NotCidr(
            "is not a block of addresses", "Write it as 10.20.0.0/16: four numbers up to 255, a slash, a prefix length"
        ) from error
    raise NotCidr("has bits set after its prefix length", f"Write {meant} if that block is meant")


def _ipv4(path: str, value: Value) -> IPv4Network | Finding:
    try:
        network = parsed(value)
    except NotCidr as error:
        return finding(path, value, str(error), error.hint)
    if isinstance(network, IPv6Network):
        return finding(path, value, "is IPv6; VPCs and subnets are given by their IPv4 block", "Write an IPv4 block")
    if not LARGEST <= network.prefixlen <= SMALLEST:
        rule = f"AWS allows blocks from /{LARGEST} (65,536 addresses) to /{SMALLEST} (16 addresses)"
        return finding(path, value, rule, "Take a prefix length between them")
    return network


def _vpc(typed: Typed) -> tuple[IPv4Network | None, list[Finding]]:
    cidr = typed.get("vpc_cidr")
    if cidr is None:
        return None, []
    network = _ipv4("vpc_cidr", cidr)
    if isinstance(network, Finding):
        return None, [network]
    if any(network.overlaps(forbidden) for forbidden in FORBIDDEN):
        return None, [
            finding(
                "vpc_cidr",
                cidr,
                "AWS does not allow this range in a VPC",
                "Take a private range: 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
            )
        ]
    return network, []


def _zones(typed: Typed) -> Iterator[Finding]:
    zones, region = typed.get("vpc_zones"), typed.get("region")
    if not isinstance(zones, list):
        return
    for index, zone in enumerate(zones):
        path = f"vpc_zones[{index}]"
        if isinstance(region, str) and zone == region:
            yield finding(path, zone, "is the region, not one of its zones", f"Add the zone's letter: {region}a")
        elif isinstance(region, str) and not re.fullmatch(rf"{re.escape(region)}(-[a-z]+-\d+)?[a-z]", str(zone)):
            yield finding(
                path,
                zone,
                f"is no zone of {region}",
                f"Zones of it are {region}a, {region}b and so on; or set region, if that is the mistake",
            )
        elif zone in zones[:index]:
            yield finding(
                path, zone, "stands there twice", "Name each zone once: two subnets in one zone fail together"
            )
    if len(set(map(str, zones))) < FEWEST_ZONES:
        yield finding(
            "vpc_zones",
            zones,
            f"a load balancer and a database need {FEWEST_ZONES} zones",
            "Name another zone, and give each tier of vpc_subnets a block for it",
        )


def _tiers(typed: Typed) -> Iterator[Finding]:
    subnets, zones = typed.get("vpc_subnets"), typed.get("vpc_zones")
    if not isinstance(subnets, Mapping):
        return
    for tier, cidrs in subnets.items():
        path = f"vpc_subnets.{tier}"
        guess = nearest(str(tier), set(TIERS) - set(subnets)) if tier not in TIERS else None
        if guess:
            yield finding(path, cidrs, "there is no such tier in the other layers", f"Probably {guess} is meant")
        if not isinstance(cidrs, Sequence) or isinstance(cidrs, str):
            yield finding(path, cidrs, "has to be a list of blocks, one a zone", "Write [10.20.0.0/24, 10.20.1.0/24]")
        elif isinstance(zones, list) and len(cidrs) != len(zones):
            rule = f"has {len(cidrs)} block{'' if len(cidrs) == 1 else 's'} for {len(zones)} zones in vpc_zones"
            yield finding(path, cidrs, rule, "Give each zone its block, in the order of vpc_zones")
    if "public" not in subnets:
        yield absent(
            "vpc_subnets.public", "is missing; load balancers and NAT gateways stand in it", "Give it a block a zone"
        )


def _subnets(typed: Typed, vpc: IPv4Network | None) -> Iterator[Finding]:
    subnets = typed.get("vpc_subnets")
    good: list[tuple[str, IPv4Network]] = []
    for tier, cidrs in (subnets if isinstance(subnets, Mapping) else {}).items():
        for index, cidr in enumerate(cidrs if isinstance(cidrs, Sequence) and not isinstance(cidrs, str) else []):
            path = f"vpc_subnets.{tier}[{index}]"
            network = _ipv4(path, cidr)
            if isinstance(network, Finding):
                yield network
                continue
            if vpc and not network.subnet_of(vpc):
                yield finding(path, cidr, f"lies outside vpc_cidr ({vpc})", "Take a block inside it")
            good.append((path, network))
    yield from _overlaps(good)


def _overlaps(subnets: list[tuple[str, IPv4Network]]) -> Iterator[Finding]:
    """One finding for a subnet that overlaps others; of two the larger is told, or else the later one."""
    others: dict[str, list[str]] = {}
    for (first, one), (second, other) in combinations(subnets, 2):
        if one.overlaps(other):
            larger, smaller = (
                ((first, one), (second, other)) if one.prefixlen < other.prefixlen else ((second, other), (first, one))
            )
            others.setdefault(larger[0], []).append(f"{smaller[0]} ({smaller[1]})")
    blocks = dict(subnets)
    for path, overlapped in others.items():
        rule = f"overlaps {', '.join(overlapped)}"
        yield finding(path, str(blocks[path]), rule, "Give each subnet a range of its own inside vpc_cidr")


def _acls(typed: Typed) -> Iterator[Finding]:
    acls, subnets = typed.get("vpc_network_acls"), typed.get("vpc_subnets")
    for tier, directions in (acls if isinstance(acls, Mapping) else {}).items():
        path = f"vpc_network_acls.{tier}"
        if isinstance(subnets, Mapping) and tier not in subnets:
            yield absent(path, "there is no such tier in vpc_subnets", "Remove it, or add the tier")
        if not isinstance(directions, Mapping) or set(directions) != {"ingress", "egress"}:
            yield absent(
                path,
                "needs the two lists ingress and egress, and nothing else",
                "Write both; an empty list allows nothing",
            )
            continue
        for direction, entries in directions.items():
            yield from _entries(f"{path}.{direction}", entries, typed.get("vpc_cidr"))


def _entries(path: str, entries: Value, vpc_cidr: Value) -> Iterator[Finding]:
    if not isinstance(entries, Sequence) or isinstance(entries, str):
        yield finding(path, entries, "has to be a list of entries", "Write one entry a line, with a dash before each")
        return
    if len(entries) > MOST_ENTRIES:
        yield absent(
            path,
            f"has {len(entries)} entries, and AWS allows {MOST_ENTRIES}",
            "Put ranges together, or have the quota raised",
        )
    for index, entry in enumerate(entries):
        if isinstance(entry, Sequence) and not isinstance(entry, str) and len(entry) == ACL_FIELDS:
            yield from _entry(f"{path}[{index}]", entry, vpc_cidr)
        else:
            fields = "number, protocol, action, CIDR, ICMP type, ICMP code, first port, last port"
            yield finding(
                f"{path}[{index}]",
                entry,
                f"an entry has eight fields: {fields}",
                "Write null where there is nothing to say",
            )
    numbers = Counter(str(entry[0]) for entry in entries if isinstance(entry, Sequence) and entry)
    for number in (n for n, times in numbers.items() if times > 1):
        yield finding(
            path,
            [int(number)] if number.isdigit() else [number],
            "two entries have this number",
            "Give each a number of its own: the lowest that fits decides",
        )


def _entry(path: str, entry: Sequence[Value], vpc_cidr: Value) -> Iterator[Finding]:
    """vpc_cidr has rules of its own; the default ACLs hold it, and would repeat its mistakes."""
    number, protocol, action, cidr, _kind, _code, first, last = entry
    if not isinstance(number, int) or not 1 <= number <= HIGHEST_ENTRY:
        yield finding(
            f"{path}[0]",
            number,
            f"an entry's number lies between 1 and {HIGHEST_ENTRY}",
            "Take one in steps of ten, so that others fit between",
        )
    if str(protocol) not in PROTOCOLS and not str(protocol).isdigit():
        yield finding(
            f"{path}[1]", protocol, f"is none of {', '.join(PROTOCOLS)} and no protocol number", "Take one of them"
        )
    if action not in ("allow", "deny"):
        yield finding(f"{path}[2]", action, "is neither allow nor deny", "Write one of them")
    if cidr != vpc_cidr:
        try:
            parsed(cidr)
        except NotCidr as error:
            yield finding(f"{path}[3]", cidr, str(error), error.hint)
    if str(protocol) in ("tcp", "udp", "6", "17"):
        yield from _ports(path, first, last)


def _ports(path: str, first: Value, last: Value) -> Iterator[Finding]:
    ports = [
        port
        for port in (first, last)
        if isinstance(port, int) and not isinstance(port, bool) and 0 <= port <= HIGHEST_PORT
    ]
    if len(ports) < 2:  # noqa: PLR2004  (first and last)
        yield finding(
            f"{path}[6:8]",
            [first, last],
            f"tcp and udp need a first and a last port between 0 and {HIGHEST_PORT}",
            "Write both, the same twice for one port",
        )
    elif ports[0] > ports[1]:
        yield finding(f"{path}[6:8]", [first, last], "the first port is above the last one", "Exchange them")
