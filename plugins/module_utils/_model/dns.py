# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The records that a stack ought to have: each name leads to both sides by weight, to each only while it is healthy.

All members of a group have a check, because one without counts as always healthy and would take the traffic of all that
fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict

from .core import UNKNOWN, Model, ModelError, Resource, Stack, Value, known, model_of
from .references import route53_tags
from .zone import domain

DNS_TYPES = ("health_check", "further_health_check", "weighted_records", "record")
"""Further health checks are the stack's, but of no layer: a shift makes its own, which a build leaves alone."""

ZONE_TAG = "cutover:zone"
"""On health checks: the zone of the records that carry them, so that a stack's records are found by its name in a zone
that it does not own."""

HTTPS, ALARM = "https", "alarm"
CHECK_KEY = re.compile(rf"health_check/(.*)-(?:{HTTPS}|{ALARM})(?:-fast)?")
FAST = 10
"""Seconds between two requests of a fast check; it cannot be changed, so it is part of the key, and a change makes
another check."""

APEX = "@"
ALIASED = ("A", "AAAA")
MAX_WEIGHT = 255
NAMES = frozenset({"CNAME", "NS", "PTR", "MX", "SRV"})
"""Types whose values end in a domain name."""


class Side(TypedDict):
    """What a side's records are made with."""

    weight: int


class LoadBalancer(TypedDict):
    """Where a side's records lead; None while there is none."""

    dns_name: str | None
    hosted_zone_id: str | None


class NamedRecord(TypedDict, total=False):
    """A name with a record for each side; type is A (the default) or AAAA."""

    name: str
    type: str


class PlainRecord(TypedDict):
    """A record as it is."""

    name: str
    type: str
    ttl: int
    values: Sequence[str]


class DnsConfig(TypedDict):
    """The dns role's inputs. health_checks holds for each side what differs from the default: an HTTPS request to its
    load balancer."""

    zone_id: str | None
    zone_name: str | None
    records: Sequence[NamedRecord]
    sides: Mapping[str, Side]
    load_balancers: Mapping[str, LoadBalancer]
    health_checks: Mapping[str, Mapping[str, Any]]
    plain_records: Sequence[PlainRecord]


def dns_model(stack: Stack, config: DnsConfig) -> Model:
    """Health checks, then the records that carry them. Empty where there is no zone."""
    if not config["zone_name"]:
        return {}
    checks = {side: _health_check(stack, config, side) for side in config["sides"]} if config["records"] else {}
    records = _weighted(config, {side: check.key for side, check in checks.items()})
    return model_of([*checks.values(), *records, *_plain(config)])


def full_name(name: str, zone: str) -> str:
    """The record's whole name: @ is the zone's own, www is www.<zone>; one that ends in the zone's is whole already."""
    name, zone = domain(name), domain(zone)
    if name in (APEX, zone):
        return zone
    return name if name.endswith(f".{zone}") else f"{name}.{zone}"


def group_key(name: str, kind: str) -> str:
    """The key of the weighted records of one name and type."""
    return f"weighted_records/{name}/{kind}"


def record_key(name: str, kind: str) -> str:
    """The key of a plain record."""
    return f"record/{name}/{kind}"


def value_of(kind: str, value: str) -> str:
    """A record's value in one form: AWS keeps a last dot as it was written."""
    return domain(value) if kind in NAMES else value


def shift_check_key(side: str) -> str:
    """The key of the check that a side's records carry in place of their own while a shift is under way."""
    return f"shift/{side}"


def side_of(check_key: str) -> str:
    """The side of a health check, from its key."""
    return CHECK_KEY.sub(r"\1", check_key)


def _health_check(stack: Stack, config: DnsConfig, side: str) -> Resource:
    settings = config["health_checks"].get(side, {})
    kind = settings.get("type", HTTPS)
    attributes = _attributes(stack, config, side, kind, settings)
    what = f"{side}-{kind}{'-fast' if attributes.get('interval') == FAST else ''}"
    key, name = f"health_check/{what}", stack.named("health", what)
    tags = route53_tags(stack, key, name, **{ZONE_TAG: known(config["zone_id"])})
    common: dict[str, Value] = {"type": kind, "inverted": False, "disabled": False, "tags": tags}
    return Resource(key, "health_check", name, {**attributes, **common})


def _attributes(stack: Stack, config: DnsConfig, side: str, kind: str, settings: Mapping[str, Any]) -> dict[str, Value]:
    if kind == ALARM:
        if not settings.get("alarm"):
            raise ModelError(f"dns_health_checks.{side}: a check of type alarm needs the alarm's name under alarm")
        return {
            "alarm": settings["alarm"],
            "alarm_region": settings.get("alarm_region", stack.region),
            "insufficient_data": settings.get("insufficient_data", "LastKnownStatus"),
        }
    if kind != HTTPS:
        raise ModelError(f"dns_health_checks.{side}.type is {kind}, but only {HTTPS} and {ALARM} are possible")
    return {
        "fqdn": _target(config, side)["target"],
        "port": settings.get("port", 443),
        "path": settings.get("path", "/health"),
        "interval": settings.get("interval", 30),
        "failure_threshold": settings.get("failure_threshold", 3),
        "sni": True,
        "measure_latency": False,
    }


def _target(config: DnsConfig, side: str) -> dict[str, str]:
    balancer = config["load_balancers"].get(side) or {"dns_name": None, "hosted_zone_id": None}
    name = balancer["dns_name"]
    return {"target": domain(name) if name else UNKNOWN, "target_zone": known(balancer["hosted_zone_id"])}


def _weighted(config: DnsConfig, checks: Mapping[str, str]) -> Iterator[Resource]:
    weights = {side: settings["weight"] for side, settings in config["sides"].items()}
    for record in config["records"]:
        _check_weights(weights)
        name, kind = full_name(record["name"], config["zone_name"] or ""), record.get("type", "A")
        if kind not in ALIASED:
            raise ModelError(
                f"dns_records: {name} has the type {kind}, but an alias of a load balancer is of type A or AAAA"
            )
        members: dict[str, Value] = {side: _member(config, side, check) for side, check in checks.items()}
        attributes: dict[str, Value] = {
            "zone": known(config["zone_id"]),
            "name": name,
            "type": kind,
            "members": members,
        }
        yield Resource(
            group_key(name, kind), "weighted_records", f"{name} {kind}", attributes, initial={"weights": weights}
        )


def _member(config: DnsConfig, side: str, check: str) -> dict[str, Value]:
    return {**_target(config, side), "evaluate_target_health": True, "health_check": check}


def _check_weights(weights: Mapping[str, int]) -> None:
    outside = {side: weight for side, weight in weights.items() if not 0 <= weight <= MAX_WEIGHT}
    if outside:
        raise ModelError(f"dns_sides: weights are 0 to {MAX_WEIGHT}, but here is {outside}")
    if not any(weights.values()):
        raise ModelError(
            "dns_sides: all weights are 0, which Route 53 takes for all being equal; give one side a weight"
        )


def _plain(config: DnsConfig) -> Iterator[Resource]:
    for record in config["plain_records"]:
        name, kind = full_name(record["name"], config["zone_name"] or ""), record["type"]
        attributes: dict[str, Value] = {
            "zone": known(config["zone_id"]),
            "name": name,
            "type": kind,
            "ttl": record["ttl"],
            "values": sorted(value_of(kind, value) for value in record["values"]),
        }
        yield Resource(record_key(name, kind), "record", f"{name} {kind}", attributes)
