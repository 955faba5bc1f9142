# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Who may talk to whom in a stack, and the certificate that it shows: groups, their rules one by one, an ACM
certificate and its proof in DNS.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .core import Model, ModelError, Resource, Stack, known, model_of

SECURITY_TYPES = ("security_group", "security_group_rule", "certificate", "validation_record")
SECURITY_PRUNED = frozenset({"security_group_rule"})

GROUPS = {
    "load_balancer": "What the load balancers may talk to",
    "application": "What the application instances may talk to",
    "database": "What the databases may talk to",
}
ANYWHERE = {"ipv4": "0.0.0.0/0", "ipv6": "::/0"}
NOWHERE = "127.0.0.1/32"
WAYS = {"ingress": "in", "egress": "out"}
VALIDATION_TTL = 300


class ExtraRule(TypedDict):
    """A rule of the inventory. group is the group that has it; peer is a CIDR, a group of this stack or another group's
    id.
    """

    group: str
    direction: str
    protocol: str
    from_port: int
    to_port: int
    peer: str
    description: str


class SecurityConfig(TypedDict):
    """The security role's inputs. certificate_arn is one that exists already; without it and without a domain there is
    no certificate.
    """

    vpc_id: str | None
    application_port: int
    database_port: int
    http_redirect: bool
    extra_rules: Mapping[str, ExtraRule]
    domain: str | None
    alternative_names: Sequence[str]
    key_algorithm: str
    certificate_arn: str | None
    zone_id: str | None


def security_model(stack: Stack, config: SecurityConfig) -> Model:
    """The layer's resources in the order in which they are made."""
    return model_of([*_groups(stack, config), *_rules(stack, config), *_certificate(stack, config)])


def group_key(group: str) -> str:
    """The key of one of the three groups."""
    return f"security_group/{group}"


def _groups(stack: Stack, config: SecurityConfig) -> Iterator[Resource]:
    for group, description in GROUPS.items():
        key, name = group_key(group), stack.named(group.replace("_", "-"))
        yield Resource(
            key,
            "security_group",
            name,
            {"vpc_id": known(config["vpc_id"]), "description": description, "tags": stack.tagged(key, name)},
        )


def _rules(stack: Stack, config: SecurityConfig) -> Iterator[Resource]:
    yield from _load_balancer_rules(stack, config)
    yield from _application_rules(stack, config)
    yield from _database_rules(stack, config)
    for name, rule in config["extra_rules"].items():
        yield _extra_rule(stack, name, rule)


def _load_balancer_rules(stack: Stack, config: SecurityConfig) -> Iterator[Resource]:
    """443 from anywhere; 80 only where a listener redirects it."""
    doors = {"https": 443, "http": 80} if config["http_redirect"] else {"https": 443}
    for door, port in doors.items():
        for family, cidr in ANYWHERE.items():
            says = _at(port, cidr, f"{door.upper()} from anywhere, {family}")
            yield _rule(stack, "load_balancer", "ingress", f"{door}-{family}", says)
    application = _at(
        config["application_port"], group_key("application"), "Requests and health checks to the application"
    )
    yield _rule(stack, "load_balancer", "egress", "application", application)


def _application_rules(stack: Stack, config: SecurityConfig) -> Iterator[Resource]:
    """Requests from the load balancers and among the instances; out to the database, and by 443 to AWS and packages."""
    port = config["application_port"]
    requests = _at(port, group_key("load_balancer"), "Requests and health checks from the load balancers")
    among = _at(port, group_key("application"), "Requests between instances")
    queries = _at(config["database_port"], group_key("database"), "Queries to the database")
    out = _at(443, ANYWHERE["ipv4"], "AWS and package repositories")
    yield _rule(stack, "application", "ingress", "load-balancer", requests)
    yield _rule(stack, "application", "ingress", "application", among)
    yield _rule(stack, "application", "egress", "application", among)
    yield _rule(stack, "application", "egress", "database", queries)
    yield _rule(stack, "application", "egress", "https", out)


