# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Route 53 calls about record sets."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._model.zone import domain
from .plan import Batch
from .records import Raw, name_of

PAGE = 100


class BatchRefused(CutoverError):
    """Route 53 has not carried out a batch; the text is its reason."""


def records_of_name(client: Any, zone_id: str, name: str) -> list[Raw]:
    """All record sets of a name, of every type, without listing the zone."""
    found: list[Raw] = []
    wanted = domain(name)
    start: dict[str, Any] = {"StartRecordName": wanted}
    while start:
        answer = client.list_resource_record_sets(HostedZoneId=zone_id, MaxItems=str(PAGE), **start)
        page = answer["ResourceRecordSets"]
        found += [raw for raw in page if name_of(raw) == wanted]
        more = answer["IsTruncated"] and name_of(page[-1]) == wanted
        start = _start_of_next(answer) if more else {}
    return found


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
