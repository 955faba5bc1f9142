# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The hosted zones that a resolver finds, from moto's: in the public DNS, or inside of a VPC.

A public zone can be looked up when it is delegated: by NS records in a parent zone of the local cloud if there is one,
else by its registrar, which is taken as done unless the zone is among the undelegated ones.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from local_cloud.dns.choice import RecordSet

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud


@dataclass(frozen=True)
class Zone:
    """``sets``: (lower-case name, type) to the records with all their set identifiers, in the API's shape."""

    name: str
    account: str
    identifier: str
    sets: dict[tuple[str, str], list[RecordSet]]

    def has_name(self, name: str) -> bool:
        return any(known == name or known.endswith(f".{name}") for known, _ in self.sets)


def absolute(name: str) -> str:
    return f"{name.rstrip('.').lower()}."


def find_record(name: str, kind: str, cloud: Cloud) -> tuple[str, ...]:
    """The values of a plain record as the public sees them; empty when there is none."""
    zone = public_zone(absolute(name), cloud)
    records = zone.sets.get((absolute(name), kind), []) if zone else []
    return tuple(values_of(records[0])) if records and "SetIdentifier" not in records[0] else ()


def public_zone(name: str, cloud: Cloud) -> Zone | None:
    """The delegated zone that answers for a name: the longest of those it lies in."""
    undelegated = {absolute(one) for one in cloud.undelegated}
    reachable: Zone | None = None
    for zone in _around(name, cloud, private=False):
        if zone.name in undelegated or (reachable is not None and reachable.name == zone.name):
            continue
        if reachable is None or (zone.name, "NS") in reachable.sets:
            reachable = zone
    return reachable


def private_zone(name: str, cloud: Cloud) -> Zone | None:
    """What the resolver of a VPC asks before the public DNS. All private zones count as associated with the VPC."""
    around = _around(name, cloud, private=True)
    return around[-1] if around else None


def _around(name: str, cloud: Cloud, private: bool) -> list[Zone]:
    """Those of all accounts that a name lies in, the longest last, of equal ones the oldest first."""
    from moto.route53.models import route53_backends  # noqa: PLC0415  (moto takes a second to import)

    found = [
        _zone(zone, account, cloud)
        for account, regions in list(route53_backends.items())
        for backend in list(regions.values())
        for zone in list(backend.zones.values())
        if bool(zone.private_zone) == private and _within(name, absolute(zone.name))
    ]
    return sorted(found, key=lambda zone: len(zone.name))


def _zone(zone: Any, account: str, cloud: Cloud) -> Zone:
    sets: dict[tuple[str, str], list[RecordSet]] = defaultdict(list)
    for record in cloud.propagation.seen(zone):
        sets[_unescaped(record["Name"]), str(record["Type"])].append(record)
    return Zone(absolute(zone.name), account, str(zone.id).rpartition("/")[2], dict(sets))


def values_of(record: RecordSet) -> list[str]:
    # moto keeps a zone's own SOA as the text of a dictionary
    texts = (one["Value"] for one in record.get("ResourceRecords", []))
    return [text.removeprefix("{'Value': '").removesuffix("'}") for text in texts]


def _unescaped(name: str) -> str:
    # Route 53 keeps the star of a wildcard as an octal escape
    return absolute(name).replace("\\052", "*")


def _within(name: str, zone: str) -> bool:
    return name == zone or name.endswith(f".{zone}")
