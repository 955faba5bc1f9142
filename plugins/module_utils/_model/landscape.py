# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The landscape of a stack for the question of reachability, from its model or from what AWS shows: both have the same
shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, cast

from .core import Value
from .reachability import FIRST, INTERNET, LAST, AclEntry, GroupRule, Landscape, Place, Ports, Tier

TIERS = {"load_balancer": "public", "application": "private", "database": "database"}
"""Where the machines of each security group are."""

OPEN = AclEntry(100, "all", True, "0.0.0.0/0", FIRST, LAST)
"""The ACL that a VPC has by itself, for tiers that have none of their own."""


class Described(Protocol):
    """A resource of a model or of a reading."""

    @property
    def type(self) -> str: ...

    @property
    def attributes(self) -> Mapping[str, Value]: ...


def landscape(network: Mapping[str, Described], security: Mapping[str, Described]) -> Landscape:
    """The places of a stack, of the resources of its layers vpc and security."""
    return {group: Place(_tier(network, tier), _rules(security, group)) for group, tier in TIERS.items()}


def expected(application_port: int, database_port: int, *, http_redirect: bool = False) -> dict[tuple[str, str], Ports]:
    """What ought to be reachable in a stack, and nothing else.

    The application reaches the load balancer as everybody does: that admits the whole internet, and the application may
    ask any server by HTTPS.
    """
    doors: Ports = ((80, 80), (443, 443)) if http_redirect else ((443, 443),)
    return {
        (INTERNET, "load_balancer"): doors,
        ("load_balancer", "application"): ((application_port, application_port),),
        ("application", "application"): ((application_port, application_port),),
        ("application", "database"): ((database_port, database_port),),
        ("application", "load_balancer"): ((443, 443),),
    }


def _tier(network: Mapping[str, Described], tier: str) -> Tier:
    acl = network.get(f"network_acl/{tier}")
    subnets = {key: subnet for key, subnet in network.items() if key.startswith(f"subnet/{tier}-")}
    return Tier(
        networks=[str(subnet.attributes["cidr"]) for subnet in subnets.values()],
        ingress=_entries(acl, "ingress"),
        egress=_entries(acl, "egress"),
        gateway=any(_leads_to_internet(table, subnets) for table in network.values() if table.type == "route_table"),
    )


def _entries(acl: Described | None, direction: str) -> list[AclEntry]:
    if acl is None:
        return [OPEN]
    return [_entry(rule) for rule in cast(Sequence[Sequence[Value]], acl.attributes[direction])]


def _entry(rule: Sequence[Value]) -> AclEntry:
    number, protocol, action, network, _icmp_type, _icmp_code, first, last = rule
    return AclEntry(
        number=int(str(number)),
        protocol=str(protocol),
        allow=action == "allow",
        network=str(network),
        first=FIRST if first is None else int(str(first)),
        last=LAST if last is None else int(str(last)),
    )


def _leads_to_internet(table: Described, subnets: Iterable[str]) -> bool:
    routes = cast(Sequence[Mapping[str, Value]], table.attributes["routes"])
    serves = set(cast(Sequence[str], table.attributes["subnets"])) & set(subnets)
    return bool(serves) and any(route["gateway_id"] == "internet_gateway" for route in routes)


def _rules(security: Mapping[str, Described], group: str) -> list[GroupRule]:
    ours = [
        r.attributes
        for r in security.values()
        if r.type == "security_group_rule" and r.attributes["group"] == f"security_group/{group}"
    ]
    return [
        GroupRule(
            direction=str(rule["direction"]),
            protocol=str(rule["protocol"]),
            first=int(str(rule["from_port"])),
            last=int(str(rule["to_port"])),
            peer=str(rule["peer"]).removeprefix("security_group/"),
        )
        for rule in ours
    ]
