# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""States that no waiting mends, switchovers that RDS calls off, copies that lag, and bad weather."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moto.backends import get_backend

from tests.unit.modules.adversity import WEATHER
from tests.unit.modules.rds_blue_green.shop import Shop
from tests.unit.modules.rds_snapshot_restore.places import EAST, OWN

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]


@pytest.fixture
def copied(shop: Shop, upgrade: Run) -> Shop:
    """The copy is ready."""
    shop.open()
    assert upgrade(**shop.wanted())["done"]
    return shop


@pytest.mark.parametrize("state", ["available", "switched_over"])
@pytest.mark.parametrize("status", ["SWITCHOVER_FAILED", "INVALID_CONFIGURATION"])
def test_failure_states_are_told_with_their_reason(
    state: str, status: str, copied: Shop, upgrade: Run, writes: Writes
) -> None:
    copied.deployment.status, copied.deployment.details = status, "The copy does not replicate"
    writes(anew=True)
    result = upgrade(**copied.wanted(state=state))
    assert result["failed"] and f"{copied.name}-up is {status}: The copy does not replicate." in result["msg"]
    assert "abandon" in result["msg"] and result["deployment"]["status_details"] == "The copy does not replicate"
    assert (writes(), result["changed"]) == ([], False)


def test_a_copy_that_somebody_deleted(copied: Shop, upgrade: Run) -> None:
    target = copied.deployment.pairs[0].target
    get_backend("rds")[OWN][EAST].databases.pop(target)
    result = upgrade(**copied.wanted(state="switched_over"))
    assert result["failed"] and "INVALID_CONFIGURATION" in result["msg"] and "MISSING_TARGET" in result["msg"]
    given_up = upgrade(**copied.wanted(state="absent", abandon=True))
    assert given_up["done"] and not copied.is_there()


def test_a_switchover_that_rds_calls_off(copied: Shop, upgrade: Run, writes: Writes) -> None:
    """Nothing has changed, it is told why, and it is not tried for ever."""
    before = copied.now()["DbiResourceId"]
    copied.deployment.calls_off = "long-running active writes on the blue DB instance"
    writes(anew=True)
    result = upgrade(**copied.wanted(state="switched_over"))
    assert result["failed"] and "RDS has called it off and rolled it back" in result["msg"]
    assert "long-running active writes" in result["msg"]
    assert (writes(), copied.now()["DbiResourceId"]) == (["SwitchoverBlueGreenDeployment"], before)
    copied.deployment.calls_off = None
    assert upgrade(**copied.wanted(state="switched_over"))["done"]


def test_a_switchover_beyond_its_timeout(copied: Shop, upgrade: Run) -> None:
    copied.deployment.minutes_to_switch = 2.0
    result = upgrade(**copied.wanted(state="switched_over", switchover_timeout=60))
    assert result["failed"] and "the timeout of 60 seconds" in result["msg"]
    copied.deployment.calls_off = None
    assert upgrade(**copied.wanted(state="switched_over", switchover_timeout=120))["done"]


