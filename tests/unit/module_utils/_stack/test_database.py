# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The database as it is read from AWS: finished, half built, gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from moto.backends import get_backend

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Reality, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.database import database_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import compare
from ansible_collections.cutover.aws.plugins.module_utils._rds.plan import CREATE_NAMES
from ansible_collections.cutover.aws.plugins.module_utils._restore.snapshot import copy_name
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.database import database_outputs, read_database
from local_cloud.testing import LocalCloud

PRINCIPALS = ({"AWS": "arn:aws:iam::123456789012:root"}, {"Service": "logs.us-east-1.amazonaws.com"})
LOGS_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": one, "Action": "kms:*", "Resource": "*"} for one in PRINCIPALS],
}


@pytest.fixture(scope="module")
def surroundings(cloud: LocalCloud) -> dict[str, Any]:
    """A network and a key, as other layers hand them over."""
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    return {
        "key_arn": cloud.client("kms").create_key(Policy=json.dumps(LOGS_POLICY))["KeyMetadata"]["Arn"],
        "subnet_ids": [subnet["Subnet"]["SubnetId"] for subnet in subnets],
        "security_group_ids": [ec2.create_security_group(GroupName="db", Description="db", VpcId=vpc)["GroupId"]],
    }


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Stack:
    """One for each test, because starting with an empty cloud each time takes seconds."""
    project = "t" + sha256(request.node.name.encode()).hexdigest()[:8]
    return Stack(project, "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})


@pytest.fixture
def config(surroundings: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": "new",
        "engine": "mysql",
        "engine_version": "8.4",
        "parameter_family": None,
        "parameters": {"require_secure_transport": "1"},
        "instance_class": "db.m7g.large",
        "storage_type": "gp3",
        "allocated_storage": 100,
        "max_allocated_storage": 200,
        "iops": None,
        "storage_throughput": None,
        "multi_az": True,
        "port": None,
        "name": "app",
        "username": "dbadmin",
        **surroundings,
        "deletion_protection": False,
        "backup_retention": 30,
        "backup_window": "03:00-04:00",
        "maintenance_window": "sun:04:30-sun:05:30",
        "copy_tags_to_snapshot": True,
        "auto_minor_version_upgrade": True,
        "ca_certificate": "rds-ca-rsa2048-g1",
        "iam_authentication": False,
        "performance_insights": True,
        "performance_insights_retention": 93,
        "monitoring_interval": 0,
        "monitoring_role_arn": None,
        "log_exports": ["error", "slowquery"],
        "log_retention": 90,
        "reboot": False,
        "restore": {},
        "option_group": None,
    }


def build(cloud: LocalCloud, stack: Stack, config: dict[str, Any], *types: str) -> None:
    """Makes the model's resources of these types (all by default) by plain calls, as the role's modules would."""
    rds, logs = cloud.client("rds"), cloud.client("logs")
    model = database_model(stack, config)  # type: ignore[arg-type]
    names = {key: resource.name for key, resource in model.items()}
    for resource in model.values():
        attributes: dict[str, Any] = dict(resource.attributes)
        tags = attributes.pop("tags")
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        if types and resource.type not in types:
            continue
        if resource.type == "subnet_group":
            rds.create_db_subnet_group(
                DBSubnetGroupName=resource.name,
                DBSubnetGroupDescription=attributes["description"],
                SubnetIds=attributes["subnets"],
                Tags=pairs,
            )
        elif resource.type == "parameter_group":
            rds.create_db_parameter_group(
                DBParameterGroupName=resource.name,
                DBParameterGroupFamily=attributes["family"],
                Description=attributes["description"],
                Tags=pairs,
            )
            rds.modify_db_parameter_group(
                DBParameterGroupName=resource.name,
                Parameters=[
                    {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
                    for name, value in attributes["parameters"].items()
                ],
            )
        elif resource.type == "log_group":
            logs.create_log_group(logGroupName=resource.name, kmsKeyId=attributes["key_arn"], tags=tags)
            logs.put_retention_policy(logGroupName=resource.name, retentionInDays=attributes["retention"])
        else:
            attributes |= {kind: names[attributes[kind]] for kind in ("subnet_group", "parameter_group")}
            request = {CREATE_NAMES[n]: v for n, v in attributes.items() if n in CREATE_NAMES and v is not None}
            rds.create_db_instance(DBInstanceIdentifier=resource.name, Tags=pairs, **request)


def read(cloud: LocalCloud, stack: Stack, config: dict[str, Any] | None = None) -> Reality:
    wanted = database_model(stack, config) if config else None  # type: ignore[arg-type]
    return read_database(Context(stack, cloud.client, LAYERS["database"].expected(wanted) if wanted else None))


def test_what_was_built_as_the_model_says_equals_the_model(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any]
) -> None:
    build(cloud, stack, config)
    plan = compare(database_model(stack, config), read(cloud, stack, config))  # type: ignore[arg-type]
    assert (plan.changes, plan.left_alone, plan.unexpected) == ((), (), ())


def test_by_name_alone_the_same_is_found(cloud: LocalCloud, stack: Stack, config: dict[str, Any]) -> None:
    build(cloud, stack, config)
    model = database_model(stack, config)  # type: ignore[arg-type]
    found = read(cloud, stack)
    assert set(found) == set(model)
    assert all(found[key].name == resource.name and found[key].arn for key, resource in model.items())


def test_another_stack_is_not_looked_at(cloud: LocalCloud, stack: Stack, config: dict[str, Any]) -> None:
    """Its names begin with the names of this one."""
    build(cloud, replace(stack, environment="prod-2"), config)
    assert read(cloud, stack) == read(cloud, stack, config) == {}


@pytest.mark.parametrize(
    "types",
    [["subnet_group"], ["parameter_group"], ["log_group"], ["subnet_group", "parameter_group"]],
    ids="+".join,
)
def test_half_of_it_is_read_as_half_of_it(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any], types: list[str]
) -> None:
    build(cloud, stack, config, *types)
    found = read(cloud, stack)
    assert {resource.type for resource in found.values()} == set(types)
    plan = compare(database_model(stack, config), read(cloud, stack, config))  # type: ignore[arg-type]
    assert {change.action for change in plan.changes} == {"create"}
    assert set(database_outputs(found)) == set(database_outputs({}))


