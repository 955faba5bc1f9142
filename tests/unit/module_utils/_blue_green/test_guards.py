# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The guards that no local cloud brings about, and that none of them passes what it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._blue_green.asked import AVAILABLE, Asked
from ansible_collections.cutover.aws.plugins.module_utils._blue_green.guards import (
    FAILED,
    PASSED,
    REPLICA_LAG,
    SLOT_LAG,
    WAITING,
    Facts,
    Guard,
    Lag,
    Pair,
    before_creation,
    before_switchover,
)

ASKED = Asked("up", "shop", AVAILABLE, {"engine_version": "8.4"})
SOURCE: dict[str, Any] = {
    "DBInstanceIdentifier": "shop",
    "DBInstanceStatus": "available",
    "DBInstanceClass": "db.m7g.large",
    "Engine": "mysql",
    "EngineVersion": "8.0.40",
    "StorageType": "gp3",
    "BackupRetentionPeriod": 7,
    "DBParameterGroups": [{"DBParameterGroupName": "shop-8-0", "ParameterApplyStatus": "in-sync"}],
}
FACTS = Facts(
    source=SOURCE,
    target="8.4.7",
    target_version={"DBParameterGroupFamily": "mysql8.4"},
    group="shop-8-4",
    family="mysql8.4",
    parameters={"event_scheduler": "OFF"},
    own_parameters={"binlog_format": "ROW"},
    offers=[{"StorageType": "gp3", "MultiAZCapable": True}],
)
POSTGRES = {**SOURCE, "Engine": "postgres", "EngineVersion": "15.3"}
WITH_BACKUPS_ELSEWHERE = [{"DBInstanceAutomatedBackupsArn": "arn:aws:rds:us-west-2:1:auto-backup:ab-1"}]


def failed(guards: list[Guard]) -> dict[str, str]:
    return {guard.name: guard.text for guard in guards if guard.status == FAILED}


def test_what_is_fit_passes() -> None:
    assert {guard.status for guard in before_creation(ASKED, FACTS)} == {PASSED}


