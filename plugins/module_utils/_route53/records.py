# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Record sets: AWS's shape and ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._model.dns import value_of
from .._model.zone import domain

Raw = Mapping[str, Any]
"""A ResourceRecordSet as Route 53 gave it. A DELETE has to repeat it to the letter, so it is kept as it was."""

SIMPLE, WEIGHTED = "simple", "weighted"
POLICIES = {
    "Weight": WEIGHTED,
    "Failover": "failover",
    "Region": "latency",
    "GeoLocation": "geolocation",
    "GeoProximityLocation": "geoproximity",
    "MultiValueAnswer": "multivalue answer",
    "CidrRoutingConfig": "IP-based",
}


@dataclass(frozen=True)
class Alias:
    """Where an alias leads."""

    target: str
    zone_id: str
    evaluate_target_health: bool


@dataclass(frozen=True)
class Record:
    """One record set of a group. A simple one has no identifier and no weight; an alias has neither ttl nor values."""

    identifier: str | None = None
    weight: int | None = None
    alias: Alias | None = None
    ttl: int | None = None
    values: tuple[str, ...] = ()
    health_check_id: str | None = None


def name_of(raw: Raw) -> str:
    """The record's name in our form."""
    return domain(raw["Name"])


def policy_of(raw: Raw) -> str:
    """How Route 53 chooses among the record sets of a name and type."""
    return next((policy for field, policy in POLICIES.items() if field in raw), SIMPLE)


def parsed(raw: Raw) -> Record:
    """Our form of a simple or weighted record set."""
    alias = raw.get("AliasTarget")
    return Record(
        identifier=raw.get("SetIdentifier"),
        weight=raw.get("Weight"),
        alias=Alias(domain(alias["DNSName"]), alias["HostedZoneId"], alias["EvaluateTargetHealth"]) if alias else None,
        ttl=raw.get("TTL"),
        values=tuple(sorted(value_of(raw["Type"], one["Value"]) for one in raw.get("ResourceRecords", []))),
        health_check_id=raw.get("HealthCheckId"),
    )


def as_raw(name: str, kind: str, record: Record) -> dict[str, Any]:
    """AWS's form of a record set that is to be created."""
    raw: dict[str, Any] = {"Name": name, "Type": kind}
    if record.identifier is not None:
        raw |= {"SetIdentifier": record.identifier, "Weight": record.weight}
    if record.alias:
        raw["AliasTarget"] = {
            "DNSName": record.alias.target,
            "HostedZoneId": record.alias.zone_id,
            "EvaluateTargetHealth": record.alias.evaluate_target_health,
        }
    else:
        raw |= {"TTL": record.ttl, "ResourceRecords": [{"Value": value} for value in record.values]}
    if record.health_check_id:
        raw["HealthCheckId"] = record.health_check_id
    return raw
