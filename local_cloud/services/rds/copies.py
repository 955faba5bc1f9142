# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The copies that a blue/green deployment makes of databases, and how a switchover swaps their names.

Source: "Creating a blue/green deployment" and "Switching a blue/green deployment" in the RDS user guide: the copy has
the topology and the features of its source, its tags too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.services.rds import waiting
from local_cloud.services.rds.deployment import Pair
from local_cloud.services.rds.details import complete_new_instance

SAME = (
    "AllocatedStorage",
    "AutoMinorVersionUpgrade",
    "BackupRetentionPeriod",
    "CACertificateIdentifier",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "DeletionProtection",
    "Engine",
    "EngineVersion",
    "KmsKeyId",
    "LicenseModel",
    "MasterUsername",
    "MaxAllocatedStorage",
    "MonitoringInterval",
    "MonitoringRoleArn",
    "MultiAZ",
    "PerformanceInsightsKMSKeyId",
    "PerformanceInsightsRetentionPeriod",
    "PreferredBackupWindow",
    "PreferredMaintenanceWindow",
    "PubliclyAccessible",
    "StorageEncrypted",
    "StorageType",
)
RENAMED = {
    "DBName": "DBName",
    "EnabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "IAMDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "PerformanceInsightsEnabled": "EnablePerformanceInsights",
    "TagList": "Tags",
}
WANTED = {
    "TargetAllocatedStorage": "AllocatedStorage",
    "TargetDBInstanceClass": "DBInstanceClass",
    "TargetDBParameterGroupName": "DBParameterGroupName",
    "TargetEngineVersion": "EngineVersion",
    "TargetIops": "Iops",
    "TargetStorageThroughput": "StorageThroughput",
    "TargetStorageType": "StorageType",
}
"""What CreateBlueGreenDeployment calls what CreateDBInstance takes."""


def make(request: Request, source: str, name: str, next_handler: Next) -> str:
    """A copy of the instance source, with what the request asks to be another; its name."""
    described = request.derive("DescribeDBInstances", {"DBInstanceIdentifier": source})
    item = described.read(next_handler(described))["DBInstances"][0]
    given = {key: item[key] for key in SAME if item.get(key) not in (None, "")}
    given |= {new: item[old] for old, new in RENAMED.items() if item.get(old)}
    given |= _surroundings(item)
    given |= {new: request.parameters[old] for old, new in WANTED.items() if old in request.parameters}
    databases = request.backend().databases
    given |= {"DBInstanceIdentifier": name, "MasterUserPassword": databases[source]._master_user_password}
    created = request.derive("CreateDBInstance", given)
    response = complete_new_instance(created, next_handler)
    if not response.ok:
        raise RuntimeError(f"moto does not make the copy {name}: {response.body!r}")
    databases[name].status = "creating"
    return name


def _surroundings(item: dict[str, Any]) -> dict[str, Any]:
    group = (item.get("DBSubnetGroup") or {}).get("DBSubnetGroupName")
    made: dict[str, Any] = {
        "VpcSecurityGroupIds": [one["VpcSecurityGroupId"] for one in item.get("VpcSecurityGroups") or []],
        "DBParameterGroupName": next(
            (one["DBParameterGroupName"] for one in item.get("DBParameterGroups") or []), None
        ),
        "DBSubnetGroupName": None if group == "default" else group,
        "Port": (item.get("Endpoint") or {}).get("Port"),
    }
    return {key: value for key, value in made.items() if value}


def swap(request: Request, pairs: Sequence[Pair]) -> None:
    """Each copy takes its source's name, each source the first free <name>-old<number>."""
    backend = request.backend()
    for pair in pairs:
        production, number = pair.source, 1
        while f"{production}-old{number}" in backend.databases:
            number += 1
        pair.source = _renamed(request, production, f"{production}-old{number}")
        pair.target = _renamed(request, pair.target, production)
    former = {pair.target: pair.source for pair in pairs}
    primary, *replicas = pairs
    backend.databases[primary.source].replicas = [pair.source for pair in replicas]
    backend.databases[primary.target].replicas = [pair.target for pair in replicas]
    for pair in replicas:
        old, new = backend.databases[pair.source], backend.databases[pair.target]
        old.source_db_instance_identifier = former[primary.target]
        new.source_db_instance_identifier, new.is_replica = primary.target, True


def _renamed(request: Request, name: str, new: str) -> str:
    given = {"new_db_instance_identifier": new}
    request.backend().modify_db_instance(db_instance_identifier=name, db_kwargs=given)
    waiting.rename(request, name, new)
    return new


def replicates_rows(source: Any, target: Any) -> bool:
    """PostgreSQL, between major versions: "PostgreSQL replication methods for blue/green deployments"."""
    majors = {str(one.engine_version).partition(".")[0] for one in (source, target)}
    return source.engine == "postgres" and len(majors) > 1
