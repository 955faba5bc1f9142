# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's records and health checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.core import UNKNOWN, Found, Reality, Resource, Value, reality_of
from .._model.dns import ZONE_TAG, group_key, record_key, shift_check_key, side_of
from .._route53 import api
from .._route53.health_checks import settings_of
from .._route53.records import SIMPLE, WEIGHTED, Raw, name_of, parsed, policy_of
from .context import Context
from .route53 import Owned, owned_health_checks, owned_zones, zones_of_checks

OWN_CHECK = "health_check/"
DNS_HINTS = {"weighted_records": ("zone", "name", "weights"), "record": ("zone", "name")}


def read_dns(context: Context) -> Reality:
    """The layer's resources by key; a health check that belongs to the layer is named by its key, as in the model.

    Records cannot be tagged. The weighted ones of the stack's own zone are its own. In any other zone they are those
    that the model names, or, asked for by the stack's name alone, those that carry a health check of the stack. A plain
    record is known by the model only.
    """
    checks = owned_health_checks(context)
    keys = {identity: check.key for identity, check in checks.items()}
    named = {str(r.attributes["zone"]) for r in _named(context)}
    own = owned_zones(context, lambda identity, _zone: not context.wanted or identity in named)
    whole = own if context.wanted else dict.fromkeys([*own, *zones_of_checks(checks.values(), ZONE_TAG)])
    found = [_health_check(identity, check) for identity, check in checks.items()]
    for zone, records in _records(context, whole).items():
        found += _plain(context, zone, records)
        ours = records if zone in named or zone in own else [r for r in records if r.get("HealthCheckId") in keys]
        found += _groups(context, zone, ours, keys)
    return reality_of(found)


def _health_check(identity: str, check: Owned) -> Found:
    attributes = {**settings_of(check.item["HealthCheckConfig"]), "tags": dict(check.tags)}
    kind = "health_check" if check.key.startswith(OWN_CHECK) else "further_health_check"
    return Found(check.key, kind, check.tags.get("Name", identity), identity, attributes)


def _named(context: Context) -> list[Resource]:
    """The records of the model that have a zone yet."""
    return [r for r in context.wanted.values() if r.type != "health_check" and r.attributes["zone"] != UNKNOWN]


def _records(context: Context, whole: Iterable[str]) -> dict[str, list[Raw]]:
    """Record sets by zone: all of the zones in whole, of others only the names that the model has, since they may hold
    thousands."""
    found = dict(zip(whole, context.each(lambda zone: _zone(context, zone), whole), strict=True))
    others = {(str(r.attributes["zone"]), str(r.attributes["name"])) for r in _named(context)}
    places = sorted(place for place in others if place[0] not in found)
    for place, records in zip(places, context.each(lambda place: _name(context, *place), places), strict=True):
        found.setdefault(place[0], []).extend(records)
    return found


def _zone(context: Context, zone: str) -> list[Raw]:
    try:
        return api.records_of_zone(context.client("route53"), zone)
    except is_boto3_error_code("NoSuchHostedZone"):
        return []


def _name(context: Context, zone: str, name: str) -> list[Raw]:
    try:
        return api.records_of_name(context.client("route53"), zone, name)
    except is_boto3_error_code("NoSuchHostedZone"):
        return []


def _plain(context: Context, zone: str, records: Iterable[Raw]) -> Iterator[Found]:
    for raw in records:
        key = record_key(name_of(raw), raw["Type"])
        if policy_of(raw) == SIMPLE and key in context.wanted:
            yield _record(key, zone, raw)


def _groups(context: Context, zone: str, records: Iterable[Raw], keys: Mapping[str, str]) -> Iterator[Found]:
    """The weighted records of each name and type.

    Members that the model's group does not have are another resource, so that they show.
    """
    groups: dict[str, list[Raw]] = {}
    for raw in records:
        if policy_of(raw) == WEIGHTED:
            key, identifier = group_key(name_of(raw), raw["Type"]), raw["SetIdentifier"]
            wanted = context.wanted.get(key)
            known = wanted is None or identifier in wanted.initial["weights"]  # type: ignore[operator]
            groups.setdefault(key if known else f"{key}@{identifier}", []).append(raw)
    for key, members in groups.items():
        yield _group(key, zone, members, keys)


def _group(key: str, zone: str, members: Sequence[Raw], keys: Mapping[str, str]) -> Found:
    name, kind = name_of(members[0]), members[0]["Type"]
    attributes: dict[str, Value] = {
        "zone": zone,
        "name": name,
        "type": kind,
        "members": {str(raw["SetIdentifier"]): _member(raw, keys) for raw in members},
        "weights": {str(raw["SetIdentifier"]): raw["Weight"] for raw in members},
    }
    return Found(key, "weighted_records", f"{name} {kind}", f"{zone}/{name}/{kind}", attributes)


def _member(raw: Raw, keys: Mapping[str, str]) -> dict[str, Value]:
    record = parsed(raw)
    alias = record.alias
    return {
        "target": alias.target if alias else None,
        "target_zone": alias.zone_id if alias else None,
        "evaluate_target_health": alias.evaluate_target_health if alias else None,
        "health_check": _check_of(raw, record.health_check_id, keys) if record.health_check_id else None,
    }


def _check_of(raw: Raw, identity: str, keys: Mapping[str, str]) -> str:
    """The key of a record's check, its id for a stranger's. That of a shift counts as the one whose place it takes
    while the shift is under way: a build in the middle of it must not take it off.
    """
    side, key = str(raw["SetIdentifier"]), keys.get(identity, identity)
    if key != shift_check_key(side):
        return key
    return next((own for own in keys.values() if own.startswith(OWN_CHECK) and side_of(own) == side), key)


def _record(key: str, zone: str, raw: Raw) -> Found:
    name, kind, record = name_of(raw), raw["Type"], parsed(raw)
    attributes: dict[str, Value] = {
        "zone": zone,
        "name": name,
        "type": kind,
        "ttl": record.ttl,
        "values": list(record.values),
    }
    return Found(key, "record", f"{name} {kind}", f"{zone}/{name}/{kind}", attributes)


def dns_outputs(found: Reality) -> dict[str, Value]:
    """Names, weights and health checks; weights are those of the first group, since all move together."""
    groups = sorted(
        (f for f in found.values() if f.type == "weighted_records" and "@" not in f.key), key=lambda f: f.name
    )
    names = [str(group.attributes["name"]) for group in groups]
    return {
        "record_names": names,
        "urls": [f"https://{name}" for name in dict.fromkeys(names)],
        "weights": groups[0].attributes["weights"] if groups else {},
        "health_check_ids": {side_of(f.key): f.id for f in found.values() if f.type == "health_check"},
    }
