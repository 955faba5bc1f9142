# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on buckets: what they are called, how long they keep what, and that the roles name the same ones.

Sources: "Bucket naming rules", "Transitioning objects using Amazon S3 Lifecycle" of the S3 User Guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ..._model.core import Value
from ..findings import Finding, absent, finding, meant

WHAT = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
DAYS = ("expiration_days", "noncurrent_days", "abort_upload_days")
CLASSES = ("STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")
INFREQUENT, INFREQUENT_FROM = ("STANDARD_IA", "ONEZONE_IA"), 30
"""Objects move to these classes after 30 days at the earliest."""
ENDS = {"transitions": "expiration_days", "noncurrent_transitions": "noncurrent_days"}
ACCESS_LISTS = ("security_read_buckets", "security_write_buckets", "security_replicated_buckets")

Typed = Mapping[str, Value]


def storage_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on the variables of the role storage."""
    buckets = typed.get("storage_buckets")
    if not isinstance(buckets, Mapping):
        return
    for what, bucket in buckets.items():
        path = f"storage_buckets.{what}"
        if not WHAT.fullmatch(str(what)):
            yield absent(
                path, "is part of a bucket's name: lower-case letters, digits and dashes", "Choose another name"
            )
        lifecycle = bucket.get("lifecycle") if isinstance(bucket, Mapping) else None
        for name, rule in (lifecycle if isinstance(lifecycle, Mapping) else {}).items():
            if isinstance(rule, Mapping):
                yield from _rule(f"{path}.lifecycle.{name}", rule)
    yield from _lists(typed, buckets)


def _rule(path: str, rule: Mapping[str, Value]) -> Iterator[Finding]:
    for name in DAYS:
        days = rule.get(name)
        if days is not None and (isinstance(days, bool) or not isinstance(days, int) or days < 1):
            yield finding(f"{path}.{name}", days, "has to be a number of days, 1 or more", "Write digits alone")
    for name, end in ENDS.items():
        transitions = rule.get(name)
        for index, transition in enumerate(transitions if isinstance(transitions, list) else []):
            yield from _transition(f"{path}.{name}[{index}]", transition, rule.get(end), end)


def _transition(path: str, transition: Value, last: Value, end: str) -> Iterator[Finding]:
    if not isinstance(transition, Mapping) or set(transition) != {"days", "storage_class"}:
        yield finding(path, transition, "needs days and storage_class", "Write {days: 30, storage_class: STANDARD_IA}")
        return
    days, kind = transition["days"], str(transition["storage_class"]).upper()
    if kind not in CLASSES:
        guess = meant(kind, CLASSES, f"There are {', '.join(CLASSES)}")
        yield finding(f"{path}.storage_class", transition["storage_class"], "S3 has no such storage class", guess)
    if isinstance(days, bool) or not isinstance(days, int) or days < 0:
        yield finding(f"{path}.days", days, "has to be a number of days", "Write digits alone")
    elif kind in INFREQUENT and days < INFREQUENT_FROM:
        yield finding(f"{path}.days", days, f"objects move to {kind} after {INFREQUENT_FROM} days or more", "Raise it")
    elif isinstance(last, int) and days >= last:
        yield finding(f"{path}.days", days, f"is not before {end} ({last}), when the objects are removed", "Lower it")


def _lists(typed: Typed, buckets: Mapping[str, Value]) -> Iterator[Finding]:
    """The roles are given access by these lists; a bucket that is only in one of them is a name misspelt."""
    for variable in ACCESS_LISTS:
        named = typed.get(variable)
        for index, what in enumerate(named if isinstance(named, Sequence) and not isinstance(named, str) else []):
            if what not in buckets:
                fix = meant(str(what), buckets, "Name one of them, or add the bucket")
                yield finding(f"{variable}[{index}]", what, "there is no such bucket in storage_buckets", fix)
    replicated = typed.get("security_replicated_buckets")
    for what, bucket in buckets.items():
        asked = isinstance(bucket, Mapping) and bucket.get("replicated") is True
        if asked and isinstance(replicated, Sequence) and what not in replicated:
            rule = "is to be replicated, and security_replicated_buckets, which gives the right to do so, lacks it"
            yield absent(f"storage_buckets.{what}.replicated", rule, "Add it there")
