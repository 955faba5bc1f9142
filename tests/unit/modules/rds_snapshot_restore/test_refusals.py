# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked wrongly, or cannot be done, is told before the first call that changes anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.backends import get_backend

from local_cloud.testing import LocalCloud
from tests.unit.modules.rds_snapshot_restore.chains import Ground
from tests.unit.modules.rds_snapshot_restore.places import EAST, OWN, ROLE, WEST, new_key, other, source

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]
ALIAS = f"arn:aws:kms:{EAST}:{OWN}:alias/mine"
ELSEWHERE = f"arn:aws:kms:{WEST}:{OWN}:key/01234567-89ab-cdef-0123-456789abcdef"
NOWHERE = f"arn:aws:kms:{EAST}:{OWN}:key/01234567-89ab-cdef-0123-456789abcdef"
CLUSTER_ARN = f"arn:aws:rds:{EAST}:{OWN}:cluster-snapshot:one"

ASKED_WRONGLY = {
    "identifier": ({"identifier": "Not--one"}, "identifier: 'Not--one'"),
    "two sources": ({"source": {"snapshot": "a", "database": "b"}}, "either snapshot, or database"),
    "no source": ({"source": {}}, "either snapshot, or database"),
    "rule with a snapshot": ({"source": {"snapshot": "a", "max_age": 60}}, "max_age goes with database"),
    "two ways": ({"source": {"database": "a", "take": "b", "time": "latest"}}, "exclude each other"),
    "no name": ({"source": {"snapshot": "-x"}}, "no name or ARN of a snapshot"),
    "a cluster's": ({"source": {"snapshot": CLUSTER_ARN}}, "restores to no instance"),
    "region beside an ARN": (
        {"source": {"snapshot": f"arn:aws:rds:{EAST}:{OWN}:snapshot:one", "region": WEST}},
        "is not the region of",
    ),
    "no time": ({"source": {"database": "a", "time": "yesterday"}}, "'yesterday' is no time"),
    "time elsewhere": ({"source": {"database": "a", "time": "latest", "region": WEST}}, "within an account and region"),
    "role": ({"source": {"snapshot": "a", "role_arn": "me"}}, "no ARN of a role"),
    "age": ({"source": {"database": "a", "max_age": 0}}, "admits no snapshot"),
    "alias": ({"key_arn": ALIAS}, "no ARN of a KMS key"),
    "key of another region": ({"key_arn": ELSEWHERE}, f"is not in {EAST}"),
    "two passwords": ({"password_secret_arn": "arn:aws:secretsmanager:x"}, "password_key_arn, password_secret_arn"),
    "no password": ({"password_key_arn": None}, "password_key_arn, password_secret_arn"),
    "instances": ({"instances": [{"identifier": "a", "instance_class": "b"}]}, "only a cluster has them"),
    "no class": ({"instance_class": None}, "instance_class: missing"),
    "no instances": ({"type": "cluster", "max_allocated_storage": None}, "AWS restores a cluster without any"),
    "cluster's storage": (
        {"type": "cluster", "instances": [{"identifier": "a", "instance_class": "b"}]},
        "max_allocated_storage: a cluster has none",
    ),
    "growth": ({"allocated_storage": 190}, "not a tenth more than 190"),
    "operations": ({"storage_type": "io1"}, "iops: missing"),
    "retention": ({"backup_retention": 36}, "backup_retention: 36"),
    "role of monitoring": ({"monitoring_interval": 60}, "monitoring_role_arn: missing"),
    "window": ({"backup_window": "3am"}, "backup_window: '3am'"),
}


@pytest.mark.parametrize("case", ASKED_WRONGLY)
def test_asked_wrongly(case: str, ground: Ground, restore: Run, cloud: LocalCloud) -> None:
    """AWS is not even asked."""
    changes, told = ASKED_WRONGLY[case]
    wanted = {**ground.place(EAST).wanted("one", {"snapshot": "one"}), **changes}
    mark = cloud.control.mark()
    result = restore(**wanted)
    assert result["failed"] and told in result["msg"]
    assert cloud.control.calls(since=mark) == []


def test_all_mistakes_are_told_together(ground: Ground, restore: Run) -> None:
    result = restore(**ground.place(EAST).wanted("A", {}, backup_retention=99, key_arn="x", backup_window="y"))
    assert [
        part
        for part in ("identifier", "source", "backup_retention", "key_arn", "backup_window")
        if part not in result["msg"]
    ] == []


