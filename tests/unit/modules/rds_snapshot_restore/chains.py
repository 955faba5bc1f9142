# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every way from a source to a database: makes the source, and says what to ask of the module."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud
from tests.unit.modules.rds_snapshot_restore.places import (
    EAST,
    OTHER,
    OWN,
    ROLE,
    WEST,
    Place,
    new_key,
    other,
    source,
    source_cluster,
)

HOURS = 3600.0


@dataclass(frozen=True)
class Ground:
    """What a chain is laid out on. name is the test's own."""

    cloud: LocalCloud
    clock: ManualClock
    place: Callable[..., Place]
    name: str

    @property
    def origin(self) -> str:
        """The source's name."""
        return f"{self.name}-src"

    def later(self) -> None:
        """Until everything that has been begun is over."""
        self.clock.advance(HOURS)

    def snapshot(self, rds: Any, snapshot: str = "", **source_of: Any) -> str:
        """A source with a manual snapshot; the snapshot's ARN."""
        source(rds, self.origin, **source_of)
        self.later()
        named = {"DBSnapshotIdentifier": snapshot or f"{self.name}-snap", "DBInstanceIdentifier": self.origin}
        arn = rds.create_db_snapshot(**named)["DBSnapshot"]["DBSnapshotArn"]
        self.later()
        return str(arn)

    def cluster_snapshot(self, rds: Any, **source_of: Any) -> str:
        """The same of a cluster."""
        source_cluster(rds, self.origin, **source_of)
        self.later()
        named = {"DBClusterSnapshotIdentifier": f"{self.name}-snap", "DBClusterIdentifier": self.origin}
        arn = rds.create_db_cluster_snapshot(**named)["DBClusterSnapshot"]["DBClusterSnapshotArn"]
        self.later()
        return str(arn)


Chain = Callable[[Ground], dict[str, Any]]
CHAINS: dict[str, Chain] = {}


def chain(make: Chain) -> Chain:
    CHAINS[make.__name__] = make
    return make


@chain
def own_key(ground: Ground) -> dict[str, Any]:
    place = ground.place(EAST)
    ground.snapshot(ground.cloud.client("rds"), StorageEncrypted=True, KmsKeyId=place.key)
    return place.wanted(ground.name, {"snapshot": f"{ground.name}-snap"})


@chain
def default_key(ground: Ground) -> dict[str, Any]:
    ground.snapshot(ground.cloud.client("rds"), StorageEncrypted=True)
    return ground.place(EAST).wanted(ground.name, {"snapshot": f"{ground.name}-snap"})


@chain
def newest_of_unencrypted(ground: Ground) -> dict[str, Any]:
    ground.snapshot(ground.cloud.client("rds"))
    rule = {"database": ground.origin, "snapshot_type": "manual", "max_age": 86400}
    return ground.place(EAST).wanted(ground.name, rule)


@chain
def taken_now(ground: Ground) -> dict[str, Any]:
    source(ground.cloud.client("rds"), ground.origin, StorageEncrypted=True)
    return ground.place(EAST).wanted(ground.name, {"database": ground.origin, "take": f"{ground.name}-now"})


@chain
def cross_region(ground: Ground) -> dict[str, Any]:
    arn = ground.snapshot(ground.cloud.client("rds"), StorageEncrypted=True)
    return ground.place(WEST).wanted(ground.name, {"snapshot": arn})


@chain
def cross_account(ground: Ground) -> dict[str, Any]:
    key = new_key(other(ground.cloud, "kms"), OWN)
    ground.snapshot(other(ground.cloud, "rds"), StorageEncrypted=True, KmsKeyId=key)
    return ground.place(EAST).wanted(ground.name, {"snapshot": f"{ground.name}-snap", "role_arn": ROLE})


@chain
def cross_account_default_key_taken_now(ground: Ground) -> dict[str, Any]:
    source(other(ground.cloud, "rds"), ground.origin, StorageEncrypted=True)
    key = new_key(other(ground.cloud, "kms"), OWN)
    taken = {"database": ground.origin, "take": f"{ground.name}-now", "role_arn": ROLE, "key_arn": key}
    return ground.place(EAST).wanted(ground.name, taken)


@chain
def cross_account_and_region_newest_automated(ground: Ground) -> dict[str, Any]:
    source(other(ground.cloud, "rds"), ground.origin, StorageEncrypted=True)
    ground.later()
    key = new_key(other(ground.cloud, "kms", WEST), OWN)
    newest = {"database": ground.origin, "snapshot_type": "automated", "region": EAST, "role_arn": ROLE, "key_arn": key}
    return ground.place(WEST).wanted(ground.name, newest)


