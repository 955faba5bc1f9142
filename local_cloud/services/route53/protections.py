# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Protections of record sets, which moto does not know: whoever holds one keeps a name and type from any change.

Source of rules: botocore's route53 model (CreateResourceRecordSetProtections and its siblings, InvalidChangeBatch).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.route53.batch import normal_name
from local_cloud.services.route53.zones import CONFLICT, zone_of
from local_cloud.state import Store

Protected = dict[tuple[str, str], str]
"""The comment of each protection by name and type."""

MOST_AT_ONCE = 100
LARGEST_PAGE = 300

_protections: Store[dict[str, Protected]] = Store(dict)


def protected_in(request: Request) -> Protected:
    """The protections of the zone that the request speaks of."""
    return _protections[request.account, "aws"].setdefault(_zone_id(zone_of(request).id), {})


def messages(request: Request, changes: Iterable[dict[str, Any]]) -> list[str]:
    """Why a batch is refused: a sentence for each record set of it that is protected."""
    protected = protected_in(request)
    keys = dict.fromkeys(_key(change["ResourceRecordSet"], "") for change in changes)
    return [
        f"RRSet with DNS name {name}, type {kind} is protected{_because(protected[name, kind])}"
        for name, kind in keys
        if (name, kind) in protected
    ]


def _zone_id(zone_id: str) -> str:
    return zone_id.removeprefix("/hostedzone/")


def _because(comment: str) -> str:
    return f" ({comment})" if comment else ""


def _key(entry: dict[str, Any], prefix: str = "Record") -> tuple[str, str]:
    return normal_name(entry[f"{prefix}Name"]), entry[f"{prefix}Type"]


@handles("route53", "CreateResourceRecordSetProtections")
def protect(request: Request, _: Next) -> Response:
    protected = protected_in(request)
    entries = _entries(request)
    taken = [key for key in map(_key, entries) if key in protected]
    if taken:
        # All or none; the code says whether it was all of them that failed.
        code, status = ("ProtectionAlreadyExists", CONFLICT) if len(taken) == len(entries) else (_INVALID, 400)
        raise AwsError(code, _listed("A protection already exists for", taken), status)
    protected.update({_key(entry): entry.get("Comment", "") for entry in entries})
    return request.answer({})


@handles("route53", "DeleteResourceRecordSetProtections")
def unprotect(request: Request, _: Next) -> Response:
    protected = protected_in(request)
    keys = [_key(entry) for entry in _entries(request)]
    unknown = [key for key in keys if key not in protected]
    if unknown:
        raise AwsError(_INVALID, _listed("No protection exists for", unknown))
    for key in keys:
        protected.pop(key, None)
    return request.answer({})


_INVALID = "InvalidResourceRecordSetProtectionBatch"


def _entries(request: Request) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = request.parameters["Protections"]
    if len(entries) > MOST_AT_ONCE:
        raise AwsError("InvalidInput", f"A request may have up to {MOST_AT_ONCE} protections")
    return entries


def _listed(what: str, keys: Iterable[tuple[str, str]]) -> str:
    return f"{what} {', '.join(f'{name} {kind}' for name, kind in keys)}"


@handles("route53", "ListResourceRecordSetProtections")
def list_protections(request: Request, _: Next) -> Response:
    parameters = request.parameters
    protected = protected_in(request)
    keys = sorted(protected, key=_order)
    if "NextToken" in parameters:
        keys = keys[int(parameters["NextToken"]) :]
    elif "StartRecordName" in parameters:
        start = normal_name(parameters["StartRecordName"]), parameters.get("StartRecordType", "")
        keys = [key for key in keys if _order(key) >= _order(start)]
    size = min(int(parameters.get("MaxResults", LARGEST_PAGE)), LARGEST_PAGE)
    result: dict[str, Any] = {
        "ResourceRecordSetProtections": [
            {"RecordName": name, "RecordType": kind, "Comment": protected[name, kind]} for name, kind in keys[:size]
        ]
    }
    if keys[size:]:
        result["NextToken"] = str(len(protected) - len(keys[size:]))
    return request.answer(result)


def _order(key: tuple[str, str]) -> tuple[list[str], str]:
    return key[0].rstrip(".").split(".")[::-1], key[1]


@handles("route53", "DeleteHostedZone")
def keep_protected_zone(request: Request, next_handler: Next) -> Response:
    if _protections[request.account, "aws"].get(_zone_id(request.parameters["Id"])):
        message = "The hosted zone has resource record set protections, which have to be deleted first"
        raise AwsError("HostedZoneNotEmpty", message)
    return next_handler(request)
