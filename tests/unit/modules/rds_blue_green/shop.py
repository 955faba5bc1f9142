# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database to be upgraded, and what RDS shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from moto.backends import get_backend

from local_cloud.clock import ManualClock
from local_cloud.services.rds.deployment import Deployment, deployments
from local_cloud.testing import LocalCloud
from tests.unit.modules.rds_snapshot_restore.places import EAST, OWN, Place, instance, snapshot_names, source

FROM = {"mysql": ("8.0.40", "mysql8.0"), "mariadb": ("10.11.11", "mariadb10.11"), "postgres": ("16.8", "postgres16")}
TO = {"mysql": ("8.4", "mysql8.4"), "mariadb": ("11.4", "mariadb11.4"), "postgres": ("17", "postgres17")}
OWN_SETTINGS = {
    "mysql": {"event_scheduler": "OFF", "binlog_format": "ROW"},
    "mariadb": {"binlog_format": "ROW"},
    "postgres": {"rds.logical_replication": "1"},
}


def group(family: str) -> str:
    return f"shop-{family.replace('.', '-')}"


def groups(rds: Any) -> None:
    """Parameter groups of all families, fit for a copy, and bare ones."""
    for engine, families in ((engine, (FROM[engine][1], TO[engine][1])) for engine in FROM):
        for family in families:
            for name in (group(family), f"{group(family)}-bare"):
                rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="x")
            set_parameters(rds, group(family), OWN_SETTINGS[engine])


def set_parameters(rds: Any, name: str, values: dict[str, str]) -> None:
    rds.modify_db_parameter_group(
        DBParameterGroupName=name,
        Parameters=[
            {
                "ParameterName": key,
                "ParameterValue": value,
                "ApplyMethod": "pending-reboot" if "." in key else "immediate",
            }
            for key, value in values.items()
        ],
    )


@dataclass
class Shop:
    """name is that of the production database."""

    cloud: LocalCloud
    clock: ManualClock
    place: Place
    name: str
    engine: str = "mysql"

    @property
    def rds(self) -> Any:
        return self.cloud.client("rds", EAST)

    def open(self, **changes: Any) -> Shop:
        """Makes the database, of an old version, and waits for it."""
        version, family = FROM[self.engine]
        wanted = {
            "Engine": self.engine,
            "EngineVersion": version,
            "DBParameterGroupName": group(family),
            "DBSubnetGroupName": "place",
            "VpcSecurityGroupIds": [self.place.group],
            "StorageType": "gp3",
            "StorageEncrypted": True,
            "KmsKeyId": self.place.key,
            "ManageMasterUserPassword": None,
            "MasterUserPassword": "correct-horse-battery",
            **changes,
        }
        source(self.rds, self.name, **wanted)
        self.clock.advance(60)
        return self

    def wanted(self, **more: Any) -> dict[str, Any]:
        """The options of an upgrade to the next major version."""
        version, family = TO[self.engine]
        return {
            "name": f"{self.name}-up",
            "source": self.name,
            "engine_version": version,
            "parameter_group": group(family),
            "primary_keys_checked": True,
            "region": EAST,
            **more,
        }

    @property
    def deployment(self) -> Deployment:
        """The local cloud's own, to let things happen to it."""
        held = deployments[OWN, EAST].values()
        return next(one for one in held if one.name == f"{self.name}-up")

    def is_there(self) -> bool:
        """Whether there is a deployment."""
        return any(one.name == f"{self.name}-up" for one in deployments[OWN, EAST].values())

    def now(self, name: str = "") -> dict[str, Any]:
        """An instance as AWS shows it."""
        return instance(self.cloud, name or self.name)

    def all(self) -> list[str]:
        """What there is of the shop's databases, without what is random in their names."""
        names = [one["DBInstanceIdentifier"] for one in self.rds.describe_db_instances()["DBInstances"]]
        own = [one for one in names if one == self.name or one.startswith(f"{self.name}-")]
        return sorted(one.rsplit("-", 1)[0] if "-green-" in one else one for one in own)

    def snapshots(self) -> list[str]:
        """Of its databases, without what is random in their names."""
        names = [one for one in snapshot_names(self.rds) if one.startswith(f"{self.name}-")]
        return [one.rsplit("-", 1)[0] if "-final-" in one else one for one in names]

    def become(self, name: str, state: str) -> None:
        """An instance gets into a state of its own accord."""
        get_backend("rds")[OWN][EAST].databases[name].status = state
