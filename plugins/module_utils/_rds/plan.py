# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the instance that is there to the calls that make it the one that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CutoverError
from .._model.core import Value
from .instance import STOPPED, as_wanted, instance_attributes
from .versions import major

Attributes = Mapping[str, Value]

MANAGED = "ManageMasterUserPassword"

CREATE_NAMES: Mapping[str, str] = {
    "engine": "Engine",
    "engine_version": "EngineVersion",
    "instance_class": "DBInstanceClass",
    "storage_type": "StorageType",
    "allocated_storage": "AllocatedStorage",
    "max_allocated_storage": "MaxAllocatedStorage",
    "iops": "Iops",
    "storage_throughput": "StorageThroughput",
    "encrypted": "StorageEncrypted",
    "key_arn": "KmsKeyId",
    "multi_az": "MultiAZ",
    "subnet_group": "DBSubnetGroupName",
    "parameter_group": "DBParameterGroupName",
    "option_group": "OptionGroupName",
    "security_groups": "VpcSecurityGroupIds",
    "port": "Port",
    "database_name": "DBName",
    "username": "MasterUsername",
    "password_managed": MANAGED,
    "password_key_arn": "MasterUserSecretKmsKeyId",
    "publicly_accessible": "PubliclyAccessible",
    "deletion_protection": "DeletionProtection",
    "backup_retention": "BackupRetentionPeriod",
    "backup_window": "PreferredBackupWindow",
    "maintenance_window": "PreferredMaintenanceWindow",
    "copy_tags_to_snapshot": "CopyTagsToSnapshot",
    "auto_minor_version_upgrade": "AutoMinorVersionUpgrade",
    "ca_certificate": "CACertificateIdentifier",
    "iam_authentication": "EnableIAMDatabaseAuthentication",
    "performance_insights": "EnablePerformanceInsights",
    "performance_insights_key_arn": "PerformanceInsightsKMSKeyId",
    "performance_insights_retention": "PerformanceInsightsRetentionPeriod",
    "monitoring_interval": "MonitoringInterval",
    "monitoring_role_arn": "MonitoringRoleArn",
    "log_exports": "EnableCloudwatchLogsExports",
    "lifecycle_support": "EngineLifecycleSupport",
}
"""What CreateDBInstance calls each attribute of the model."""

FIXED = ("engine", "encrypted", "key_arn", "subnet_group", "database_name", "username")
"""AWS sets these when it makes the instance.

(Another subnet group of the same network is refused; one of another network is a move with an outage.)
"""

INSIGHTS = ("performance_insights", "performance_insights_key_arn", "performance_insights_retention")
TOGETHER = (INSIGHTS, ("password_managed", "password_key_arn"), ("monitoring_interval", "monitoring_role_arn"))
"""Attributes of which AWS takes one only beside the others."""

WITHOUT_SNAPSHOT = frozenset(
    {"creating", "failed", "incompatible-create", "incompatible-network", "incompatible-restore"}
)
"""The API reference of DeleteDBInstance, and what has not been created yet."""

GP3_PROVISIONABLE = 400
"""GiB from which on gp3 volumes of MySQL, MariaDB and PostgreSQL have IOPS that can be set.

RDS then wants them with every change of size.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
"""


class NotChangeable(CutoverError):
    """AWS cannot change this of an instance that exists; the text says what and what to do instead."""


@dataclass(frozen=True)
class InstancePlan:
    """create and modify are what CreateDBInstance and ModifyDBInstance take, None where there is no such call.

    tags are those that are missing or differ; before and after are for the diff.
    """

    create: Mapping[str, Any] | None = None
    modify: Mapping[str, Any] | None = None
    start: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    before: Attributes = field(default_factory=dict)
    after: Attributes = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the instance is as asked for."""
        return not (self.create or self.modify or self.start or self.tags)

    @property
    def wants_password(self) -> bool:
        """Whether AWS wants the master user's password beside it: RDS does not manage it, or no longer."""
        return any((request or {}).get(MANAGED) is False for request in (self.create, self.modify))


