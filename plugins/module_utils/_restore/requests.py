# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls that change something, as data: each is what one method of the client takes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._model.core import Value
from .._rds.cluster import cluster_request
from .._rds.parameter_api import tag_list
from .._rds.plan import CREATE_NAMES
from .._rds.versions import satisfies
from .asked import Asked, Member
from .kinds import INSTANCE, Kind
from .route import Copy, Scope, Share
from .snapshot import FROM_TAG, RESTORE_TAG, Snapshot

BEGUN, COMPLETE = "begun", "complete"
PASSWORD_TAG = "cutover:password-from"
"""On a database: the ARN of the secret whose password it was given."""

AT_RESTORE = (
    "instance_class",
    "storage_type",
    "iops",
    "storage_throughput",
    "multi_az",
    "subnet_group",
    "parameter_group",
    "option_group",
    "security_groups",
    "port",
    "publicly_accessible",
    "deletion_protection",
    "backup_retention",
    "backup_window",
    "copy_tags_to_snapshot",
    "auto_minor_version_upgrade",
    "ca_certificate",
    "iam_authentication",
    "log_exports",
    "lifecycle_support",
)
"""What the calls that restore an instance take; the rest is changed afterwards. So botocore's model of
RestoreDBInstanceFromDBSnapshot has it."""

CLUSTER_AT_RESTORE = (
    "subnet_group",
    "parameter_group",
    "security_groups",
    "port",
    "deletion_protection",
    "backup_retention",
    "backup_window",
    "copy_tags_to_snapshot",
    "iam_authentication",
    "log_exports",
    "storage_type",
    "serverless",
    "lifecycle_support",
)


@dataclass(frozen=True)
class Write:
    """One call. step is the kind of step it is, text what people read while it lasts.

    secret: the ARN of the secret whose password goes with it, which is read only then.
    """

    step: str
    name: str
    text: str
    scope: Scope
    operation: str
    request: Mapping[str, Any] = field(default_factory=dict)
    secret: str | None = None


def take(asked: Asked, scope: Scope) -> Write:
    """A snapshot of the source."""
    kind, source = asked.kind, asked.source
    request = {
        kind.snapshot_identifier: source.take,
        kind.identifier: source.database,
        "Tags": tag_list(asked.tags),
    }
    text = f"take snapshot {source.take} of {source.database}"
    return Write("take", str(source.take), text, scope, f"create_db{kind.suffix}_snapshot", request)


def copy(asked: Asked, hop: Copy, before: Snapshot, origin: str) -> Write:
    """A copy of the snapshot before it, encrypted with the hop's key."""
    kind = asked.kind
    request: dict[str, Any] = {
        f"Source{kind.snapshot}Identifier": before.arn,
        f"Target{kind.snapshot}Identifier": hop.name,
        "Tags": tag_list({**asked.tags, FROM_TAG: origin, RESTORE_TAG: f"{asked.id} {BEGUN}"}),
    }
    if hop.key:
        request["KmsKeyId"] = hop.key
    if before.region != hop.scope.region:
        # botocore makes the presigned URL of it that AWS wants for encrypted snapshots.
        request["SourceRegion"] = before.region
    text = f"copy {before.name} from {before.region} to {hop.scope.region} as {hop.name}"
    return Write("copy", hop.name, text, hop.scope, f"copy_db{kind.suffix}_snapshot", request)


def share(asked: Asked, hop: Share, before: Snapshot) -> Write:
    """Our account may restore and copy the snapshot."""
    kind = asked.kind
    request = {kind.snapshot_identifier: before.name, "AttributeName": "restore", "ValuesToAdd": [hop.account]}
    text = f"share {before.name} with {hop.account}"
    return Write("share", before.name, text, hop.scope, f"modify_db{kind.suffix}_snapshot_attribute", request)


def restore(asked: Asked, own: Scope, account: str, last: Snapshot | None, origin: str) -> Write:
    """The database, from the last snapshot of the way, or to a point in time where there is none.

    account is our own: of a snapshot of another one AWS wants the ARN.
    """
    named = "" if last is None else last.name if last.account == account else last.arn
    make = _restored_instance if asked.kind is INSTANCE else _restored_cluster
    request = make(asked, last, named)
    request["Tags"] = tag_list({**asked.tags, FROM_TAG: origin, RESTORE_TAG: f"{asked.id} {BEGUN}"})
    if last is None:
        how = "to_point_in_time"
        source = asked.source
        request |= {f"Source{asked.kind.identifier}": source.database}
        wanted_time = "RestoreTime" if asked.kind is INSTANCE else "RestoreToTime"
        request |= {wanted_time: source.moment} if source.moment else {"UseLatestRestorableTime": True}
    else:
        how = "from_db_snapshot" if asked.kind is INSTANCE else "from_snapshot"
    text = f"restore {asked.identifier} from {origin}"
    return Write("restore", asked.identifier, text, own, f"restore_db_{asked.kind.name}_{how}", request)


