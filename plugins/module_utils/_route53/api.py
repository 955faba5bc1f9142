# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Route 53 calls about record sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._model.zone import domain
from .plan import Batch
from .records import Raw, name_of

PAGE = "300"
"""As many record sets as one answer holds."""


class BatchRefused(CutoverError):
    """Route 53 has not carried out a batch; the text is its reason."""


def records_of_name(client: Any, zone_id: str, name: str) -> list[Raw]:
    """All record sets of a name, of every type, without listing the zone."""
    return records_of_names(client, zone_id, [name])[domain(name)]


def records_of_names(client: Any, zone_id: str, names: Iterable[str]) -> dict[str, list[Raw]]:
    """All record sets of each name, of every type; empty for a name without any.

    What lies between two names is skipped, and names of one page come in one call: no more calls than there are names,
    nor than the zone has pages. Only what the answers say is relied on, not our idea of the order.
    """
    pending = sorted({domain(name) for name in names}, key=_place_in_zone)
    found: dict[str, list[Raw]] = {}
    while pending:
        seen = _complete_from(client, zone_id, pending[0])
        found |= {name: seen[name] for name in pending if name in seen}
        pending = [name for name in pending if name not in seen]
    return found


def _complete_from(client: Any, zone_id: str, first: str) -> dict[str, list[Raw]]:
    """The record sets of the name, and of those behind it that the last page holds whole."""
    seen: dict[str, list[Raw]] = {first: []}
    start: dict[str, str] = {"StartRecordName": first}
    while start:
        answer = client.list_resource_record_sets(HostedZoneId=zone_id, MaxItems=PAGE, **start)
        for raw in answer["ResourceRecordSets"]:
            seen.setdefault(name_of(raw), []).append(raw)
        following = domain(answer["NextRecordName"]) if answer["IsTruncated"] else None
        start = _start_of_next(answer) if following == first else {}
    return {name: records for name, records in seen.items() if name != following}


def _place_in_zone(name: str) -> str:
    """Route 53 lists names with their labels reversed."""
    return ".".join([*reversed(name.split(".")), ""])


def _start_of_next(answer: Raw) -> dict[str, str]:
    fields = {
        "StartRecordName": "NextRecordName",
        "StartRecordType": "NextRecordType",
        "StartRecordIdentifier": "NextRecordIdentifier",
    }
    return {start: answer[following] for start, following in fields.items() if answer.get(following)}


def records_of_zone(client: Any, zone_id: str) -> list[Raw]:
    """All record sets of a zone."""
    pages = client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id)
    return [raw for page in pages for raw in page["ResourceRecordSets"]]


def change(client: Any, zone_id: str, batch: Batch, comment: str) -> str:
    """Carries a batch out; the id of the change, which is not yet with all name servers."""
    changes = [{"Action": one.action, "ResourceRecordSet": dict(one.record)} for one in batch]
    try:
        answer = client.change_resource_record_sets(
            HostedZoneId=zone_id, ChangeBatch={"Comment": comment, "Changes": changes}
        )
    except is_boto3_error_code("InvalidChangeBatch") as error:
        raise BatchRefused(
            f"Route 53 refused the batch for zone {zone_id} and changed nothing: {_reason(error)}. "
            "If a record was changed meanwhile, run the playbook again; if the name is protected, remove the "
            "protection first (aws route53 delete-resource-record-set-protections)."
        ) from error
    return str(answer["ChangeInfo"]["Id"])


def _reason(error: Any) -> str:
    messages = error.response.get("messages") or error.response["Error"].get("Message", "")
    return "; ".join(messages) if isinstance(messages, list) else str(messages)
