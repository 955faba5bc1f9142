# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Restoring: what RDS refuses, and what a restored database has that nobody asked for.

moto gives it all that the source had, its secret too; RDS gives it defaults. Sources: "Restoring to a DB instance" in
the RDS user guide, and botocore's rds model, RestoreDBInstanceFromDBSnapshot and RestoreDBClusterFromSnapshot.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from moto.rds.models import DBClusterSnapshot, DBSnapshot

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.rds import instances, snapshots
from local_cloud.services.rds.catalogue import ENGINES
from local_cloud.services.rds.details import new_password

HIDDEN = "local-cloud-restores-from-this"
NOT_FOUND = 404
DEFAULTS: dict[str, tuple[str, Any]] = {
    "multi_az": ("MultiAZ", False),
    "deletion_protection": ("DeletionProtection", False),
    "enable_iam_database_authentication": ("EnableIAMDatabaseAuthentication", False),
    "copy_tags_to_snapshot": ("CopyTagsToSnapshot", False),
    "publicly_accessible": ("PubliclyAccessible", False),
    "auto_minor_version_upgrade": ("AutoMinorVersionUpgrade", True),
    "enabled_cloudwatch_logs_exports": ("EnableCloudwatchLogsExports", []),
    "storage_type": ("StorageType", "gp3"),
    "engine_lifecycle_support": ("EngineLifecycleSupport", "open-source-rds-extended-support"),
    "monitoring_interval": ("MonitoringInterval", 0),
    "monitoring_role_arn": ("MonitoringRoleArn", None),
    "iops": ("Iops", None),
    "storage_throughput": ("StorageThroughput", None),
}
"""By moto's name: the parameter, and what RDS takes without it."""

CLUSTER_DEFAULTS: dict[str, tuple[str, Any]] = {
    "deletion_protection": ("DeletionProtection", False),
    "iam_auth": ("EnableIAMDatabaseAuthentication", False),
    "copy_tags_to_snapshot": ("CopyTagsToSnapshot", False),
    "enabled_cloudwatch_logs_exports": ("EnableCloudwatchLogsExports", []),
    "storage_type": ("StorageType", "aurora"),
    "engine_lifecycle_support": ("EngineLifecycleSupport", "open-source-rds-extended-support"),
    "db_subnet_group_name": ("DBSubnetGroupName", "default"),
}


@handles("rds", "RestoreDBInstanceFromDBSnapshot")
def restore_instance(request: Request, next_handler: Next) -> Response:
    given = request.parameters
    name = given.get("DBSnapshotIdentifier", "")
    snapshot = snapshots.find(request, snapshots.INSTANCE, name)
    if snapshot.status != "available":
        raise AwsError("InvalidDBSnapshotState", f"The snapshot {name} is not in the available state.")
    _refuse_instance(request, snapshot)
    if snapshot.account_id != request.account:
        if not name.startswith("arn:"):
            raise AwsError("DBSnapshotNotFound", f"DBSnapshot {name} not found.", NOT_FOUND)
        if snapshot.encrypted:
            message = "An encrypted snapshot that another account shares has to be copied before it is restored."
            raise AwsError("InvalidParameterCombination", message)
    return _restored_instance(request, snapshot, given, next_handler)


