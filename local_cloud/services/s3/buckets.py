# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Buckets: what a new one has since 2023, and what cannot be changed about one."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

CONFLICT = 409
BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTED = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}
ENFORCED = "BucketOwnerEnforced"


def bucket_of(request: Request, name: str | None = None) -> Any:
    """moto's bucket, or None."""
    return request.backend("s3", "aws").buckets.get(name or request.parameters.get("Bucket", ""))


@handles("s3", "CreateBucket")
def start_private_and_encrypted(request: Request, next_handler: Next) -> Response:
    """New buckets are encrypted, owned by the account and closed; moto's are as they were before 2023."""
    known = bucket_of(request) is not None
    response = next_handler(request)
    if response.ok and not known:
        name = request.parameters["Bucket"]
        ownership = request.parameters.get("ObjectOwnership", ENFORCED)
        for operation, parameters in (
            ("PutBucketEncryption", {"ServerSideEncryptionConfiguration": ENCRYPTED}),
            ("PutPublicAccessBlock", {"PublicAccessBlockConfiguration": BLOCKED}),
            ("PutBucketOwnershipControls", {"OwnershipControls": {"Rules": [{"ObjectOwnership": ownership}]}}),
        ):
            done = next_handler(request.derive(operation, {"Bucket": name, **parameters}))
            assert done.ok, f"{operation}: {done.body!r}"
    return response


@handles("s3", "DeleteBucketEncryption")
def go_back_to_the_default(request: Request, next_handler: Next) -> Response:
    """A bucket is never unencrypted."""
    response = next_handler(request)
    if response.ok:
        parameters = {"Bucket": request.parameters["Bucket"], "ServerSideEncryptionConfiguration": ENCRYPTED}
        next_handler(request.derive("PutBucketEncryption", parameters))
    return response


@handles("s3", "PutBucketVersioning")
def refuse_suspension_of_replicated_bucket(request: Request, next_handler: Next) -> Response:
    bucket = bucket_of(request)
    status = request.parameters.get("VersioningConfiguration", {}).get("Status")
    if bucket is not None and getattr(bucket, "replication", None) and status == "Suspended":
        message = "A replication configuration is present on this bucket, so the versioning state cannot be changed."
        raise AwsError("InvalidBucketState", message, CONFLICT)
    return next_handler(request)


@handles("s3", "PutBucketAcl", "PutObjectAcl")
def refuse_acl_of_enforced_owner(request: Request, next_handler: Next) -> Response:
    bucket = bucket_of(request)
    if bucket is not None and bucket.ownership_rule == ENFORCED and not _is_owners(request.parameters):
        raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs")
    return next_handler(request)


def _is_owners(parameters: dict[str, Any]) -> bool:
    return parameters.get("ACL") in ("private", "bucket-owner-full-control")
