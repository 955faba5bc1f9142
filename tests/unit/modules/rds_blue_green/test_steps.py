# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An upgrade from one end to the other: each step does its part, again nothing, and says so beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.unit.modules.rds_blue_green.shop import Shop, group, set_parameters

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]

NEWEST = {"mysql": "8.4.7", "mariadb": "11.4.8", "postgres": "17.6"}


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {guard["name"]: guard["status"] for guard in result["guardrails"]}


@pytest.mark.parametrize("engine", NEWEST)
def test_the_whole_way(engine: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    shop.engine = engine
    before = shop.open().now()
    writes(anew=True)

    made = upgrade(**shop.wanted())
    assert made["done"] and made["changed"], made.get("msg")
    assert made["deployment"]["status"] == "AVAILABLE"
    assert set(statuses(made).values()) == {"passed"}
    copy = shop.now(made["deployment"]["target"])
    assert (copy["EngineVersion"], copy["DBInstanceClass"]) == (NEWEST[engine], before["DBInstanceClass"])
    assert shop.now()["DbiResourceId"] == before["DbiResourceId"]

    switched = upgrade(**shop.wanted(state="switched_over"))
    assert switched["done"] and switched["changed"], switched.get("msg")
    assert set(statuses(switched).values()) == {"passed"}
    now = shop.now()
    assert (now["DbiResourceId"], now["EngineVersion"]) == (copy["DbiResourceId"], NEWEST[engine])
    assert now["Endpoint"]["Address"] == before["Endpoint"]["Address"]
    assert switched["production"]["resource_id"] == now["DbiResourceId"]
    assert [one["identifier"] for one in switched["old"]] == [f"{shop.name}-old1"]
    assert switched["old"][0]["resource_id"] == before["DbiResourceId"]

    cleaned = upgrade(**shop.wanted(state="absent", delete_old=[f"{shop.name}-old1"]))
    assert cleaned["done"] and cleaned["changed"], cleaned.get("msg")
    assert (shop.is_there(), shop.all(), shop.snapshots()) == (False, [shop.name], [f"{shop.name}-old1-final"])
    assert shop.now()["DbiResourceId"] == now["DbiResourceId"]
    assert writes() == [
        "CreateBlueGreenDeployment",
        "SwitchoverBlueGreenDeployment",
        "DeleteBlueGreenDeployment",
        "ModifyDBInstance",
        "DeleteDBInstance",
    ]


@pytest.mark.parametrize("state", ["available", "switched_over", "absent"])
def test_what_is_done_already_is_not_done_again(state: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    """After the end of everything, too: production is as it was asked for."""
    shop.open()
    upgrade(**shop.wanted())
    for step in ("switched_over", "absent"):
        upgrade(**shop.wanted(state=step))
        writes(anew=True)
        again = upgrade(**shop.wanted(state=state if step == "absent" else "available"))
        assert (again["done"], again["changed"], again["plan"]) == (True, False, []), again.get("msg")
        assert writes() == []


def test_each_step_says_what_it_would_do(shop: Shop, upgrade: Run, writes: Writes) -> None:
    shop.open()
    writes(anew=True)
    before = upgrade(check=True, **shop.wanted())
    assert (before["changed"], before["done"], writes()) == (True, False, [])
    assert [(one["action"], one["type"]) for one in before["plan"]] == [
        ("create", "blue_green_deployment"),
        ("create", "db_instance"),
    ]
    assert before["plan"][1]["attributes"]["engine_version"] == {"before": None, "after": "8.4.7"}
    upgrade(**shop.wanted())

    writes(anew=True)
    switch = upgrade(check=True, **shop.wanted(state="switched_over"))
    assert (switch["changed"], switch["done"], writes()) == (True, False, [])
    attributes = switch["diff"]["after"][f"db_instance {shop.name}"]
    assert attributes["engine_version"] == "8.4.7" and attributes["resource_id"].startswith("db-")
    assert set(statuses(switch).values()) == {"passed"}
    upgrade(**shop.wanted(state="switched_over"))

    writes(anew=True)
    old = f"{shop.name}-old1"
    clean = upgrade(check=True, **shop.wanted(state="absent", delete_old=[old]))
    assert (clean["changed"], clean["done"], writes()) == (True, False, [])
    assert [(one["action"], one["type"]) for one in clean["plan"]] == [
        ("delete", "blue_green_deployment"),
        ("create", "db_snapshot"),
        ("update", "db_instance"),
        ("delete", "db_instance"),
    ]
    assert clean["plan"][2]["attributes"] == {"deletion_protection": {"before": True, "after": False}}
    assert clean["plan"][3]["name"] == old


def test_replicas_go_along(shop: Shop, upgrade: Run) -> None:
    replica = f"{shop.name}-r"
    shop.open().rds.create_db_instance_read_replica(DBInstanceIdentifier=replica, SourceDBInstanceIdentifier=shop.name)
    shop.clock.advance(60)
    former = shop.now(replica)["DbiResourceId"]
    assert upgrade(**shop.wanted())["done"]
    result = upgrade(**shop.wanted(state="switched_over"))
    assert result["done"], result.get("msg")
    olds = [f"{shop.name}-old1", f"{replica}-old1"]
    assert [one["identifier"] for one in result["old"]] == olds
    assert shop.now(f"{replica}-old1")["DbiResourceId"] == former
    assert shop.now(replica)["ReadReplicaSourceDBInstanceIdentifier"] == shop.name
    cleaned = upgrade(**shop.wanted(state="absent", delete_old=olds))
    assert cleaned["done"], cleaned.get("msg")
    assert cleaned["steps"][-1].startswith(f"delete {shop.name}-old1, final snapshot {shop.name}-old1-final-")
    assert (shop.all(), shop.snapshots()) == ([shop.name, replica], [f"{shop.name}-old1-final"])


def test_only_what_differs_is_asked_for(shop: Shop, upgrade: Run) -> None:
    shop.open(EngineVersion="8.0.44", AllocatedStorage=200)
    changes = {"engine_version": "8.0", "parameter_group": group("mysql8.0"), "instance_class": "db.r7g.large"}
    mark = shop.cloud.control.mark()
    made = upgrade(**shop.wanted(**changes, storage_type="gp3", allocated_storage=100))
    assert made["done"], made.get("msg")
    [call] = [one for one in shop.cloud.control.calls(since=mark) if one["operation"] == "CreateBlueGreenDeployment"]
    targets = {key: value for key, value in call["parameters"].items() if key.startswith("Target")}
    assert targets == {"TargetDBInstanceClass": "db.r7g.large", "TargetAllocatedStorage": 100}
    copy = shop.now(made["deployment"]["target"])
    assert (copy["DBInstanceClass"], copy["AllocatedStorage"]) == ("db.r7g.large", 100)


def test_a_database_that_is_as_asked_is_left_alone(shop: Shop, upgrade: Run, writes: Writes) -> None:
    """A newer minor version is as asked: RDS upgrades those by itself."""
    shop.open(EngineVersion="8.4.6", DBParameterGroupName=group("mysql8.4"))
    writes(anew=True)
    result = upgrade(**shop.wanted())
    assert (result["done"], result["changed"], result["guardrails"], writes()) == (True, False, [], [])


def test_given_up_before_the_switchover(shop: Shop, upgrade: Run) -> None:
    before = shop.open().now()
    upgrade(**shop.wanted())
    refused = upgrade(**shop.wanted(state="absent"))
    assert refused["failed"] and "has not been switched over" in refused["msg"] and shop.is_there()
    result = upgrade(**shop.wanted(state="absent", abandon=True))
    assert result["done"], result.get("msg")
    assert (shop.is_there(), shop.all()) == (False, [shop.name])
    assert shop.now()["DbiResourceId"] == before["DbiResourceId"]


def test_who_does_not_wait_is_told_what_for(shop: Shop, upgrade: Run) -> None:
    shop.open()
    first = upgrade(**shop.wanted(wait=False))
    assert (first["done"], first["changed"]) == (False, True)
    assert first["waiting"] == (f"{shop.name}-up is PROVISIONING, 0 of 4 tasks done, creating read replica of source")
    second = upgrade(**shop.wanted(wait=False, tried=first["tried"]))
    assert (second["done"], second["changed"], second["steps"]) == (False, False, [])
    shop.clock.advance(16)
    third = upgrade(**shop.wanted(wait=False, tried=first["tried"]))
    assert third["waiting"].endswith("2 of 4 tasks done, configure backups")
    shop.clock.advance(60)
    assert upgrade(**shop.wanted(wait=False, tried=first["tried"]))["done"]


def test_without_a_final_snapshot(shop: Shop, upgrade: Run) -> None:
    shop.open()
    upgrade(**shop.wanted())
    upgrade(**shop.wanted(state="switched_over"))
    result = upgrade(**shop.wanted(state="absent", delete_old=[f"{shop.name}-old1"], final_snapshot=False))
    assert result["done"], result.get("msg")
    assert (shop.all(), shop.snapshots()) == ([shop.name], [])


def test_a_binary_log_that_is_not_of_rows_is_told(shop: Shop, upgrade: Run) -> None:
    bare = f"{group('mysql8.0')}-bare"
    set_parameters(shop.rds, bare, {"binlog_format": "MIXED"})
    result = upgrade(check=True, **shop.open(DBParameterGroupName=bare).wanted())
    assert statuses(result)["binary_log"] == "noted"
    assert any("binlog_format is MIXED" in str(warning) for warning in result["warnings"])


def test_no_password_is_shown(shop: Shop, upgrade: Run) -> None:
    shop.open()
    results = [upgrade(**shop.wanted()), upgrade(**shop.wanted(state="switched_over"))]
    assert "correct-horse-battery" not in str(results)


def test_the_next_upgrade_is_another_one(shop: Shop, upgrade: Run) -> None:
    """RDS gives the former database the same name again."""
    shop.open()
    clean = {"state": "absent", "delete_old": [f"{shop.name}-old1"]}
    for changes in ({}, {"instance_class": "db.r7g.large"}):
        for step in ({}, {"state": "switched_over"}, clean):
            result = upgrade(**shop.wanted(**changes, **step))
            assert result["done"], result.get("msg")
    assert (shop.all(), shop.snapshots()) == ([shop.name], [f"{shop.name}-old1-final"] * 2)
    assert shop.now()["DBInstanceClass"] == "db.r7g.large"
