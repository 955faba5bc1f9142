# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication and lifecycle rules between S3's shape and ours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._bucket import lifecycle, replication

RULE: dict[str, Any] = {
    "id": "all",
    "status": "Enabled",
    "priority": 1,
    "prefix": "",
    "delete_markers": True,
    "encrypted_objects": True,
    "destination": "arn:aws:s3:::copy",
    "replica_key_arn": "arn:key",
    "time_control": False,
}
RULES = st.fixed_dictionaries(
    {
        "id": st.sampled_from("abc"),
        "status": st.sampled_from(["Enabled", "Disabled"]),
        "priority": st.integers(1, 9),
        "prefix": st.sampled_from(["", "public/"]),
        "delete_markers": st.booleans(),
        "encrypted_objects": st.booleans(),
        "destination": st.just("arn:aws:s3:::copy"),
        "replica_key_arn": st.sampled_from([None, "arn:key"]),
        "time_control": st.booleans(),
    }
)


@given(st.lists(RULES, max_size=3, unique_by=lambda rule: rule["id"]))
def test_what_is_put_is_read_back(rules: list[dict[str, Any]]) -> None:
    put = replication.to_s3("arn:role", rules)
    assert replication.from_s3(put["Rules"]) == sorted(rules, key=lambda rule: (rule["priority"], rule["id"]))


def test_time_control_comes_with_its_metrics() -> None:
    destination = replication.to_s3("arn:role", [{**RULE, "time_control": True}])["Rules"][0]["Destination"]
    assert destination["ReplicationTime"] == {"Status": "Enabled", "Time": {"Minutes": 15}}
    assert destination["Metrics"] == {"Status": "Enabled", "EventThreshold": {"Minutes": 15}}


def test_a_rule_that_somebody_narrowed_differs() -> None:
    put = replication.to_s3("arn:role", [RULE])["Rules"]
    narrowed = [{**put[0], "Filter": {"Tag": {"Key": "copy", "Value": "yes"}}}]
    assert replication.from_s3(put) == [RULE]
    assert replication.from_s3(narrowed) != [RULE]


def test_an_old_rule_without_filter_is_read() -> None:
    old = {"ID": "old", "Prefix": "a/", "Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::copy"}}
    assert replication.from_s3([old])[0] == {
        **RULE,
        "id": "old",
        "priority": 0,
        "prefix": "a/",
        "delete_markers": False,
        "encrypted_objects": False,
        "replica_key_arn": None,
    }


LIFECYCLE: dict[str, Any] = {
    "ID": "old",
    "Status": "Enabled",
    "Filter": {"Prefix": ""},
    "Expiration": {"ExpiredObjectDeleteMarker": True},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
    "Transitions": [{"Days": 90, "StorageClass": "GLACIER"}, {"Days": 30, "StorageClass": "STANDARD_IA"}],
}


def test_a_lifecycle_rule_is_read_whole() -> None:
    assert lifecycle.from_s3(LIFECYCLE) == {
        "status": "Enabled",
        "prefix": "",
        "expiration_days": None,
        "expired_delete_markers": True,
        "noncurrent_days": 90,
        "abort_upload_days": 7,
        "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}, {"days": 90, "storage_class": "GLACIER"}],
        "noncurrent_transitions": [],
        "other": {},
    }


@pytest.mark.parametrize(
    "change",
    [
        {"Filter": {"Tag": {"Key": "a", "Value": "b"}}},
        {"Filter": {"Prefix": "", "ObjectSizeGreaterThan": 1}},
        {"Expiration": {"Date": "2030-01-01"}},
        {"NoncurrentVersionExpiration": {"NoncurrentDays": 90, "NewerNoncurrentVersions": 5}},
        {"Status": "Disabled"},
        {"Transitions": [{"Date": "2030-01-01", "StorageClass": "GLACIER"}]},
    ],
    ids=["by tag", "by size", "by date", "newer versions kept", "disabled", "transition by date"],
)
def test_whatever_somebody_changes_makes_a_difference(change: dict[str, Any]) -> None:
    assert lifecycle.from_s3({**LIFECYCLE, **change}) != lifecycle.from_s3(LIFECYCLE)