@handles("rds", "RestoreDBInstanceToPointInTime")
def restore_instance_to_time(request: Request, next_handler: Next) -> Response:
    """moto would copy the source's secret, and everything else that it is connected with."""
    given = request.parameters
    source = request.backend().databases.get(given.get("SourceDBInstanceIdentifier", ""))
    if source is None:
        raise AwsError(
            "DBInstanceNotFound", f"DBInstance {given.get('SourceDBInstanceIdentifier')} not found.", NOT_FOUND
        )
    _check_time(given.get("RestoreTime"), given.get("UseLatestRestorableTime"), source.backup_retention_period)
    kept = {key: value for key, value in given.items() if key not in ("SourceDBInstanceIdentifier", "RestoreTime")}
    kept.pop("UseLatestRestorableTime", None)
    kept["DBInstanceIdentifier"] = kept.pop("TargetDBInstanceIdentifier")
    limit = kept.pop("MaxAllocatedStorage", None)
    asked = request.derive("RestoreDBInstanceFromDBSnapshot", {**kept, "DBSnapshotIdentifier": HIDDEN})
    snapshot = _snapshot_of(request, source)
    _refuse_instance(asked, snapshot)
    response = _restored_instance(asked, snapshot, asked.parameters, next_handler)
    if response.ok and limit:
        request.backend().databases[kept["DBInstanceIdentifier"]].max_allocated_storage = limit
    return request.answer(asked.read(response)) if response.ok else response


def _snapshot_of(request: Request, source: Any) -> Any:
    return DBSnapshot(request.backend(), source, HIDDEN)


def _refuse_instance(request: Request, snapshot: Any) -> None:
    given, engine = request.parameters, ENGINES[snapshot.engine]
    identifier = given.get("DBInstanceIdentifier", "")
    instances.check_identifier(identifier)
    if identifier.lower() in request.backend().databases:
        raise AwsError("DBInstanceAlreadyExists", "DB instance already exists")
    wanted = given.get("DBInstanceClass") or snapshot.database.db_instance_class
    if wanted not in engine.classes:
        raise instances.no_such_combination(engine, wanted, snapshot.engine_version)
    if given.get("AllocatedStorage", snapshot.allocated_storage) < snapshot.allocated_storage:
        message = "The allocated storage size can't be less than the source snapshot or backup size."
        raise AwsError("InvalidParameterValue", message)
    instances.check_surroundings(request, engine, snapshot.engine_version)


def _restored_instance(request: Request, snapshot: Any, given: dict[str, Any], next_handler: Next) -> Response:
    with _at_hand(request, snapshots.INSTANCE, snapshot):
        response = next_handler(request.with_parameters({**given, "DBSnapshotIdentifier": HIDDEN}))
    if not response.ok:
        return response
    database = request.backend().databases[given["DBInstanceIdentifier"]]
    _forget_secret(database)
    for attribute, (parameter, default) in DEFAULTS.items():
        setattr(database, attribute, given.get(parameter, default))
    database.performance_insights_enabled = False
    database.tags = given.get("Tags") or snapshot.tags
    described = request.derive("DescribeDBInstances", {"DBInstanceIdentifier": given["DBInstanceIdentifier"]})
    return request.answer({"DBInstance": described.read(next_handler(described))["DBInstances"][0]})


@handles("rds", "RestoreDBClusterFromSnapshot")
def restore_cluster(request: Request, next_handler: Next) -> Response:
    given = request.parameters
    name = given.get("SnapshotIdentifier", "")
    snapshot = snapshots.find(request, snapshots.CLUSTER, name)
    if snapshot.status != "available":
        message = f"The snapshot {name} is not in the available state."
        raise AwsError("InvalidDBClusterSnapshotStateFault", message)
    if snapshot.region != request.region:
        raise AwsError("DBClusterSnapshotNotFoundFault", f"DBClusterSnapshot {name} not found.", NOT_FOUND)
    return _restored_cluster(request, snapshot, given, next_handler)


@handles("rds", "RestoreDBClusterToPointInTime")
def restore_cluster_to_time(request: Request, next_handler: Next) -> Response:
    given = request.parameters
    name = given.get("SourceDBClusterIdentifier", "")
    source = request.backend().clusters.get(name)
    if source is None:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found.", NOT_FOUND)
    _check_time(given.get("RestoreToTime"), given.get("UseLatestRestorableTime"), source.backup_retention_period)
    dropped = ("SourceDBClusterIdentifier", "RestoreToTime", "UseLatestRestorableTime", "RestoreType")
    kept = {key: value for key, value in given.items() if key not in dropped}
    kept |= {"SnapshotIdentifier": HIDDEN, "Engine": source.engine, "EngineVersion": source.engine_version}
    asked = request.derive("RestoreDBClusterFromSnapshot", kept)
    snapshot = DBClusterSnapshot(request.backend(), source, HIDDEN)
    response = _restored_cluster(asked, snapshot, asked.parameters, next_handler)
    return request.answer(asked.read(response)) if response.ok else response


