# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""States that no waiting mends, settings that RDS does not keep, bad weather."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from moto.backends import get_backend

from ansible_collections.cutover.aws.plugins.module_utils._restore import api, plan, run
from ansible_collections.cutover.aws.plugins.module_utils._restore.kinds import CLUSTER, INSTANCE, SNAPSHOT_FAILED
from ansible_collections.cutover.aws.plugins.module_utils._restore.requests import Write
from tests.unit.modules.adversity import WEATHER
from tests.unit.modules.rds_snapshot_restore.chains import CHAINS, Ground
from tests.unit.modules.rds_snapshot_restore.places import EAST, OWN, left_copies, unlike

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]


def backend() -> Any:
    return get_backend("rds")[OWN][EAST]


@pytest.fixture
def after(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], None]], None]:
    """after("copy", act): act is done once AWS has taken the first call of that step."""

    def arrange(step: str, act: Callable[[], None]) -> None:
        original, acts = api.carry_out, [act]

        def carry_out(client: Any, write: Write, password: Any) -> Any:
            answer = original(client, write, password)
            if write.step == step and acts:
                acts.pop()()
            return answer

        monkeypatch.setattr(api, "carry_out", carry_out)

    return arrange


def says(name: str, kind: str, message: str) -> None:
    backend().events.append(
        SimpleNamespace(
            source_identifier=name,
            source_type=kind,
            message=message,
            event_categories=["failure"],
            date=datetime.now(UTC),
            source_arn="",
        )
    )


class TestFailureStates:
    @pytest.mark.parametrize("state", sorted(INSTANCE.failed - {"deleting"}))
    def test_of_an_instance(self, state: str, ground: Ground, restore: Run, after: Any, writes: Writes) -> None:
        """Told with what RDS says of it, and not waited for."""

        def fail() -> None:
            backend().databases[ground.name].status = state
            says(ground.name, "db-instance", "No room at the inn")

        wanted = CHAINS["own_key"](ground)
        after("restore", fail)
        result = restore(**wanted)
        assert result["failed"] and f"instance {ground.name} is {state}" in result["msg"]
        assert "RDS says: " in result["msg"] and "No room at the inn" in result["msg"]
        assert (result["changed"], len(result["steps"]), result["database"]["status"]) == (True, 1, state)

    @pytest.mark.parametrize("state", sorted(SNAPSHOT_FAILED))
    def test_of_a_copy(self, state: str, ground: Ground, restore: Run, after: Any) -> None:
        def fail() -> None:
            copy = next(one for one in backend().database_snapshots if one.startswith(f"{ground.name}-restore-"))
            backend().database_snapshots[copy].status = state
            says(copy, "db-snapshot", "The key is gone")

        wanted = CHAINS["default_key"](ground)
        after("copy", fail)
        result = restore(**wanted)
        assert f"is {state}. RDS says: The key is gone." in result["msg"]
        assert ground.name not in backend().databases

    @pytest.mark.parametrize("state", sorted(CLUSTER.failed - {"deleting"}))
    def test_of_a_cluster(self, state: str, ground: Ground, restore: Run, after: Any) -> None:
        def fail() -> None:
            backend().clusters[ground.name]._status = state

        wanted = CHAINS["cluster_with_another_key"](ground)
        after("restore", fail)
        result = restore(**wanted)
        assert f"cluster {ground.name} is {state}" in result["msg"] and "RDS has no events of it" in result["msg"]

    def test_of_an_instance_of_a_cluster(self, ground: Ground, restore: Run, after: Any) -> None:
        def fail() -> None:
            backend().databases[f"{ground.name}-1"].status = "insufficient-capacity"

        wanted = CHAINS["cluster_with_another_key"](ground)
        after("member", fail)
        assert f"instance {ground.name}-1 is insufficient-capacity" in restore(**wanted)["msg"]

    def test_that_is_mended_is_gone_on_from(self, ground: Ground, restore: Run, after: Any) -> None:
        def fail() -> None:
            backend().databases[ground.name].status = "storage-full"

        wanted = CHAINS["own_key"](ground)
        after("restore", fail)
        assert restore(**wanted)["failed"]
        backend().databases[ground.name].status = "available"
        assert restore(**wanted)["done"]
        assert unlike(ground.cloud, wanted) == {}


