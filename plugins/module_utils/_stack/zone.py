# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's hosted zone."""

from __future__ import annotations

from .._errors import CutoverError
from .._model.core import Found, Reality, Resource, Value, reality_of
from .._model.dns import ZONE_TAG
from .._model.zone import domain
from .._route53 import zones
from .._route53.zones import Zone
from .context import Context
from .route53 import Owned, owned_health_checks, owned_zones, zones_of_checks

GIVEN = "given_zone"
ZONE_HINTS = {GIVEN: ("id", "name")}


class WrongZone(CutoverError):
    """The inventory names a zone that is not there, or is another one."""


def read_zone(context: Context) -> Reality:
    """The stack's own zone, or the one that it was given.

    A given zone carries no tag of the stack. Asked by name alone, it is known by the stack's health checks, whose tag
    names the zone of their records.
    """
    given = context.wanted.get(GIVEN)
    if given:
        return {GIVEN: _given(_named(context, given))}
    wanted = [resource.name for resource in context.wanted.values()]
    zones_found = owned_zones(context, lambda _id, zone: not wanted or domain(zone["Name"]) in wanted)
    own = [found for found in context.each(lambda item: _own(context, *item), zones_found.items()) if found]
    if own or context.wanted:
        return reality_of(own)
    return _by_checks(context)


def _by_checks(context: Context) -> Reality:
    for zone_id in zones_of_checks(owned_health_checks(context).values(), ZONE_TAG):
        zone = zones.get(context.client("route53"), zone_id)
        if zone:
            return {GIVEN: _given(zone)}
    return {}


def _own(context: Context, zone_id: str, owned: Owned) -> Found | None:
    zone = zones.get(context.client("route53"), zone_id, owned.tags)
    if zone is None:
        return None
    labels: dict[str, Value] = dict(zone.tags)
    attributes: dict[str, Value] = {"name": zone.name, "private": False, "comment": zone.comment, "tags": labels}
    return Found(owned.key, "hosted_zone", zone.name, zone.id, attributes, _arn(context, zone), facts=_facts(zone))


def _named(context: Context, given: Resource) -> Zone:
    zone = zones.get(context.client("route53"), str(given.attributes["id"]))
    if zone is None:
        raise WrongZone(
            f"dns_zone_id: there is no hosted zone {given.attributes['id']} in account {context.stack.account_id}"
        )
    if zone.name != given.name:
        raise WrongZone(f"dns_zone_id: {zone.id} is the zone {zone.name}, but dns_zone_name is {given.name}")
    return zone


def _given(zone: Zone) -> Found:
    return Found(GIVEN, GIVEN, zone.name, zone.id, {"id": zone.id, "name": zone.name}, facts=_facts(zone))


def _facts(zone: Zone) -> dict[str, Value]:
    return {"name_servers": list(zone.name_servers)}


def _arn(context: Context, zone: Zone) -> str:
    return f"arn:{context.stack.partition}:route53:::hostedzone/{zone.id}"


def zone_outputs(found: Reality) -> dict[str, Value]:
    """The zone, its own or a given one; absent is null."""
    zone = found.get("hosted_zone") or found.get(GIVEN)
    return {
        "zone_id": zone.id if zone else None,
        "zone_name": zone.name if zone else None,
        "name_servers": zone.facts["name_servers"] if zone else [],
    }
