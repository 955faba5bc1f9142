# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules of a change batch, without any AWS: records in, records out, or all that is wrong.

Source of rules: botocore's route53 model (ChangeResourceRecordSets, ResourceRecordSet, Change) and "Values that you
specify" in the Route 53 developer guide; the wording of the messages is that of the service.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

RecordSet = dict[str, Any]
Key = tuple[str, str, str | None]

ROUTING = (
    "Weight",
    "Region",
    "Failover",
    "GeoLocation",
    "MultiValueAnswer",
    "GeoProximityLocation",
    "CidrRoutingConfig",
)
MAX_WEIGHT = 255
MAX_IDENTIFIER = 128
MAX_TTL = 2**31 - 1
MAX_RECORDS = 1000
MAX_CHARACTERS = 32000


class InvalidInput(Exception):
    """The request is malformed, whatever the zone holds."""


class InvalidBatch(Exception):
    """The zone does not allow it. All messages at once."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("[" + ", ".join(messages) + "]")
        self.messages = messages


def normal_name(name: str) -> str:
    """Lower case, with the last dot, and the asterisk as Route 53 returns it."""
    return name.lower().rstrip(".").replace("*", "\\052") + "."


def normalized(record: RecordSet) -> RecordSet:
    made = {key: value for key, value in record.items() if value is not None}
    made["Name"] = normal_name(record["Name"])
    if "AliasTarget" in made:
        alias = made["AliasTarget"]
        made["AliasTarget"] = {**alias, "DNSName": normal_name(alias["DNSName"])}
    return made


def key_of(record: RecordSet) -> Key:
    return record["Name"], record["Type"], record.get("SetIdentifier")


def describe(record: RecordSet) -> str:
    identifier = f", set identifier='{record['SetIdentifier']}'" if "SetIdentifier" in record else ""
    return f"[name='{record['Name']}', type='{record['Type']}'{identifier}]"


def apply(
    records: list[RecordSet],
    changes: list[dict[str, Any]],
    zone_name: str,
    alias_error: Callable[[RecordSet, list[RecordSet]], str | None],
) -> list[RecordSet]:
    """The records after the batch. Nothing is changed in place.

    ``alias_error`` is asked about each alias with the records as they will be. Raises `InvalidInput`, `InvalidBatch`.
    """
    check_size(changes)
    for number, change in enumerate(changes, 1):
        check_form(number, change)
    result = {key_of(record): record for record in records}
    messages: list[str] = []
    for change in changes:
        message = _apply_one(result, change["Action"], normalized(change["ResourceRecordSet"]), zone_name)
        if message:
            messages.append(message)
    written = [normalized(one["ResourceRecordSet"]) for one in changes if one["Action"] != "DELETE"]
    for record in written:
        message = _conflict(result, record, zone_name) or alias_error(record, list(result.values()))
        if message:
            messages.append(message)
    if messages:
        raise InvalidBatch(messages)
    return list(result.values())


def _apply_one(result: dict[Key, RecordSet], action: str, record: RecordSet, zone_name: str) -> str | None:
    key = key_of(record)
    name = record["Name"]
    if name != zone_name and not name.endswith(f".{zone_name}"):
        return f"RRSet with DNS name {name} is not permitted in zone {zone_name}"
    present = result.get(key)
    if action == "CREATE" and present is not None:
        return f"Tried to create resource record set {describe(record)} but it already exists"
    if action == "DELETE":
        if present is None:
            return f"Tried to delete resource record set {describe(record)} but it was not found"
        if not same(present, record):
            return (
                f"Tried to delete resource record set {describe(record)} but the values provided do not match "
                "the current values"
            )
        if name == zone_name and record["Type"] in ("SOA", "NS"):
            return f"A HostedZone must contain at least one {record['Type']} record for the zone itself."
        del result[key]
    else:
        result[key] = record
    return None


def same(left: RecordSet, right: RecordSet) -> bool:
    return _comparable(left) == _comparable(right)


def _comparable(record: RecordSet) -> dict[str, Any]:
    made = dict(record)
    if "ResourceRecords" in made:
        made["ResourceRecords"] = sorted(one["Value"] for one in made["ResourceRecords"])
    return made


def _conflict(result: dict[Key, RecordSet], record: RecordSet, zone_name: str) -> str | None:
    name, kind, identifier = key_of(record)
    others = [one for key, one in result.items() if one["Name"] == name and key != (name, kind, identifier)]
    if kind == "CNAME":
        if name == zone_name:
            return f"RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone_name}"
        if any(one["Type"] != "CNAME" for one in others):
            return (
                f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records "
                f"with the same DNS name in zone {zone_name}"
            )
    elif any(one["Type"] == "CNAME" for one in others):
        return (
            f"RRSet of type {kind} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME "
            f"with the same DNS name already exists in zone {zone_name}"
        )
    siblings = [one for one in others if one["Type"] == kind]
    if any(routing_of(one) != routing_of(record) for one in siblings):
        named = f", SetIdentifier {identifier}" if identifier else ""
        return (
            f"RRSet with DNS name {name}, type {kind}{named} cannot be created as other RRSets exist "
            "with the same name and type."
        )
    return None


def routing_of(record: RecordSet) -> str | None:
    """Weight, Region, ..., or None for a simple record."""
    return next((one for one in ROUTING if one in record), None)


def check_size(changes: list[dict[str, Any]]) -> None:
    """An UPSERT counts twice."""
    count = characters = 0
    for change in changes:
        factor = 2 if change["Action"] == "UPSERT" else 1
        values = [one["Value"] for one in change["ResourceRecordSet"].get("ResourceRecords", [])]
        count += factor * max(1, len(values))
        characters += factor * sum(map(len, values))
    if count > MAX_RECORDS:
        raise InvalidBatch([f"Number of records limit of {MAX_RECORDS} exceeded."])
    if characters > MAX_CHARACTERS:
        raise InvalidBatch([f"Number of characters limit of {MAX_CHARACTERS} exceeded."])


def check_form(number: int, change: dict[str, Any]) -> None:
    record = change["ResourceRecordSet"]
    where = (
        f"in Change with [Action={change['Action']}, Name={normal_name(record['Name'])}, Type={record['Type']}, "
        f"SetIdentifier={record.get('SetIdentifier') or 'null'}]"
    )
    path = f"changeBatch.changes.{number}.member.resourceRecordSet"
    if change["Action"] not in ("CREATE", "DELETE", "UPSERT"):
        raise InvalidInput(f"Value '{change['Action']}' is not one of [CREATE, DELETE, UPSERT] {where}")
    _check_routing(record, where)
    _check_range(record.get("Weight"), f"{path}.weight", MAX_WEIGHT)
    _check_range(record.get("TTL"), f"{path}.tTL", MAX_TTL)
    if len(record.get("SetIdentifier", "")) > MAX_IDENTIFIER:
        raise InvalidInput(
            f"1 validation error detected: Value '{record['SetIdentifier']}' at '{path}.setIdentifier' failed to "
            f"satisfy constraint: Member must have length less than or equal to {MAX_IDENTIFIER}"
        )
    _check_values(record, where)


def _check_routing(record: RecordSet, where: str) -> None:
    routing = [one for one in ROUTING if record.get(one) is not None]
    if routing and not record.get("SetIdentifier"):
        raise InvalidInput(f"Invalid request: Missing field 'SetIdentifier' {where}")
    if record.get("SetIdentifier") and len(routing) != 1:
        found = "more than one" if routing else "none"
        kinds = ", ".join(ROUTING)
        raise InvalidInput(f"Invalid request: Expected exactly one of [{kinds}], but found {found} {where}")


def _check_range(value: int | None, path: str, maximum: int) -> None:
    if value is not None and not 0 <= value <= maximum:
        bound = f"less than or equal to {maximum}" if value > maximum else "greater than or equal to 0"
        raise InvalidInput(
            f"1 validation error detected: Value '{value}' at '{path}' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )


def _check_values(record: RecordSet, where: str) -> None:
    plain = record.get("TTL") is not None and bool(record.get("ResourceRecords"))
    part = record.get("TTL") is not None or bool(record.get("ResourceRecords"))
    alias = "AliasTarget" in record
    if alias == plain or (alias and part):
        found = "more than one" if alias else "none"
        raise InvalidInput(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], "
            f"or TrafficPolicyInstanceId], but found {found} {where}"
        )
    for one in record.get("ResourceRecords", []):
        problem = _value_problem(record["Type"], one["Value"])
        if problem:
            message = f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{one['Value']}''"
            raise InvalidBatch([message])


def _value_problem(kind: str, value: str) -> str | None:
    if kind == "A" and not _is_address(value, ipaddress.IPv4Address):
        return "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"
    if kind == "AAAA" and not _is_address(value, ipaddress.IPv6Address):
        return "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)"
    return None


def _is_address(value: str, kind: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address]) -> bool:
    try:
        kind(value)
    except ValueError:
        return False
    return True