def test_a_lag_is_waited_for(copied: Shop, upgrade: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    copied.clock.advance(600)
    copied.deployment.lag = 40
    first = upgrade(**copied.wanted(state="switched_over", wait=False))
    assert first["waiting"].endswith("is 40 s behind; at most 10 s are let pass (max_lag)")
    assert (first["steps"], first["done"]) == ([], False)
    copied.deployment.lag = 9
    copied.clock.advance(60)
    assert upgrade(**copied.wanted(state="switched_over"))["done"]


@pytest.mark.parametrize("lag", [None, -1], ids=["not measured", "not replicating"])
def test_a_lag_that_is_not_known_is_not_a_small_one(
    lag: float | None, copied: Shop, upgrade: Run, writes: Writes
) -> None:
    copied.deployment.lag = lag
    copied.clock.advance(600)
    writes(anew=True)
    result = upgrade(**copied.wanted(state="switched_over", wait_timeout=120))
    assert result["failed"] and result["msg"].startswith("after 120 s")
    assert writes() == []


def test_wal_that_the_copy_has_not_read(shop: Shop, upgrade: Run) -> None:
    shop.engine = "postgres"
    shop.open()
    assert upgrade(**shop.wanted())["done"]
    shop.clock.advance(600)
    shop.deployment.lag = 17 * 1024 * 1024
    result = upgrade(**shop.wanted(state="switched_over", wait=False))
    assert "bytes of WAL behind" in result["waiting"]
    shop.deployment.lag = 1024
    shop.clock.advance(60)
    assert upgrade(**shop.wanted(state="switched_over"))["done"]


def test_a_replication_that_has_stopped(copied: Shop, upgrade: Run, writes: Writes) -> None:
    copied.deployment.replication = "error"
    writes(anew=True)
    result = upgrade(**copied.wanted(state="switched_over"))
    assert result["failed"] and "replication" in result["msg"] and "is error: The replication is error" in result["msg"]
    assert writes() == []


@pytest.mark.parametrize("side", ["source", "target"])
def test_an_instance_that_is_busy_is_waited_for(side: str, copied: Shop, upgrade: Run, writes: Writes) -> None:
    name = getattr(copied.deployment.pairs[0], side)
    copied.become(name, "storage-optimization")
    writes(anew=True)
    result = upgrade(**copied.wanted(state="switched_over", wait=False))
    assert f"{name} is storage-optimization" in result["waiting"]
    assert writes() == []
    copied.become(name, "available")
    assert upgrade(**copied.wanted(state="switched_over"))["done"]


def test_a_copy_that_is_not_as_asked(copied: Shop, upgrade: Run, writes: Writes) -> None:
    writes(anew=True)
    result = upgrade(**copied.wanted(state="switched_over", instance_class="db.r7g.large"))
    assert result["failed"] and "instance_class is 'db.m7g.xlarge', not 'db.r7g.large'" in result["msg"]
    assert writes() == []


def test_what_is_still_being_made_is_waited_for(shop: Shop, upgrade: Run) -> None:
    """The second step goes on where the first one died."""
    shop.open()
    upgrade(**shop.wanted(wait=False))
    result = upgrade(**shop.wanted(state="switched_over"))
    assert result["done"] and result["steps"] == [f"switch {shop.name}-up over"]


def test_what_is_still_being_made_can_be_given_up(shop: Shop, upgrade: Run) -> None:
    shop.open()
    upgrade(**shop.wanted(wait=False))
    result = upgrade(**shop.wanted(state="absent", abandon=True))
    assert result["done"], result.get("msg")
    assert (shop.is_there(), shop.all()) == (False, [shop.name])


def test_a_name_that_is_both_sides_is_not_deleted(copied: Shop, upgrade: Run, writes: Writes) -> None:
    """RDS would delete the targets, and one of them bears production's name."""
    copied.deployment.status = "SWITCHOVER_FAILED"
    pair = copied.deployment.pairs[0]
    pair.source, pair.target = pair.target, pair.source
    writes(anew=True)
    result = upgrade(**copied.wanted(state="absent", abandon=True))
    assert result["failed"] and "what may be production" in result["msg"]
    assert writes() == []


def test_a_replica_s_name_that_is_both_sides_is_not_deleted(shop: Shop, upgrade: Run, writes: Writes) -> None:
    """Only the pair of the replicas was switched over, before it failed."""
    replica = f"{shop.name}-r"
    shop.open().rds.create_db_instance_read_replica(DBInstanceIdentifier=replica, SourceDBInstanceIdentifier=shop.name)
    shop.clock.advance(60)
    assert upgrade(**shop.wanted())["done"]
    databases, pair = get_backend("rds")[OWN][EAST].databases, shop.deployment.pairs[1]
    databases[f"{replica}-old1"], databases[replica] = databases.pop(replica), databases.pop(pair.target)
    databases[f"{replica}-old1"].db_instance_identifier = f"{replica}-old1"
    databases[replica].db_instance_identifier = replica
    pair.source, pair.target = f"{replica}-old1", replica
    shop.deployment.status = "SWITCHOVER_FAILED"
    writes(anew=True)
    result = upgrade(**shop.wanted(state="absent", abandon=True))
    assert result["failed"] and f"says that {replica} is the copy of {replica}-old1" in result["msg"], result.get("msg")
    assert writes() == []


def test_a_copy_that_was_promoted_is_not_deleted(copied: Shop, upgrade: Run, writes: Writes) -> None:
    copied.deployment.status, copied.deployment.replication = "INVALID_CONFIGURATION", ""
    writes(anew=True)
    result = upgrade(**copied.wanted(state="absent", abandon=True))
    assert result["failed"] and "is not shown as replicating" in result["msg"], result.get("msg")
    assert writes() == []
    copied.deployment.replication = "replicating"
    assert upgrade(**copied.wanted(state="absent", abandon=True))["done"]


def test_what_was_upgraded_before_is_not_taken_for_what_is_asked_now(
    copied: Shop, upgrade: Run, writes: Writes
) -> None:
    assert upgrade(**copied.wanted(state="switched_over"))["done"]
    writes(anew=True)
    for state in ("available", "switched_over"):
        result = upgrade(**copied.wanted(state=state, instance_class="db.r7g.large"))
        assert result["failed"] and f"{copied.name}-up exists from an earlier upgrade" in result["msg"]
        assert (writes(), result["changed"]) == ([], False)


def test_storage_that_has_grown_is_no_other_upgrade(copied: Shop, upgrade: Run) -> None:
    wanted = copied.wanted(state="switched_over", allocated_storage=100)
    assert upgrade(**wanted)["done"]
    held = get_backend("rds")[OWN][EAST].databases[copied.name]
    held.allocated_storage, held.max_allocated_storage = 150, 500
    assert upgrade(**wanted)["done"]


def test_the_lag_of_a_replica_s_copy_is_waited_for(shop: Shop, upgrade: Run) -> None:
    replica = f"{shop.name}-r"
    shop.open().rds.create_db_instance_read_replica(DBInstanceIdentifier=replica, SourceDBInstanceIdentifier=shop.name)
    shop.clock.advance(60)
    assert upgrade(**shop.wanted())["done"]
    shop.clock.advance(600)
    shop.deployment.replica_lag = None
    first = upgrade(**shop.wanted(state="switched_over", wait=False))
    assert f"ReplicaLag of {replica}-green-" in str(first["waiting"]) and first["changed"] is False
    shop.deployment.replica_lag = 3
    shop.clock.advance(60)
    assert upgrade(**shop.wanted(state="switched_over"))["done"]


@pytest.mark.parametrize("weather", WEATHER)
def test_bad_weather(weather: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    """The same end, and nothing twice."""
    shop.open()
    writes(anew=True)
    shop.cloud.control.faults(WEATHER[weather])
    for step in ({}, {"state": "switched_over"}, {"state": "absent", "delete_old": [f"{shop.name}-old1"]}):
        result = upgrade(**shop.wanted(**step))
        assert (result.get("msg"), result["done"]) == (None, True)
    shop.cloud.control.faults([])
    assert (shop.is_there(), shop.all(), shop.snapshots()) == (False, [shop.name], [f"{shop.name}-old1-final"])
    made = [one for one in writes() if one.startswith(("Create", "Switchover", "DeleteDB"))]
    assert made == ["CreateBlueGreenDeployment", "SwitchoverBlueGreenDeployment", "DeleteDBInstance"]
