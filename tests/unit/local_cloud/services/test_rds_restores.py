# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Snapshots and restores by RDS's rules; each canary fails once moto has the rule itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

Clients = Callable[..., Any]
Refused = Callable[..., Any]
OWN, OTHER = "123456789012", "222222222222"


def create(rds: Any, name: str, **changes: Any) -> None:
    wanted = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.m7g.large",
        "Engine": "mysql",
        "AllocatedStorage": 100,
        "MultiAZ": True,
        "MasterUsername": "app",
        "ManageMasterUserPassword": True,
        "DeletionProtection": True,
        "BackupRetentionPeriod": 3,
    }
    rds.create_db_instance(**{**wanted, **changes})


def snapshot(rds: Any, name: str, **changes: Any) -> str:
    create(rds, name, **changes)
    made = rds.create_db_snapshot(DBSnapshotIdentifier=f"{name}-snap", DBInstanceIdentifier=name)["DBSnapshot"]
    return str(made["DBSnapshotArn"])


@pytest.fixture
def other(aws: Clients) -> Clients:
    """Clients of another account."""
    role = f"arn:aws:iam::{OTHER}:role/anybody"
    keys = aws("sts").assume_role(RoleArn=role, RoleSessionName="x")["Credentials"]
    clients: Any = copy(aws)
    clients.session = boto3.Session(
        keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"], region_name="us-east-1"
    )
    return clients  # type: ignore[no-any-return]


def shared_key(kms: Any, *accounts: str) -> str:
    arn = str(kms.create_key()["KeyMetadata"]["Arn"])
    principals = [f"arn:aws:iam::{account}:root" for account in (arn.split(":")[4], *accounts)]
    statement = {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(KeyId=arn, PolicyName="default", Policy=json.dumps({"Statement": [statement]}))
    return arn


def share(rds: Any, name: str, account: str = OWN) -> None:
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=[account])


def restore(rds: Any, name: str, source: str, **more: Any) -> dict[str, Any]:
    answer = rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=source, **more)
    made: dict[str, Any] = answer["DBInstance"]
    return made


class TestDefaults:
    def test_a_restored_instance_has_defaults_and_no_secret(self, aws: Clients, name: str) -> None:
        rds = aws("rds")
        snapshot(rds, name)
        made = restore(rds, f"{name}-new", f"{name}-snap", MultiAZ=False)
        assert (made["MultiAZ"], made["DeletionProtection"], made.get("MasterUserSecret")) == (False, False, None)
        assert (made["BackupRetentionPeriod"], made["MasterUsername"]) == (3, "app")

    def test_canary_moto_gives_it_all_that_the_source_had(self, bare: Clients, name: str) -> None:
        rds = bare("rds")
        snapshot(rds, name)
        made = restore(rds, f"{name}-new", f"{name}-snap", MultiAZ=False)
        assert (made["MultiAZ"], made["DeletionProtection"]) == (True, True)

    def test_a_restored_cluster_has_no_instances_and_no_secret(self, aws: Clients, name: str) -> None:
        rds = aws("rds")
        rds.create_db_cluster(
            DBClusterIdentifier=name,
            Engine="aurora-postgresql",
            EngineVersion="17.4",
            MasterUsername="app",
            ManageMasterUserPassword=True,
        )
        rds.create_db_cluster_snapshot(DBClusterIdentifier=name, DBClusterSnapshotIdentifier=f"{name}-snap")
        made = rds.restore_db_cluster_from_snapshot(
            DBClusterIdentifier=f"{name}-new", SnapshotIdentifier=f"{name}-snap", Engine="aurora-postgresql"
        )["DBCluster"]
        assert (made["DBClusterMembers"], made.get("MasterUserSecret")) == ([], None)

    def test_another_engine_is_refused(self, aws: Clients, refused: Refused, name: str) -> None:
        rds = aws("rds")
        rds.create_db_cluster(
            DBClusterIdentifier=name, Engine="aurora-mysql", MasterUsername="app", MasterUserPassword="not-a-secret"
        )
        rds.create_db_cluster_snapshot(DBClusterIdentifier=name, DBClusterSnapshotIdentifier=f"{name}-snap")
        with refused("InvalidRestoreFault"):
            rds.restore_db_cluster_from_snapshot(
                DBClusterIdentifier=f"{name}-new", SnapshotIdentifier=f"{name}-snap", Engine="aurora-postgresql"
            )