def _database_rules(stack: Stack, config: SecurityConfig) -> Iterator[Resource]:
    """Queries from the application alone.

    Answers need no rule, and a database asks nobody: the rule to nowhere says that this is meant, not forgotten.
    """
    queries = _at(config["database_port"], group_key("application"), "Queries from the application")
    nowhere = _Says("-1", -1, -1, NOWHERE, "Nowhere: a database answers and never asks")
    yield _rule(stack, "database", "ingress", "application", queries)
    yield _rule(stack, "database", "egress", "nowhere", nowhere)


def _extra_rule(stack: Stack, name: str, rule: ExtraRule) -> Resource:
    where = f"security_extra_rules.{name}"
    if rule["group"] not in GROUPS:
        raise ModelError(f"{where}.group is {rule['group']}; it must be one of {', '.join(GROUPS)}")
    if rule["direction"] not in WAYS:
        raise ModelError(f"{where}.direction is {rule['direction']}; it must be ingress or egress")
    first, last = int(rule["from_port"]), int(rule["to_port"])
    if first > last:
        raise ModelError(f"{where}: from_port {first} is above to_port {last}")
    says = _Says(rule["protocol"], first, last, _peer(where, rule["peer"]), rule["description"])
    return _rule(stack, rule["group"], rule["direction"], name, says)


def _peer(where: str, peer: str) -> str:
    """A group of the stack as its key, a CIDR as AWS writes it, a group's or prefix list's id as it is."""
    if peer in GROUPS:
        return group_key(peer)
    if peer.startswith(("sg-", "pl-")):
        return peer
    try:
        return str(ipaddress.ip_network(peer))
    except ValueError as error:
        rule = f"a network in CIDR notation, one of {', '.join(GROUPS)}, or the id of a group or prefix list"
        raise ModelError(f"{where}.peer is {peer} ({error}); it must be {rule}") from error


@dataclass(frozen=True)
class _Says:
    """What a rule says: which ports of which protocol, who is at the other end, and why."""

    protocol: str
    first: int
    last: int
    peer: str
    description: str


def _at(port: int, peer: str, description: str) -> _Says:
    return _Says("tcp", port, port, peer, description)


def _rule(stack: Stack, group: str, direction: str, what: str, says: _Says) -> Resource:
    way = WAYS[direction]
    key = f"security_group_rule/{group}-{way}-{what}"
    name = stack.named(group.replace("_", "-"), way, what)
    return Resource(
        key,
        "security_group_rule",
        name,
        {
            "group": group_key(group),
            "direction": direction,
            "protocol": says.protocol,
            "from_port": says.first,
            "to_port": says.last,
            "peer": says.peer,
            "description": says.description,
            "tags": stack.tagged(key, name),
        },
    )


def _certificate(stack: Stack, config: SecurityConfig) -> Iterator[Resource]:
    given, domain = config["certificate_arn"], config["domain"]
    if given:
        yield _given_certificate(stack, given)
    elif domain:
        yield from _requested_certificate(stack, config, domain)


def _given_certificate(stack: Stack, arn: str) -> Resource:
    """One that somebody else owns: used while it is valid, and otherwise left as it is."""
    if not arn.startswith(f"arn:{stack.partition}:acm:{stack.region}:"):
        raise ModelError(
            f"security_certificate_arn is {arn}; a load balancer in {stack.region} takes certificates of ACM there only"
        )
    return Resource("certificate", "certificate", arn, {"arn": arn, "status": "ISSUED"})


def _requested_certificate(stack: Stack, config: SecurityConfig, domain: str) -> Iterator[Resource]:
    names = sorted({domain.lower(), *(name.lower() for name in config["alternative_names"])})
    yield Resource(
        "certificate",
        "certificate",
        domain.lower(),
        {
            "domain": domain.lower(),
            "alternative_names": names,
            "validation_method": "DNS",
            "key_algorithm": config["key_algorithm"],
            "transparency_logging": "ENABLED",
            "status": "ISSUED",
            "tags": stack.tagged("certificate", stack.named("certificate")),
        },
    )
    for name in sorted({name.removeprefix("*.") for name in names}):
        yield Resource(
            f"validation_record/{name}",
            "validation_record",
            name,
            {"zone_id": known(config["zone_id"]), "ttl": VALIDATION_TTL, "proves": "certificate"},
        )
