# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on the zone, the names of records, and the weights of the sides.

Sources: "DNS domain name format", "Supported DNS record types", "Values specific for weighted records" of the Route 53
Developer Guide; RFC 1035 for the lengths, RFC 1034 for CNAME.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from ..._model.core import Value
from ..._model.dns import full_name
from ..._model.zone import domain
from ..findings import Finding, absent, finding, meant

LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
HOST_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
LONGEST = 253
FEWEST_LABELS = 2
ZONE_ID = re.compile(r"Z[A-Z0-9]{1,31}")
KNOWN_ENDS = frozenset(
    {
        "app",
        "biz",
        "cloud",
        "com",
        "de",
        "dev",
        "edu",
        "eu",
        "gov",
        "info",
        "internal",
        "io",
        "local",
        "net",
        "org",
        "uk",
    }
)
"""Last parts by which a name is meant as a whole one; a list of all is not needed to catch a copied name."""
TYPES = (
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SPF",
    "SRV",
    "SSHFP",
    "SVCB",
    "TLSA",
    "TXT",
)
LONGEST_TTL = 2147483647
HIGHEST_SHARE = 100
CHECK_KINDS = ("https", "alarm")

Typed = Mapping[str, Value]


def dns_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on the variables of the role dns."""
    zone = typed.get("dns_zone_name")
    wrong = _zone_name(zone) if isinstance(zone, str) and zone else None
    yield from [wrong] if wrong else []
    yield from _zone_id(typed)
    yield from _sides(typed)
    if not zone and (typed.get("dns_records") or typed.get("dns_plain_records")):
        yield absent("dns_zone_name", "is missing, and there are records", "Name the zone that they belong into")
    if zone and not wrong:
        yield from _names(typed, domain(str(zone)))
        yield from _plain(typed, domain(str(zone)))


def _zone_name(name: str) -> Finding | None:
    labels = domain(name).split(".")
    if "/" in name:
        return finding("dns_zone_name", name, "is a URL, not a domain name", "Write the name alone: example.com")
    if len(labels) < FEWEST_LABELS or len(name) > LONGEST or not all(HOST_LABEL.fullmatch(label) for label in labels):
        return finding("dns_zone_name", name, "is no domain name", "Write it as example.com or prod.example.com")
    return None


def _zone_id(typed: Typed) -> Iterator[Finding]:
    identity = typed.get("dns_zone_id")
    if not isinstance(identity, str) or not identity:
        return
    if identity.startswith("/hostedzone/"):
        yield finding("dns_zone_id", identity, "is a path, not an id", f"Write {identity.rsplit('/', 1)[-1]}")
    elif not ZONE_ID.fullmatch(identity):
        yield finding("dns_zone_id", identity, "is no id of a hosted zone", "It begins with Z, as in Z0123456789ABC")
    if not typed.get("dns_zone_name"):
        yield absent("dns_zone_name", "is missing, and dns_zone_id is given", "Give the zone's name as well")


def _sides(typed: Typed) -> Iterator[Finding]:
    sides = typed.get("dns_sides")
    if not isinstance(sides, Mapping):
        return
    weights: dict[str, Value] = {}
    for side, settings in sides.items():
        path = f"dns_sides.{side}.weight"
        weight = settings.get("weight") if isinstance(settings, Mapping) else None
        if isinstance(weight, bool) or not isinstance(weight, int):
            yield finding(
                path, weight, "has to be a whole number", "Write the side's share in percent, for example 100"
            )
        elif not 0 <= weight <= HIGHEST_SHARE:
            rule = f"a side's weight is its share in percent, 0 to {HIGHEST_SHARE} (Route 53 itself takes 0 to 255)"
            yield finding(path, weight, rule, "Let the weights of the sides add up to 100")
        weights[str(side)] = weight
    if weights and all(weight == 0 for weight in weights.values()):
        yield finding(
            "dns_sides", weights, "all weights are 0, which gives each side the same share", "Give one side 100"
        )
    yield from _same_sides(typed, sides)


def _same_sides(typed: Typed, sides: Mapping[str, Value]) -> Iterator[Finding]:
    fleets, checks = typed.get("compute_sides"), typed.get("dns_health_checks")
    if isinstance(fleets, Mapping) and typed.get("dns_records"):
        for side in set(sides) ^ set(fleets):
            there, missing = ("dns_sides", "compute_sides") if side in sides else ("compute_sides", "dns_sides")
            yield absent(
                f"{there}.{side}",
                f"there is no such side in {missing}",
                meant(side, {*sides, *fleets} - {side}, "Name the same sides in both"),
            )
    for side, settings in (checks if isinstance(checks, Mapping) else {}).items():
        path = f"dns_health_checks.{side}"
        if side not in sides:
            yield absent(path, "there is no such side in dns_sides", meant(side, sides, "Remove it"))
        kind = settings.get("type", "https") if isinstance(settings, Mapping) else None
        if kind not in CHECK_KINDS:
            yield finding(f"{path}.type", kind, f"is none of {', '.join(CHECK_KINDS)}", "Take one of them")


def _names(typed: Typed, zone: str) -> Iterator[Finding]:
    records = typed.get("dns_records")
    seen: dict[tuple[str, str], str] = {}
    for index, record in enumerate(records if isinstance(records, list) else []):
        path = f"dns_records[{index}]"
        yield from _name(f"{path}.name", str(record["name"]), zone)
        yield from _twice(path, (full_name(str(record["name"]), zone), str(record["type"])), seen)


def _name(path: str, name: str, zone: str) -> Iterator[Finding]:
    whole = full_name(name, zone)
    labels = whole.removeprefix("*.").split(".")
    inside = domain(name) == "@" or domain(name) == zone or domain(name).endswith(f".{zone}")
    end = domain(name).rsplit(".", 1)[-1]
    if not inside and (name.endswith(".") or ("." in name and (end in KNOWN_ENDS or end == zone.rsplit(".", 1)[-1]))):
        yield finding(path, name, f"is outside the zone {zone}", f"Write a name below {zone}, or its first part alone")
    elif len(whole) > LONGEST or not all(LABEL.fullmatch(label) for label in labels):
        yield finding(
            path, name, "is no domain name", "Parts have letters, digits and dashes, 63 at most, with dots between"
        )


def _twice(path: str, record: tuple[str, str], seen: dict[tuple[str, str], str]) -> Iterator[Finding]:
    name, kind = record
    for (other, other_kind), where in seen.items():
        if other == name and (other_kind == kind or "CNAME" in (kind, other_kind)):
            yield finding(
                path, f"{name} {kind}", f"there is {other_kind} of this name already ({where})", "Keep one of them"
            )
    seen[record] = path


def _plain(typed: Typed, zone: str) -> Iterator[Finding]:
    plain, weighted = typed.get("dns_plain_records"), typed.get("dns_records")
    seen = {
        (full_name(str(record["name"]), zone), str(record["type"])): f"dns_records[{index}]"
        for index, record in enumerate(weighted if isinstance(weighted, list) else [])
    }
    for index, record in enumerate(plain if isinstance(plain, list) else []):
        path, kind = f"dns_plain_records[{index}]", str(record["type"])
        yield from _name(f"{path}.name", str(record["name"]), zone)
        yield from _twice(path, (full_name(str(record["name"]), zone), kind), seen)
        if kind not in TYPES:
            yield finding(
                f"{path}.type",
                kind,
                "Route 53 has no such type",
                meant(kind.upper(), TYPES, f"There are {', '.join(TYPES)}"),
            )
        if kind == "CNAME" and full_name(str(record["name"]), zone) == zone:
            yield finding(path, "CNAME", "the zone's own name cannot be a CNAME", "Take a name below it")
        if not 0 <= record["ttl"] <= LONGEST_TTL:
            yield finding(f"{path}.ttl", record["ttl"], f"lies outside 0 to {LONGEST_TTL} seconds", "Take 60 to 3600")
        yield from _values(path, kind, record["values"])


def _values(path: str, kind: str, values: Sequence[Value]) -> Iterator[Finding]:
    if not values or (kind == "CNAME" and len(values) > 1):
        yield finding(f"{path}.values", list(values), "a record has a value, a CNAME exactly one", "Put the list right")
    address = {"A": IPv4Address, "AAAA": IPv6Address}.get(kind)
    for index, value in enumerate(values if address else []):
        try:
            address(str(value))  # type: ignore[misc]
        except AddressValueError:
            yield finding(
                f"{path}.values[{index}]",
                value,
                f"is no address for a record of type {kind}",
                "Write the address, without port or name",
            )
