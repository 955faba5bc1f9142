# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The buckets that a stack ought to have: encrypted, versioned, private, with lifecycle rules, access logs and
replicas.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import TypedDict

from .core import Model, ModelError, Resource, Stack, Value, known, model_of
from .names import bucket_name
from .policy import document

STORAGE_TYPES = ("bucket", "lifecycle_rule", "bucket_logging", "bucket_replication")
STORAGE_PRUNED = frozenset({"lifecycle_rule", "bucket_logging", "bucket_replication"})
"""Settings of a bucket that is ours: one that the model does not name was put there by hand."""

LOGS, ASSETS, ACCESS_LOGS = "logs", "assets", "access-logs"
USUAL = (LOGS, ASSETS, ACCESS_LOGS)
REPLICA = "-replica"
REPLICATION_RULE = "all"

LOG_DELIVERY = "logging.s3.amazonaws.com"


class Transition(TypedDict):
    """days after creation (or, of an old version, after it was replaced) objects move to storage_class."""

    days: int
    storage_class: str


class LifecycleRule(TypedDict, total=False):
    """What happens to objects under prefix. Days count from creation, for old versions from the moment when they were
    replaced.
    """

    prefix: str
    expiration_days: int
    expired_delete_markers: bool
    noncurrent_days: int
    abort_upload_days: int
    transitions: Sequence[Transition]
    noncurrent_transitions: Sequence[Transition]


class BucketConfig(TypedDict, total=False):
    """One bucket of the inventory; replicated means into the stack's replica region."""

    replicated: bool
    lifecycle: Mapping[str, LifecycleRule]


class StorageConfig(TypedDict):
    """The storage role's inputs. access_logs makes a bucket to which the others of the home region write who asked for
    what.
    """

    buckets: Mapping[str, BucketConfig]
    key_arn: str | None
    replica_key_arn: str | None
    replication_role_arn: str | None
    replication_time_control: bool
    replicate_delete_markers: bool
    access_logs: bool
    access_logs_days: int


def storage_model(stack: Stack, config: StorageConfig) -> Model:
    """The layer's resources in the order in which they are made: both sides of a replication are versioned before it
    starts.
    """
    _check(stack, config)
    return model_of(
        [
            *_access_logs_bucket(stack, config),
            *_replica_buckets(stack, config),
            *_buckets(stack, config),
            *_lifecycle_rules(stack, config),
            *_logging(stack, config),
            *_replication(stack, config),
        ]
    )


def usual_buckets(stack: Stack) -> dict[str, str]:
    """{name: key} of the buckets that stacks usually have, by which one is known that died before it got its tags."""
    names = {bucket_name(stack, what, stack.region): f"bucket/{what}" for what in USUAL}
    if stack.replica_region:
        names |= {bucket_name(stack, what, stack.replica_region): f"bucket/{what}{REPLICA}" for what in USUAL}
    return names


def bucket_prefix(stack: Stack) -> str:
    """What the names of all buckets of the stack begin with; those of another stack may begin so too."""
    two = (bucket_name(stack, what, stack.region) for what in ("0", "1"))
    return "".join(one for one, other in takewhile(lambda pair: pair[0] == pair[1], zip(*two, strict=True)))


def _check(stack: Stack, config: StorageConfig) -> None:
    replicated = _replicated(config)
    if replicated and not stack.replica_region:
        raise ModelError(f"storage_buckets.{replicated[0]}.replicated is true, but the stack has no replica_region")
    if replicated and stack.replica_region == stack.region:
        raise ModelError(
            f"replica_region is {stack.replica_region}, the stack's own region; a replica belongs into another one"
        )
    if ACCESS_LOGS in config["buckets"]:
        raise ModelError(
            f"storage_buckets.{ACCESS_LOGS}: this name belongs to the bucket that storage_access_logs makes"
        )


def _replicated(config: StorageConfig) -> list[str]:
    return [what for what, bucket in config["buckets"].items() if bucket.get("replicated")]


