# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Access logging of buckets, as AWS judges the target."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Clients = Callable[..., Any]
Refused = Callable[..., Any]


def two_buckets(clients: Clients) -> Any:
    s3 = clients("s3")
    for name in ("watched", "target"):
        s3.create_bucket(Bucket=name)
    return s3


def log_policy(resource: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["logging.s3.amazonaws.com"]},
        "Action": ["s3:PutObject"],
        "Resource": [resource],
        "Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012"]}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def log_to(target: str, prefix: str) -> dict[str, Any]:
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": prefix}}


def test_policy_with_lists_lets_logs_in(aws: Clients) -> None:
    s3 = two_buckets(aws)
    s3.put_bucket_policy(Bucket="target", Policy=log_policy("arn:aws:s3:::target/logs/*"))
    s3.put_bucket_logging(Bucket="watched", BucketLoggingStatus=log_to("target", "logs/watched/"))
    found = s3.get_bucket_logging(Bucket="watched")["LoggingEnabled"]
    assert found == log_to("target", "logs/watched/")["LoggingEnabled"]


def test_canary_moto_wants_single_values_in_the_policy(bare: Clients, refused: Refused) -> None:
    s3 = two_buckets(bare)
    s3.put_bucket_policy(Bucket="target", Policy=log_policy("arn:aws:s3:::target/*"))
    with refused("InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="watched", BucketLoggingStatus=log_to("target", ""))


def test_policy_for_another_prefix_lets_no_logs_in(aws: Clients, refused: Refused) -> None:
    s3 = two_buckets(aws)
    s3.put_bucket_policy(Bucket="target", Policy=log_policy("arn:aws:s3:::target/other/*"))
    with refused("InvalidTargetBucketForLogging"):
        s3.put_bucket_logging(Bucket="watched", BucketLoggingStatus=log_to("target", "logs/"))


def test_logs_stay_in_their_region(aws: Clients, refused: Refused) -> None:
    s3 = two_buckets(aws)
    west = {"LocationConstraint": "us-west-2"}
    aws("s3", "us-west-2").create_bucket(Bucket="far", CreateBucketConfiguration=west)
    with refused("CrossLocationLoggingProhibitted"):
        s3.put_bucket_logging(Bucket="watched", BucketLoggingStatus=log_to("far", ""))


def test_logging_is_turned_off(aws: Clients) -> None:
    s3 = two_buckets(aws)
    s3.put_bucket_policy(Bucket="target", Policy=log_policy("arn:aws:s3:::target/*"))
    s3.put_bucket_logging(Bucket="watched", BucketLoggingStatus=log_to("target", ""))
    s3.put_bucket_logging(Bucket="watched", BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket="watched")
