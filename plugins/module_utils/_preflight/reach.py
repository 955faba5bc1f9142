# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether requests would arrive: from the internet at the load balancers, from these at the application, from it at the
database, by the security groups and network ACLs that the models describe.

Groups remember a connection. ACLs do not, so they have to let the answers through as well. Routes need no look: inside
a VPC there is always one, and the public tier's leads to the internet gateway in every model.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from .._model.core import Model
from .acl import ANYWHERE, Entry, Ports, acl_entries, group_entries, shut, split
from .findings import Finding, absent

INTERNET = "internet"
PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16"))
LINUX: Ports = (32768, 60999)
"""The ports from which it asks (ip_local_port_range). Load balancers ask from any above 1023 ("Network ACLs" of the
Elastic Load Balancing guide); of the internet it is enough to serve Linux.
"""


@dataclass(frozen=True)
class End:
    """One end of a way: its name, its tier, the ports from which it asks; the variables that open its group and say
    where it listens.
    """

    name: str
    tier: str = ""
    asks_from: Ports = LINUX
    opened_by: str = ""
    listens_by: str = ""


ENDS: Mapping[str, End] = {
    INTERNET: End("the internet"),
    "load_balancer": End(
        "the load balancers", "public", (1024, 65535), "security_http_redirect", "compute_http_redirect"
    ),
    "application": End("the application", "private", LINUX, "security_application_port", "compute_port"),
    "database": End("the database", "database", LINUX, "security_database_port", "database_port"),
}
"""By the names of their security groups."""


@dataclass(frozen=True)
class Way:
    """Who asks whom on which port; both by the names of their security groups."""

    source: str
    target: str
    port: int

    def __str__(self) -> str:
        return f"{ENDS[self.source].name} would not reach {ENDS[self.target].name} on port {self.port}"


@dataclass(frozen=True)
class Gate:
    """One direction of the ACL in front of an end, and what has to pass it: TCP to ports, with a peer."""

    end: str
    direction: str
    peer: str
    ports: Ports


def reach_findings(made: Mapping[str, Model]) -> Iterator[Finding]:
    """Requests that would not arrive. Layers without a model are not looked at."""
    if "vpc" not in made or "security" not in made:
        return
    for way in ways(made):
        if not _groups_let(made["security"], made["vpc"], way):
            target = ENDS[way.target]
            yield absent(
                target.opened_by,
                f"no rule of the security groups allows it, so {way}",
                f"Set it as {target.listens_by} is set, or allow the port in security_extra_rules",
            )
        for gate in _gates(way):
            if _closed(made["vpc"], gate):
                yield absent(
                    f"vpc_network_acls.{ENDS[gate.end].tier}.{gate.direction}",
                    f"does not let {_traffic(made['vpc'], gate)} through, so {way}",
                    "Allow it in an entry whose number is lower than that of any which denies it",
                )


def ways(made: Mapping[str, Model]) -> list[Way]:
    """What has to be reachable, by the ports on which the stack would listen."""
    compute, database = made.get("compute", {}), made.get("database", {})
    doors = {int(key.rsplit("-", 1)[1]) for key, found in compute.items() if found.type == "listener"}
    requests = {int(str(found.attributes["port"])) for found in compute.values() if found.type == "target_group"}
    queries = {int(str(found.attributes["port"])) for found in database.values() if found.type == "db_instance"}
    return [
        *(Way(INTERNET, "load_balancer", port) for port in sorted(doors)),
        *(Way("load_balancer", "application", port) for port in sorted(requests)),
        *(Way("application", "database", port) for port in sorted(queries)),
    ]


def _gates(way: Way) -> Iterator[Gate]:
    """The question passes out of one tier and into the other, and the answer back again."""
    asked, answered = (way.port, way.port), ENDS[way.source].asks_from
    if way.source != INTERNET:
        yield Gate(way.source, "egress", way.target, asked)
    yield Gate(way.target, "ingress", way.source, asked)
    yield Gate(way.target, "egress", way.source, answered)
    if way.source != INTERNET:
        yield Gate(way.source, "ingress", way.target, answered)


def _closed(network: Model, gate: Gate) -> bool:
    acl = network.get(f"network_acl/{ENDS[gate.end].tier}")
    # Without one of its own a tier has the VPC's, which allows everything.
    return acl is not None and _stopped(network, gate.peer, acl_entries(acl, gate.direction), gate.ports)


def _groups_let(security: Model, network: Model, way: Way) -> bool:
    """Whether both groups have a rule for it."""
    port = (way.port, way.port)
    inward = group_entries(security, way.target, "ingress", way.source)
    outward = group_entries(security, way.source, "egress", way.target)
    return not _stopped(network, way.source, inward, port) and (
        way.source == INTERNET or not _stopped(network, way.target, outward, port)
    )


def _stopped(network: Model, peer: str, entries: Iterable[Entry], ports: Ports) -> bool:
    """Whether any of the peer is stopped; of the internet only whether all of it is: serving a part can be meant."""
    addresses = _addresses(network, peer)
    parts = shut(entries, addresses, ports)
    return any(_size(part) == _size(addresses) for part in parts) if peer == INTERNET else any(parts)


def _size(networks: Iterable[IPv4Network]) -> int:
    return sum(network.num_addresses for network in networks)


def _addresses(network: Model, end: str) -> Sequence[IPv4Network]:
    if end != INTERNET:
        subnets = [found for key, found in network.items() if key.startswith(f"subnet/{ENDS[end].tier}-")]
        return [IPv4Network(str(subnet.attributes["cidr"])) for subnet in subnets]
    public = [ANYWHERE]
    for block in PRIVATE:
        public = split(public, block)[1]
    return public


def _traffic(network: Model, gate: Gate) -> str:
    """As a sentence has it: tcp on port 443 from the internet."""
    first, last = gate.ports
    ports = f"port {first}" if first == last else f"ports {first} to {last}"
    peer = ENDS[gate.peer].name
    if gate.peer != INTERNET:
        peer += f" ({', '.join(map(str, _addresses(network, gate.peer)))})"
    return f"tcp on {ports} {'from' if gate.direction == 'ingress' else 'to'} {peer}"