def _restored_cluster(request: Request, snapshot: Any, given: dict[str, Any], next_handler: Next) -> Response:
    identifier = given.get("DBClusterIdentifier", "")
    instances.check_identifier(identifier)
    if identifier.lower() in request.backend().clusters:
        raise AwsError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
    if given.get("Engine") != snapshot.engine:
        raise AwsError(
            "InvalidRestoreFault", f"Cannot restore a snapshot of {snapshot.engine} to {given.get('Engine')}."
        )
    instances.check_network(request)
    instances.check_keys(request)
    # moto stumbles over clusters whose password is managed
    vars(snapshot.cluster).setdefault("_master_user_password", new_password())
    with _at_hand(request, snapshots.CLUSTER, snapshot):
        response = next_handler(request.with_parameters({**given, "SnapshotIdentifier": HIDDEN}))
    if not response.ok:
        return response
    cluster = request.backend().clusters[identifier]
    _forget_secret(cluster)
    for attribute, (parameter, default) in CLUSTER_DEFAULTS.items():
        setattr(cluster, attribute, given.get(parameter, default))
    cluster.vpc_security_group_ids = given.get("VpcSecurityGroupIds")
    key = snapshots.key_of(request, snapshot)
    cluster.storage_encrypted = snapshot.encrypted or "KmsKeyId" in given
    cluster.kms_key_id = given.get("KmsKeyId") or (key.arn if key is not None else None)
    cluster.tags = given.get("Tags") or snapshot.tags
    described = request.derive("DescribeDBClusters", {"DBClusterIdentifier": identifier})
    return request.answer({"DBCluster": described.read(next_handler(described))["DBClusters"][0]})


@contextmanager
def _at_hand(request: Request, sort: snapshots.Sort, snapshot: Any) -> Iterator[None]:
    """moto restores from snapshots of the caller's own only."""
    held = getattr(request.backend(), sort.container)
    held[HIDDEN] = _named(snapshot)
    try:
        yield
    finally:
        held.pop(HIDDEN, None)


def _named(snapshot: Any) -> Any:
    """The same under the name that moto filters by."""
    made = copy.copy(snapshot)
    if made.resource_type == "snapshot":
        made.db_snapshot_identifier = HIDDEN
    else:
        made.db_cluster_snapshot_identifier = HIDDEN
    return made


def _forget_secret(restored: Any) -> None:
    """A restored database has the password of its source, and no secret."""
    secret = vars(restored).pop("master_user_secret", None)
    if secret is not None:
        secret.delete_secret()
    restored.manage_master_user_password = False


def _check_time(moment: datetime | None, latest: bool | None, retention: int) -> None:
    if bool(moment) == bool(latest):
        raise AwsError("InvalidParameterCombination", "Give either a restore time or UseLatestRestorableTime.")
    if not retention:
        raise AwsError("InvalidRestoreFault", "Automated backups are not enabled for the source.")
    aware = moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
    if aware and aware > datetime.now(UTC):
        raise AwsError("InvalidParameterValue", "The specified time is after the latest restorable time.")


@amends("rds", "DescribeDBInstanceAutomatedBackups")
def show_restore_window(request: Request, result: dict[str, Any]) -> None:
    for item in result.get("DBInstanceAutomatedBackups", []):
        database = request.backend().databases.get(item.get("DBInstanceIdentifier", ""))
        if database is not None:
            item["RestoreWindow"] = {"EarliestTime": database.created, "LatestTime": datetime.now(UTC)}
