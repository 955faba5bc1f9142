# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.services.rds import parameters
from local_cloud.services.rds.catalogue import ENGINES
from tests import networks

Clients = Callable[..., Any]
Refused = Callable[..., Any]
WANTED: dict[str, Any] = {
    "DBInstanceIdentifier": "one",
    "DBInstanceClass": "db.t3.medium",
    "Engine": "mysql",
    "AllocatedStorage": 20,
    "MasterUsername": "app",
    "MasterUserPassword": "not-a-secret-1",
    "DBSubnetGroupName": "one",
}


def network(clients: Clients) -> SimpleNamespace:
    ec2, rds = clients("ec2"), clients("rds")
    vpc, ids = networks.network(ec2, "10.9", "bc")
    rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="one", SubnetIds=ids)
    return SimpleNamespace(rds=rds, ec2=ec2, vpc=vpc, subnets=ids)


@pytest.fixture
def net(aws: Clients) -> SimpleNamespace:
    return network(aws)


def create(net: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    wanted = {key: value for key, value in {**WANTED, **changes}.items() if value is not None}
    made: dict[str, Any] = net.rds.create_db_instance(**wanted)["DBInstance"]
    return made


def read(net: SimpleNamespace, name: str = "one") -> dict[str, Any]:
    [found] = net.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    instance: dict[str, Any] = found
    return instance


def test_an_instance_comes_back_as_it_was_asked_for(aws: Clients, net: SimpleNamespace) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    create(
        net,
        MultiAZ=True,
        StorageEncrypted=True,
        KmsKeyId=key,
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId=key,
        EnableCloudwatchLogsExports=["error", "slowquery"],
        EngineVersion="8.0",
    )
    found = read(net)
    assert found["PerformanceInsightsEnabled"] is True
    assert found["PerformanceInsightsKMSKeyId"] == found["KmsKeyId"] == key
    assert found["PerformanceInsightsRetentionPeriod"] == 7
    assert found["EngineVersion"] == ENGINES["mysql"].versions["mysql8.0"][-1]
    assert found["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert (found["AvailabilityZone"], found["SecondaryAvailabilityZone"]) == ("us-east-1b", "us-east-1c")
    assert found["EnabledCloudwatchLogsExports"] == ["error", "slowquery"]
    assert found["PendingModifiedValues"] == {}
    assert found["Endpoint"]["HostedZoneId"] == "Z2R2ITUGPM61AM"


def test_two_instances_are_two_resources(net: SimpleNamespace) -> None:
    assert create(net)["DbiResourceId"] != create(net, DBInstanceIdentifier="two")["DbiResourceId"]


def test_canary_moto_loses_performance_insights_and_resource_ids(bare: Clients) -> None:
    net = network(bare)
    one = create(net, EnablePerformanceInsights=True)
    assert "PerformanceInsightsEnabled" not in one
    assert one["DbiResourceId"] == create(net, DBInstanceIdentifier="two")["DbiResourceId"]


@pytest.mark.parametrize(("size", "baseline"), [(20, (3000, 125)), (400, (12000, 500))])
def test_gp3_tells_its_baseline(net: SimpleNamespace, size: int, baseline: tuple[int, int]) -> None:
    create(net, StorageType="gp3", AllocatedStorage=size)
    found = read(net)
    assert (found["Iops"], found["StorageThroughput"]) == baseline


def test_canary_moto_tells_no_baseline_of_gp3(bare: Clients) -> None:
    assert "StorageThroughput" not in create(network(bare), StorageType="gp3")


def test_an_instance_without_a_subnet_group_is_in_the_default_one(net: SimpleNamespace) -> None:
    create(net, DBSubnetGroupName=None)
    assert read(net)["DBSubnetGroup"]["DBSubnetGroupName"] == "default"


def managed_password(clients: Clients, name: str) -> dict[str, str]:
    made = create(
        SimpleNamespace(rds=clients("rds")),
        DBInstanceIdentifier=name,
        MasterUserPassword=None,
        ManageMasterUserPassword=True,
    )
    secret = clients("secretsmanager").get_secret_value(SecretId=made["MasterUserSecret"]["SecretArn"])
    assert "AWSCURRENT" in secret["VersionStages"]
    found: dict[str, str] = json.loads(secret["SecretString"])
    return found


def test_managed_passwords_are_random(aws: Clients, net: SimpleNamespace) -> None:
    one, two = managed_password(aws, "one"), managed_password(aws, "two")
    assert one["username"] == "app"
    assert one["password"] != two["password"]
    assert len(one["password"]) == 32


def test_canary_moto_has_one_password_for_all(bare: Clients) -> None:
    network(bare)
    assert managed_password(bare, "one")["password"] == managed_password(bare, "two")["password"]


REFUSED = [
    ({"DBInstanceIdentifier": "1one"}, "InvalidParameterValue", "not a valid identifier"),
    ({"DBInstanceIdentifier": "o--ne"}, "InvalidParameterValue", "not a valid identifier"),
    ({"DBInstanceIdentifier": "one-"}, "InvalidParameterValue", "not a valid identifier"),
    ({"DBInstanceIdentifier": "o" * 64}, "InvalidParameterValue", "not a valid identifier"),
    ({"DBInstanceClass": "db.t1.micro"}, "InvalidParameterCombination", "does not support creating"),
    ({"Engine": "aurora-postgresql", "DBInstanceClass": "db.t3.small"}, "InvalidParameterCombination", "combination"),
    ({"EngineVersion": "8.0.1"}, "InvalidParameterCombination", "Cannot find version 8.0.1 for mysql"),
    ({"MasterUserPassword": "short"}, "InvalidParameterValue", "shorter than 8"),
    ({"MasterUserPassword": "x" * 42}, "InvalidParameterValue", "longer than 41"),
    ({"MasterUserPassword": "with/slash"}, "InvalidParameterValue", "printable ASCII"),
    ({"MasterUserPassword": "with blank"}, "InvalidParameterValue", "printable ASCII"),
    ({"MasterUserPassword": None}, "InvalidParameterValue", "MasterUserPassword must be provided"),
    ({"ManageMasterUserPassword": True}, "InvalidParameterCombination", "ManageMasterUserPassword"),
    ({"MasterUsername": None}, "InvalidParameterValue", "MasterUsername must be provided"),
    ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue", "reserved word"),
    ({"AllocatedStorage": 19, "StorageType": "gp3"}, "InvalidParameterValue", "Invalid storage size"),
    ({"BackupRetentionPeriod": 36}, "InvalidParameterValue", "between 0 and 35"),
    ({"DBInstanceClass": "db.t3.micro", "EnablePerformanceInsights": True}, "InvalidParameterCombination", "Insights"),
    ({"KmsKeyId": "alias/none", "StorageEncrypted": True}, "KMSKeyNotAccessibleFault", "alias/none"),
    ({"KmsKeyId": "alias/none"}, "InvalidParameterCombination", "unencrypted"),
    ({"EnableCloudwatchLogsExports": ["postgresql"]}, "InvalidParameterCombination", "log types"),
    (
        {"MonitoringInterval": 60, "MonitoringRoleArn": "arn:aws:iam::123456789012:role/none"},
        "InvalidParameterValue",
        "ENHANCED_MONITORING",
    ),
    ({"VpcSecurityGroupIds": ["sg-1"]}, "InvalidParameterValue", "Invalid security group"),
    ({"DBSubnetGroupName": "none"}, "DBSubnetGroupNotFoundFault", ""),
    ({"Engine": "none"}, "InvalidParameterValue", ""),
]


@pytest.mark.parametrize(("changes", "code", "message"), REFUSED)
def test_impossible_instances_are_refused(
    net: SimpleNamespace, refused: Refused, changes: dict[str, Any], code: str, message: str
) -> None:
    with refused(code, message):
        create(net, **changes)
    assert net.rds.describe_db_instances()["DBInstances"] == []


def test_canary_moto_takes_any_class_and_password(bare: Clients) -> None:
    assert create(network(bare), DBInstanceClass="db.t1.micro", MasterUserPassword="x", EngineVersion="0.0.1")


def test_group_and_security_group_must_fit(aws: Clients, net: SimpleNamespace, refused: Refused) -> None:
    other = net.ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    group = net.ec2.create_security_group(GroupName="o", Description="o", VpcId=other)["GroupId"]
    with refused("InvalidParameterCombination", "different VPCs"):
        create(net, VpcSecurityGroupIds=[group])
    parameter_group(aws, "mysql8.0")
    with refused("InvalidParameterCombination", "Please use a parameter group with DBParameterGroupFamily mysql8.4"):
        create(net, EngineVersion="8.4", DBParameterGroupName="one")


def test_a_monitoring_role_must_trust_rds(aws: Clients, net: SimpleNamespace) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "monitoring.rds.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = aws("iam").create_role(RoleName="one", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    assert create(net, MonitoringInterval=60, MonitoringRoleArn=role)["MonitoringRoleArn"] == role


def test_a_deletion_says_what_becomes_of_the_data(net: SimpleNamespace, refused: Refused) -> None:
    create(net, DeletionProtection=True)
    delete = net.rds.delete_db_instance
    with refused("InvalidParameterCombination", "protect"):
        delete(DBInstanceIdentifier="one", SkipFinalSnapshot=True)
    net.rds.modify_db_instance(DBInstanceIdentifier="one", DeletionProtection=False)
    net.rds.create_db_snapshot(DBInstanceIdentifier="one", DBSnapshotIdentifier="taken")
    with refused("InvalidParameterCombination", "FinalDBSnapshotIdentifier is required"):
        delete(DBInstanceIdentifier="one")
    with refused("InvalidParameterCombination", "cannot be specified"):
        delete(DBInstanceIdentifier="one", FinalDBSnapshotIdentifier="last", SkipFinalSnapshot=True)
    with refused("DBSnapshotAlreadyExists"):
        delete(DBInstanceIdentifier="one", FinalDBSnapshotIdentifier="taken")
    delete(DBInstanceIdentifier="one", FinalDBSnapshotIdentifier="last")
    assert net.rds.describe_db_snapshots(DBSnapshotIdentifier="last")["DBSnapshots"]
    with refused("DBInstanceNotFound"):
        delete(DBInstanceIdentifier="one", SkipFinalSnapshot=True)


def test_canary_moto_deletes_without_a_word_about_the_data(bare: Clients) -> None:
    net = network(bare)
    create(net)
    net.rds.delete_db_instance(DBInstanceIdentifier="one")


def test_changes_wait_unless_they_are_to_be_made_at_once(net: SimpleNamespace) -> None:
    create(net)
    modify = net.rds.modify_db_instance
    modify(
        DBInstanceIdentifier="one", DBInstanceClass="db.t3.large", MasterUserPassword="other-secret-1", MultiAZ=False
    )
    found = read(net)
    assert found["DBInstanceClass"] == "db.t3.medium"
    assert found["PendingModifiedValues"] == {"DBInstanceClass": "db.t3.large", "MasterUserPassword": "****"}
    modify(DBInstanceIdentifier="one", BackupRetentionPeriod=3, ApplyImmediately=True)
    found = read(net)
    assert (found["DBInstanceClass"], found["BackupRetentionPeriod"]) == ("db.t3.large", 3)
    assert found["PendingModifiedValues"] == {}


def test_canary_moto_changes_at_once(bare: Clients) -> None:
    net = network(bare)
    create(net)
    net.rds.modify_db_instance(DBInstanceIdentifier="one", DBInstanceClass="db.t3.large")
    assert read(net)["DBInstanceClass"] == "db.t3.large"


def test_performance_insights_are_turned_on_and_off(net: SimpleNamespace) -> None:
    create(net)
    modify = net.rds.modify_db_instance
    assert modify(DBInstanceIdentifier="one", EnablePerformanceInsights=True)["DBInstance"][
        "PerformanceInsightsEnabled"
    ]
    modify(DBInstanceIdentifier="one", EnablePerformanceInsights=False)
    assert read(net)["PerformanceInsightsEnabled"] is False
    assert "PerformanceInsightsKMSKeyId" not in read(net)


def test_impossible_changes_are_refused(net: SimpleNamespace, refused: Refused) -> None:
    create(net)
    modify = net.rds.modify_db_instance
    with refused("InvalidParameterCombination", "combination"):
        modify(DBInstanceIdentifier="one", DBInstanceClass="db.t1.micro")
    with refused("InvalidParameterValue", "password"):
        modify(DBInstanceIdentifier="one", MasterUserPassword="short")
    with refused("InvalidParameterCombination", "cannot be reduced"):
        modify(DBInstanceIdentifier="one", AllocatedStorage=10)


def parameter_group(clients: Clients, family: str = "mysql8.4") -> Any:
    rds = clients("rds")
    rds.create_db_parameter_group(DBParameterGroupName="one", DBParameterGroupFamily=family, Description="one")
    return rds


def setting(name: str, value: str, method: str = "immediate") -> list[dict[str, str]]:
    return [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]


def test_parameters_are_listed_with_their_source(aws: Clients) -> None:
    rds = parameter_group(aws)
    everything = rds.describe_db_parameters(DBParameterGroupName="one")["Parameters"]
    assert {one["Source"] for one in everything} == {"engine-default", "system"}
    rds.modify_db_parameter_group(DBParameterGroupName="one", Parameters=setting("max_connections", "200"))
    [mine] = rds.describe_db_parameters(DBParameterGroupName="one", Source="user")["Parameters"]
    assert (mine["ParameterValue"], mine["DataType"], mine["ApplyType"]) == ("200", "integer", "dynamic")
    rds.reset_db_parameter_group(DBParameterGroupName="one", Parameters=[{"ParameterName": "max_connections"}])
    assert rds.describe_db_parameters(DBParameterGroupName="one", Source="user")["Parameters"] == []


def test_canary_moto_lists_only_what_was_set(bare: Clients) -> None:
    rds = parameter_group(bare)
    assert rds.describe_db_parameters(DBParameterGroupName="one")["Parameters"] == []


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (setting("no_such_parameter", "1"), "InvalidParameterValue"),
        (setting("max_connections", "0"), "InvalidParameterValue"),
        (setting("slow_query_log", "maybe"), "InvalidParameterValue"),
        (setting("performance_schema", "1"), "InvalidParameterCombination"),
    ],
    ids=["unknown", "range", "value", "static at once"],
)
def test_impossible_parameters_are_refused(
    aws: Clients, refused: Refused, given: list[dict[str, str]], code: str
) -> None:
    rds = parameter_group(aws)
    with refused(code):
        rds.modify_db_parameter_group(DBParameterGroupName="one", Parameters=given)


