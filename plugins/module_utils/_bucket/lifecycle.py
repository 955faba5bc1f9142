# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lifecycle rules from S3's shape to ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

KNOWN = {
    "ID",
    "Status",
    "Prefix",
    "Filter",
    "Expiration",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
    "Transitions",
    "NoncurrentVersionTransitions",
}


def from_s3(rule: Mapping[str, Any]) -> dict[str, Any]:
    """One rule of an answer of GetBucketLifecycleConfiguration; what our shape has no word for is under other."""
    expiration, old = rule.get("Expiration", {}), rule.get("NoncurrentVersionExpiration", {})
    chosen = rule.get("Filter", {})
    return {
        "status": rule["Status"],
        "prefix": chosen.get("Prefix", rule.get("Prefix", "")),
        "expiration_days": expiration.get("Days"),
        "expired_delete_markers": bool(expiration.get("ExpiredObjectDeleteMarker", False)),
        "noncurrent_days": old.get("NoncurrentDays"),
        "abort_upload_days": rule.get("AbortIncompleteMultipartUpload", {}).get("DaysAfterInitiation"),
        "transitions": _transitions(rule.get("Transitions", []), "Days"),
        "noncurrent_transitions": _transitions(rule.get("NoncurrentVersionTransitions", []), "NoncurrentDays"),
        "other": {
            **{name: value for name, value in rule.items() if name not in KNOWN},
            **_rest("Filter", chosen, {"Prefix"}),
            **_rest("Expiration", expiration, {"Days", "ExpiredObjectDeleteMarker"}),
            **_rest("NoncurrentVersionExpiration", old, {"NoncurrentDays"}),
        },
    }


def _transitions(transitions: Iterable[Mapping[str, Any]], days: str) -> list[dict[str, Any]]:
    ours = [{"days": t.get(days), "storage_class": t["StorageClass"]} for t in transitions]
    return sorted(ours, key=lambda transition: transition["days"] or 0)


def _rest(name: str, part: Mapping[str, Any], known: set[str]) -> dict[str, str]:
    """As text, since a date has no other form that a plan can show."""
    return {f"{name}.{field}": str(value) for field, value in part.items() if field not in known}
