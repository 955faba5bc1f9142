# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshots: what AWS says of one, and which of many is the newest that a rule admits. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .._stack.context import tags_of
from .kinds import INSTANCE, SNAPSHOT_READY, Kind

DIGEST = 8
FROM_TAG = "cutover:restored-from"
"""On a database: the ARN of the snapshot it came from, or the source's ARN and the point in time. On a copy that was
made on the way: the ARN of the snapshot that was asked for."""

RESTORE_TAG = "cutover:restore"
"""On whatever a restore makes: its id, a space, and how far it is."""


@dataclass(frozen=True)
class Snapshot:
    """type is manual, automated, awsbackup or shared; storage is in GiB; percent is AWS's progress.

    created: how old its data are, that is for a copy when the first was taken; made: when it itself was.
    """

    name: str
    arn: str
    database: str
    status: str
    percent: int
    type: str
    engine: str
    version: str
    username: str
    encrypted: bool
    key_arn: str | None
    storage: int
    created: datetime | None
    made: datetime | None = None
    option_group: str | None = None
    tags: Mapping[str, Any] = field(default_factory=dict)

    @property
    def account(self) -> str:
        """Whose it is."""
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        """Where it is."""
        return self.arn.split(":")[3]

    @property
    def ready(self) -> bool:
        """Whether it can be copied and restored."""
        return self.status == SNAPSHOT_READY


@dataclass(frozen=True)
class Rule:
    """Which snapshots of a database may be used. type is any, manual or automated; max_age is in seconds."""

    type: str = "any"
    max_age: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def snapshot_of(kind: Kind, item: Mapping[str, Any]) -> Snapshot:
    """From AWS's description. A copy counts as old as what it is a copy of."""
    encrypted = bool(item.get("Encrypted") if kind is INSTANCE else item.get("StorageEncrypted"))
    return Snapshot(
        name=item[kind.snapshot_identifier],
        arn=item[f"{kind.snapshot}Arn"],
        database=item[kind.identifier],
        status=item["Status"],
        percent=int(item.get("PercentProgress") or 0),
        type=item["SnapshotType"],
        engine=item["Engine"],
        version=item["EngineVersion"],
        username=item["MasterUsername"],
        encrypted=encrypted,
        key_arn=item.get("KmsKeyId") if encrypted else None,
        storage=int(item.get("AllocatedStorage") or 0),
        created=item.get("OriginalSnapshotCreateTime") or item.get("SnapshotCreateTime"),
        made=item.get("SnapshotCreateTime"),
        option_group=item.get("OptionGroupName"),
        tags=tags_of(item.get("TagList")),
    )


def admitted(snapshots: Iterable[Snapshot], rule: Rule, now: datetime) -> list[Snapshot]:
    """Those that the rule admits, newest first. Copies that a restore has made are nobody's snapshots."""
    fit = [one for one in snapshots if one.ready and one.created and not is_copy(one) and _fits(one, rule)]
    if rule.max_age is not None:
        oldest = now - timedelta(seconds=rule.max_age)
        fit = [one for one in fit if one.created and one.created >= oldest]
    return sorted(fit, key=lambda one: (one.created, one.arn), reverse=True)


def is_copy(snapshot: Snapshot) -> bool:
    """Whether a restore has made it on its way. Snapshots of a restored database may have its tags, not such a name."""
    origin = snapshot.tags.get(FROM_TAG)
    return bool(origin) and snapshot.name.endswith(_ending(str(origin)))


def wish_of(tags: Mapping[str, Any]) -> str:
    """The id of the wish that something was made for, empty where it was made for none."""
    return str(tags.get(RESTORE_TAG, "")).partition(" ")[0]


def copy_name(identifier: str, source_arn: str) -> str:
    """The same in every run, so that a copy that was begun is found again."""
    return f"{identifier}{_ending(source_arn)}"


def _ending(source_arn: str) -> str:
    return f"-restore-{hashlib.sha256(source_arn.encode()).hexdigest()[:DIGEST]}"


def _fits(snapshot: Snapshot, rule: Rule) -> bool:
    right_type = rule.type in ("any", snapshot.type)
    return right_type and all(snapshot.tags.get(tag) == value for tag, value in rule.tags.items())
