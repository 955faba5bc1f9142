# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls that change something, as data: each is what one method of the client takes. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from .._rds.parameter_api import tag_list
from .asked import Asked

Item = Mapping[str, Any]

TARGETS: Mapping[str, str] = {
    "engine_version": "TargetEngineVersion",
    "parameter_group": "TargetDBParameterGroupName",
    "instance_class": "TargetDBInstanceClass",
    "storage_type": "TargetStorageType",
    "allocated_storage": "TargetAllocatedStorage",
    "iops": "TargetIops",
    "storage_throughput": "TargetStorageThroughput",
}
"""botocore's rds model, CreateBlueGreenDeploymentRequest."""


@dataclass(frozen=True)
class Write:
    """text is for people. final: what AWS refuses of it is not tried again by the same run."""

    operation: str
    request: Mapping[str, Any]
    text: str
    final: bool = False

    @property
    def key(self) -> str:
        """By which a call is known to have been made."""
        return self.text


def create(asked: Asked, production: Item, differing: Collection[str], version: str | None) -> Write:
    """Only what differs is asked for: a copy has the rest of its source. version is the one to upgrade to, in full."""
    wanted = {TARGETS[name]: value for name, value in asked.wanted.items() if name in differing}
    if "engine_version" in differing:
        wanted[TARGETS["engine_version"]] = version
    request = {
        "BlueGreenDeploymentName": asked.name,
        "Source": production["DBInstanceArn"],
        **wanted,
        **({"UpgradeTargetStorageConfig": True} if "storage_config" in differing else {}),
        "Tags": tag_list(asked.tags),
    }
    return Write("create_blue_green_deployment", request, f"create {asked.name}, a copy of {asked.source}")


def switch_over(asked: Asked, deployment: Item) -> Write:
    """Beyond its timeout AWS rolls back."""
    request = {
        "BlueGreenDeploymentIdentifier": deployment["BlueGreenDeploymentIdentifier"],
        "SwitchoverTimeout": asked.timeout,
    }
    text = f"switch {asked.name} over"
    return Write("switchover_blue_green_deployment", request, text, final=True)


def delete(asked: Asked, deployment: Item, *, with_green: bool) -> Write:
    """AWS takes DeleteTarget only of what has not been switched over."""
    request = {
        "BlueGreenDeploymentIdentifier": deployment["BlueGreenDeploymentIdentifier"],
        **({"DeleteTarget": True} if with_green else {}),
    }
    text = f"delete {asked.name}{' and its copies' if with_green else ''}"
    return Write("delete_blue_green_deployment", request, text)


def unprotect(name: str) -> Write:
    """AWS does it at once."""
    request = {"DBInstanceIdentifier": name, "DeletionProtection": False, "ApplyImmediately": True}
    return Write("modify_db_instance", request, f"turn deletion protection of {name} off")


def delete_instance(name: str, request: Mapping[str, Any]) -> Write:
    """request is _rds.plan.deletion's."""
    kept = request.get("FinalDBSnapshotIdentifier")
    return Write("delete_db_instance", request, f"delete {name}, {f'final snapshot {kept}' if kept else 'no snapshot'}")