@pytest.mark.parametrize(
    ("facts", "name", "told"),
    [
        (replace(FACTS, proxies=[("front", "UNAVAILABLE", "no route")]), "proxies", "front does not reach"),
        (replace(FACTS, integrations=["lake"]), "integrations", "(lake)"),
        (
            replace(FACTS, source={**SOURCE, "DBInstanceAutomatedBackupsReplications": WITH_BACKUPS_ELSEWHERE}),
            "backups",
            "us-west-2",
        ),
        (replace(FACTS, source={**SOURCE, "PendingModifiedValues": {"MultiAZ": True}}), "source", "pending: MultiAZ"),
        (
            replace(FACTS, source={**SOURCE, "DBParameterGroups": [{"DBParameterGroupName": "x"}]}),
            "source",
            "parameters of x",
        ),
        (replace(FACTS, source={**SOURCE, "DBClusterIdentifier": "c"}), "source", "this is for instances of"),
        (replace(FACTS, source={**SOURCE, "Engine": "oracle-ee"}), "source", "is of oracle-ee"),
        (
            replace(FACTS, replicas={"r": {**SOURCE, "DedicatedLogVolume": True}}),
            "replicas",
            "dedicated log volumes",
        ),
        (replace(FACTS, replicas={"r": {**SOURCE, "DBInstanceStatus": "creating"}}), "replicas", "r is creating"),
        (
            replace(FACTS, source={**SOURCE, "ReadReplicaDBClusterIdentifiers": ["c"]}),
            "replicas",
            "a cluster as its replica",
        ),
        (replace(FACTS, target_version=None), "version", "does not offer mysql 8.4.7"),
        (
            replace(FACTS, source={**SOURCE, "MultiAZ": True}, offers=[{"StorageType": "gp3"}]),
            "instance_class",
            "standby",
        ),
        (replace(FACTS, source={**SOURCE, "StorageType": "io2"}), "instance_class", "no io2 storage"),
        (replace(FACTS, source=POSTGRES, target="16.8"), "version", "upgrade it to 15.4 first"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_fit_fails(facts: Facts, name: str, told: str) -> None:
    assert told in failed(before_creation(ASKED, facts)).get(name, "")


@pytest.mark.parametrize(("engine", "fit"), [("mysql", False), ("mariadb", True)])
def test_the_event_scheduler_that_nobody_set(engine: str, fit: bool) -> None:
    """MySQL has it on by itself, MariaDB off."""
    facts = replace(FACTS, source={**SOURCE, "Engine": engine}, parameters={})
    assert ("events" not in failed(before_creation(ASKED, facts))) is fit


NO_LAG = Lag(REPLICA_LAG, "shop-green", 0.0)
FIT = Pair(SOURCE, {**SOURCE, "DBInstanceIdentifier": "shop-green"}, "AVAILABLE", ("shop", "shop-green"), NO_LAG)


def judged(pairs: list[Pair], **more: Any) -> dict[str, str]:
    guards = before_switchover(ASKED, pairs, more.get("proxies", ()), more.get("integrations", ()))
    return {guard.name: guard.status for guard in guards}


def test_what_can_be_switched_over() -> None:
    assert set(judged([FIT]).values()) == {PASSED}


@pytest.mark.parametrize(
    ("value", "metric", "status"),
    [
        (10.0, REPLICA_LAG, PASSED),
        (10.5, REPLICA_LAG, WAITING),
        (-1.0, REPLICA_LAG, WAITING),
        (None, REPLICA_LAG, WAITING),
        (16.0 * 1024 * 1024, SLOT_LAG, PASSED),
        (16.0 * 1024 * 1024 + 1, SLOT_LAG, WAITING),
        (-1.0, SLOT_LAG, WAITING),
        (None, SLOT_LAG, WAITING),
    ],
)
def test_the_lag(value: float | None, metric: str, status: str) -> None:
    assert judged([replace(FIT, lag=Lag(metric, "x", value))])["lag"] == status


def test_the_lag_of_each_copy_counts() -> None:
    assert judged([FIT, replace(FIT, lag=Lag(REPLICA_LAG, "x", None))])["lag"] == WAITING


@pytest.mark.parametrize(
    ("info", "status"),
    [
        ({"Normal": True, "Status": "replicating"}, PASSED),
        ({"Normal": False, "Status": "replicating"}, FAILED),
        ({"Status": "replicating"}, FAILED),
        ({"Normal": True, "Status": "stopped"}, FAILED),
        ({"Normal": True}, FAILED),
    ],
)
def test_where_aws_shows_a_replication_it_has_to_be_one(info: dict[str, Any], status: str) -> None:
    shown = {**SOURCE, "StatusInfos": [{"StatusType": "read replication", **info}]}
    assert judged([replace(FIT, target=shown)])["replication"] == status


def test_members_that_are_missing_fail_and_those_that_are_busy_are_waited_for() -> None:
    missing = replace(FIT, status="MISSING_TARGET", target=None)
    assert judged([FIT, missing])["members"] == FAILED
    assert judged([])["members"] == FAILED
    assert judged([replace(FIT, target=None)])["instances"] == WAITING
    busy = {**SOURCE, "DBInstanceStatus": "storage-initialization"}
    assert judged([FIT, replace(FIT, target=busy)])["instances"] == WAITING


@pytest.mark.parametrize(
    "changed",
    [
        {"MasterUserSecret": {"SecretStatus": "active"}},
        {"PendingModifiedValues": {"MultiAZ": True}},
        {"ReadReplicaDBInstanceIdentifiers": ["shop-green", "late"]},
    ],
)
def test_what_has_come_since_the_copy_was_made(changed: dict[str, Any]) -> None:
    assert judged([replace(FIT, source={**SOURCE, **changed})])["source"] == FAILED
    assert (
        judged([replace(FIT, source={**SOURCE, "ReadReplicaDBInstanceIdentifiers": ["shop-green"]})])["source"]
        == PASSED
    )


def test_what_is_in_the_way_of_the_switchover() -> None:
    assert judged([FIT], proxies=[("front", "REGISTERING", "")])["proxies"] == FAILED
    assert judged([FIT], integrations=["lake"])["integrations"] == FAILED
