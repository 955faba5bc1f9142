# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication rules between S3's shape and ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

ENABLED, DISABLED = "Enabled", "Disabled"
PROMISED = {"Minutes": 15}
"""What S3 Replication Time Control promises; the API takes no other value."""

Rule = Mapping[str, Any]
"""{id, status, priority, prefix, delete_markers, encrypted_objects, destination, replica_key_arn, time_control}"""


def to_s3(role_arn: str, rules: Iterable[Rule]) -> dict[str, Any]:
    """What PutBucketReplication takes, in the schema with filters (V2)."""
    return {"Role": role_arn, "Rules": [_rule_to_s3(rule) for rule in rules]}


def _rule_to_s3(rule: Rule) -> dict[str, Any]:
    return {
        "ID": rule["id"],
        "Status": rule["status"],
        "Priority": rule["priority"],
        "Filter": {"Prefix": rule["prefix"]},
        "DeleteMarkerReplication": {"Status": _status(rule["delete_markers"])},
        "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": _status(rule["encrypted_objects"])}},
        "Destination": _destination(rule),
    }


def _destination(rule: Rule) -> dict[str, Any]:
    destination: dict[str, Any] = {"Bucket": rule["destination"]}
    if rule["replica_key_arn"]:
        destination["EncryptionConfiguration"] = {"ReplicaKmsKeyID": rule["replica_key_arn"]}
    if rule["time_control"]:
        # Time control needs the metrics, which are what it is checked by.
        destination["ReplicationTime"] = {"Status": ENABLED, "Time": PROMISED}
        destination["Metrics"] = {"Status": ENABLED, "EventThreshold": PROMISED}
    return destination


def from_s3(rules: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rules of an answer of GetBucketReplication, by priority."""
    return sorted((_rule_from_s3(rule) for rule in rules), key=lambda rule: (rule["priority"], rule["id"]))


def _rule_from_s3(rule: Mapping[str, Any]) -> dict[str, Any]:
    destination, chosen = rule["Destination"], rule.get("Filter", {})
    seen = {
        "id": rule.get("ID", ""),
        "status": rule["Status"],
        "priority": rule.get("Priority", 0),
        "prefix": chosen.get("Prefix", rule.get("Prefix", "")),
        "delete_markers": _on(rule.get("DeleteMarkerReplication")),
        "encrypted_objects": _on(rule.get("SourceSelectionCriteria", {}).get("SseKmsEncryptedObjects")),
        "destination": destination["Bucket"],
        "replica_key_arn": destination.get("EncryptionConfiguration", {}).get("ReplicaKmsKeyID"),
        "time_control": _on(destination.get("ReplicationTime")),
    }
    narrowed = {name: value for name, value in chosen.items() if name != "Prefix"}
    return {**seen, "filter": narrowed} if narrowed else seen


def _status(on: bool) -> str:
    return ENABLED if on else DISABLED


def _on(setting: Mapping[str, Any] | None) -> bool:
    return setting is not None and setting.get("Status") == ENABLED