def test_resources_whose_tags_are_gone_are_known_by_their_names(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any]
) -> None:
    build(cloud, stack, config)
    rds = cloud.client("rds")
    for item in read(cloud, stack).values():
        if item.type != "log_group":
            rds.remove_tags_from_resource(ResourceName=item.arn, TagKeys=["cutover:stack", "cutover:key"])
    assert "instance" not in read(cloud, stack)
    plan = compare(database_model(stack, config), read(cloud, stack, config))  # type: ignore[arg-type]
    changed = {change.key: {difference.path for difference in change.differences} for change in plan.changes}
    lost = {"tags.cutover:stack", "tags.cutover:key"}
    assert changed == {"subnet_group": lost, "parameter_group/mysql8.4": lost, "instance": lost}


def test_drift_is_named_attribute_by_attribute(cloud: LocalCloud, stack: Stack, config: dict[str, Any]) -> None:
    build(cloud, stack, config)
    rds = cloud.client("rds")
    rds.modify_db_instance(
        DBInstanceIdentifier=f"{stack.name}-database",
        BackupRetentionPeriod=1,
        MultiAZ=False,
        EnablePerformanceInsights=False,
        PubliclyAccessible=True,
        ApplyImmediately=True,
    )
    rds.modify_db_parameter_group(
        DBParameterGroupName=f"{stack.name}-mysql8-4",
        Parameters=[{"ParameterName": "local_infile", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    plan = compare(database_model(stack, config), read(cloud, stack, config))  # type: ignore[arg-type]
    assert {(change.key, difference.path) for change in plan.changes for difference in change.differences} == {
        ("instance", "backup_retention"),
        ("instance", "multi_az"),
        ("instance", "performance_insights"),
        ("instance", "performance_insights_key_arn"),
        ("instance", "performance_insights_retention"),
        ("instance", "publicly_accessible"),
        ("parameter_group/mysql8.4", "parameters"),
    }


def test_a_static_parameter_that_waits_is_reported_and_left_alone(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any]
) -> None:
    build(cloud, stack, config)
    config["parameters"]["performance_schema"] = "1"
    cloud.client("rds").modify_db_parameter_group(
        DBParameterGroupName=f"{stack.name}-mysql8-4",
        Parameters=[{"ParameterName": "performance_schema", "ParameterValue": "1", "ApplyMethod": "pending-reboot"}],
    )
    found = read(cloud, stack, config)
    plan = compare(database_model(stack, config), found)  # type: ignore[arg-type]
    assert plan.changes == ()
    assert [difference.path for change in plan.left_alone for difference in change.differences] == ["pending_reboot"]
    assert database_outputs(found)["pending_reboot"] is True
    allowed = compare(database_model(stack, {**config, "reboot": True}), found)  # type: ignore[typeddict-item]
    assert [difference.path for change in allowed.changes for difference in change.differences] == ["pending_reboot"]


def test_outputs_name_all_that_an_application_needs_and_no_secret(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any]
) -> None:
    build(cloud, stack, config)
    outputs = database_outputs(read(cloud, stack))
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=outputs["secret_arn"])["SecretString"]
    assert [name for name, value in outputs.items() if value is None] == ["restored_from"]
    assert (outputs["identifier"], outputs["port"], outputs["name"]) == (f"{stack.name}-database", 3306, "app")
    assert outputs["parameter_group"] == f"{stack.name}-mysql8-4"
    assert outputs["log_groups"] == {
        "error": f"/aws/rds/instance/{stack.name}-database/error",
        "slowquery": f"/aws/rds/instance/{stack.name}-database/slowquery",
    }
    assert not any(str(value) in secret for value in outputs.values() if len(str(value)) > len("dbadmin"))


