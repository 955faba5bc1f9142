# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A bucket's default encryption between S3's shape and ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

KMS, S3_KEYS = "aws:kms", "AES256"


def to_s3(key_arn: str | None, *, bucket_key: bool) -> dict[str, Any]:
    """What PutBucketEncryption takes: the KMS key, or S3's own keys without one."""
    default = {"SSEAlgorithm": KMS, "KMSMasterKeyID": key_arn} if key_arn else {"SSEAlgorithm": S3_KEYS}
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}]}


def from_s3(configuration: Mapping[str, Any]) -> dict[str, Any] | None:
    """{algorithm, key_arn, bucket_key} of an answer of GetBucketEncryption, None where there is no rule."""
    rules = configuration.get("Rules", [])
    if not rules:
        return None
    default = rules[0].get("ApplyServerSideEncryptionByDefault", {})
    return {
        "algorithm": default.get("SSEAlgorithm"),
        "key_arn": default.get("KMSMasterKeyID"),
        "bucket_key": bool(rules[0].get("BucketKeyEnabled", False)),
    }
