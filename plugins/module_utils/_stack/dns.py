# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's records and health checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.core import UNKNOWN, Found, Reality, Resource, Value
from .._model.dns import ZONE_TAG, group_key, side_of
from .._route53 import api
from .._route53.health_checks import settings_of
from .._route53.records import SIMPLE, WEIGHTED, Raw, name_of, parsed, policy_of
from .context import Context
from .route53 import Owned, owned_health_checks, owned_zones, zones_of_checks


def read_dns(context: Context) -> Reality:
    """The layer's resources by key; a health check that belongs to the layer is named by its key, as in the model.

    Records cannot be tagged. Those that the model names are read by name. Asked for by the stack's name alone, they are
    the weighted ones of the stack's own
    zone, and in any other zone those that carry a health check of the stack.
    """
    checks = owned_health_checks(context)
    keys = {check.item["Id"]: check.key for check in checks}
    records = _wanted_records(context, keys) if context.wanted else _records_by_checks(context, checks, keys)
    return {found.key: found for found in (*(_health_check(check) for check in checks), *records)}


def _health_check(check: Owned) -> Found:
    identity = check.item["Id"]
    attributes = {**settings_of(check.item["HealthCheckConfig"]), "tags": dict(check.tags)}
    kind = "health_check" if check.key.startswith("health_check/") else "further_health_check"
    return Found(check.key, kind, check.tags.get("Name", identity), identity, attributes)


def _wanted_records(context: Context, keys: Mapping[str, str]) -> Iterator[Found]:
    wanted = [r for r in context.wanted.values() if r.type != "health_check" and r.attributes["zone"] != UNKNOWN]
    answers = context.each(lambda resource: _at(context, resource), wanted)
    for resource, present in zip(wanted, answers, strict=True):
        of_type = [raw for raw in present if raw["Type"] == resource.attributes["type"]]
        zone = str(resource.attributes["zone"])
        if resource.type == "record":
            yield from (_plain(resource.key, zone, raw) for raw in of_type if policy_of(raw) == SIMPLE)
        else:
            yield from _groups(zone, of_type, keys, wanted=resource)


def _at(context: Context, resource: Resource) -> list[Raw]:
    try:
        return api.records_of_name(
            context.client("route53"), str(resource.attributes["zone"]), str(resource.attributes["name"])
        )
    except is_boto3_error_code("NoSuchHostedZone"):
        return []


def _records_by_checks(context: Context, checks: list[Owned], keys: Mapping[str, str]) -> Iterator[Found]:
    own = {zone.item["Id"].removeprefix("/hostedzone/") for zone in owned_zones(context)}
    for zone in dict.fromkeys([*sorted(own), *zones_of_checks(checks, ZONE_TAG)]):
        try:
            records = api.records_of_zone(context.client("route53"), zone)
        except is_boto3_error_code("NoSuchHostedZone"):
            continue
        ours = [raw for raw in records if zone in own or raw.get("HealthCheckId") in keys]
        yield from _groups(zone, ours, keys)


def _groups(
    zone: str, records: Iterable[Raw], keys: Mapping[str, str], wanted: Resource | None = None
) -> Iterator[Found]:
    """The weighted records of each name and type. Members that the wanted group does not have are another resource, so
    that they show."""
    groups: dict[str, list[Raw]] = {}
    for raw in records:
        if policy_of(raw) == WEIGHTED:
            key, identifier = group_key(name_of(raw), raw["Type"]), raw["SetIdentifier"]
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
        "health_check": keys.get(record.health_check_id, record.health_check_id) if record.health_check_id else None,
    }


def _plain(key: str, zone: str, raw: Raw) -> Found:
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
    groups = [f for f in found.values() if f.type == "weighted_records" and "@" not in f.key]
    names = [str(group.attributes["name"]) for group in groups]
    return {
        "record_names": names,
        "urls": [f"https://{name}" for name in dict.fromkeys(names)],
        "weights": groups[0].attributes["weights"] if groups else {},
        "health_check_ids": {side_of(f.key): f.id for f in found.values() if f.type == "health_check"},
    }
