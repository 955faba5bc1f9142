# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication and access logging of buckets, as AWS judges and answers them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[..., Any]
ROLE = "arn:aws:iam::123456789012:role/replication"
VERSIONED = {"Status": "Enabled"}
RULE = {
    "ID": "all",
    "Status": "Enabled",
    "Priority": 1,
    "Filter": {"Prefix": "public/"},
    "DeleteMarkerReplication": {"Status": "Enabled"},
    "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
    "Destination": {
        "Bucket": "arn:aws:s3:::copy",
        "EncryptionConfiguration": {"ReplicaKmsKeyID": "arn:aws:kms:us-east-1:123456789012:key/one"},
    },
}
CONFIGURATION = {"Role": ROLE, "Rules": [RULE]}


def two_buckets(clients: Clients, *versioned: str) -> Any:
    s3 = clients("s3")
    for name in ("first", "copy"):
        s3.create_bucket(Bucket=name)
    for name in versioned:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=VERSIONED)
    return s3


def test_replication_comes_back_as_it_was_put(aws: Clients) -> None:
    s3 = two_buckets(aws, "first", "copy")
    s3.put_bucket_replication(Bucket="first", ReplicationConfiguration=CONFIGURATION)
    assert s3.get_bucket_replication(Bucket="first")["ReplicationConfiguration"] == CONFIGURATION


def test_moto_gives_a_part_of_a_replication(bare: Clients) -> None:
    s3 = two_buckets(bare, "first", "copy")
    s3.put_bucket_replication(Bucket="first", ReplicationConfiguration=CONFIGURATION)
    assert s3.get_bucket_replication(Bucket="first")["ReplicationConfiguration"] != CONFIGURATION


@pytest.mark.parametrize("versioned", [("first",), ("copy",)], ids=["source alone", "destination alone"])
def test_replication_wants_versions_on_both_sides(aws: Clients, refused: Refused, versioned: tuple[str, ...]) -> None:
    s3 = two_buckets(aws, *versioned)
    with refused("InvalidRequest", "ersioning"):
        s3.put_bucket_replication(Bucket="first", ReplicationConfiguration=CONFIGURATION)


def test_replication_is_gone_after_its_removal(aws: Clients, refused: Refused) -> None:
    s3 = two_buckets(aws, "first", "copy")
    s3.put_bucket_replication(Bucket="first", ReplicationConfiguration=CONFIGURATION)
    s3.delete_bucket_replication(Bucket="first")
    with refused("ReplicationConfigurationNotFoundError"):
        s3.get_bucket_replication(Bucket="first")


def log_policy(resource: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["logging.s3.amazonaws.com"]},
        "Action": ["s3:PutObject"],
        "Resource": [resource],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def log_to(prefix: str) -> dict[str, Any]:
    return {"LoggingEnabled": {"TargetBucket": "copy", "TargetPrefix": prefix}}


def test_policy_with_lists_lets_logs_in(aws: Clients) -> None:
    s3 = two_buckets(aws)
    s3.put_bucket_policy(Bucket="copy", Policy=log_policy("arn:aws:s3:::copy/logs/*"))
    s3.put_bucket_logging(Bucket="first", BucketLoggingStatus=log_to("logs/first/"))
    assert s3.get_bucket_logging(Bucket="first")["LoggingEnabled"] == log_to("logs/first/")["LoggingEnabled"]


def test_moto_wants_single_values_in_the_policy(bare: Clients, refused: Refused) -> None:
    s3 = two_buckets(bare)
    s3.put_bucket_policy(Bucket="copy", Policy=log_policy("arn:aws:s3:::copy/logs/*"))
    with refused("InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="first", BucketLoggingStatus=log_to("logs/"))


def test_policy_for_another_prefix_lets_no_logs_in(aws: Clients, refused: Refused) -> None:
    s3 = two_buckets(aws)
    s3.put_bucket_policy(Bucket="copy", Policy=log_policy("arn:aws:s3:::copy/other/*"))
    with refused("InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="first", BucketLoggingStatus=log_to("logs/"))


def test_logs_stay_in_their_region(aws: Clients, refused: Refused) -> None:
    s3 = two_buckets(aws)
    west = {"LocationConstraint": "us-west-2"}
    aws("s3", "us-west-2").create_bucket(Bucket="far", CreateBucketConfiguration=west)
    wanted = {"LoggingEnabled": {"TargetBucket": "far", "TargetPrefix": ""}}
    with refused("CrossLocationLoggingProhibitted"):
        s3.put_bucket_logging(Bucket="first", BucketLoggingStatus=wanted)
