# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An Aurora cluster as DescribeDBClusters answers it, in the words of the model, and what makes it the wanted one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.core import Value
from .._stack.context import tags_of
from .plan import NotChangeable, log_exports
from .versions import satisfies

NAMES: Mapping[str, str] = {
    "engine_version": "EngineVersion",
    "subnet_group": "DBSubnetGroupName",
    "parameter_group": "DBClusterParameterGroupName",
    "security_groups": "VpcSecurityGroupIds",
    "port": "Port",
    "deletion_protection": "DeletionProtection",
    "backup_retention": "BackupRetentionPeriod",
    "backup_window": "PreferredBackupWindow",
    "maintenance_window": "PreferredMaintenanceWindow",
    "copy_tags_to_snapshot": "CopyTagsToSnapshot",
    "iam_authentication": "EnableIAMDatabaseAuthentication",
    "log_exports": "EnableCloudwatchLogsExports",
    "storage_type": "StorageType",
    "serverless": "ServerlessV2ScalingConfiguration",
    "password_managed": "ManageMasterUserPassword",
    "password_key_arn": "MasterUserSecretKmsKeyId",
    "lifecycle_support": "EngineLifecycleSupport",
}
"""What the calls about clusters name each attribute."""

FIXED = ("encrypted", "key_arn", "subnet_group")
SECRET = ("password_managed", "password_key_arn")
AURORA_STORAGE = "aurora"


def cluster_attributes(item: Mapping[str, Any]) -> dict[str, Value]:
    """Lists where order means nothing are sorted."""
    secret = item.get("MasterUserSecret") or {}
    scale = item.get("ServerlessV2ScalingConfiguration") or {}
    return {
        "engine": item["Engine"],
        "engine_version": item["EngineVersion"],
        "encrypted": bool(item.get("StorageEncrypted")),
        "key_arn": item.get("KmsKeyId"),
        "username": item.get("MasterUsername"),
        "subnet_group": item.get("DBSubnetGroup"),
        "parameter_group": item.get("DBClusterParameterGroup"),
        "security_groups": sorted(
            group["VpcSecurityGroupId"]
            for group in item.get("VpcSecurityGroups") or []
            if group.get("Status") != "removing"
        ),
        "port": item.get("Port"),
        "deletion_protection": bool(item.get("DeletionProtection")),
        "backup_retention": item.get("BackupRetentionPeriod"),
        "backup_window": item.get("PreferredBackupWindow"),
        "maintenance_window": item.get("PreferredMaintenanceWindow"),
        "copy_tags_to_snapshot": bool(item.get("CopyTagsToSnapshot")),
        "iam_authentication": bool(item.get("IAMDatabaseAuthenticationEnabled")),
        "log_exports": sorted(item.get("EnabledCloudwatchLogsExports") or []),
        # AWS leaves it out for Aurora's standard storage.
        "storage_type": item.get("StorageType") or AURORA_STORAGE,
        "serverless": {"min_capacity": scale["MinCapacity"], "max_capacity": scale["MaxCapacity"]} if scale else None,
        "password_managed": bool(secret),
        "password_key_arn": secret.get("KmsKeyId"),
        "lifecycle_support": item.get("EngineLifecycleSupport"),
        "tags": tags_of(item.get("TagList")),
    }


def cluster_differences(wanted: Mapping[str, Value], item: Mapping[str, Any]) -> dict[str, Value]:
    """What of wanted the cluster has not; a newer minor version satisfies an older one."""
    found = cluster_attributes(item)
    differing = {name: value for name, value in wanted.items() if found.get(name) != value}
    version = differing.get("engine_version")
    if version and satisfies(str(found["engine"]), str(found["engine_version"]), str(version)):
        del differing["engine_version"]
    return differing


def cluster_request(values: Mapping[str, Value]) -> dict[str, Any]:
    """Attributes as the calls take them."""
    request = {NAMES[name]: value for name, value in values.items() if name in NAMES}
    scale = values.get("serverless")
    if isinstance(scale, Mapping):
        request[NAMES["serverless"]] = {"MinCapacity": scale["min_capacity"], "MaxCapacity": scale["max_capacity"]}
    return request


def cluster_changes(wanted: Mapping[str, Value], item: Mapping[str, Any]) -> dict[str, Any]:
    """What ModifyDBCluster takes, empty where nothing differs. Raises NotChangeable."""
    differing = cluster_differences(wanted, item)
    if fixed := [name for name in FIXED if name in differing]:
        found = cluster_attributes(item)
        listed = ", ".join(f"{name} is {found[name]!r}, not {wanted[name]!r}" for name in fixed)
        raise NotChangeable(
            f"{item['DBClusterIdentifier']}: {listed}. AWS cannot change that of a cluster that exists."
        )
    if not differing:
        return {}
    if any(name in differing for name in SECRET):
        differing |= {name: wanted[name] for name in SECRET if name in wanted}
    request = cluster_request(differing)
    if "log_exports" in differing:
        del request["EnableCloudwatchLogsExports"]
        request["CloudwatchLogsExportConfiguration"] = log_exports(
            item.get("EnabledCloudwatchLogsExports") or [], wanted["log_exports"]
        )
    return {"DBClusterIdentifier": item["DBClusterIdentifier"], **request, "ApplyImmediately": True}
