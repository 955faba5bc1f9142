# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Blue/green deployments by RDS's rules; each canary fails once moto has the rule itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from local_cloud.services.rds.deployment import deployments
from tests.unit.local_cloud.services.test_rds_restores import create

Clients = Callable[..., Any]
Refused = Callable[..., Any]
OWN = {"ManageMasterUserPassword": False, "MasterUserPassword": "correct-horse", "EngineVersion": "8.0.40"}


def arn(name: str) -> str:
    return f"arn:aws:rds:us-east-1:123456789012:db:{name}"


def deploy(rds: Any, name: str, **more: Any) -> dict[str, Any]:
    answer = rds.create_blue_green_deployment(BlueGreenDeploymentName=f"{name}-up", Source=arn(name), **more)
    made: dict[str, Any] = answer["BlueGreenDeployment"]
    return made


def shown(rds: Any, made: dict[str, Any]) -> dict[str, Any]:
    [one] = rds.describe_blue_green_deployments(BlueGreenDeploymentIdentifier=made["BlueGreenDeploymentIdentifier"])[
        "BlueGreenDeployments"
    ]
    return dict(one)


@pytest.fixture
def rds(aws: Clients, name: str) -> Any:
    """With a database of the test's name."""
    client = aws("rds")
    client.create_db_parameter_group(DBParameterGroupName="new", DBParameterGroupFamily="mysql8.4", Description="x")
    client.create_db_parameter_group(DBParameterGroupName="old", DBParameterGroupFamily="mysql8.0", Description="x")
    create(client, name, DBParameterGroupName="old", **OWN)
    return client


@pytest.fixture
def name() -> str:
    return "shop"


class TestRefused:
    def test_a_managed_password(self, rds: Any, refused: Refused) -> None:
        create(rds, "managed")
        with refused("SourceDatabaseNotSupportedFault"):
            deploy(rds, "managed")

    def test_no_backups(self, rds: Any, refused: Refused) -> None:
        create(rds, "bare", **OWN, BackupRetentionPeriod=0)
        with refused("SourceDatabaseNotSupportedFault", "backups"):
            deploy(rds, "bare")

    def test_canary_moto_takes_a_database_without_backups(self, bare: Clients) -> None:
        client = bare("rds")
        create(client, "bare", **OWN, BackupRetentionPeriod=0)
        assert deploy(client, "bare")["Status"] == "PROVISIONING"

    def test_a_name_twice(self, rds: Any, refused: Refused) -> None:
        deploy(rds, "shop")
        with refused("BlueGreenDeploymentAlreadyExistsFault"):
            deploy(rds, "shop")

    @pytest.mark.parametrize(
        ("wanted", "code"),
        [
            ({"TargetEngineVersion": "5.7.1"}, "InvalidParameterCombination"),
            ({"TargetEngineVersion": "8.4.7"}, "InvalidParameterCombination"),
            ({"TargetDBParameterGroupName": "none"}, "DBParameterGroupNotFound"),
            ({"TargetDBParameterGroupName": "new"}, "InvalidParameterCombination"),
            ({"TargetDBInstanceClass": "db.x9.huge"}, "InvalidParameterCombination"),
        ],
        ids=["older", "group of the old family", "no group", "group of a newer family", "class"],
    )
    def test_what_the_copy_cannot_be(self, rds: Any, refused: Refused, wanted: dict[str, str], code: str) -> None:
        with refused(code):
            deploy(rds, "shop", **wanted)

    @pytest.mark.parametrize("timeout", [29, 3601])
    def test_a_timeout_out_of_range(self, rds: Any, refused: Refused, timeout: int) -> None:
        made = deploy(rds, "shop")
        shown(rds, made)
        with refused("InvalidParameterValue"):
            rds.switchover_blue_green_deployment(
                BlueGreenDeploymentIdentifier=made["BlueGreenDeploymentIdentifier"], SwitchoverTimeout=timeout
            )

    def test_a_protected_copy_does_not_go_with_its_deployment(self, rds: Any, refused: Refused) -> None:
        made = deploy(rds, "shop")
        shown(rds, made)
        with refused("InvalidParameterCombination", "deletion protection"):
            rds.delete_blue_green_deployment(
                BlueGreenDeploymentIdentifier=made["BlueGreenDeploymentIdentifier"], DeleteTarget=True
            )

    def test_the_copies_of_what_is_switched_over_do_not_go(self, rds: Any, refused: Refused) -> None:
        made = deploy(rds, "shop")
        shown(rds, made)
        identifier = made["BlueGreenDeploymentIdentifier"]
        rds.switchover_blue_green_deployment(BlueGreenDeploymentIdentifier=identifier)
        shown(rds, made)
        with refused("InvalidParameterCombination", "SWITCHOVER_COMPLETED"):
            rds.delete_blue_green_deployment(BlueGreenDeploymentIdentifier=identifier, DeleteTarget=True)


