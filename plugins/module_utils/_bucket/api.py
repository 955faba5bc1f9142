# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The S3 calls about encryption, replication and access logging of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

if TYPE_CHECKING:
    from botocore.client import BaseClient

Settings = dict[str, Any]


def encryption(client: BaseClient, bucket: str) -> Settings:
    """The bucket's default encryption as S3 has it, empty where there is none (S3 encrypts every bucket since 2023)."""
    try:
        answer: Settings = client.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    except is_boto3_error_code("ServerSideEncryptionConfigurationNotFoundError"):
        return {}
    return answer


def put_encryption(client: BaseClient, bucket: str, configuration: Mapping[str, Any]) -> None:
    """Replaces the bucket's default encryption as a whole."""
    client.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=configuration)


def replication(client: BaseClient, bucket: str) -> Settings | None:
    """The bucket's replication as S3 has it, None where there is none."""
    try:
        answer: Settings = client.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    except is_boto3_error_code("ReplicationConfigurationNotFoundError"):
        return None
    return answer


def put_replication(client: BaseClient, bucket: str, configuration: Mapping[str, Any]) -> None:
    """Replaces the bucket's replication as a whole."""
    client.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)


def delete_replication(client: BaseClient, bucket: str) -> None:
    """Ends the replication; copies that exist stay."""
    client.delete_bucket_replication(Bucket=bucket)


def logging(client: BaseClient, bucket: str) -> Settings | None:
    """{TargetBucket, TargetPrefix}, None where nothing is logged."""
    enabled: Settings | None = client.get_bucket_logging(Bucket=bucket).get("LoggingEnabled")
    return enabled


def put_logging(client: BaseClient, bucket: str, target: str | None, prefix: str = "") -> None:
    """Logs to the target, or nowhere when there is none."""
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": prefix}} if target else {}
    client.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=status)
