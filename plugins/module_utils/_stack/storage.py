# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's buckets, in the shape of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._bucket import encryption, lifecycle, replication
from .._model.core import STACK_TAG, Found, Reality, Value, reality_of
from .._model.partitions import dns_suffix
from .._model.policy import canonical
from .._model.storage import REPLICA, bucket_prefix, usual_buckets
from .context import Context, tags_of

Answer = dict[str, Any]

NOT_SET = [
    "NoSuchBucketPolicy",
    "NoSuchLifecycleConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchTagSet",
    "OwnershipControlsNotFoundError",
    "ReplicationConfigurationNotFoundError",
    "ServerSideEncryptionConfigurationNotFoundError",
]
GONE = ["NoSuchBucket", "404"]
"""A listing may still show a bucket that is gone by the time it is asked for."""
BUCKET_PAGES = {"PageSize": 1000}
"""Without a size S3 gives all buckets, or none, in one answer."""


@dataclass(frozen=True)
class Bucket:
    """A bucket of the stack: what it is in the model, and where it is."""

    name: str
    key: str
    region: str
    tags: Mapping[str, Value]

    @property
    def what(self) -> str:
        """assets for bucket/assets."""
        return self.key.removeprefix("bucket/")


def read_storage(context: Context) -> Reality:
    """The layer's resources by key: the buckets of both regions and what is set on them."""
    names = [bucket["Name"] for bucket in account_buckets(context)]
    near = [name for name in names if name.startswith(bucket_prefix(context.stack))]
    buckets = [bucket for bucket in context.each(lambda name: _identify(context, name), near) if bucket]
    found = [item for group in context.each(lambda bucket: list(_read(context, bucket)), buckets) for item in group]
    return reality_of(found)


def account_buckets(context: Context) -> list[Answer]:
    """All buckets of the account, in pages: where it may have more than 10 000, S3 refuses to list them at once.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html
    """
    s3 = context.client("s3")
    if not s3.can_paginate("list_buckets"):  # botocore of before October 2024
        return list(s3.list_buckets()["Buckets"])
    return context.pages("s3", "list_buckets", "Buckets", PaginationConfig=BUCKET_PAGES)


def _identify(context: Context, name: str) -> Bucket | None:
    """None for another stack's. One without tags is ours by its exact name: its maker died before it could tag it."""
    region = _ask(lambda: context.client("s3").get_bucket_location(Bucket=name))
    if region is None:
        return None
    where = str(region.get("LocationConstraint") or "us-east-1")
    tags = tags_of((_ask(lambda: context.client("s3", where).get_bucket_tagging(Bucket=name)) or {}).get("TagSet"))
    usual = usual_buckets(context.stack).get(name)
    if not context.owns("bucket", name, tags) and (usual is None or STACK_TAG in tags):
        return None
    key = context.key("bucket", name, tags)
    return Bucket(name, usual if usual and key == f"bucket/{name}" else key, where, tags)


def _ask(call: Callable[[], Answer]) -> Answer | None:
    """The answer, empty where nothing is set, None where the bucket is gone."""
    try:
        return call()
    except is_boto3_error_code(NOT_SET):
        return {}
    except is_boto3_error_code(GONE):
        return None


def _read(context: Context, bucket: Bucket) -> Iterator[Found]:
    s3, name = context.client("s3", bucket.region), bucket.name

    def asking(operation: str, **arguments: object) -> Callable[[], Answer | None]:
        return lambda: _ask(lambda: getattr(s3, operation)(Bucket=name, **arguments))

    answers = context.together(
        versioning=asking("get_bucket_versioning"),
        encryption=asking("get_bucket_encryption"),
        public_access_block=asking("get_public_access_block"),
        ownership=asking("get_bucket_ownership_controls"),
        policy=asking("get_bucket_policy"),
        lifecycle=asking("get_bucket_lifecycle_configuration"),
        logging=asking("get_bucket_logging"),
        replication=asking("get_bucket_replication"),
        content=asking("list_object_versions", MaxKeys=1),
    )
    if any(answer is None for answer in answers.values()):
        return
    seen = {part: answer or {} for part, answer in answers.items()}
    yield _bucket(context, bucket, seen)
    yield from _lifecycle_rules(bucket, seen["lifecycle"])
    yield from _logging(bucket, seen["logging"])
    yield from _replication(bucket, seen["replication"])


