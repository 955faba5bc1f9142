# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked wrongly, or cannot be done, is told before the first call that changes anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from moto.backends import get_backend

from tests.unit.modules.rds_blue_green.shop import Shop, group
from tests.unit.modules.rds_snapshot_restore.places import EAST, OWN, WEST

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]
Act = Callable[[Shop], None]

ASKED_WRONGLY: dict[str, tuple[dict[str, Any], str]] = {
    "name": ({"name": "two--dashes"}, "name: 'two--dashes'"),
    "long name": ({"name": "x" * 61}, "up to 60"),
    "source": ({"source": "Shop"}, "source: 'Shop'"),
    "long source": ({"source": "s" * 51}, "more than 50"),
    "nothing": ({"engine_version": None, "parameter_group": None}, "give what is to be another"),
    "short timeout": ({"switchover_timeout": 29}, "switchover_timeout: 29 s; AWS takes 30 to 3600"),
    "long timeout": ({"switchover_timeout": 3601}, "switchover_timeout: 3601 s"),
    "lag": ({"max_lag": -1}, "max_lag: -1"),
    "throughput": ({"storage_type": "io2", "iops": 3000, "storage_throughput": 500}, "it is gp3's"),
    "iops": ({"storage_type": "io1"}, "iops: missing"),
    "abandon": ({"abandon": True}, "abandon: goes with state absent only"),
    "old": ({"delete_old": ["shop-old1"]}, "delete_old: goes with state absent only"),
    "both": ({"state": "absent", "abandon": True, "delete_old": ["shop-old1"]}, "abandon, delete_old"),
    "production": ({"state": "absent", "delete_old": ["shop"]}, "delete_old: shop is not named as"),
}


@pytest.mark.parametrize("case", ASKED_WRONGLY)
def test_asked_wrongly(case: str, shop: Shop, upgrade: Run) -> None:
    """AWS is not even asked."""
    changes, told = ASKED_WRONGLY[case]
    mark = shop.cloud.control.mark()
    result = upgrade(**{**shop.wanted(source="shop"), **changes})
    assert result["failed"] and told in result["msg"]
    assert shop.cloud.control.calls(since=mark) == []


def backend() -> Any:
    return get_backend("rds")[OWN][EAST]


def has(**attributes: Any) -> Act:
    """Something is so of moto's object."""

    def act(shop: Shop) -> None:
        for name, value in attributes.items():
            setattr(backend().databases[shop.name], name, value)

    return act


def another_deployment(shop: Shop) -> None:
    arn = shop.now()["DBInstanceArn"]
    shop.rds.create_blue_green_deployment(BlueGreenDeploymentName=f"{shop.name}-other", Source=arn)


def replica_of_the_replica(shop: Shop) -> None:
    shop.rds.create_db_instance_read_replica(
        DBInstanceIdentifier=f"{shop.name}-r", SourceDBInstanceIdentifier=shop.name
    )
    shop.clock.advance(60)
    backend().databases[f"{shop.name}-r"].replicas = [f"{shop.name}-rr"]