def test_unknown_groups_and_families_are_refused(aws: Clients, refused: Refused) -> None:
    with refused("DBParameterGroupNotFound"):
        aws("rds").describe_db_parameter_groups(DBParameterGroupName="none")
    with refused("DBParameterGroupNotFound"):
        aws("rds").describe_db_parameters(DBParameterGroupName="none")
    with refused("InvalidParameterValue"):
        parameter_group(aws, "mysql9.9")


def test_canary_moto_finds_an_unknown_group_to_be_no_error(bare: Clients) -> None:
    assert bare("rds").describe_db_parameter_groups(DBParameterGroupName="none")["DBParameterGroups"] == []


def test_a_new_parameter_group_waits_for_a_reboot(aws: Clients, net: SimpleNamespace, refused: Refused) -> None:
    parameter_group(aws)
    create(net, EngineVersion="8.4")
    net.rds.modify_db_instance(DBInstanceIdentifier="one", DBParameterGroupName="one", ApplyImmediately=True)
    assert read(net)["DBParameterGroups"][0]["ParameterApplyStatus"] == "pending-reboot"
    net.rds.reboot_db_instance(DBInstanceIdentifier="one")
    assert read(net)["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"
    static = setting("performance_schema", "1", "pending-reboot")
    net.rds.modify_db_parameter_group(DBParameterGroupName="one", Parameters=static)
    assert read(net)["DBParameterGroups"][0]["ParameterApplyStatus"] == "pending-reboot"
    with refused("InvalidDBParameterGroupState", "still members"):
        net.rds.delete_db_parameter_group(DBParameterGroupName="one")
    net.rds.delete_db_instance(DBInstanceIdentifier="one", SkipFinalSnapshot=True)
    net.rds.delete_db_parameter_group(DBParameterGroupName="one")


def test_subnet_groups_need_two_zones_and_are_kept_in_use(net: SimpleNamespace, refused: Refused) -> None:
    rds = net.rds
    with refused("DBSubnetGroupDoesNotCoverEnoughAZs", "us-east-1b"):
        rds.create_db_subnet_group(DBSubnetGroupName="two", DBSubnetGroupDescription="x", SubnetIds=net.subnets[:1])
    with refused("DBSubnetGroupAlreadyExists"):
        rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="x", SubnetIds=net.subnets)
    with refused("InvalidSubnet"):
        rds.create_db_subnet_group(DBSubnetGroupName="two", DBSubnetGroupDescription="x", SubnetIds=["subnet-1"])
    rds.modify_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="new", SubnetIds=net.subnets)
    [group] = rds.describe_db_subnet_groups(DBSubnetGroupName="one")["DBSubnetGroups"]
    assert group["DBSubnetGroupDescription"] == "new"
    create(net)
    with refused("InvalidDBSubnetGroupStateFault", "still using it"):
        rds.delete_db_subnet_group(DBSubnetGroupName="one")
    with refused("DBSubnetGroupNotFoundFault"):
        rds.modify_db_subnet_group(DBSubnetGroupName="none", SubnetIds=net.subnets)