def instance_plan(
    identifier: str, wanted: Attributes, tags: Mapping[str, str], item: Mapping[str, Any] | None
) -> InstancePlan:
    """item is the answer of DescribeDBInstances, None where there is no instance. Raises NotChangeable."""
    if item is None:
        return InstancePlan(create=_create(identifier, wanted, tags), after={**wanted, "tags": tags})
    found = as_wanted(instance_attributes(item), wanted)
    present = found["tags"] if isinstance(found["tags"], Mapping) else {}
    missing = {tag: value for tag, value in tags.items() if present.get(tag) != value}
    if item["DBInstanceStatus"] == STOPPED:
        # AWS changes a stopped instance only once it runs again.
        return InstancePlan(start=True, tags=missing, before={"state": STOPPED}, after={"state": "running"})
    changed = {name: value for name, value in wanted.items() if found.get(name) != value}
    _refuse_fixed(identifier, changed, found)
    return InstancePlan(
        modify=_modify(item, changed, wanted) if changed else None,
        tags=missing,
        before={
            **{name: found.get(name) for name in changed},
            **_tags_part({tag: present.get(tag) for tag in missing}),
        },
        after={**changed, **_tags_part(missing)},
    )


def deletion(item: Mapping[str, Any], final_snapshot: str | None, *, delete_automated_backups: bool) -> dict[str, Any]:
    """What DeleteDBInstance takes.

    An instance that never came to life has nothing to take a snapshot of, and AWS refuses to.
    """
    name = None if item["DBInstanceStatus"] in WITHOUT_SNAPSHOT else final_snapshot
    return {
        "DBInstanceIdentifier": item["DBInstanceIdentifier"],
        "SkipFinalSnapshot": not name,
        "DeleteAutomatedBackups": delete_automated_backups,
        **({"FinalDBSnapshotIdentifier": name} if name else {}),
    }


def _create(identifier: str, wanted: Attributes, tags: Mapping[str, str]) -> dict[str, Any]:
    request = {CREATE_NAMES[name]: value for name, value in wanted.items() if value is not None and value != []}
    return {
        "DBInstanceIdentifier": identifier,
        **request,
        "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


def _refuse_fixed(identifier: str, changed: Attributes, found: Attributes) -> None:
    fixed = [name for name in FIXED if name in changed]
    if "engine_version" in changed and major(str(found["engine"]), str(found["engine_version"])) != major(
        str(found["engine"]), str(changed["engine_version"])
    ):
        fixed.append("engine_version")
    if changed.get("password_key_arn") and found["password_managed"]:
        fixed.append("password_key_arn")
    if "performance_insights_key_arn" in changed and found["performance_insights_key_arn"]:
        fixed.append("performance_insights_key_arn")
    if fixed:
        listed = ", ".join(f"{name} is {found.get(name)!r}, not {changed[name]!r}" for name in fixed)
        raise NotChangeable(
            f"{identifier}: {listed}. AWS cannot change that of an instance that exists. "
            "Put the old value back into the inventory, or move the data to a new instance by a snapshot."
        )


def _modify(item: Mapping[str, Any], changed: Attributes, wanted: Attributes) -> dict[str, Any]:
    sent = dict(changed)
    for group in TOGETHER:
        if any(name in changed for name in group):
            sent |= {name: wanted[name] for name in group if wanted.get(name) is not None}
    request = {CREATE_NAMES[name]: value for name, value in sent.items() if value is not None}
    if "port" in sent:
        request["DBPortNumber"] = request.pop("Port")
    if "log_exports" in sent:
        del request["EnableCloudwatchLogsExports"]
        request["CloudwatchLogsExportConfiguration"] = log_exports(
            item.get("EnabledCloudwatchLogsExports", []), wanted["log_exports"]
        )
    if "max_allocated_storage" in sent and sent["max_allocated_storage"] is None:
        # AWS's way of saying that storage shall not grow by itself.
        request["MaxAllocatedStorage"] = request.get("AllocatedStorage", item["AllocatedStorage"])
    if "allocated_storage" in sent and _wants_iops(item):
        request.setdefault("Iops", wanted.get("iops") or item["Iops"])
    return {"DBInstanceIdentifier": item["DBInstanceIdentifier"], **request, "ApplyImmediately": True}


def _wants_iops(item: Mapping[str, Any]) -> bool:
    kind, large = item.get("StorageType"), item.get("AllocatedStorage", 0) >= GP3_PROVISIONABLE
    return bool(item.get("Iops")) and (kind in ("io1", "io2") or (kind == "gp3" and large))


def log_exports(found: Sequence[str], wanted: Value) -> dict[str, list[str]]:
    """What CloudwatchLogsExportConfiguration takes."""
    names = set(_strings(wanted))
    return {"EnableLogTypes": sorted(names - set(found)), "DisableLogTypes": sorted(set(found) - names)}


def _strings(value: Value) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []


def _tags_part(tags: Mapping[str, Any]) -> dict[str, Any]:
    return {"tags": tags} if tags else {}
