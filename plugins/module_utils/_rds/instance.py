# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A DB instance as DescribeDBInstances answers it, in the words of the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._model.core import Value
from .._stack.context import tags_of
from .versions import satisfies

RUNNING = "running"
STOPPED = "stopped"
DELETING = "deleting"
SETTLED = frozenset({"available", "storage-optimization"})
"""The database answers and can be changed. Moving data to larger volumes goes on for hours while it is in use."""

CHANGING = frozenset(
    {
        "backing-up",
        "configuring-enhanced-monitoring",
        "configuring-iam-database-auth",
        "configuring-log-exports",
        "maintenance",
        "modifying",
        "rebooting",
        "renaming",
        "resetting-master-credentials",
        "storage-config-upgrade",
        "storage-initialization",
        "upgrading",
    }
)
"""The database exists and answers, but for a moment here and there; AWS refuses changes until the state is over."""

COMING = frozenset({"creating", "starting", "stopping"})

FAILED = frozenset(
    {
        DELETING,
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-create",
        "incompatible-credentials",
        "incompatible-network",
        "incompatible-option-group",
        "incompatible-parameters",
        "incompatible-restore",
        "insufficient-capacity",
        "restore-error",
        "storage-full",
    }
)
"""No waiting mends these.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html lists all states.
"""


def instance_attributes(item: Mapping[str, Any]) -> dict[str, Value]:
    """What the model holds an instance to.

    Groups are given by name, lists where order means nothing are sorted, lists of tags are dictionaries.
    """
    secret = item.get("MasterUserSecret") or {}
    insights = bool(item.get("PerformanceInsightsEnabled"))
    return {
        "engine": item["Engine"],
        "engine_version": item["EngineVersion"],
        "instance_class": item["DBInstanceClass"],
        "storage_type": item.get("StorageType"),
        "allocated_storage": item.get("AllocatedStorage"),
        "max_allocated_storage": item.get("MaxAllocatedStorage"),
        "iops": item.get("Iops"),
        "storage_throughput": item.get("StorageThroughput"),
        "encrypted": bool(item.get("StorageEncrypted")),
        "key_arn": item.get("KmsKeyId"),
        "multi_az": bool(item.get("MultiAZ")),
        "subnet_group": (item.get("DBSubnetGroup") or {}).get("DBSubnetGroupName"),
        "parameter_group": next((g["DBParameterGroupName"] for g in item.get("DBParameterGroups") or []), None),
        "option_group": next((g["OptionGroupName"] for g in item.get("OptionGroupMemberships") or []), None),
        "security_groups": sorted(
            g["VpcSecurityGroupId"] for g in item.get("VpcSecurityGroups") or [] if g.get("Status") != "removing"
        ),
        "port": (item.get("Endpoint") or {}).get("Port"),
        "database_name": item.get("DBName"),
        "username": item.get("MasterUsername"),
        "password_managed": bool(secret),
        "password_key_arn": secret.get("KmsKeyId"),
        "publicly_accessible": bool(item.get("PubliclyAccessible")),
        "deletion_protection": bool(item.get("DeletionProtection")),
        "backup_retention": item.get("BackupRetentionPeriod"),
        "backup_window": item.get("PreferredBackupWindow"),
        "maintenance_window": item.get("PreferredMaintenanceWindow"),
        "copy_tags_to_snapshot": bool(item.get("CopyTagsToSnapshot")),
        "auto_minor_version_upgrade": bool(item.get("AutoMinorVersionUpgrade")),
        "ca_certificate": item.get("CACertificateIdentifier"),
        "iam_authentication": bool(item.get("IAMDatabaseAuthenticationEnabled")),
        # AWS goes on showing key and retention of insights that have been turned off.
        "performance_insights": insights,
        "performance_insights_key_arn": item.get("PerformanceInsightsKMSKeyId") if insights else None,
        "performance_insights_retention": item.get("PerformanceInsightsRetentionPeriod") if insights else None,
        "monitoring_interval": item.get("MonitoringInterval") or 0,
        "monitoring_role_arn": item.get("MonitoringRoleArn"),
        "log_exports": sorted(item.get("EnabledCloudwatchLogsExports") or []),
        "lifecycle_support": item.get("EngineLifecycleSupport"),
        "pending_reboot": reboot_pending(item),
        "state": state(item),
        "tags": tags_of(item.get("TagList")),
    }


def state(item: Mapping[str, Any]) -> str:
    """running while there is an endpoint that answers, else AWS's own word: creating, stopped, storage-full, ..."""
    status = str(item["DBInstanceStatus"])
    return RUNNING if status in SETTLED | CHANGING and (item.get("Endpoint") or {}).get("Address") else status


def reboot_pending(item: Mapping[str, Any]) -> bool:
    """Whether parameters wait for a reboot that nobody has asked for yet."""
    return any(group.get("ParameterApplyStatus") == "pending-reboot" for group in item.get("DBParameterGroups") or [])


def instance_facts(item: Mapping[str, Any]) -> dict[str, Value]:
    """What outputs need and nobody compares: never the password, which PendingModifiedValues may hold."""
    endpoint, status = item.get("Endpoint") or {}, str(item["DBInstanceStatus"])
    return {
        "status": status,
        "changing": status in CHANGING | COMING,
        "endpoint": endpoint.get("Address"),
        "port": endpoint.get("Port"),
        "resource_id": item.get("DbiResourceId"),
        "secret_arn": (item.get("MasterUserSecret") or {}).get("SecretArn"),
        "engine_version": item["EngineVersion"],
        "allocated_storage": item.get("AllocatedStorage"),
        "pending": sorted(
            name for name, value in (item.get("PendingModifiedValues") or {}).items() if value not in (None, {}, [])
        ),
    }


AS_WANTED = ("engine_version", "allocated_storage", "port")
"""What as_wanted looks at in the model."""


def as_wanted(found: Mapping[str, Value], wanted: Mapping[str, Value]) -> dict[str, Value]:
    """found, with wanted's word for what AWS itself moves on.

    These are a newer minor version, storage that has grown, and the port of an instance that has no endpoint yet.

    None of them can be taken back, so none is a difference that a run could remove.
    """
    values = dict(found)
    if "engine_version" in wanted and satisfies(
        str(found["engine"]), str(found["engine_version"]), str(wanted["engine_version"])
    ):
        values["engine_version"] = wanted["engine_version"]
    storage, asked = found.get("allocated_storage"), wanted.get("allocated_storage")
    if isinstance(storage, int) and isinstance(asked, int) and storage > asked:
        values["allocated_storage"] = asked
    if found.get("port") is None and wanted.get("port"):
        values["port"] = wanted["port"]
    return values