def _restored_instance(asked: Asked, last: Snapshot | None, named: str) -> dict[str, Any]:
    wanted = {name: asked.wanted[name] for name in AT_RESTORE if asked.wanted.get(name) not in (None, [])}
    request = {CREATE_NAMES[name]: value for name, value in wanted.items()}
    if last is None:
        limit = asked.wanted.get("max_allocated_storage")
        grows = {"MaxAllocatedStorage": limit} if limit else {}
        return {"TargetDBInstanceIdentifier": asked.identifier, **request, **grows}
    size = asked.wanted.get("allocated_storage")
    larger = {"AllocatedStorage": size} if isinstance(size, int) and size > last.storage else {}
    return {
        "DBInstanceIdentifier": asked.identifier,
        "DBSnapshotIdentifier": named,
        **request,
        **larger,
    }


def _restored_cluster(asked: Asked, last: Snapshot | None, named: str) -> dict[str, Any]:
    wanted = {name: asked.wanted[name] for name in CLUSTER_AT_RESTORE if asked.wanted.get(name) not in (None, [])}
    request = {"DBClusterIdentifier": asked.identifier, "KmsKeyId": asked.key, **cluster_request(wanted)}
    if last is not None:
        # Without a version AWS takes its default of the day.
        request |= {"SnapshotIdentifier": named, "Engine": last.engine, "EngineVersion": version(asked, last)}
    return request


def version(asked: Asked, snapshot: Snapshot) -> str:
    """The snapshot's own, unless a newer one is wanted."""
    wanted = asked.wanted.get("engine_version")
    if not wanted or satisfies(snapshot.engine, snapshot.version, str(wanted)):
        return snapshot.version
    return str(wanted)


def member(asked: Asked, own: Scope, one: Member, engine: str) -> Write:
    """An instance of the cluster."""
    request: dict[str, Any] = {
        "DBInstanceIdentifier": one.identifier,
        "DBClusterIdentifier": asked.identifier,
        "Engine": engine,
        **{CREATE_NAMES[name]: value for name, value in one.wanted.items()},
        "Tags": tag_list(asked.tags),
    }
    request |= {"AvailabilityZone": one.zone} if one.zone else {}
    request |= {"PromotionTier": one.tier} if one.tier is not None else {}
    text = f"create {one.identifier} in {asked.identifier}"
    return Write("member", one.identifier, text, own, "create_db_instance", request)


def modify(kind: Kind, own: Scope, name: str, request: Mapping[str, Any]) -> Write:
    """Brings a database to the wanted settings."""
    changed = ", ".join(sorted(set(request) - {kind.identifier, "ApplyImmediately"}))
    return Write("modify", name, f"change {changed} of {name}", own, f"modify_db_{kind.name}", request)


def set_password(asked: Asked, own: Scope) -> Write:
    """Gives the master user the secret's password."""
    request = {asked.kind.identifier: asked.identifier, "ApplyImmediately": True}
    text = f"set the master password of {asked.identifier}"
    return Write("password", asked.identifier, text, own, f"modify_db_{asked.kind.name}", request, asked.secret)


def start(kind: Kind, own: Scope, name: str) -> Write:
    """Starts a database that somebody has stopped."""
    return Write("start", name, f"start {name}", own, f"start_db_{kind.name}", {kind.identifier: name})


def reboot(own: Scope, name: str) -> Write:
    """Brings static parameters into force."""
    return Write("reboot", name, f"reboot {name}", own, "reboot_db_instance", {"DBInstanceIdentifier": name})


def remove_copy(asked: Asked, scope: Scope, copied: Snapshot) -> Write:
    """A copy made on the way has done its work."""
    kind = asked.kind
    request = {kind.snapshot_identifier: copied.name}
    text = f"remove copy {copied.name} in {scope.region}"
    return Write("remove", copied.name, text, scope, f"delete_db{kind.suffix}_snapshot", request)


def tag(own: Scope, name: str, arn: str, tags: Mapping[str, Value]) -> Write:
    """Remembers on the database how far it is."""
    values = {key: str(value) for key, value in tags.items()}
    request = {"ResourceName": arn, "Tags": tag_list(values)}
    return Write("tag", name, f"mark {name}", own, "add_tags_to_resource", request)
