# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ChangeResourceRecordSets and ListResourceRecordSets on moto's zones, by AWS's rules.

moto decides by the journal of past changes instead of the records, deletes every record of a set identifier, and
knows nothing of conflicts; its list cannot be paged inside a weighted group.
"""

from __future__ import annotations

import itertools
from functools import partial
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.route53 import batch, protections
from local_cloud.services.route53.batch import RecordSet
from local_cloud.services.route53.zones import NOT_FOUND, service_zone_suffix, zone_of

PAGE = 300
_change_numbers = itertools.count(1)

# ResourceRecordSet in the API and the attribute of moto's record that holds it
FIELDS = {
    "Weight": "weight",
    "Region": "region",
    "Failover": "failover",
    "GeoLocation": "geo_location",
    "MultiValueAnswer": "multi_value_answer",
    "HealthCheckId": "health_check_id",
    "SetIdentifier": "set_identifier",
    "TTL": "ttl",
    "AliasTarget": "alias_target",
}


def records_of(zone: Any) -> list[RecordSet]:
    """The zone's records in the API's shape."""
    return [_from_moto(record) for record in zone.rrsets]


def _from_moto(record: Any) -> RecordSet:
    made: RecordSet = {"Name": batch.normal_name(record.name), "Type": record.type}
    for field, attribute in FIELDS.items():
        value = getattr(record, attribute)
        if value is not None:
            made[field] = value
    if record.records:
        made["ResourceRecords"] = [{"Value": str(value)} for value in record.records]
    return made


@handles("route53", "ChangeResourceRecordSets")
def change_record_sets(request: Request, _: Next) -> Response:
    from moto.core.utils import utcnow  # noqa: PLC0415  (moto is slow to import)
    from moto.route53.models import RecordSet as MotoRecord  # noqa: PLC0415

    zone = zone_of(request)
    changes = request.parameters["ChangeBatch"]["Changes"]
    _refuse_unknown_health_checks(request, changes)
    if refused := protections.messages(request, changes):
        raise AwsError("InvalidChangeBatch", f"[{', '.join(refused)}]")
    try:
        after = batch.apply(records_of(zone), changes, batch.normal_name(zone.name), partial(_alias_error, request))
    except batch.InvalidInput as error:
        raise AwsError("InvalidInput", str(error)) from error
    except batch.InvalidBatch as error:
        raise AwsError("InvalidChangeBatch", str(error)) from error
    new_record: Any = MotoRecord
    made = []
    for record in after:
        values = [one["Value"] for one in record.get("ResourceRecords", [])]
        made.append(new_record({**record, "ResourceRecords": values}))
    zone.rrsets = made
    change_id = f"/change/C{next(_change_numbers):013d}"
    return request.answer({"ChangeInfo": {"Id": change_id, "Status": "PENDING", "SubmittedAt": utcnow()}})


def _refuse_unknown_health_checks(request: Request, changes: list[dict[str, Any]]) -> None:
    known = request.backend(region="aws").health_checks
    for change in changes:
        check = change["ResourceRecordSet"].get("HealthCheckId")
        if check and check not in known and change["Action"] != "DELETE":
            raise AwsError("NoSuchHealthCheck", f"A health check with id {check} does not exist.", NOT_FOUND)


def _alias_error(request: Request, record: RecordSet, records: list[RecordSet]) -> str | None:
    alias = record.get("AliasTarget")
    if alias is None:
        return None
    zone_id, name = alias["HostedZoneId"], alias["DNSName"]
    tried = f"Tried to create an alias that targets {name}, type {record['Type']} in zone {zone_id}, but "
    suffix = service_zone_suffix(zone_id)
    if suffix is not None:
        inside = name.endswith(suffix)
        return None if inside else tried + "the alias target name does not lie within the target zone"
    zone = request.backend(region="aws").zones.get(zone_id)
    if zone is None:
        return tried + "that target was not found"
    same_zone = zone is zone_of(request)
    present = records if same_zone else records_of(zone)
    found = any((one["Name"], one["Type"]) == (name, record["Type"]) for one in present)
    return None if found else tried + "that target was not found"


@handles("route53", "ListResourceRecordSets")
def list_record_sets(request: Request, _: Next) -> Response:
    parameters = request.parameters
    records = sorted(records_of(zone_of(request)), key=_order)
    if "StartRecordName" in parameters:
        start = {
            "Name": batch.normal_name(parameters["StartRecordName"]),
            "Type": parameters.get("StartRecordType", ""),
            "SetIdentifier": parameters.get("StartRecordIdentifier", ""),
        }
        records = [one for one in records if _order(one) >= _order(start)]
    size = min(int(parameters.get("MaxItems", PAGE)), PAGE)
    page, rest = records[:size], records[size:]
    result: dict[str, Any] = {"ResourceRecordSets": page, "IsTruncated": bool(rest), "MaxItems": str(size)}
    if rest:
        result["NextRecordName"] = rest[0]["Name"]
        result["NextRecordType"] = rest[0]["Type"]
        if "SetIdentifier" in rest[0]:
            result["NextRecordIdentifier"] = rest[0]["SetIdentifier"]
    return request.answer(result)


def _order(record: RecordSet) -> tuple[list[str], str, str]:
    labels = record["Name"].rstrip(".").split(".")
    return labels[::-1], record["Type"], record.get("SetIdentifier", "")