class TestSettings:
    def test_one_that_rds_takes_and_does_not_keep_is_an_error(
        self, ground: Ground, restore: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wanted = CHAINS["own_key"](ground)
        original = api.carry_out

        def forgetful(client: Any, write: Write, password: Any) -> Any:
            answer = original(client, write, password)
            if write.step == "modify":
                backend().databases[ground.name].preferred_maintenance_window = "mon:01:00-mon:02:00"
            return answer

        monkeypatch.setattr(api, "carry_out", forgetful)
        result = restore(**wanted)
        assert result["failed"]
        # What is sent again is only what is still missing; the same twice is the end.
        assert "is not as asked: RDS has taken the change of PreferredMaintenanceWindow" in result["msg"]
        assert [step for step in result["steps"] if "change" in step] != []

    def test_parameters_that_wait_for_a_reboot_get_one(self, ground: Ground, restore: Run, after: Any) -> None:
        rds = ground.cloud.client("rds")
        static = {"ParameterName": "performance_schema", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}
        wanted = CHAINS["own_key"](ground)
        after("restore", lambda: rds.modify_db_parameter_group(DBParameterGroupName="place-mysql", Parameters=[static]))
        result = restore(**wanted)
        assert result["steps"].count(f"reboot {ground.name}") == 1
        item = rds.describe_db_instances(DBInstanceIdentifier=ground.name)["DBInstances"][0]
        assert [one["ParameterApplyStatus"] for one in item["DBParameterGroups"]] == ["in-sync"]

    def test_a_reboot_that_changes_nothing_is_an_error(
        self, ground: Ground, restore: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(plan, "reboot_pending", lambda _item: True)
        monkeypatch.setattr(run, "reboot_pending", lambda _item: True)
        result = restore(**CHAINS["own_key"](ground))
        assert "its parameters still wait for a reboot" in result["msg"]
        assert result["steps"].count(f"reboot {ground.name}") == 1

    def test_a_database_that_vanishes_is_not_restored_once_more(
        self, ground: Ground, restore: Run, after: Any, writes: Writes
    ) -> None:
        wanted = CHAINS["own_key"](ground)
        after("modify", lambda: backend().databases.pop(ground.name))
        writes(anew=True)
        result = restore(wait_timeout=300, **wanted)
        assert f"AWS does not show {ground.name} any more" in result["msg"]
        assert [one for one in writes() if one.startswith("Restore")] == ["RestoreDBInstanceFromDBSnapshot"]


class TestWaiting:
    def test_what_would_be_waited_for_is_told(self, ground: Ground, restore: Run) -> None:
        wanted = CHAINS["default_key"](ground)
        result = restore(wait=False, **wanted)
        assert (result["done"], result["changed"], len(result["steps"])) == (False, True, 1)
        assert "is creating, 50 %" in result["waiting"]
        ground.clock.advance(3600)
        while not result["done"]:
            result = restore(wait=False, tried=result["tried"], **wanted)
            ground.clock.advance(60)
        assert unlike(ground.cloud, wanted) == {} and left_copies(ground.cloud, ground.name) == []

    def test_it_gives_up_in_time_and_is_gone_on_with(self, ground: Ground, restore: Run) -> None:
        wanted = CHAINS["default_key"](ground)
        result = restore(wait_timeout=1, **wanted)
        assert result["failed"] and "after 1 s snapshot" in result["msg"] and "goes on from here" in result["msg"]
        assert restore(**wanted)["done"]

    def test_an_old_copy_of_an_earlier_run_is_not_taken_for_new(
        self, ground: Ground, restore: Run, after: Any, writes: Writes
    ) -> None:
        def age() -> None:
            copy = next(one for one in backend().database_snapshots if one.startswith(f"{ground.name}-restore-"))
            backend().database_snapshots[copy].created = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)

        wanted = CHAINS["newest_of_unencrypted"](ground)
        after("copy", age)
        restore(wait=False, **wanted)
        ground.later()
        writes(anew=True)
        result = restore(**wanted)
        assert result["failed"] and "is too old to go on" in result["msg"] and writes() == []

    def test_a_newer_snapshot_does_not_change_what_was_begun(self, ground: Ground, restore: Run) -> None:
        wanted = CHAINS["newest_of_unencrypted"](ground)
        begun = restore(wait=False, **wanted)
        rds = ground.cloud.client("rds")
        ground.later()
        rds.create_db_snapshot(DBSnapshotIdentifier=f"{ground.name}-newer", DBInstanceIdentifier=ground.origin)
        ground.later()
        result = restore(**wanted)
        assert (result["done"], result["restored_from"]) == (True, begun["restored_from"])
        assert restore(**wanted)["changed"] is False


@pytest.mark.parametrize("weather", WEATHER)
@pytest.mark.parametrize("chain", ["cross_account_default_key_taken_now", "cluster_across_regions"])
def test_bad_weather(chain: str, weather: str, ground: Ground, restore: Run, writes: Writes) -> None:
    """The same end, and nothing twice."""
    wanted = CHAINS[chain](ground)
    writes(anew=True)
    ground.cloud.control.faults(WEATHER[weather])
    result = restore(**wanted)
    ground.cloud.control.faults([])
    assert (result.get("msg"), result.get("done")) == (None, True)
    assert unlike(ground.cloud, wanted) == {}
    assert left_copies(ground.cloud, ground.name) == []
    made = writes()
    assert len([one for one in made if one.startswith(("Restore", "CreateDBSnapshot"))]) == len(
        {one for one in made if one.startswith(("Restore", "CreateDBSnapshot"))}
    )