BARE = f"{group('mysql8.4')}-bare"
CANNOT_BE: dict[str, tuple[dict[str, Any], Act | None, dict[str, Any], str]] = {
    "managed password": (
        {"ManageMasterUserPassword": True, "MasterUserPassword": None},
        None,
        {},
        "password: RDS manages",
    ),
    "no backups": ({"BackupRetentionPeriod": 0}, None, {}, "backups: automated backups are off"),
    "busy": ({}, has(status="storage-optimization"), {}, "is storage-optimization; it has to be available"),
    "replica": ({}, has(source_db_instance_identifier="other"), {}, "is a replica of other"),
    "in a deployment": ({}, another_deployment, {}, "deployment"),
    "replica elsewhere": ({}, has(replicas=[f"arn:aws:rds:{WEST}:{OWN}:db:far"]), {}, "is not in this region"),
    "replica of a replica": ({}, replica_of_the_replica, {}, "has replicas itself"),
    "stack": ({"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "s"}]}, None, {}, "stacks: CloudFormation"),
    "no such version": ({}, None, {"engine_version": "9.0"}, "version: RDS upgrades mysql 8.0.40 to no 9.0"),
    "older version": (
        {"EngineVersion": "8.4.6", "DBParameterGroupName": group("mysql8.4")},
        None,
        {"engine_version": "8.0", "parameter_group": None},
        "RDS upgrades mysql 8.4.6 to no 8.0",
    ),
    "no such group": ({}, None, {"parameter_group": "nobodys"}, "there is no parameter group nobodys"),
    "group of another family": ({}, None, {"parameter_group": group("mysql8.0")}, "is of the family mysql8.0"),
    "no group": ({}, None, {"parameter_group": None}, "wants a group of the family mysql8.4"),
    "class": ({}, None, {"instance_class": "db.x9.huge"}, "db.x9.huge is not to be had"),
    "options": ({}, has(option_group_name="custom"), {}, "with the option group custom"),
    "events": ({}, None, {"parameter_group": BARE}, f"set event_scheduler to OFF in {BARE}"),
    "no such database": ({}, None, {"source": "nobody"}, "there is no DB instance nobody"),
}


@pytest.mark.parametrize("case", CANNOT_BE)
def test_it_cannot_be(case: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    made, act, changes, told = CANNOT_BE[case]
    shop.open(**made)
    if act is not None:
        act(shop)
    for check in (True, False):
        writes(anew=True)
        result = upgrade(check=check, **shop.wanted(**changes))
        assert result["failed"] and told in result["msg"], result.get("msg")
        assert (writes(), result["changed"], shop.is_there()) == ([], False, False)
    if act is not None:
        backend().databases[shop.name].status = "available"


LOGICAL: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "source's group": ({"DBParameterGroupName": f"{group('postgres16')}-bare"}, {}, "set rds.logical_replication to 1"),
    "copy's group": ({}, {"parameter_group": f"{group('postgres17')}-bare"}, "set rds.logical_replication to 1"),
    "keys": ({}, {"primary_keys_checked": False}, "needs a primary key in every table"),
}


@pytest.mark.parametrize("case", LOGICAL)
def test_rows_are_replicated_only_where_they_can_be(case: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    made, changes, told = LOGICAL[case]
    shop.engine = "postgres"
    shop.open(**made)
    writes(anew=True)
    result = upgrade(**shop.wanted(**changes))
    assert result["failed"] and told in result["msg"], result.get("msg")
    assert writes() == []


def test_a_minor_upgrade_of_postgres_asks_for_none_of_it(shop: Shop, upgrade: Run) -> None:
    shop.engine = "postgres"
    bare = f"{group('postgres16')}-bare"
    shop.open(DBParameterGroupName=bare)
    changes = {"engine_version": "16.10", "parameter_group": None, "primary_keys_checked": False}
    result = upgrade(**shop.wanted(**changes))
    assert result["done"], result.get("msg")


def test_all_reasons_are_told_together(shop: Shop, upgrade: Run) -> None:
    shop.open(BackupRetentionPeriod=0)
    result = upgrade(**shop.wanted(instance_class="db.x9.huge", parameter_group="nobodys"))
    assert [part for part in ("backups:", "instance_class:", "parameter_group:") if part not in result["msg"]] == []
    assert {one["name"] for one in result["guardrails"] if one["status"] == "failed"} >= {"backups", "instance_class"}


def test_nothing_is_switched_that_is_not_there(shop: Shop, upgrade: Run, writes: Writes) -> None:
    shop.open()
    writes(anew=True)
    result = upgrade(**shop.wanted(state="switched_over"))
    assert result["failed"] and "there is no blue/green deployment" in result["msg"]
    assert writes() == []


@pytest.mark.parametrize("state", ["available", "switched_over", "absent"])
def test_a_deployment_of_another_database_is_left_alone(state: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    shop.open()
    upgrade(**shop.wanted())
    writes(anew=True)
    result = upgrade(**shop.wanted(state=state, source="another"))
    assert result["failed"] and f"is of {shop.name}, not of another" in result["msg"]
    assert writes() == []


class TestWhatMustNotGo:
    @pytest.fixture
    def switched(self, shop: Shop, upgrade: Run, writes: Writes) -> Shop:
        shop.open()
        upgrade(**shop.wanted())
        assert upgrade(**shop.wanted(state="switched_over"))["done"]
        writes(anew=True)
        return shop

    def refused(self, result: dict[str, Any], told: str, writes: Writes) -> None:
        assert result["failed"] and told in result["msg"], result.get("msg")
        assert writes() == []

    def test_what_nothing_has_replaced(self, switched: Shop, upgrade: Run, writes: Writes) -> None:
        """Somebody has deleted the new production database."""
        backend().databases.pop(switched.name)
        old = f"{switched.name}-old1"
        result = upgrade(**switched.wanted(state="absent", delete_old=[old]))
        self.refused(result, f"nothing has taken the place of {old}", writes)

    def test_what_is_newer_than_production(self, switched: Shop, upgrade: Run, writes: Writes) -> None:
        old = f"{switched.name}-old7"
        held = backend().databases
        held[old] = held.pop(f"{switched.name}-old1")
        held[old].db_instance_identifier = old
        held[switched.name].instance_create_time = held[old].instance_create_time
        result = upgrade(**switched.wanted(state="absent", delete_old=[old]))
        self.refused(result, "is not older than", writes)

    def test_what_was_another_production(self, switched: Shop, upgrade: Run, writes: Writes, shop: Shop) -> None:
        replace(shop, name=f"{shop.name}x").open()
        replace(shop, name=f"{shop.name}x-old1").open()
        writes(anew=True)
        result = upgrade(**switched.wanted(state="absent", delete_old=[f"{shop.name}x-old1"]))
        self.refused(result, f"was neither {shop.name} nor a replica of it", writes)

    def test_while_production_is_not_fit(self, switched: Shop, upgrade: Run, writes: Writes) -> None:
        switched.become(switched.name, "storage-full")
        result = upgrade(**switched.wanted(state="absent", delete_old=[f"{switched.name}-old1"]))
        self.refused(result, f"stays while {switched.name} is storage-full", writes)

    def test_what_has_replicas(self, switched: Shop, upgrade: Run, writes: Writes) -> None:
        old = f"{switched.name}-old1"
        backend().databases[old].replicas = ["somebody"]
        result = upgrade(**switched.wanted(state="absent", delete_old=[old]))
        self.refused(result, f"{old} has replicas, somebody", writes)