CANNOT_BE = {
    "class": ({"instance_class": "db.x9.huge"}, "db.x9.huge is not to be had with mysql 8.4.6"),
    "subnet group": ({"subnet_group": "nobody"}, "subnet_group: there is no nobody"),
    "security group": ({"security_groups": ["sg-0"]}, "security_groups: there is no sg-0"),
    "parameter group": ({"parameter_group": "nobody"}, "parameter_group: there is no nobody"),
    "family": ({"parameter_group": "place-postgres"}, "is of the family postgres17, mysql 8.4.6 of mysql8.4"),
    "option group": ({"option_group": "nobody"}, "option_group: there is no nobody"),
    "key": ({"key_arn": NOWHERE}, f"key {NOWHERE} does not exist"),
    "engine": ({"engine": "postgres"}, "is of mysql, not postgres"),
    "username": ({"username": "root"}, "is dbadmin, and RDS never renames it"),
    "major version": ({"engine_version": "9.0"}, "9.0 is another major version"),
    "older version": ({"engine_version": "8.0.44"}, "another major version or an older one"),
    "unknown version": ({"engine_version": "8.4.99"}, "does not upgrade 8.4.6 to 8.4.99"),
    "storage": ({"allocated_storage": 50}, "storage never shrinks"),
    "a little storage": ({"allocated_storage": 105}, "grows by no less"),
    "limit": ({"max_allocated_storage": 105}, "not a tenth more than 100 GiB"),
    "logs": ({"log_exports": ["postgresql"]}, "exports no postgresql"),
    "authority": ({"ca_certificate": "rds-ca-2010"}, "rds-ca-2010 is none of"),
    "storage type": ({"storage_type": "io2", "iops": 3000}, "storage_type: io2"),
    "role of monitoring": (
        {"monitoring_interval": 60, "monitoring_role_arn": f"arn:aws:iam::{OWN}:role/nobody"},
        "monitoring_role_arn: there is no such role",
    ),
    "tags": ({"tags": {"cutover:restored-from": "me"}}, "are the module's own"),
}


@pytest.fixture(scope="module")
def snapshot(cloud: LocalCloud, clock: Any, places: Any) -> str:
    ground = Ground(cloud, clock, places, "refusals")
    ground.snapshot(cloud.client("rds"), StorageEncrypted=True)
    return "refusals-snap"


@pytest.mark.parametrize("case", CANNOT_BE)
def test_cannot_be(case: str, snapshot: str, ground: Ground, restore: Run, writes: Writes) -> None:
    changes, told = CANNOT_BE[case]
    writes(anew=True)
    result = restore(**{**ground.place(EAST).wanted("refusals", {"snapshot": snapshot}), **changes})
    assert result["failed"] and told in result["msg"], result["msg"]
    assert writes() == []


def test_all_that_cannot_be_is_told_together(snapshot: str, ground: Ground, restore: Run) -> None:
    changes = [change for change, _told in CANNOT_BE.values()]
    result = restore(
        **{**ground.place(EAST).wanted("refusals", {"snapshot": snapshot}), **changes[1], **changes[0], **changes[7]}
    )
    assert [part for part in ("subnet_group", "instance_class", "engine") if part not in result["msg"]] == []


