# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Buckets as they are read from AWS: finished, half built, edited by hand, gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from botocore.client import BaseClient

from ansible_collections.cutover.aws.plugins.module_utils._bucket import api
from ansible_collections.cutover.aws.plugins.module_utils._bucket.replication import to_s3
from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Model, Reality, Resource, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.storage import STORAGE_PRUNED, storage_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.storage import read_storage, storage_outputs
from local_cloud.testing import LocalCloud

_numbers = count(1)
KEY = "arn:aws:kms:{}:123456789012:key/one"
LIFECYCLE = {"noncurrent_days": 90, "expired_delete_markers": True, "abort_upload_days": 7}
CONFIG: Any = {
    "buckets": {"logs": {}, "assets": {"replicated": True, "lifecycle": {"old": LIFECYCLE}}},
    "key_arn": KEY.format("us-east-1"),
    "replica_key_arn": KEY.format("us-west-2"),
    "replication_role_arn": "arn:aws:iam::123456789012:role/replication",
    "replication_time_control": False,
    "replicate_delete_markers": True,
    "access_logs": True,
    "access_logs_days": 90,
}


class Built:
    """A stack's buckets, made by plain calls as the role's modules make them."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        environment = f"t{next(_numbers)}"
        self.stack = Stack(
            "acme", environment, "us-east-1", "123456789012", replica_region="us-west-2", tags={"Owner": "web"}
        )
        self.model: Model = storage_model(self.stack, CONFIG)

    def s3(self, key: str) -> Any:
        region = self.model[key].attributes["region"]
        return self.cloud.client("s3", str(region))

    def name(self, key: str) -> str:
        return self.model[key].name

    def whole(self) -> Built:
        for resource in self.model.values():
            BUILD[resource.type](self, resource)
        return self

    def bare(self, key: str) -> None:
        """As the maker leaves it who dies right after the first call."""
        region = self.model[key].attributes["region"]
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        self.s3(key).create_bucket(Bucket=self.name(key), **place)

    def read(self, *, by_name: bool = False) -> Reality:
        def client(service: str, region: str) -> Any:
            return self.cloud.client(service, region)

        return read_storage(Context(self.stack, client, None if by_name else LAYERS["storage"].expected(self.model)))

    def plan(self) -> Plan:
        return compare(self.model, self.read(), STORAGE_PRUNED)


def make_bucket(built: Built, resource: Resource) -> None:
    a: Any = resource.attributes
    built.bare(resource.key)
    s3, name = built.s3(resource.key), resource.name
    default = {"SSEAlgorithm": a["encryption"]["algorithm"]}
    if a["encryption"]["key_arn"]:
        default["KMSMasterKeyID"] = a["encryption"]["key_arn"]
    encryption = {
        "Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": a["encryption"]["bucket_key"]}]
    }
    block = {
        "".join(part.title() for part in setting.split("_")): on for setting, on in a["public_access_block"].items()
    }
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": a["versioning"]})
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=encryption)
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": a["ownership"]}]})
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(a["policy"]))
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in a["tags"].items()]})


def make_rule(built: Built, resource: Resource) -> None:
    a: Any = resource.attributes
    rule: dict[str, Any] = {"ID": resource.name, "Status": "Enabled", "Filter": {"Prefix": a["prefix"]}}
    if a["expiration_days"]:
        rule["Expiration"] = {"Days": a["expiration_days"]}
    if a["expired_delete_markers"]:
        rule["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    rule["NoncurrentVersionExpiration"] = {"NoncurrentDays": a["noncurrent_days"]}
    rule["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": a["abort_upload_days"]}
    bucket = a["bucket"]
    built.s3(bucket).put_bucket_lifecycle_configuration(
        Bucket=built.name(bucket), LifecycleConfiguration={"Rules": [rule]}
    )


def make_logging(built: Built, resource: Resource) -> None:
    a: Any = resource.attributes
    api.put_logging(built.s3(resource.key), resource.name, a["target"], a["prefix"])


def make_replication(built: Built, resource: Resource) -> None:
    a: Any = resource.attributes
    api.put_replication(built.s3(resource.key), resource.name, to_s3(a["role_arn"], a["rules"]))


BUILD: dict[str, Callable[[Built, Resource], None]] = {
    "bucket": make_bucket,
    "lifecycle_rule": make_rule,
    "bucket_logging": make_logging,
    "bucket_replication": make_replication,
}


@pytest.fixture(scope="module")
def finished(cloud: LocalCloud) -> Built:
    """One that tests only read."""
    return Built(cloud).whole()


@pytest.fixture
def built(cloud: LocalCloud) -> Built:
    return Built(cloud).whole()


def changes(plan: Plan) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (c.action, c.key, tuple(d.path for d in c.differences) if c.action == "update" else ()) for c in plan.changes
    }


def test_finished_buckets_equal_their_model(finished: Built) -> None:
    plan = finished.plan()
    assert (plan.changes, plan.unexpected) == ((), ())


def test_they_are_read_by_name_alone_with_the_same_keys(finished: Built) -> None:
    assert set(finished.read(by_name=True)) == set(finished.model)


def test_buckets_of_a_stack_whose_name_begins_alike_are_not_ours(cloud: LocalCloud) -> None:
    short = Built(cloud)
    longer = Built(cloud)
    longer.stack = replace(short.stack, environment=f"{short.stack.environment}-logs")
    longer.model = {"bucket/logs": storage_model(longer.stack, CONFIG)["bucket/logs"]}
    make_bucket(longer, longer.model["bucket/logs"])
    assert short.read(by_name=True) == short.read() == {}
    assert set(longer.read(by_name=True)) == {"bucket/logs"}


@pytest.mark.parametrize(
    ("can_page", "pages"), [(True, "several"), (False, "one")], ids=["this botocore", "an older one"]
)
def test_buckets_are_listed_in_pages_where_botocore_can(
    finished: Built, monkeypatch: pytest.MonkeyPatch, can_page: bool, pages: str
) -> None:
    can = BaseClient.can_paginate
    if not can_page:
        monkeypatch.setattr(BaseClient, "can_paginate", lambda s3, name: name != "list_buckets" and can(s3, name))
    finished.cloud.control.faults([{"kind": "pages", "size": 2}])
    mark = finished.cloud.control.mark()
    try:
        assert not finished.plan().changes
    finally:
        finished.cloud.control.faults([])
    asked = [call for call in finished.cloud.control.calls(since=mark) if call["operation"] == "ListBuckets"]
    assert ("several" if len(asked) > 1 else "one") == pages


@pytest.mark.parametrize("key", ["bucket/logs", "bucket/assets-replica"])
def test_a_bucket_whose_maker_died_is_found_by_name_alone(cloud: LocalCloud, key: str) -> None:
    built = Built(cloud)
    built.bare(key)
    assert list(built.read(by_name=True)) == [key]
    update = next(c for c in built.plan().changes if c.key == key)
    assert update.action == "update"
    assert {"versioning", "encryption", "policy"} <= {d.path for d in update.differences}


def test_an_empty_account_has_none(cloud: LocalCloud) -> None:
    assert Built(cloud).read() == {}


def suspend_versioning(built: Built) -> None:
    built.s3("bucket/logs").put_bucket_versioning(
        Bucket=built.name("bucket/logs"), VersioningConfiguration={"Status": "Suspended"}
    )


def open_to_the_public(built: Built) -> None:
    built.s3("bucket/assets-replica").delete_public_access_block(Bucket=built.name("bucket/assets-replica"))


def drop_the_policy(built: Built) -> None:
    built.s3("bucket/assets-replica").delete_bucket_policy(Bucket=built.name("bucket/assets-replica"))


def use_another_key(built: Built) -> None:
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY.format("us-east-1") + "-other"}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}
    built.s3("bucket/assets").put_bucket_encryption(
        Bucket=built.name("bucket/assets"), ServerSideEncryptionConfiguration=rules
    )


def let_writers_own(built: Built) -> None:
    built.s3("bucket/assets").put_bucket_ownership_controls(
        Bucket=built.name("bucket/assets"), OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )


def replace_the_rules(built: Built) -> None:
    every_day = {"ID": "every-day", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    ours = {
        "ID": "old",
        "Status": "Disabled",
        "Filter": {"Prefix": ""},
        "Expiration": {"ExpiredObjectDeleteMarker": True},
        "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    }
    built.s3("bucket/assets").put_bucket_lifecycle_configuration(
        Bucket=built.name("bucket/assets"), LifecycleConfiguration={"Rules": [every_day, ours]}
    )


def stop_watching(built: Built) -> None:
    api.put_logging(built.s3("bucket/logs"), built.name("bucket/logs"), None)


def watch_elsewhere(built: Built) -> None:
    target = built.name("bucket/access-logs")
    api.put_logging(built.s3("bucket/access-logs"), target, target, "self/")


def forget_delete_markers(built: Built) -> None:
    a: Any = built.model["bucket_replication/assets"].attributes
    weaker = [{**a["rules"][0], "delete_markers": False}]
    api.put_replication(built.s3("bucket/assets"), built.name("bucket/assets"), to_s3(a["role_arn"], weaker))


def take_tags_off(built: Built) -> None:
    built.s3("bucket/access-logs").put_bucket_tagging(
        Bucket=built.name("bucket/access-logs"), Tagging={"TagSet": [{"Key": "theirs", "Value": "kept"}]}
    )


EDITS = (
    suspend_versioning,
    open_to_the_public,
    drop_the_policy,
    use_another_key,
    let_writers_own,
    replace_the_rules,
    stop_watching,
    watch_elsewhere,
    forget_delete_markers,
    take_tags_off,
)


def test_whatever_somebody_edits_is_named_and_nothing_else(built: Built) -> None:
    for edit in EDITS:
        edit(built)
    tags: Any = built.model["bucket/access-logs"].attributes["tags"]
    assert changes(built.plan()) == {
        ("update", "bucket/logs", ("versioning",)),
        ("update", "bucket/assets-replica", ("public_access_block", "policy")),
        ("update", "bucket/assets", ("encryption", "ownership")),
        ("update", "bucket/access-logs", tuple(f"tags.{name}" for name in tags if name != "MigrationPhase")),
        ("update", "lifecycle_rule/assets/old", ("status",)),
        ("delete", "lifecycle_rule/assets/every-day", ()),
        ("create", "bucket_logging/logs", ()),
        ("delete", "bucket_logging/access-logs", ()),
        ("update", "bucket_replication/assets", ("rules",)),
    }


def test_a_bucket_with_objects_is_known_from_an_empty_one(built: Built) -> None:
    assert {
        f.facts["empty"] for f in built.read().values() if f.type == "bucket" and f.key != "bucket/access-logs"
    } == {True}
    s3, name = built.s3("bucket/logs"), built.name("bucket/logs")
    s3.put_object(Bucket=name, Key="a", Body=b"a")
    s3.delete_object(Bucket=name, Key="a")
    assert built.read()["bucket/logs"].facts["empty"] is False


def test_outputs_of_nothing_have_the_shape_of_all(finished: Built) -> None:
    everything: Any = storage_outputs(finished.read())
    nothing: Any = storage_outputs({})
    assert set(nothing["buckets"]) == {"logs", "assets"} < set(everything["buckets"])
    assert nothing["buckets"]["assets"].keys() == everything["buckets"]["assets"].keys()
    assert set(nothing["replica_buckets"]["assets"].values()) == {None}
    assert None not in everything["replica_buckets"]["assets"].values()
    replica = finished.name("bucket/assets-replica")
    assert everything["replica_buckets"]["assets"]["domain_name"] == f"{replica}.s3.us-west-2.amazonaws.com"
