# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""rds_database and rds_parameter_group against the local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from local_cloud.testing import LocalCloud
from tests.networks import network

Run = Callable[..., dict[str, Any]]
Writes = Callable[[], list[str]]
Arguments = dict[str, Any]
MODULES = "ansible_collections.cutover.aws.plugins.modules"
TAGS = {"Name": "one", "CostCenter": "web"}
OWN_PASSWORD = "The-passw0rd.of~32-characters-ab"


@pytest.fixture
def run_module(run: Run) -> Run:
    """``run_module("rds_database", identifier="one", ...)`` is the module's result; a failure has ``failed``."""

    def by_name(module: str, /, **parameters: Any) -> dict[str, Any]:
        return run(import_module(f"{MODULES}.{module}").main, **parameters)

    return by_name


@pytest.fixture
def writes(cloud: LocalCloud) -> Writes:
    """The operations that have changed something since the test began."""
    mark = cloud.control.mark()
    return lambda: [call["operation"] for call in cloud.control.calls(since=mark, access="write")]


@pytest.fixture(scope="module")
def surroundings(cloud: LocalCloud) -> Arguments:
    ec2, rds = cloud.client("ec2"), cloud.client("rds")
    vpc, ids = network(ec2)
    rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="one", SubnetIds=ids)
    rds.create_db_parameter_group(DBParameterGroupName="one", DBParameterGroupFamily="mysql8.4", Description="one")
    key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
    group = ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]
    return {
        "subnet_group": "one",
        "parameter_group": "one",
        "security_groups": [group],
        "key_arn": key,
        "password_key_arn": key,
        "performance_insights_key_arn": key,
    }


@pytest.fixture
def database(request: pytest.FixtureRequest, surroundings: Arguments) -> Arguments:
    """Arguments of an instance that this test alone has."""
    return {
        **surroundings,
        "identifier": request.node.name.replace("_", "-")[:63].rstrip("-"),
        "engine": "mysql",
        "engine_version": "8.4",
        "instance_class": "db.m7g.large",
        "allocated_storage": 100,
        "max_allocated_storage": 200,
        "port": 3306,
        "username": "dbadmin",
        "backup_window": "03:00-04:00",
        "maintenance_window": "sun:04:30-sun:05:30",
        "ca_certificate": "rds-ca-rsa2048-g1",
        "performance_insights_retention": 7,
        "monitoring_interval": 0,
        "log_exports": ["slowquery", "error"],
        "tags": TAGS,
    }


def seen(cloud: LocalCloud, database: Arguments) -> dict[str, Any]:
    [item] = cloud.client("rds").describe_db_instances(DBInstanceIdentifier=database["identifier"])["DBInstances"]
    return dict(item)


def without_key(database: Arguments) -> Arguments:
    """For another keeper of the password."""
    return {name: value for name, value in database.items() if name != "password_key_arn"}