@chain
def shared_by_arn(ground: Ground) -> dict[str, Any]:
    rds, key = other(ground.cloud, "rds"), new_key(other(ground.cloud, "kms"), OWN)
    arn = ground.snapshot(rds, StorageEncrypted=True, KmsKeyId=key)
    let = {"AttributeName": "restore", "ValuesToAdd": [OWN]}
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=f"{ground.name}-snap", **let)
    return ground.place(EAST).wanted(ground.name, {"snapshot": arn})


@chain
def shared_in_another_region(ground: Ground) -> dict[str, Any]:
    asked = shared_by_arn(ground)
    return ground.place(WEST).wanted(ground.name, {**asked["source"], "key_arn": ground.place(EAST).another_key})


@chain
def point_in_time(ground: Ground) -> dict[str, Any]:
    place = ground.place(EAST)
    source(ground.cloud.client("rds"), ground.origin, StorageEncrypted=True, KmsKeyId=place.key)
    ground.later()
    return place.wanted(ground.name, {"database": ground.origin, "time": "latest"})


@chain
def postgres_with_a_secret_of_ours(ground: Ground) -> dict[str, Any]:
    place = ground.place(EAST)
    ground.snapshot(
        ground.cloud.client("rds"),
        Engine="postgres",
        EngineVersion="17.5",
        StorageEncrypted=True,
        KmsKeyId=place.key,
        ManageMasterUserPassword=None,
        MasterUserPassword="the-one-of-before",
    )
    text = json.dumps({"username": "dbadmin", "password": PASSWORD})
    secret = ground.cloud.client("secretsmanager").create_secret(Name=ground.name, SecretString=text)["ARN"]
    return place.wanted(
        ground.name,
        {"snapshot": f"{ground.name}-snap"},
        parameter_group="place-postgres",
        port=5432,
        log_exports=["postgresql"],
        password_key_arn=None,
        password_secret_arn=secret,
        engine_version="17.6",
    )


PASSWORD = "Tr0ub4dor-and-3"


@chain
def mariadb_that_grows(ground: Ground) -> dict[str, Any]:
    place = ground.place(EAST)
    engine = {"Engine": "mariadb", "EngineVersion": "11.4.7", "StorageEncrypted": True, "KmsKeyId": place.key}
    ground.snapshot(ground.cloud.client("rds"), **engine)
    larger = {"allocated_storage": 150, "parameter_group": "place-mariadb"}
    return place.wanted(ground.name, {"snapshot": f"{ground.name}-snap"}, **larger)


@chain
def cluster_with_another_key(ground: Ground) -> dict[str, Any]:
    ground.cluster_snapshot(ground.cloud.client("rds"), StorageEncrypted=True)
    return ground.place(EAST).cluster(ground.name, {"snapshot": f"{ground.name}-snap"})


@chain
def cluster_across_regions(ground: Ground) -> dict[str, Any]:
    arn = ground.cluster_snapshot(ground.cloud.client("rds"), StorageEncrypted=True)
    return ground.place(WEST).cluster(ground.name, {"snapshot": arn})


@chain
def cluster_across_accounts(ground: Ground) -> dict[str, Any]:
    source_cluster(other(ground.cloud, "rds"), ground.origin, StorageEncrypted=True)
    ground.later()
    key = new_key(other(ground.cloud, "kms"), OWN)
    taken = {"database": ground.origin, "take": f"{ground.name}-now", "role_arn": ROLE, "key_arn": key}
    return ground.place(EAST).cluster(ground.name, taken)


@chain
def serverless_cluster_to_a_point_in_time(ground: Ground) -> dict[str, Any]:
    source_cluster(ground.cloud.client("rds"), ground.origin, StorageEncrypted=True)
    ground.later()
    return ground.place(EAST).cluster(
        ground.name,
        {"database": ground.origin, "time": "latest"},
        serverless={"min_capacity": 0.5, "max_capacity": 8},
        instances=[{"identifier": f"{ground.name}-1", "instance_class": "db.serverless"}],
    )


def others_snapshots(cloud: LocalCloud, region: str) -> Any:
    return other(cloud, "rds", region)


__all__ = ["CHAINS", "OTHER", "Ground"]