def test_canary_moto_loses_a_modified_subnet_group(bare: Clients) -> None:
    net = network(bare)
    net.rds.modify_db_subnet_group(DBSubnetGroupName="one", SubnetIds=net.subnets)
    assert net.rds.describe_db_subnet_groups()["DBSubnetGroups"] == []


def test_offers_tell_classes_versions_and_zones(aws: Clients) -> None:
    rds = aws("rds")

    def classes(engine: str) -> dict[str, dict[str, Any]]:
        pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(Engine=engine)
        return {one["DBInstanceClass"]: one for page in pages for one in page["OrderableDBInstanceOptions"]}

    mysql = classes("mysql")
    assert mysql["db.t3.medium"]["MultiAZCapable"] is True
    assert mysql["db.t3.micro"]["SupportsPerformanceInsights"] is False
    assert {"Name": "us-east-1a"} in mysql["db.t3.medium"]["AvailabilityZones"]
    assert "db.t3.small" not in classes("aurora-postgresql")
    assert "db.t3.medium" in classes("aurora-postgresql")
    assert classes("none") == {}


def test_canary_moto_offers_nothing(bare: Clients) -> None:
    assert bare("rds").describe_orderable_db_instance_options(Engine="mysql")["OrderableDBInstanceOptions"] == []