def test_the_copy_has_what_its_source_has_and_what_was_asked_for(rds: Any) -> None:
    made = deploy(rds, "shop", TargetEngineVersion="8.4.7", TargetDBParameterGroupName="new")
    assert made["Status"] == "PROVISIONING"
    assert shown(rds, made)["Status"] == "AVAILABLE"
    green = made["Target"].rpartition(":")[2]
    [copy] = rds.describe_db_instances(DBInstanceIdentifier=green)["DBInstances"]
    [own] = rds.describe_db_instances(DBInstanceIdentifier="shop")["DBInstances"]
    assert (copy["EngineVersion"], copy["DBParameterGroups"][0]["DBParameterGroupName"]) == ("8.4.7", "new")
    same = ("AllocatedStorage", "MultiAZ", "DeletionProtection", "MasterUsername", "BackupRetentionPeriod")
    assert {key: copy[key] for key in same} == {key: own[key] for key in same}
    assert copy["StatusInfos"][0]["Status"] == "replicating" and "StatusInfos" not in own


def test_the_names_are_swapped(rds: Any) -> None:
    made = deploy(rds, "shop", TargetEngineVersion="8.4.7", TargetDBParameterGroupName="new")
    before = shown(rds, made)
    rds.switchover_blue_green_deployment(BlueGreenDeploymentIdentifier=made["BlueGreenDeploymentIdentifier"])
    after = shown(rds, made)
    assert (after["Status"], after["Source"], after["Target"]) == (
        "SWITCHOVER_COMPLETED",
        arn("shop-old1"),
        arn("shop"),
    )
    assert before["Source"] == arn("shop")
    [production] = rds.describe_db_instances(DBInstanceIdentifier="shop")["DBInstances"]
    assert production["EngineVersion"] == "8.4.7" and production["Endpoint"]["Address"].startswith("shop.")


def test_the_source_of_a_deployment_is_found(rds: Any) -> None:
    deploy(rds, "shop")
    for key, value in (("source", arn("shop")), ("blue-green-deployment-name", "shop-up")):
        filters = [{"Name": key, "Values": [value]}]
        assert len(rds.describe_blue_green_deployments(Filters=filters)["BlueGreenDeployments"]) == 1
    filters = [{"Name": "source", "Values": [arn("other")]}]
    assert rds.describe_blue_green_deployments(Filters=filters)["BlueGreenDeployments"] == []


def test_what_is_deleted_is_gone_with_its_copies(rds: Any) -> None:
    made = deploy(rds, "shop")
    shown(rds, made)
    green = made["Target"].rpartition(":")[2]
    rds.modify_db_instance(DBInstanceIdentifier=green, DeletionProtection=False)
    rds.delete_blue_green_deployment(
        BlueGreenDeploymentIdentifier=made["BlueGreenDeploymentIdentifier"], DeleteTarget=True
    )
    assert rds.describe_blue_green_deployments()["BlueGreenDeployments"] == []
    names = [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]]
    assert names == ["shop"]


def test_a_deployment_lasts(rds: Any, cloud: Any) -> None:
    """Its tasks are done one after the other."""
    cloud.time_scale = 60
    made = deploy(rds, "shop", TargetEngineVersion="8.4.7", TargetDBParameterGroupName="new")
    assert [task["Status"] for task in shown(rds, made)["Tasks"]] == ["IN_PROGRESS", "PENDING", "PENDING", "PENDING"]
    [held] = [one for scope in deployments for one in deployments[scope].values()]
    assert held.until is not None
    held.begun, held.until = held.begun - 1000, held.until - 1000
    assert [task["Status"] for task in shown(rds, made)["Tasks"]][:2] == ["COMPLETED", "COMPLETED"]
