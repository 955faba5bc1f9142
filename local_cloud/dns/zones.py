# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the public DNS would say, from moto's hosted zones.

A zone can be looked up when it is delegated: by NS records in a parent zone of the local cloud if there is one,
else by its registrar, which is taken as done unless the zone is among the undelegated ones. Simple records only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Zone:
    """``records``: (lower-case name, type) to (TTL, values)."""

    name: str
    records: dict[tuple[str, str], tuple[int, tuple[str, ...]]]

    def has_name(self, name: str) -> bool:
        return any(known == name or known.endswith(f".{name}") for known, _ in self.records)


def absolute(name: str) -> str:
    return f"{name.rstrip('.').lower()}."


def find_record(name: str, kind: str, undelegated: Collection[str] = ()) -> tuple[str, ...]:
    """The values of a record as the public sees them; empty when there is none."""
    zone = zone_for(absolute(name), undelegated)
    return zone.records.get((absolute(name), kind), (0, ()))[1] if zone else ()


def zone_for(name: str, undelegated: Collection[str] = ()) -> Zone | None:
    """The delegated zone that answers for a name: the longest of those it lies in."""
    reachable: Zone | None = None
    for zone in sorted((zone for zone in public_zones() if _within(name, zone.name)), key=lambda zone: len(zone.name)):
        if zone.name in {absolute(one) for one in undelegated}:
            continue
        if reachable is None or reachable.name == zone.name or (zone.name, "NS") in reachable.records:
            reachable = reachable if reachable is not None and reachable.name == zone.name else zone
    return reachable


def public_zones() -> list[Zone]:
    """Zones of all accounts, the oldest first."""
    from moto.route53.models import route53_backends  # noqa: PLC0415  (moto takes a second to import)

    found = []
    for account in list(route53_backends.values()):
        for backend in list(account.values()):
            found += [_zone(zone) for zone in list(backend.zones.values()) if not zone.private_zone]
    return found


def _zone(zone: Any) -> Zone:
    records = {}
    for rrset in list(zone.rrsets):
        values = tuple(_values(rrset.records))
        if values and not rrset.set_identifier:
            records[_unescaped(rrset.name), str(rrset.type)] = int(rrset.ttl or 0), values
    return Zone(absolute(zone.name), records)


def _values(records: Any) -> Iterator[str]:
    for record in records or []:
        text = str(record["Value"] if isinstance(record, dict) else record)
        # moto keeps a zone's own SOA as the text of a dictionary
        yield text.removeprefix("{'Value': '").removesuffix("'}")


def _unescaped(name: str) -> str:
    # Route 53 keeps the star of a wildcard as an octal escape
    return absolute(name).replace("\\052", "*")


def _within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")
