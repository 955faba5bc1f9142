# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
Refused = Callable[..., Any]
NAME = "one-bucket"


def new_bucket(clients: Clients, name: str = NAME, versioned: bool = False, **more: Any) -> Any:
    s3 = clients("s3")
    s3.create_bucket(Bucket=name, **more)
    if versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return s3


def statement(**changes: Any) -> dict[str, Any]:
    resources = [f"arn:aws:s3:::{NAME}", f"arn:aws:s3:::{NAME}/*"]
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources, **changes}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


TLS_ONLY = policy(statement(Condition={"Bool": {"aws:SecureTransport": "false"}}))


def test_a_new_bucket_is_encrypted_owned_and_closed(aws: Clients) -> None:
    s3 = new_bucket(aws)
    [rule] = s3.get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert all(s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"].values())
    [rule] = s3.get_bucket_ownership_controls(Bucket=NAME)["OwnershipControls"]["Rules"]
    assert rule == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_canary_moto_makes_buckets_as_before_2023(bare: Clients) -> None:
    s3 = new_bucket(bare)
    for read in (s3.get_bucket_encryption, s3.get_public_access_block, s3.get_bucket_ownership_controls):
        with pytest.raises(ClientError, match="not found"):
            read(Bucket=NAME)


def test_creating_it_again_changes_nothing(aws: Clients) -> None:
    s3 = new_bucket(aws, ObjectOwnership="BucketOwnerPreferred")
    s3.delete_public_access_block(Bucket=NAME)
    s3.create_bucket(Bucket=NAME)
    with pytest.raises(ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket=NAME)
    [rule] = s3.get_bucket_ownership_controls(Bucket=NAME)["OwnershipControls"]["Rules"]
    assert rule == {"ObjectOwnership": "BucketOwnerPreferred"}


def test_encryption_falls_back_to_the_default(aws: Clients) -> None:
    s3 = new_bucket(aws)
    rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:k"}}]
    s3.put_bucket_encryption(Bucket=NAME, ServerSideEncryptionConfiguration={"Rules": rules})
    s3.delete_bucket_encryption(Bucket=NAME)
    [rule] = s3.get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_a_policy_against_plain_http_locks_nobody_out(aws: Clients) -> None:
    s3 = new_bucket(aws)
    s3.put_bucket_policy(Bucket=NAME, Policy=TLS_ONLY)
    s3.put_object(Bucket=NAME, Key="k", Body=b"x")
    assert s3.get_object(Bucket=NAME, Key="k")["Body"].read() == b"x"
    assert s3.get_bucket_policy(Bucket=NAME)["Policy"] == TLS_ONLY
    assert s3.get_bucket_policy_status(Bucket=NAME)["PolicyStatus"]["IsPublic"] is False
    s3.delete_bucket_policy(Bucket=NAME)
    with pytest.raises(ClientError, match="NoSuchBucketPolicy"):
        s3.get_bucket_policy(Bucket=NAME)


def test_canary_moto_ignores_conditions(bare: Clients) -> None:
    s3 = new_bucket(bare)
    s3.put_bucket_policy(Bucket=NAME, Policy=TLS_ONLY)
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket=NAME, Key="k", Body=b"x")


def test_a_policy_without_condition_holds(aws: Clients) -> None:
    s3 = new_bucket(aws)
    s3.put_bucket_policy(Bucket=NAME, Policy=policy(statement(), json.loads(TLS_ONLY)["Statement"][0]))
    with pytest.raises(ClientError, match="403"):
        s3.put_object(Bucket=NAME, Key="k", Body=b"x")
    s3.put_bucket_policy(Bucket=NAME, Policy=TLS_ONLY)
    s3.put_object(Bucket=NAME, Key="k", Body=b"x")


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "MalformedPolicy"),
        (policy(statement(Resource="arn:aws:s3:::other/*")), "MalformedPolicy"),
        (policy(statement(Principal={"AWS": "arn:aws:iam::123456789012:role/none"})), "MalformedPolicy"),
        (policy(statement(Effect="Allow")), "AccessDenied"),
    ],
    ids=["no json", "other bucket", "unknown role", "public"],
)
def test_impossible_policies_are_refused(aws: Clients, refused: Refused, document: str, code: str) -> None:
    s3 = new_bucket(aws)
    with refused(code):
        s3.put_bucket_policy(Bucket=NAME, Policy=document)


