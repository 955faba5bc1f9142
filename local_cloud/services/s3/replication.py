# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication: both sides versioned, rules read back whole, and objects that really arrive."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.s3.buckets import bucket_of
from local_cloud.state import Store

Rule = dict[str, Any]
_rules: Store[dict[str, dict[str, Any]]] = Store(dict)


def _scope(request: Request) -> tuple[str, str]:
    return request.account, "aws"


def name_in(arn: str) -> str:
    return arn.rpartition(":")[2]


@handles("s3", "PutBucketReplication")
def check_both_sides(request: Request, next_handler: Next) -> Response:
    configuration = request.parameters["ReplicationConfiguration"]
    for rule in configuration["Rules"]:
        _check_rule(request, rule)
    response = next_handler(request)
    if response.ok:
        _rules[_scope(request)][request.parameters["Bucket"]] = configuration
    return response


def _check_rule(request: Request, rule: Rule) -> None:
    destination = rule["Destination"]
    target = bucket_of(request, name_in(destination["Bucket"]))
    if target is None:
        raise AwsError("InvalidRequest", "Destination bucket must exist.")
    if target.versioning_status != "Enabled":
        raise AwsError("InvalidRequest", "Destination bucket must have versioning enabled.")
    if "Filter" in rule and "DeleteMarkerReplication" not in rule:
        message = (
            "DeleteMarkerReplication must be specified for this version of Cross Region Replication "
            "configuration schema."
        )
        raise AwsError("InvalidRequest", message)
    criteria = rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects", {})
    if criteria.get("Status") == "Enabled" and "EncryptionConfiguration" not in destination:
        message = "ReplicaKmsKeyID must be specified if SseKmsEncryptedObjects tag is present."
        raise AwsError("InvalidRequest", message)
    timed = destination.get("ReplicationTime", {}).get("Status") == "Enabled"
    if timed and destination.get("Metrics", {}).get("Status") != "Enabled":
        raise AwsError("InvalidRequest", "Replication Time Control requires replication metrics.")


@handles("s3", "GetBucketReplication")
def return_whole_rules(request: Request, next_handler: Next) -> Response:
    """moto drops the source selection, and says that delete markers are not replicated."""
    response = next_handler(request)
    given = _rules[_scope(request)].get(request.parameters["Bucket"])
    if not response.ok or given is None:
        return response
    made = request.read(response)["ReplicationConfiguration"]
    rules = []
    for rule, by_moto in zip(given["Rules"], made["Rules"], strict=True):
        rules.append({"ID": by_moto["ID"], "Priority": by_moto["Priority"], **rule})
    return request.answer({"ReplicationConfiguration": {"Role": given["Role"], "Rules": rules}})


@handles("s3", "DeleteBucketReplication", "DeleteBucket")
def forget_rules(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        _rules[_scope(request)].pop(request.parameters["Bucket"], None)
    return response


@handles("s3", "PutObject", "CopyObject", "CompleteMultipartUpload")
def replicate_object(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        source, key = request.parameters["Bucket"], request.parameters["Key"]
        for rule in _rules_for(request, source, key):
            copy = {
                "Bucket": name_in(rule["Destination"]["Bucket"]),
                "Key": key,
                "CopySource": quote(f"{source}/{key}"),
            }
            next_handler(request.derive("CopyObject", copy))
    return response


@handles("s3", "DeleteObject")
def replicate_delete_marker(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok and "VersionId" not in request.parameters:
        for rule in _rules_for(request, request.parameters["Bucket"], request.parameters["Key"]):
            if rule.get("DeleteMarkerReplication", {}).get("Status") == "Enabled":
                target = {"Bucket": name_in(rule["Destination"]["Bucket"]), "Key": request.parameters["Key"]}
                next_handler(request.derive("DeleteObject", target))
    return response


def _rules_for(request: Request, bucket: str, key: str) -> list[Rule]:
    rules = _rules[_scope(request)].get(bucket, {}).get("Rules", [])
    return [one for one in rules if one["Status"] == "Enabled" and key.startswith(_prefix(one))]


def _prefix(rule: Rule) -> str:
    chosen = rule.get("Filter", {})
    return str(chosen.get("Prefix") or chosen.get("And", {}).get("Prefix") or rule.get("Prefix") or "")
