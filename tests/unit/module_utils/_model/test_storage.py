# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The buckets' model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import UNKNOWN, Model, ModelError, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.names import bucket_name
from ansible_collections.cutover.aws.plugins.module_utils._model.storage import (
    STORAGE_TYPES,
    bucket_prefix,
    storage_model,
    usual_buckets,
)

STACK = Stack("acme", "prod", "us-east-1", "123456789012", replica_region="us-west-2", tags={"CostCenter": "web"})
RULE = {
    "noncurrent_days": 90,
    "expired_delete_markers": True,
    "transitions": [{"days": 90, "storage_class": "glacier"}, {"days": 30, "storage_class": "STANDARD_IA"}],
}
CONFIG: dict[str, Any] = {
    "buckets": {
        "logs": {"lifecycle": {"expire": {"expiration_days": 400}}},
        "assets": {"replicated": True, "lifecycle": {"old": RULE}},
    },
    "key_arn": "arn:home",
    "replica_key_arn": "arn:replica",
    "replication_role_arn": "arn:role",
    "replication_time_control": False,
    "replicate_delete_markers": True,
    "access_logs": True,
    "access_logs_days": 90,
}


def model(stack: Stack = STACK, **changes: Any) -> Model:
    return storage_model(stack, {**CONFIG, **changes})  # type: ignore[typeddict-item]


def buckets(resources: Model) -> dict[str, Any]:
    return {key: r.attributes for key, r in resources.items() if r.type == "bucket"}


def test_types_are_those_that_tasks_loop_over() -> None:
    assert {r.type for r in model().values()} == set(STORAGE_TYPES)


@pytest.mark.parametrize("key", ["bucket/logs", "bucket/assets", "bucket/assets-replica", "bucket/access-logs"])
def test_every_bucket_is_versioned_private_owned_and_refuses_plain_http(key: str) -> None:
    bucket = buckets(model())[key]
    assert bucket["versioning"] == "Enabled" and bucket["ownership"] == "BucketOwnerEnforced"
    assert set(bucket["public_access_block"].values()) == {True}
    refusals = [s for s in bucket["policy"]["Statement"] if s["Effect"] == "Deny"]
    assert [s["Condition"] for s in refusals] == [{"Bool": {"aws:SecureTransport": ["false"]}}]
    assert (
        refusals[0]["Action"] == ["s3:*"]
        and refusals[0]["Principal"] == {"AWS": ["*"]}
        and len(refusals[0]["Resource"]) == 2
    )


@pytest.mark.parametrize(
    ("key", "region", "key_arn"),
    [
        ("bucket/logs", "us-east-1", "arn:home"),
        ("bucket/assets", "us-east-1", "arn:home"),
        ("bucket/assets-replica", "us-west-2", "arn:replica"),
    ],
)
def test_buckets_are_encrypted_with_the_key_of_their_region(key: str, region: str, key_arn: str) -> None:
    bucket = buckets(model())[key]
    assert bucket["region"] == region
    assert bucket["encryption"] == {"algorithm": "aws:kms", "key_arn": key_arn, "bucket_key": True}


def test_access_logs_go_to_a_bucket_that_s3_can_deliver_to() -> None:
    resources = model()
    target = resources["bucket/access-logs"]
    assert target.attributes["encryption"] == {"algorithm": "AES256", "key_arn": None, "bucket_key": False}
    deliveries = [s for s in target.attributes["policy"]["Statement"] if s["Effect"] == "Allow"]  # type: ignore[index,call-overload,union-attr]
    assert [s["Principal"] for s in deliveries] == [{"Service": ["logging.s3.amazonaws.com"]}]
    sources = {f"arn:aws:s3:::{resources[key].name}" for key in ("bucket/logs", "bucket/assets")}
    assert set(deliveries[0]["Condition"]["ArnLike"]["aws:SourceArn"]) == sources
    watched = {r.attributes["bucket"]: r.attributes["target"] for r in resources.values() if r.type == "bucket_logging"}
    assert watched == {"bucket/logs": target.name, "bucket/assets": target.name}


def test_without_access_logs_nothing_is_logged_and_nobody_else_may_write() -> None:
    resources = model(access_logs=False)
    assert not [r for r in resources.values() if r.type == "bucket_logging"]
    assert {s["Effect"] for bucket in buckets(resources).values() for s in bucket["policy"]["Statement"]} == {"Deny"}


def test_both_sides_of_a_replication_come_before_it() -> None:
    order = list(model())
    assert max(order.index("bucket/assets"), order.index("bucket/assets-replica")) < order.index(
        "bucket_replication/assets"
    )


def test_replication_covers_everything_with_the_replicas_key() -> None:
    resources = model(replication_time_control=True)
    replication = resources["bucket_replication/assets"].attributes
    assert replication["role_arn"] == "arn:role"
    assert replication["rules"] == [
        {
            "id": "all",
            "status": "Enabled",
            "priority": 1,
            "prefix": "",
            "delete_markers": True,
            "encrypted_objects": True,
            "destination": f"arn:aws:s3:::{resources['bucket/assets-replica'].name}",
            "replica_key_arn": "arn:replica",
            "time_control": True,
        }
    ]


def test_a_replica_has_the_lifecycle_rules_of_its_source() -> None:
    resources = model()
    first, second = (resources[f"lifecycle_rule/{what}/old"].attributes for what in ("assets", "assets-replica"))
    different = ("bucket", "region")
    assert {k: v for k, v in first.items() if k not in different} == {
        k: v for k, v in second.items() if k not in different
    }
    assert first["transitions"] == [
        {"days": 30, "storage_class": "STANDARD_IA"},
        {"days": 90, "storage_class": "GLACIER"},
    ]


def test_what_another_layer_has_not_made_yet_is_unknown() -> None:
    resources = model(key_arn=None, replica_key_arn=None, replication_role_arn=None)
    assert buckets(resources)["bucket/assets"]["encryption"]["key_arn"] == UNKNOWN
    assert resources["bucket_replication/assets"].attributes["role_arn"] == UNKNOWN


@pytest.mark.parametrize(
    ("stack", "changes", "message"),
    [
        (
            replace(STACK, replica_region=None),
            {},
            "storage_buckets.assets.replicated is true, but the stack has no replica_region",
        ),
        (replace(STACK, replica_region="us-east-1"), {}, "replica_region is us-east-1, the stack's own region"),
        (STACK, {"buckets": {"access-logs": {}}}, "storage_buckets.access-logs"),
        (
            STACK,
            {"buckets": {"logs": {"lifecycle": {"both": {"expiration_days": 1, "expired_delete_markers": True}}}}},
            "storage_buckets.logs.lifecycle.both: expiration_days",
        ),
    ],
    ids=["no replica region", "replica at home", "reserved name", "two ways to expire"],
)
def test_what_has_no_model_is_refused_with_the_variable(stack: Stack, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        model(stack, **changes)


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,70}", fullmatch=True), st.sampled_from(["logs", "assets", "x" * 60]))
def test_every_bucket_of_a_stack_begins_with_its_prefix(project: str, what: str) -> None:
    stack = replace(STACK, project=project)
    assert bucket_name(stack, what, "us-west-2").startswith(bucket_prefix(stack))


def test_usual_buckets_are_those_that_the_model_makes() -> None:
    made = {r.name: key for key, r in model().items() if r.type == "bucket"}
    assert made.items() <= usual_buckets(STACK).items()