class TestDatabase:
    def test_check_mode_says_what_a_run_would_make_and_makes_nothing(
        self, run_module: Run, database: Arguments, writes: Writes
    ) -> None:
        result = run_module("rds_database", check=True, **database)
        assert (result["changed"], result["arn"], writes()) == (True, None, [])
        assert result["diff"]["after"]["instance_class"] == "db.m7g.large"

    def test_a_second_run_changes_nothing(self, run_module: Run, database: Arguments, writes: Writes) -> None:
        assert run_module("rds_database", **database)["changed"] is True
        assert run_module("rds_database", **database)["changed"] is False
        assert writes() == ["CreateDBInstance"]

    def test_only_aws_knows_the_password(self, run_module: Run, cloud: LocalCloud, database: Arguments) -> None:
        result = run_module("rds_database", **database)
        secret = seen(cloud, database)["MasterUserSecret"]
        value = cloud.client("secretsmanager").get_secret_value(SecretId=secret["SecretArn"])["SecretString"]
        assert secret["KmsKeyId"] == database["key_arn"]
        assert value and value not in str(result)

    def test_what_differs_is_changed_at_once(
        self, run_module: Run, cloud: LocalCloud, database: Arguments, writes: Writes
    ) -> None:
        run_module("rds_database", **database)
        changed = {**database, "backup_retention": 30, "log_exports": ["error"], "tags": {"CostCenter": "shop"}}
        planned = run_module("rds_database", check=True, **changed)
        assert writes() == ["CreateDBInstance"]
        result = run_module("rds_database", **changed)
        assert result["diff"] == planned["diff"]
        assert result["diff"]["before"] == {
            "backup_retention": 7,
            "log_exports": ["error", "slowquery"],
            "tags": {"CostCenter": "web"},
        }
        item = seen(cloud, database)
        assert (item["BackupRetentionPeriod"], item["EnabledCloudwatchLogsExports"]) == (30, ["error"])
        assert {tag["Key"]: tag["Value"] for tag in item["TagList"]} == {**TAGS, "CostCenter": "shop"}
        assert run_module("rds_database", **changed)["changed"] is False

    def test_what_aws_cannot_change_is_an_error(self, run_module: Run, database: Arguments, writes: Writes) -> None:
        run_module("rds_database", **database)
        result = run_module("rds_database", **{**database, "username": "root2"})
        assert result["failed"] is True
        assert "username is 'dbadmin', not 'root2'" in result["msg"]
        assert writes() == ["CreateDBInstance"]

    def test_what_aws_refuses_is_an_error_with_its_words(self, run_module: Run, database: Arguments) -> None:
        result = run_module("rds_database", **{**database, "instance_class": "db.t1.micro"})
        assert result["msg"].startswith("AWS refused CreateDBInstance")

    def test_it_goes_although_protected_and_leaves_a_snapshot(
        self, run_module: Run, cloud: LocalCloud, database: Arguments
    ) -> None:
        run_module("rds_database", **database)
        gone = {"identifier": database["identifier"], "state": "absent", "final_snapshot": "last-of-it"}
        assert run_module("rds_database", check=True, **gone)["changed"] is True
        assert seen(cloud, database)["DeletionProtection"] is True
        assert run_module("rds_database", **gone)["changed"] is True
        assert run_module("rds_database", **gone)["changed"] is False
        [snapshot] = cloud.client("rds").describe_db_snapshots(DBSnapshotIdentifier="last-of-it")["DBSnapshots"]
        assert snapshot["DBInstanceIdentifier"] == database["identifier"]

    def test_it_is_rebooted_only_when_parameters_wait_for_it(
        self, run_module: Run, cloud: LocalCloud, database: Arguments, writes: Writes
    ) -> None:
        run_module("rds_database", **database)
        reboot = {"identifier": database["identifier"], "state": "rebooted"}
        assert run_module("rds_database", **reboot)["changed"] is False
        change = {"ParameterName": "performance_schema", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}
        cloud.client("rds").modify_db_parameter_group(DBParameterGroupName="one", Parameters=[change])
        assert run_module("rds_database", check=True, **reboot)["changed"] is True
        assert "RebootDBInstance" not in writes()
        assert run_module("rds_database", **reboot)["changed"] is True
        assert run_module("rds_database", **reboot)["changed"] is False

    def test_a_stopped_instance_is_started(self, run_module: Run, cloud: LocalCloud, database: Arguments) -> None:
        run_module("rds_database", **database)
        cloud.client("rds").stop_db_instance(DBInstanceIdentifier=database["identifier"])
        assert run_module("rds_database", **database)["diff"]["before"] == {"state": "stopped"}
        assert seen(cloud, database)["DBInstanceStatus"] == "available"


@pytest.fixture
def group(request: pytest.FixtureRequest) -> Arguments:
    return {
        "name": request.node.name.replace("_", "-"),
        "family": "mysql8.4",
        "description": "parameters",
        "parameters": {"require_secure_transport": "1", "performance_schema": "1"},
        "tags": TAGS,
    }


def values(cloud: LocalCloud, group: Arguments) -> dict[str, str]:
    answer = cloud.client("rds").describe_db_parameters(DBParameterGroupName=group["name"], Source="user")
    return {one["ParameterName"]: one["ParameterValue"] for one in answer["Parameters"]}