def _access_logs_bucket(stack: Stack, config: StorageConfig) -> Iterator[Resource]:
    """S3 delivers access logs only to a bucket that encrypts with S3's own keys, hence a bucket beside the one for
    other logs.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    if not config["access_logs"]:
        return
    sources = [_arn(stack, what, stack.region) for what in config["buckets"]]
    arn = _arn(stack, ACCESS_LOGS, stack.region)
    delivery: dict[str, Value] = {
        "Sid": "DeliverAccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": LOG_DELIVERY},
        "Action": "s3:PutObject",
        "Resource": f"{arn}/*",
        "Condition": {"ArnLike": {"aws:SourceArn": sources}, "StringEquals": {"aws:SourceAccount": stack.account_id}},
    }
    yield _bucket(
        stack, ACCESS_LOGS, stack.region, {"algorithm": "AES256", "key_arn": None, "bucket_key": False}, delivery
    )


def _buckets(stack: Stack, config: StorageConfig) -> Iterator[Resource]:
    for what in config["buckets"]:
        yield _bucket(stack, what, stack.region, _encrypted_with(config["key_arn"]))


def _replica_buckets(stack: Stack, config: StorageConfig) -> Iterator[Resource]:
    for what in _replicated(config):
        yield _bucket(
            stack, what, str(stack.replica_region), _encrypted_with(config["replica_key_arn"]), suffix=REPLICA
        )


def _encrypted_with(key_arn: str | None) -> dict[str, Value]:
    """With a bucket key S3 asks KMS once for many objects."""
    return {"algorithm": "aws:kms", "key_arn": known(key_arn), "bucket_key": True}


def _bucket(
    stack: Stack,
    what: str,
    region: str,
    encryption: Mapping[str, Value],
    *statements: Mapping[str, Value],
    suffix: str = "",
) -> Resource:
    key, name = f"bucket/{what}{suffix}", bucket_name(stack, what, region)
    return Resource(
        key,
        "bucket",
        name,
        {
            "region": region,
            "versioning": "Enabled",
            "encryption": encryption,
            "public_access_block": {
                "block_public_acls": True,
                "block_public_policy": True,
                "ignore_public_acls": True,
                "restrict_public_buckets": True,
            },
            "ownership": "BucketOwnerEnforced",
            "policy": document(_tls_only(_arn(stack, what, region)), *statements),
            "tags": stack.tagged(key, name),
        },
    )


def _tls_only(arn: str) -> dict[str, Value]:
    return {
        "Sid": "RefusePlainHttp",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _arn(stack: Stack, what: str, region: str) -> str:
    return f"arn:{stack.partition}:s3:::{bucket_name(stack, what, region)}"


def _lifecycle_rules(stack: Stack, config: StorageConfig) -> Iterator[Resource]:
    for what, bucket in config["buckets"].items():
        for name, rule in bucket.get("lifecycle", {}).items():
            yield _lifecycle_rule(f"storage_buckets.{what}.lifecycle.{name}", what, stack.region, name, rule)
            if bucket.get("replicated"):
                # Replication copies objects, not what becomes of them.
                yield _lifecycle_rule("", f"{what}{REPLICA}", str(stack.replica_region), name, rule)
    if config["access_logs"]:
        kept = LifecycleRule(expiration_days=config["access_logs_days"], noncurrent_days=1, abort_upload_days=1)
        yield _lifecycle_rule("storage_access_logs_days", ACCESS_LOGS, stack.region, "expire", kept)


def _lifecycle_rule(where: str, bucket: str, region: str, name: str, rule: LifecycleRule) -> Resource:
    if rule.get("expiration_days") and rule.get("expired_delete_markers"):
        raise ModelError(
            f"{where}: expiration_days removes expired delete markers by itself; S3 takes only one of the two"
        )
    return Resource(
        f"lifecycle_rule/{bucket}/{name}",
        "lifecycle_rule",
        name,
        {
            "bucket": f"bucket/{bucket}",
            "region": region,
            "status": "Enabled",
            "prefix": rule.get("prefix", ""),
            "expiration_days": rule.get("expiration_days"),
            "expired_delete_markers": rule.get("expired_delete_markers", False),
            "noncurrent_days": rule.get("noncurrent_days"),
            "abort_upload_days": rule.get("abort_upload_days"),
            "transitions": _transitions(rule.get("transitions", [])),
            "noncurrent_transitions": _transitions(rule.get("noncurrent_transitions", [])),
            "other": {},
        },
    )


def _transitions(transitions: Sequence[Transition]) -> list[Value]:
    ordered = sorted(transitions, key=lambda transition: int(transition["days"]))
    return [{"days": int(t["days"]), "storage_class": t["storage_class"].upper()} for t in ordered]


def _logging(stack: Stack, config: StorageConfig) -> Iterator[Resource]:
    if not config["access_logs"]:
        return
    for what in config["buckets"]:
        yield Resource(
            f"bucket_logging/{what}",
            "bucket_logging",
            bucket_name(stack, what, stack.region),
            {
                "bucket": f"bucket/{what}",
                "region": stack.region,
                "target": bucket_name(stack, ACCESS_LOGS, stack.region),
                "prefix": f"{what}/",
            },
        )


def _replication(stack: Stack, config: StorageConfig) -> Iterator[Resource]:
    for what in _replicated(config):
        yield Resource(
            f"bucket_replication/{what}",
            "bucket_replication",
            bucket_name(stack, what, stack.region),
            {
                "bucket": f"bucket/{what}",
                "region": stack.region,
                "role_arn": known(config["replication_role_arn"]),
                "rules": [_replication_rule(stack, config, what)],
            },
        )


def _replication_rule(stack: Stack, config: StorageConfig, what: str) -> dict[str, Value]:
    return {
        "id": REPLICATION_RULE,
        "status": "Enabled",
        "priority": 1,
        "prefix": "",
        "delete_markers": config["replicate_delete_markers"],
        "encrypted_objects": True,
        "destination": _arn(stack, what, str(stack.replica_region)),
        "replica_key_arn": known(config["replica_key_arn"]),
        "time_control": config["replication_time_control"],
    }