def _bucket(context: Context, bucket: Bucket, seen: Mapping[str, Answer]) -> Found:
    policy = seen["policy"].get("Policy")
    content = seen["content"]
    return Found(
        key=bucket.key,
        type="bucket",
        name=bucket.name,
        id=bucket.name,
        arn=f"arn:{context.stack.partition}:s3:::{bucket.name}",
        attributes={
            "region": bucket.region,
            "versioning": seen["versioning"].get("Status"),
            "encryption": encryption.from_s3(seen["encryption"].get("ServerSideEncryptionConfiguration", {})),
            "public_access_block": _public_access_block(seen["public_access_block"]),
            "ownership": next(
                (r["ObjectOwnership"] for r in seen["ownership"].get("OwnershipControls", {}).get("Rules", [])), None
            ),
            "policy": canonical(policy) if policy else None,
            "tags": bucket.tags,
        },
        facts={"empty": not (content.get("Versions") or content.get("DeleteMarkers"))},
    )


def _public_access_block(answer: Answer) -> dict[str, Value]:
    block = answer.get("PublicAccessBlockConfiguration", {})
    return {
        "block_public_acls": bool(block.get("BlockPublicAcls", False)),
        "block_public_policy": bool(block.get("BlockPublicPolicy", False)),
        "ignore_public_acls": bool(block.get("IgnorePublicAcls", False)),
        "restrict_public_buckets": bool(block.get("RestrictPublicBuckets", False)),
    }


def _lifecycle_rules(bucket: Bucket, answer: Answer) -> Iterator[Found]:
    for rule in answer.get("Rules", []):
        name = rule.get("ID", "")
        yield Found(
            key=f"lifecycle_rule/{bucket.what}/{name}",
            type="lifecycle_rule",
            name=name,
            id=name,
            attributes={"bucket": bucket.key, "region": bucket.region, **lifecycle.from_s3(rule)},
            facts={"bucket_name": bucket.name},
        )


def _logging(bucket: Bucket, answer: Answer) -> Iterator[Found]:
    enabled = answer.get("LoggingEnabled")
    if enabled:
        yield Found(
            key=f"bucket_logging/{bucket.what}",
            type="bucket_logging",
            name=bucket.name,
            id=bucket.name,
            attributes={
                "bucket": bucket.key,
                "region": bucket.region,
                "target": enabled["TargetBucket"],
                "prefix": enabled.get("TargetPrefix", ""),
            },
        )


def _replication(bucket: Bucket, answer: Answer) -> Iterator[Found]:
    configuration = answer.get("ReplicationConfiguration")
    if configuration:
        rules: list[Value] = list(replication.from_s3(configuration["Rules"]))
        yield Found(
            key=f"bucket_replication/{bucket.what}",
            type="bucket_replication",
            name=bucket.name,
            id=bucket.name,
            attributes={
                "bucket": bucket.key,
                "region": bucket.region,
                "role_arn": configuration["Role"],
                "rules": rules,
            },
        )


def storage_outputs(found: Reality) -> dict[str, Value]:
    """Name, ARN, region and domain name of each bucket; the usual ones are there with nulls while they do not exist."""
    buckets = {f.key.removeprefix("bucket/"): f for f in found.values() if f.type == "bucket"}
    home = {what: f for what, f in buckets.items() if not what.endswith(REPLICA)}
    replicas = {what.removesuffix(REPLICA): f for what, f in buckets.items() if what.endswith(REPLICA)}
    return {
        "buckets": {what.replace("-", "_"): _output(home.get(what)) for what in sorted({"logs", "assets", *home})},
        "replica_buckets": {
            what.replace("-", "_"): _output(replicas.get(what)) for what in sorted({"assets", *replicas})
        },
    }


def _output(bucket: Found | None) -> dict[str, Value]:
    if bucket is None:
        return dict.fromkeys(("name", "arn", "region", "domain_name", "key_arn"))
    region, encryption = str(bucket.attributes["region"]), bucket.attributes["encryption"]
    partition = str(bucket.arn).split(":")[1]
    return {
        "name": bucket.name,
        "arn": bucket.arn,
        "region": region,
        "domain_name": f"{bucket.name}.s3.{region}.{dns_suffix(partition)}",
        "key_arn": encryption["key_arn"] if isinstance(encryption, Mapping) else None,
    }