class TestOwnSecret:
    """The password is that of a secret of somebody's own."""

    @pytest.fixture
    def own(self, cloud: LocalCloud, database: Arguments) -> Arguments:
        text = json.dumps({"username": "dbadmin", "password": OWN_PASSWORD})
        arn = cloud.client("secretsmanager").create_secret(Name=database["identifier"], SecretString=text)["ARN"]
        return {**without_key(database), "password_secret_arn": arn}

    def test_rds_is_given_it_and_nobody_is_shown_it(self, run_module: Run, cloud: LocalCloud, own: Arguments) -> None:
        result = run_module("rds_database", **own)
        assert result["changed"] is True
        assert "MasterUserSecret" not in seen(cloud, own)
        assert OWN_PASSWORD not in str(result)
        assert run_module("rds_database", **own)["changed"] is False

    def test_it_takes_the_place_of_the_one_that_rds_manages(
        self, run_module: Run, cloud: LocalCloud, database: Arguments, own: Arguments, writes: Writes
    ) -> None:
        run_module("rds_database", **database)
        result = run_module("rds_database", **own)
        assert result["diff"]["after"] == {"password_managed": False, "password_key_arn": None}
        assert OWN_PASSWORD not in str(result)
        assert writes()[-2:] == ["CreateDBInstance", "ModifyDBInstance"]
        [call] = [call for call in cloud.control.calls(access="write") if call["operation"] == "ModifyDBInstance"][-1:]
        assert call["parameters"]["ManageMasterUserPassword"] is False
        assert "MasterUserPassword" in call["parameters"]

    def test_a_secret_without_a_password_is_named(self, run_module: Run, cloud: LocalCloud, own: Arguments) -> None:
        cloud.client("secretsmanager").put_secret_value(SecretId=own["password_secret_arn"], SecretString="{}")
        assert f"the secret {own['password_secret_arn']} has no password" in run_module("rds_database", **own)["msg"]

    def test_either_rds_keeps_it_or_the_secret(self, run_module: Run, own: Arguments, database: Arguments) -> None:
        both = {**own, "password_key_arn": database["password_key_arn"]}
        assert "mutually exclusive" in run_module("rds_database", **both)["msg"]
        assert "password_secret_arn" in run_module("rds_database", **without_key(database))["msg"]


class TestParameterGroup:
    def test_check_mode_makes_nothing(self, run_module: Run, group: Arguments, writes: Writes) -> None:
        result = run_module("rds_parameter_group", check=True, **group)
        assert (result["changed"], result["arn"], writes()) == (True, None, [])

    def test_static_and_dynamic_parameters_are_set_together(
        self, run_module: Run, cloud: LocalCloud, group: Arguments
    ) -> None:
        result = run_module("rds_parameter_group", **group)
        assert result["arn"].endswith(f":pg:{group['name']}")
        assert values(cloud, group) == group["parameters"]
        assert run_module("rds_parameter_group", **group)["changed"] is False

    def test_a_parameter_that_somebody_added_goes(self, run_module: Run, cloud: LocalCloud, group: Arguments) -> None:
        run_module("rds_parameter_group", **group)
        added = {"ParameterName": "local_infile", "ParameterValue": "1", "ApplyMethod": "immediate"}
        cloud.client("rds").modify_db_parameter_group(DBParameterGroupName=group["name"], Parameters=[added])
        result = run_module("rds_parameter_group", **group)
        assert result["diff"]["before"]["parameters"] == {**group["parameters"], "local_infile": "1"}
        assert values(cloud, group) == group["parameters"]

    def test_a_parameter_that_the_family_lacks_is_refused_by_name(self, run_module: Run, group: Arguments) -> None:
        result = run_module("rds_parameter_group", **{**group, "parameters": {"no_such_thing": "1"}})
        assert "no_such_thing" in result["msg"]

    def test_it_goes_once(self, run_module: Run, group: Arguments, writes: Writes) -> None:
        run_module("rds_parameter_group", **group)
        assert run_module("rds_parameter_group", check=True, name=group["name"], state="absent")["changed"] is True
        assert "DeleteDBParameterGroup" not in writes()
        assert run_module("rds_parameter_group", name=group["name"], state="absent")["changed"] is True
        assert run_module("rds_parameter_group", name=group["name"], state="absent")["changed"] is False


class TestWaiting:
    @pytest.mark.parametrize("resource", ["rds_instance", "rds_snapshot"])
    def test_what_is_not_there_is_absent(self, run_module: Run, resource: str) -> None:
        result = run_module("wait_for", resource=resource, names=["nobody"], state="absent")
        assert result["states"] == {"nobody": "absent"}

    def test_a_database_is_joined(self, run_module: Run, database: Arguments) -> None:
        run_module("rds_database", **database)
        result = run_module("wait_for", resource="rds_instance", names=[database["identifier"]])
        assert result["states"] == {database["identifier"]: "available"}

    def test_a_database_that_is_not_there_does_not_become_ready(self, run_module: Run) -> None:
        result = run_module("wait_for", resource="rds_instance", names=["nobody"], timeout=1, interval=1)
        assert "nobody is absent" in result["msg"]