def test_versions_tell_their_family(aws: Clients) -> None:
    describe = aws("rds").describe_db_engine_versions
    [version] = describe(Engine="mysql", EngineVersion="8.0.42")["DBEngineVersions"]
    assert version["DBParameterGroupFamily"] == "mysql8.0"
    assert len(describe(Engine="mysql", EngineVersion="8.4")["DBEngineVersions"]) == 4
    [default] = describe(Engine="mysql", DefaultOnly=True)["DBEngineVersions"]
    assert default["EngineVersion"] == ENGINES["mysql"].default
    assert describe(Engine="mysql", EngineVersion="5.0")["DBEngineVersions"] == []


def test_canary_moto_knows_no_versions(bare: Clients) -> None:
    with pytest.raises(ClientError):
        bare("rds").describe_db_engine_versions(Engine="mysql")


@pytest.mark.parametrize("engine", ENGINES.values(), ids=lambda one: one.name)
def test_the_catalogue_agrees_with_itself(engine: Any) -> None:
    assert engine.resolve(None)[1] == engine.default
    assert len({version for _, version in engine.all_versions()}) == len(list(engine.all_versions()))


@pytest.mark.parametrize("family", ["mysql8.4", "postgres17"])
def test_defaults_are_allowed_values(family: str) -> None:
    for name, definition in parameters.of_family(family).items():
        assert definition[3] is None or parameters.is_allowed(definition, definition[3]), name