class TestSources:
    def refused(self, restore: Run, writes: Writes, wanted: dict[str, Any]) -> str:
        writes(anew=True)
        result = restore(**wanted)
        assert result["failed"] and writes() == []
        return str(result["msg"])

    def test_no_such_snapshot(self, ground: Ground, restore: Run, writes: Writes) -> None:
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": "nobody"})
        assert "snapshot:nobody does not exist" in self.refused(restore, writes, wanted)

    def test_not_shared(self, ground: Ground, restore: Run, writes: Writes) -> None:
        arn = ground.snapshot(other(ground.cloud, "rds"))
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": arn})
        assert f"is not shared with {OWN}" in self.refused(restore, writes, wanted)

    def test_no_key_for_a_copy_on_the_way(self, ground: Ground, restore: Run, writes: Writes) -> None:
        ground.snapshot(other(ground.cloud, "rds"), StorageEncrypted=True)
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": f"{ground.name}-snap", "role_arn": ROLE})
        assert "source.key_arn: missing" in self.refused(restore, writes, wanted)

    def test_a_key_that_we_may_not_use(self, ground: Ground, restore: Run, writes: Writes) -> None:
        source(other(ground.cloud, "rds"), ground.origin, StorageEncrypted=True)
        ground.later()
        key = new_key(other(ground.cloud, "kms"))
        taken = {"database": ground.origin, "take": f"{ground.name}-now", "role_arn": ROLE, "key_arn": key}
        wanted = ground.place(EAST).wanted(ground.name, taken)
        assert f"key {key} does not exist, or its policy" in self.refused(restore, writes, wanted)

    def test_a_name_that_is_another_s_snapshot(self, ground: Ground, restore: Run, writes: Writes) -> None:
        ground.snapshot(ground.cloud.client("rds"))
        taken = {"database": "somebody-else", "take": f"{ground.name}-snap"}
        wanted = ground.place(EAST).wanted(ground.name, taken)
        assert f"is of {ground.origin}. Give another name" in self.refused(restore, writes, wanted)

    def test_a_snapshot_that_was_taken_long_ago(self, ground: Ground, restore: Run, writes: Writes) -> None:
        ground.snapshot(ground.cloud.client("rds"))
        taken = get_backend("rds")[OWN][EAST].database_snapshots[f"{ground.name}-snap"]
        taken.original_snapshot_create_time = datetime(2020, 1, 1, 12, tzinfo=UTC)
        wanted = ground.place(EAST).wanted(ground.name, {"database": ground.origin, "take": f"{ground.name}-snap"})
        told = self.refused(restore, writes, wanted)
        assert "with the data of 2020-01-01 12:00 UTC, which is too old to go on with" in told

    def test_none_is_new_enough(self, ground: Ground, restore: Run, writes: Writes) -> None:
        ground.snapshot(ground.cloud.client("rds"))
        rule = {"database": ground.origin, "tags": {"nightly": "yes"}}
        wanted = ground.place(EAST).wanted(ground.name, rule)
        assert "has no snapshot that the rule" in self.refused(restore, writes, wanted)

    def test_no_such_database(self, ground: Ground, restore: Run, writes: Writes) -> None:
        wanted = ground.place(EAST).wanted(ground.name, {"database": "nobody", "take": "nobody-now"})
        assert "there is no instance nobody" in self.refused(restore, writes, wanted)

    def test_stopped(self, ground: Ground, restore: Run, writes: Writes) -> None:
        rds = ground.cloud.client("rds")
        source(rds, ground.origin)
        ground.later()
        rds.stop_db_instance(DBInstanceIdentifier=ground.origin)
        wanted = ground.place(EAST).wanted(ground.name, {"database": ground.origin, "take": f"{ground.name}-now"})
        assert "it has to be available" in self.refused(restore, writes, wanted)

    def test_no_backups(self, ground: Ground, restore: Run, writes: Writes) -> None:
        source(ground.cloud.client("rds"), ground.origin, BackupRetentionPeriod=0)
        wanted = ground.place(EAST).wanted(ground.name, {"database": ground.origin, "time": "latest"})
        told = self.refused(restore, writes, wanted)
        assert "keeps no automated backups" in told and "keeps the key" in told

    @pytest.mark.parametrize(
        ("days", "told"), [(2, "the latest that can be restored"), (-400, "where the backups begin")]
    )
    def test_time_outside_of_the_window(
        self, days: int, told: str, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        source(ground.cloud.client("rds"), ground.origin, StorageEncrypted=True, KmsKeyId=ground.place(EAST).key)
        moment = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        wanted = ground.place(EAST).wanted(ground.name, {"database": ground.origin, "time": moment})
        assert told in self.refused(restore, writes, wanted)

    @pytest.mark.parametrize(
        ("value", "told"),
        [
            ({"password": "short"}, "RDS does not take its password"),
            ({"password": "has a space in it"}, "RDS does not take its password"),
            ({"password": "long-enough-1", "username": "root"}, "it is for root"),
            ({"token": "x"}, "has no password"),
        ],
    )
    def test_password(
        self, value: dict[str, str], told: str, snapshot: str, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        secret = ground.cloud.client("secretsmanager").create_secret(Name=ground.name, SecretString=json.dumps(value))
        own = {"password_key_arn": None, "password_secret_arn": secret["ARN"]}
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": snapshot}, **own)
        text = self.refused(restore, writes, wanted)
        assert told in text and value.get("password", "?") not in text

    def test_no_such_secret_is_told_with_the_rest(
        self, snapshot: str, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        arn = f"arn:aws:secretsmanager:{EAST}:{OWN}:secret:nobody-a1b2c3"
        own = {"password_key_arn": None, "password_secret_arn": arn, "subnet_group": "nobody"}
        text = self.refused(restore, writes, ground.place(EAST).wanted(ground.name, {"snapshot": snapshot}, **own))
        assert f"{arn} does not exist" in text and "subnet_group" in text


class TestWhatIsThere:
    def test_a_database_of_unknown_origin_is_never_touched(
        self, snapshot: str, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        source(ground.cloud.client("rds"), ground.name)
        writes(anew=True)
        result = restore(**ground.place(EAST).wanted(ground.name, {"snapshot": snapshot}))
        assert "is not known to come from a snapshot" in result["msg"] and writes() == []

    def test_a_database_of_another_snapshot_is_never_touched(
        self, snapshot: str, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        rds = ground.cloud.client("rds")
        rds.create_db_snapshot(DBSnapshotIdentifier=f"{ground.name}-2", DBInstanceIdentifier="refusals-src")
        ground.later()
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": snapshot})
        assert restore(**wanted)["done"]
        writes(anew=True)
        result = restore(**{**wanted, "source": {"snapshot": f"{ground.name}-2"}})
        assert f"not from arn:aws:rds:{EAST}:{OWN}:snapshot:{ground.name}-2" in result["msg"]
        assert writes() == []

    def test_the_wanted_one_is_left_alone_even_when_its_snapshot_is_gone(
        self, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        rds = ground.cloud.client("rds")
        ground.snapshot(rds, StorageEncrypted=True, KmsKeyId=ground.place(EAST).key)
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": f"{ground.name}-snap"})
        assert restore(**wanted)["done"]
        rds.delete_db_snapshot(DBSnapshotIdentifier=f"{ground.name}-snap")
        writes(anew=True)
        result = restore(**{**wanted, "multi_az": False})
        assert (result["changed"], result["done"], writes()) == (False, True, [])
        assert result["differences"] == [f"{ground.name}: multi_az is True, not False"]
        assert "no longer as asked" in str(result["warnings"])

    def test_tags_that_came_with_a_snapshot_of_it_prove_nothing(
        self, snapshot: str, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        """Somebody has restored the database from its own backup meanwhile."""
        rds = ground.cloud.client("rds")
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": snapshot})
        assert restore(**wanted)["done"]
        rds.create_db_snapshot(DBSnapshotIdentifier=f"{ground.name}-3", DBInstanceIdentifier=ground.name)
        ground.later()
        rds.modify_db_instance(DBInstanceIdentifier=ground.name, DeletionProtection=False, ApplyImmediately=True)
        ground.later()
        rds.delete_db_instance(DBInstanceIdentifier=ground.name, SkipFinalSnapshot=True)
        ground.later()
        rds.restore_db_instance_from_db_snapshot(
            DBInstanceIdentifier=ground.name, DBSnapshotIdentifier=f"{ground.name}-3"
        )
        ground.later()
        writes(anew=True)
        assert "is not known to come from a snapshot" in restore(**wanted)["msg"]
        assert writes() == []

    def test_snapshots_of_a_restored_database_are_its_own(self, snapshot: str, ground: Ground, restore: Run) -> None:
        """Although they carry its tags."""
        rds = ground.cloud.client("rds")
        first = ground.place(EAST).wanted(f"{ground.name}-1", {"snapshot": snapshot})
        assert restore(**first)["done"]
        made = rds.create_db_snapshot(DBSnapshotIdentifier=f"{ground.name}-s", DBInstanceIdentifier=f"{ground.name}-1")
        ground.later()
        assert "cutover:restored-from" in str(made["DBSnapshot"]["TagList"])
        rule = {"database": f"{ground.name}-1", "snapshot_type": "manual"}
        result = restore(**ground.place(EAST).wanted(ground.name, rule))
        assert result["done"], result["msg"]
        assert result["restored_from"].endswith(f":{ground.name}-s")

    def test_a_copy_of_the_name_that_is_somebody_else_s(self, ground: Ground, restore: Run, writes: Writes) -> None:
        rds = ground.cloud.client("rds")
        ground.snapshot(rds)
        wanted = ground.place(EAST).wanted(ground.name, {"snapshot": f"{ground.name}-snap"})
        copy = next(row["name"] for row in restore(check=True, **wanted)["plan"] if row["type"] == "snapshot")
        rds.create_db_snapshot(DBSnapshotIdentifier=copy, DBInstanceIdentifier=ground.origin)
        writes(anew=True)
        result = restore(**wanted)
        assert "is not known to be a copy of" in result["msg"] and writes() == []

    def test_a_cluster_s_instance_of_the_name_that_is_somebody_else_s(
        self, ground: Ground, restore: Run, writes: Writes
    ) -> None:
        rds = ground.cloud.client("rds")
        ground.cluster_snapshot(rds, StorageEncrypted=True)
        source(rds, f"{ground.name}-2")
        writes(anew=True)
        result = restore(**ground.place(EAST).cluster(ground.name, {"snapshot": f"{ground.name}-snap"}))
        assert f"{ground.name}-2 exists already" in result["msg"] and writes() == []