def test_a_bucket_with_versions_is_kept(aws: Clients, refused: Refused) -> None:
    """moto does this by itself; destroy relies on it."""
    s3 = new_bucket(aws, versioned=True)
    version = s3.put_object(Bucket=NAME, Key="k", Body=b"x")["VersionId"]
    marker = s3.delete_object(Bucket=NAME, Key="k")["VersionId"]
    for left in (version, marker):
        with refused("BucketNotEmpty"):
            s3.delete_bucket(Bucket=NAME)
        s3.delete_object(Bucket=NAME, Key="k", VersionId=left)
    s3.delete_bucket(Bucket=NAME)
    with refused("NoSuchBucket"):
        s3.delete_bucket(Bucket=NAME)


def test_acls_are_refused_where_the_owner_is_enforced(aws: Clients, refused: Refused) -> None:
    s3 = new_bucket(aws)
    with refused("AccessControlListNotSupported"):
        s3.put_bucket_acl(Bucket=NAME, ACL="log-delivery-write")
    new_bucket(aws, "two-bucket", ObjectOwnership="BucketOwnerPreferred")
    s3.put_bucket_acl(Bucket="two-bucket", ACL="log-delivery-write")


RULE = {
    "ID": "all",
    "Priority": 1,
    "Status": "Enabled",
    "Filter": {"Prefix": "in/"},
    "DeleteMarkerReplication": {"Status": "Enabled"},
    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
    "Destination": {
        "Bucket": "arn:aws:s3:::two-bucket",
        "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:us-west-2:123456789012:key/one"},
    },
}


def replicate(s3: Any, **changes: Any) -> dict[str, Any]:
    configuration = {"Role": "arn:aws:iam::123456789012:role/one", "Rules": [{**RULE, **changes}]}
    s3.put_bucket_replication(Bucket=NAME, ReplicationConfiguration=configuration)
    return configuration


def both_buckets(clients: Clients, versioned: bool = True) -> Any:
    west = clients("s3", "us-west-2")
    west.create_bucket(Bucket="two-bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    if versioned:
        west.put_bucket_versioning(Bucket="two-bucket", VersioningConfiguration={"Status": "Enabled"})
    return new_bucket(clients, versioned=True)


def test_replication_rules_come_back_whole(aws: Clients) -> None:
    s3 = both_buckets(aws)
    configuration = replicate(s3)
    assert s3.get_bucket_replication(Bucket=NAME)["ReplicationConfiguration"] == configuration


def test_canary_moto_drops_parts_of_replication_rules(bare: Clients) -> None:
    s3 = both_buckets(bare)
    configuration = replicate(s3)
    assert s3.get_bucket_replication(Bucket=NAME)["ReplicationConfiguration"] != configuration


def test_objects_and_delete_markers_are_replicated(aws: Clients) -> None:
    s3, west = both_buckets(aws), aws("s3", "us-west-2")
    replicate(s3)
    s3.put_object(Bucket=NAME, Key="in/a b", Body=b"x")
    s3.put_object(Bucket=NAME, Key="out/a", Body=b"x")
    assert [one["Key"] for one in west.list_objects_v2(Bucket="two-bucket")["Contents"]] == ["in/a b"]
    assert west.get_object(Bucket="two-bucket", Key="in/a b")["Body"].read() == b"x"
    s3.delete_object(Bucket=NAME, Key="in/a b")
    assert west.list_objects_v2(Bucket="two-bucket")["KeyCount"] == 0


def test_canary_moto_replicates_nothing(bare: Clients) -> None:
    s3 = both_buckets(bare)
    replicate(s3)
    s3.put_object(Bucket=NAME, Key="in/a", Body=b"x")
    assert bare("s3", "us-west-2").list_objects_v2(Bucket="two-bucket")["KeyCount"] == 0


def test_both_sides_must_be_versioned(aws: Clients, refused: Refused) -> None:
    s3 = both_buckets(aws, versioned=False)
    with refused("InvalidRequest", "Destination bucket must have versioning enabled"):
        replicate(s3)
    with refused("InvalidRequest", "Destination bucket must exist"):
        replicate(s3, Destination={"Bucket": "arn:aws:s3:::none"})
    aws("s3", "us-west-2").put_bucket_versioning(Bucket="two-bucket", VersioningConfiguration={"Status": "Enabled"})
    with refused("InvalidRequest", "ReplicaKmsKeyID"):
        replicate(s3, Destination={"Bucket": "arn:aws:s3:::two-bucket"})
    replicate(s3)
    with refused("InvalidBucketState"):
        s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})


def test_canary_moto_replicates_to_a_bucket_without_versions(bare: Clients) -> None:
    replicate(both_buckets(bare, versioned=False))