class TestRefusedRestores:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"DBInstanceClass": "db.x9.huge"}, "InvalidParameterCombination"),
            ({"AllocatedStorage": 50}, "InvalidParameterValue"),
            ({"VpcSecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ],
    )
    def test_settings(self, changes: dict[str, Any], code: str, aws: Clients, refused: Refused, name: str) -> None:
        rds = aws("rds")
        snapshot(rds, name)
        with refused(code):
            restore(rds, f"{name}-new", f"{name}-snap", **changes)

    def test_a_name_that_is_taken(self, aws: Clients, refused: Refused, name: str) -> None:
        rds = aws("rds")
        snapshot(rds, name)
        with refused("DBInstanceAlreadyExists"):
            restore(rds, name, f"{name}-snap")

    def test_an_encrypted_snapshot_of_another_account(
        self, aws: Clients, other: Clients, refused: Refused, name: str
    ) -> None:
        key = shared_key(other("kms"), OWN)
        arn = snapshot(other("rds"), name, StorageEncrypted=True, KmsKeyId=key)
        share(other("rds"), f"{name}-snap")
        with refused("InvalidParameterCombination"):
            restore(aws("rds"), f"{name}-new", arn)

    def test_an_unencrypted_one_is_restored_by_its_arn(self, aws: Clients, other: Clients, name: str) -> None:
        arn = snapshot(other("rds"), name)
        share(other("rds"), f"{name}-snap")
        assert restore(aws("rds"), f"{name}-new", arn)["MasterUsername"] == "app"
        assert f"{name}-snap" not in str(aws("rds").describe_db_snapshots()["DBSnapshots"])

    @pytest.mark.parametrize(
        ("days", "retention", "code"), [(1, 3, "InvalidParameterValue"), (0, 0, "InvalidRestoreFault")]
    )
    def test_points_in_time(
        self, days: int, retention: int, code: str, aws: Clients, refused: Refused, name: str
    ) -> None:
        rds = aws("rds")
        create(rds, name, BackupRetentionPeriod=retention)
        moment = datetime.now(UTC) + timedelta(days=days)
        with refused(code):
            rds.restore_db_instance_to_point_in_time(
                SourceDBInstanceIdentifier=name, TargetDBInstanceIdentifier=f"{name}-new", RestoreTime=moment
            )


class TestSharing:
    def test_not_under_the_default_key(self, aws: Clients, refused: Refused, name: str) -> None:
        snapshot(aws("rds"), name, StorageEncrypted=True)
        with refused("InvalidDBSnapshotState"):
            share(aws("rds"), f"{name}-snap", OTHER)

    def test_canary_moto_shares_it(self, bare: Clients, name: str) -> None:
        snapshot(bare("rds"), name, StorageEncrypted=True)
        share(bare("rds"), f"{name}-snap", OTHER)

    def test_not_an_automated_one(self, aws: Clients, refused: Refused, name: str) -> None:
        rds = aws("rds")
        create(rds, name)
        [one] = rds.describe_db_snapshots(DBInstanceIdentifier=name)["DBSnapshots"]
        with refused("InvalidDBSnapshotState"):
            share(rds, one["DBSnapshotIdentifier"], OTHER)

    def test_it_is_seen_by_its_arn_once_it_is_shared(
        self, aws: Clients, other: Clients, refused: Refused, name: str
    ) -> None:
        arn = snapshot(other("rds"), name)
        asked = {"DBSnapshotIdentifier": arn, "IncludeShared": True}
        with refused("DBSnapshotNotFound"):
            aws("rds").describe_db_snapshots(**asked)
        share(other("rds"), f"{name}-snap")
        [found] = aws("rds").describe_db_snapshots(**asked)["DBSnapshots"]
        assert (found["DBSnapshotArn"], found["SnapshotType"]) == (arn, "shared")

    def test_an_automated_one_is_asked_for_with_its_type(self, aws: Clients, refused: Refused, name: str) -> None:
        rds = aws("rds")
        create(rds, name)
        [one] = rds.describe_db_snapshots(DBInstanceIdentifier=name)["DBSnapshots"]
        with refused("DBSnapshotNotFound"):
            rds.describe_db_snapshots(DBSnapshotIdentifier=one["DBSnapshotIdentifier"])


class TestCopying:
    def copy(self, rds: Any, arn: str, name: str, **more: Any) -> dict[str, Any]:
        answer = rds.copy_db_snapshot(SourceDBSnapshotIdentifier=arn, TargetDBSnapshotIdentifier=f"{name}-copy", **more)
        made: dict[str, Any] = answer["DBSnapshot"]
        return made

    def test_encrypted_to_another_region_only_with_a_key_of_there(
        self, aws: Clients, refused: Refused, name: str
    ) -> None:
        arn = snapshot(aws("rds"), name, StorageEncrypted=True)
        west = aws("rds", region="us-west-2")
        with refused("InvalidParameterCombination"):
            self.copy(west, arn, name)
        with refused("KMSKeyNotAccessibleFault"):
            self.copy(west, arn, name, KmsKeyId=aws("kms").create_key()["KeyMetadata"]["Arn"])
        key = aws("kms", region="us-west-2").create_key()["KeyMetadata"]["Arn"]
        assert self.copy(west, arn, name, KmsKeyId=key)["KmsKeyId"] == key

    def test_another_account_s_only_shared_with_its_key_and_with_one_of_ours(
        self, aws: Clients, other: Clients, refused: Refused, name: str
    ) -> None:
        key = shared_key(other("kms"))
        arn = snapshot(other("rds"), name, StorageEncrypted=True, KmsKeyId=key)
        own = aws("kms").create_key()["KeyMetadata"]["Arn"]
        with refused("DBSnapshotNotFound"):
            self.copy(aws("rds"), arn, name, KmsKeyId=own)
        share(other("rds"), f"{name}-snap")
        with refused("KMSKeyNotAccessibleFault"):
            self.copy(aws("rds"), arn, name, KmsKeyId=own)
        usable = shared_key(other("kms"), OWN)
        arn = snapshot(other("rds"), f"{name}-2", StorageEncrypted=True, KmsKeyId=usable)
        share(other("rds"), f"{name}-2-snap")
        with refused("KMSKeyNotAccessibleFault"):
            self.copy(aws("rds"), arn, name)
        assert self.copy(aws("rds"), arn, name, KmsKeyId=own)["KmsKeyId"] == own

    def test_a_copy_keeps_the_snapshot_s_key_and_age(self, aws: Clients, name: str) -> None:
        key = aws("kms").create_key()["KeyMetadata"]["Arn"]
        arn = snapshot(aws("rds"), name, StorageEncrypted=True, KmsKeyId=key)
        [first] = aws("rds").describe_db_snapshots(DBSnapshotIdentifier=f"{name}-snap")["DBSnapshots"]
        made = self.copy(aws("rds"), arn, name)
        assert made["KmsKeyId"] == key
        assert made["OriginalSnapshotCreateTime"] == first["OriginalSnapshotCreateTime"]


class TestKeys:
    def test_another_account_s_key_is_seen_when_its_policy_allows_it(
        self, aws: Clients, other: Clients, refused: Refused
    ) -> None:
        with refused("AccessDeniedException"):
            aws("kms").describe_key(KeyId=shared_key(other("kms")))
        arn = shared_key(other("kms"), OWN)
        assert aws("kms").describe_key(KeyId=arn)["KeyMetadata"]["Arn"] == arn

    def test_aws_s_own_keys_say_so(self, aws: Clients) -> None:
        assert aws("kms").describe_key(KeyId="alias/aws/rds")["KeyMetadata"]["KeyManager"] == "AWS"
        own = aws("kms").create_key()["KeyMetadata"]["Arn"]
        assert aws("kms").describe_key(KeyId=own)["KeyMetadata"]["KeyManager"] == "CUSTOMER"


def test_a_cluster_keeps_what_is_changed(aws: Clients, name: str) -> None:
    rds = aws("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=name, Engine="aurora-postgresql", MasterUsername="app", MasterUserPassword="not-a-secret"
    )
    rds.modify_db_cluster(
        DBClusterIdentifier=name,
        EnableIAMDatabaseAuthentication=True,
        CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql"]},
        ApplyImmediately=True,
    )
    [found] = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    assert found["IAMDatabaseAuthenticationEnabled"] is True
    assert found["EnabledCloudwatchLogsExports"] == ["postgresql"]
