# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Encryption, replication and access logs of buckets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import (
    s3_bucket_encryption,
    s3_bucket_logging,
    s3_bucket_replication,
)
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]
ROLE = "arn:aws:iam::123456789012:role/replication"
KEY = "arn:aws:kms:us-east-1:123456789012:key/one"


@pytest.fixture
def pair(cloud: LocalCloud, request: pytest.FixtureRequest) -> tuple[str, str]:
    """Two buckets with versions, the second of which takes access logs."""
    names = tuple(f"{request.node.name.replace('_', '-').strip('-')[:50]}-{number}" for number in (1, 2))
    s3 = cloud.client("s3")
    for name in names:
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    delivery = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{names[1]}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }
    s3.put_bucket_policy(Bucket=names[1], Policy=json.dumps({"Version": "2012-10-17", "Statement": [delivery]}))
    return names[0], names[1]


def replicated(pair: tuple[str, str], **changes: Any) -> dict[str, Any]:
    rule = {"id": "all", "destination": f"arn:aws:s3:::{pair[1]}", "replica_key_arn": KEY, **changes}
    return {"bucket": pair[0], "role_arn": ROLE, "rules": [rule]}


def test_replication_is_set_once(run: Run, pair: tuple[str, str]) -> None:
    assert run(s3_bucket_replication.main, **replicated(pair))["changed"]
    assert not run(s3_bucket_replication.main, **replicated(pair))["changed"]


def test_replication_that_differs_is_replaced(cloud: LocalCloud, run: Run, pair: tuple[str, str]) -> None:
    run(s3_bucket_replication.main, **replicated(pair))
    other = replicated(pair, delete_markers=False, time_control=True)
    checked = run(s3_bucket_replication.main, check=True, **other)
    assert checked["changed"] and checked["diff"]["before"] != checked["diff"]["after"]
    assert run(s3_bucket_replication.main, **other)["changed"]
    found = cloud.client("s3").get_bucket_replication(Bucket=pair[0])["ReplicationConfiguration"]["Rules"][0]
    assert found["DeleteMarkerReplication"]["Status"] == "Disabled"
    assert found["Destination"]["ReplicationTime"]["Status"] == "Enabled"


def test_replication_ends_once(run: Run, pair: tuple[str, str]) -> None:
    run(s3_bucket_replication.main, **replicated(pair))
    assert run(s3_bucket_replication.main, bucket=pair[0], state="absent")["changed"]
    assert not run(s3_bucket_replication.main, bucket=pair[0], state="absent")["changed"]


def test_encrypted_objects_need_the_key_of_the_copies(run: Run, pair: tuple[str, str]) -> None:
    wanted = replicated(pair)
    del wanted["rules"][0]["replica_key_arn"]
    result = run(s3_bucket_replication.main, **wanted)
    assert result["failed"] and "missing: replica_key_arn" in result["msg"]


def test_a_refusal_of_s3_is_told(run: Run, pair: tuple[str, str]) -> None:
    result = run(s3_bucket_replication.main, **replicated(pair, destination="arn:aws:s3:::nobody"))
    assert result["failed"] and "Destination bucket must exist" in result["msg"]


def test_access_logs_are_turned_on_and_off_once_each(cloud: LocalCloud, run: Run, pair: tuple[str, str]) -> None:
    wanted = {"bucket": pair[0], "target": pair[1], "prefix": "one/"}
    assert run(s3_bucket_logging.main, check=True, **wanted)["changed"]
    assert "LoggingEnabled" not in cloud.client("s3").get_bucket_logging(Bucket=pair[0])
    assert run(s3_bucket_logging.main, **wanted)["changed"]
    assert not run(s3_bucket_logging.main, **wanted)["changed"]
    assert run(s3_bucket_logging.main, **{**wanted, "prefix": "two/"})["changed"]
    assert run(s3_bucket_logging.main, bucket=pair[0], state="absent")["changed"]
    assert not run(s3_bucket_logging.main, bucket=pair[0], state="absent")["changed"]


def test_encryption_is_set_once_in_one_call(cloud: LocalCloud, run: Run, pair: tuple[str, str]) -> None:
    wanted = {"bucket": pair[0], "key_arn": KEY, "bucket_key": True}
    mark = cloud.control.mark()
    checked = run(s3_bucket_encryption.main, check=True, **wanted)
    assert checked["changed"] and cloud.control.calls(since=mark, access="write") == []
    assert run(s3_bucket_encryption.main, **wanted)["changed"]
    assert not run(s3_bucket_encryption.main, **wanted)["changed"]
    assert [call["operation"] for call in cloud.control.calls(since=mark, access="write")] == ["PutBucketEncryption"]
    (rule,) = cloud.client("s3").get_bucket_encryption(Bucket=pair[0])["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert rule["BucketKeyEnabled"] is True


def test_encryption_goes_back_to_the_keys_of_s3(cloud: LocalCloud, run: Run, pair: tuple[str, str]) -> None:
    run(s3_bucket_encryption.main, bucket=pair[0], key_arn=KEY, bucket_key=True)
    assert run(s3_bucket_encryption.main, bucket=pair[0])["changed"]
    assert not run(s3_bucket_encryption.main, bucket=pair[0])["changed"]
    (rule,) = cloud.client("s3").get_bucket_encryption(Bucket=pair[0])["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_a_bucket_key_wants_a_kms_key(run: Run, pair: tuple[str, str]) -> None:
    result = run(s3_bucket_encryption.main, bucket=pair[0], bucket_key=True)
    assert result["failed"] and "give key_arn" in result["msg"]