def test_of_nothing_the_outputs_have_the_same_shape() -> None:
    outputs = database_outputs({})
    assert outputs.pop("log_groups") == {}
    assert set(outputs.values()) == {None}


def test_what_outlives_the_instance_is_listed_by_name_and_not_planned(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any]
) -> None:
    build(cloud, stack, config)
    cloud.client("rds").delete_db_instance(
        DBInstanceIdentifier=f"{stack.name}-database",
        FinalDBSnapshotIdentifier=f"{stack.name}-database-final",
        DeleteAutomatedBackups=False,
    )
    kept = [item for item in read(cloud, stack).values() if "retained" in item.facts]
    assert {item.type: item.name for item in kept} == {
        "db_snapshot": f"{stack.name}-database-final",
        "automated_backup": f"{stack.name}-database",
    }
    for item in kept:
        assert set(item.facts["retained"]) == {"type", "name", "arn", "reason", "until"}  # type: ignore[arg-type]
    assert not [item for item in read(cloud, stack, config).values() if "retained" in item.facts]


def test_a_restored_database_is_what_it_came_from(cloud: LocalCloud, stack: Stack, config: dict[str, Any]) -> None:
    build(cloud, stack, config)
    origin = "arn:aws:rds:us-east-1:123456789012:snapshot:friday"
    found = read(cloud, stack)["instance"]
    mark = f"0123456789ab complete {found.facts['resource_id']}"
    tags = {"cutover:restored-from": origin, "cutover:restore": mark}
    cloud.client("rds").add_tags_to_resource(
        ResourceName=found.arn, Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
    )
    wanted = {**config, "source": "snapshot", "restore": {"snapshot": "friday"}}
    reality = read(cloud, stack, wanted)
    assert compare(database_model(stack, wanted), reality).changes == ()  # type: ignore[arg-type]
    assert database_outputs(reality)["restored_from"] == origin
    other = {**wanted, "restore": {"snapshot": "monday"}}
    (change,) = compare(database_model(stack, other), read(cloud, stack, other)).changes  # type: ignore[arg-type]
    assert [(d.path, d.before) for d in change.differences] == [("restored_from", origin)]


