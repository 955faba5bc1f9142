# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which IAM actions an operation of the AWS API needs.

Source, unless an entry says otherwise: the AWS Service Authorization Reference, page "Actions, resources, and condition
keys for <service>". Most actions are called `<prefix>:<Operation>`; PREFIXES and EXCEPTIONS hold the others.
"""

from __future__ import annotations

PREFIXES = {
    # service of botocore -> prefix; each page begins with "service prefix: ..."
    "elbv2": "elasticloadbalancing",  # AWS Elastic Load Balancing V2
    "resourcegroupstaggingapi": "tag",  # Amazon Resource Group Tagging API
    "service-quotas": "servicequotas",  # Service Quotas
}

EXCEPTIONS: dict[str, tuple[str, ...]] = {
    # Amazon S3, and the permissions that Amazon S3's API Reference names for each operation
    "s3:DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:DeleteBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:DeleteObjects": ("s3:DeleteObject", "s3:DeleteObjectVersion"),
    "s3:GetBucketAccelerateConfiguration": ("s3:GetAccelerateConfiguration",),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:ListBucketInventoryConfigurations": ("s3:GetInventoryConfiguration",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
}


def action_names(operation: str) -> tuple[str, ...]:
    """The actions that `service:Operation` itself needs."""
    service, _, name = operation.partition(":")
    return EXCEPTIONS.get(operation, (f"{PREFIXES.get(service, service)}:{name}",))