@pytest.fixture
def copied(cloud: LocalCloud, stack: Stack) -> Callable[..., str]:
    """A snapshot of a database that is not the stack's, taken for its restore, and a copy of it on the way."""
    rds, source, taken = cloud.client("rds"), f"{stack.project}-legacy", f"{stack.name}-taken"
    rds.create_db_instance(
        DBInstanceIdentifier=source,
        Engine="mysql",
        DBInstanceClass="db.m7g.large",
        AllocatedStorage=100,
        MasterUsername="dbadmin",
        ManageMasterUserPassword=True,
    )
    own = {"Key": "cutover:stack", "Value": stack.name}
    rds.create_db_snapshot(DBSnapshotIdentifier=taken, DBInstanceIdentifier=source, Tags=[own])
    rds.create_db_snapshot(DBSnapshotIdentifier=f"{stack.name}-other", DBInstanceIdentifier=source)

    def make(identifier: str, owner: str, before: str = taken) -> str:
        origin = f"arn:aws:rds:us-east-1:123456789012:snapshot:{before}"
        tags = {"cutover:stack": owner, "cutover:restored-from": origin}
        rds.copy_db_snapshot(
            SourceDBSnapshotIdentifier=before,
            TargetDBSnapshotIdentifier=copy_name(identifier, origin),
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        return copy_name(identifier, origin)

    return make


def kept(cloud: LocalCloud, stack: Stack) -> dict[str, bool]:
    """Of each snapshot whether it stays when the stack goes."""
    snapshots = [item for item in read(cloud, stack).values() if item.type == "db_snapshot"]
    return {item.name: "retained" in item.facts for item in snapshots}


def test_only_a_copy_that_a_restore_has_made_on_its_way_goes(
    cloud: LocalCloud, stack: Stack, copied: Callable[..., str]
) -> None:
    name = copied(f"{stack.name}-database", stack.name)
    assert kept(cloud, stack) == {f"{stack.name}-taken": True, name: False}


def test_a_copy_that_may_be_the_last_of_its_data_stays(
    cloud: LocalCloud, stack: Stack, copied: Callable[..., str]
) -> None:
    name = copied(f"{stack.name}-database", stack.name)
    cloud.client("rds").delete_db_snapshot(DBSnapshotIdentifier=f"{stack.name}-taken")
    assert kept(cloud, stack) == {name: True}


def test_a_copy_for_another_database_stays(cloud: LocalCloud, stack: Stack, copied: Callable[..., str]) -> None:
    name = copied(f"{stack.name}-reports", stack.name)
    assert kept(cloud, stack) == {f"{stack.name}-taken": True, name: True}


def test_a_copy_of_this_stack_s_database_for_another_stack_stays(
    cloud: LocalCloud, stack: Stack, config: dict[str, Any], copied: Callable[..., str]
) -> None:
    """It keeps the name of the database that it is of."""
    build(cloud, stack, config)
    rds, own = cloud.client("rds"), f"{stack.name}-own"
    rds.create_db_snapshot(DBSnapshotIdentifier=own, DBInstanceIdentifier=f"{stack.name}-database")
    name = copied(f"{stack.project}-dev-database", f"{stack.project}-dev", own)
    unlucky = copied(f"{stack.name}-database", f"{stack.project}-dev", own)
    assert kept(cloud, stack) == {f"{stack.name}-taken": True, own: True, name: True, unlucky: True}


@pytest.mark.parametrize(
    ("status", "changing"), [("creating", True), ("copying", True), ("available", False), ("failed", False)]
)
def test_of_snapshots_only_those_that_are_being_made_are_waited_for(
    cloud: LocalCloud, stack: Stack, copied: Callable[..., str], status: str, changing: bool
) -> None:
    name = copied(f"{stack.name}-database", stack.name)
    get_backend("rds")["123456789012"]["us-east-1"].database_snapshots[name].status = status
    (found,) = [item for item in read(cloud, stack).values() if item.name == name]
    assert (found.facts["status"], found.facts["changing"]) == (status, changing)
