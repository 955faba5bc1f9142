# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""States by the clock: the timeline alone, the table's sanity, and what a caller sees."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import wire
from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud
from local_cloud.time.table import KINDS, Kind
from local_cloud.time.timeline import Passage, Timeline, ends_of

SCOPE = ("123456789012", "us-east-1")
KEY = ("db instance", SCOPE, "one")


@pytest.mark.parametrize(
    ("now", "state"), [(100, "creating"), (104.9, "creating"), (105, "backing-up"), (106.9, "backing-up"), (107, None)]
)
def test_states_follow_each_other(now: float, state: str | None) -> None:
    passage = Passage(ends_of((("creating", 5), ("backing-up", 2)), now=100, seconds_per_minute=1))
    assert passage.state_at(now) == state


def test_the_scale_stretches_time() -> None:
    assert ends_of((("a", 5), ("b", 2)), now=10, seconds_per_minute=60) == (("a", 310.0), ("b", 430.0))


def test_what_is_passed_is_forgotten_and_what_is_new_replaces_the_old() -> None:
    timeline = Timeline()
    timeline.start(KEY, Passage((("creating", 10),)))
    timeline.start(KEY, Passage((("deleting", 20),), item={"a": 1}, gone=True))
    assert timeline.current(KEY, 15) == ("deleting", Passage((("deleting", 20),), {"a": 1}, gone=True))
    assert [name for name, _ in timeline.deleting("db instance", SCOPE, 15)] == ["one"]
    assert timeline.deleting("db instance", ("123456789012", "eu-west-1"), 15) == []
    assert timeline.current(KEY, 20) is None
    assert timeline.deleting("db instance", SCOPE, 20) == []
    assert not timeline.is_quiet(15)
    assert timeline.is_quiet(20)
    assert timeline.deleting("db instance", SCOPE, 15) == []


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_the_table_speaks_of_operations_that_exist(kind: Kind) -> None:
    model = wire.service_model(kind.service)
    named = {*kind.shown, *kind.courses, *kind.busy, *kind.taken, kind.describe[0]}
    assert named <= set(model.operation_names)
    assert kind.describe[0] in kind.shown
    for operation, path in kind.shown.items():
        shape: Any = model.operation_model(operation).output_shape
        for step in filter(None, path.split(".")):
            shape = shape.members[step.removesuffix("[]")]
            shape = shape.member if step.endswith("[]") else shape
        assert kind.key in shape.members
    for block in kind.blocks:
        other = wire.service_model(block.service).operation_model(block.operation).input_shape
        assert other is not None
        assert block.named in other.members
    for operation, course in kind.courses.items():
        if course.named:
            given: Any = model.operation_model(operation).input_shape
            assert course.named.removesuffix("[]") in given.members
    for operation, busy in {**kind.busy, **kind.taken}.items():
        asked: Any = model.operation_model(operation).input_shape
        assert busy.named in asked.members


class Database:
    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self.rds = cloud.client("rds")
        self.name = name

    def create(self) -> str:
        made = self.rds.create_db_instance(
            DBInstanceIdentifier=self.name,
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            MasterUsername="admin",
            MasterUserPassword="not-a-secret-1",
            AllocatedStorage=20,
        )
        return str(made["DBInstance"]["DBInstanceStatus"])

    @property
    def status(self) -> str:
        found = self.rds.describe_db_instances(DBInstanceIdentifier=self.name)["DBInstances"]
        return str(found[0]["DBInstanceStatus"])

    @property
    def is_listed(self) -> bool:
        return self.name in [
            instance["DBInstanceIdentifier"] for instance in self.rds.describe_db_instances()["DBInstances"]
        ]


def test_at_scale_zero_everything_is_passed_at_once(cloud: LocalCloud, name: str) -> None:
    database = Database(cloud, name)
    database.create()
    assert database.status == "available"
    database.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    assert not database.is_listed


def test_a_database_from_creation_to_its_end(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.time_scale(1)
    database = Database(cloud, name)
    assert database.create() == "creating"
    assert database.status == "creating"
    clock.advance(8)
    assert database.status == "backing-up"
    clock.advance(2)
    assert database.status == "available"
    database.rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=3)
    assert database.status == "available"
    clock.advance(0.5)
    assert database.status == "modifying"
    clock.advance(3)
    database.rds.reboot_db_instance(DBInstanceIdentifier=name)
    assert database.status == "rebooting"
    clock.advance(1)
    database.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    assert database.status == "deleting"
    assert database.is_listed
    with pytest.raises(ClientError, match="DBInstanceAlreadyExists"):
        database.create()
    clock.advance(5)
    assert not database.is_listed
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        assert database.status


def test_a_busy_database_refuses(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.time_scale(1)
    database = Database(cloud, name)
    database.create()
    for call in (
        lambda: database.rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=3),
        lambda: database.rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-s"),
        lambda: database.rds.reboot_db_instance(DBInstanceIdentifier=name),
    ):
        with pytest.raises(ClientError, match="InvalidDBInstanceState"):
            call()
    clock.advance(10)
    database.rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=3)


def test_a_snapshot_is_made_while_its_database_backs_up(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    database = Database(cloud, name)
    database.create()
    cloud.control.time_scale(1)
    rds, snapshot = database.rds, {"DBSnapshotIdentifier": f"{name}-s"}
    rds.create_db_snapshot(DBInstanceIdentifier=name, **snapshot)
    found = rds.describe_db_snapshots(**snapshot)["DBSnapshots"][0]
    assert (found["Status"], found["PercentProgress"], database.status) == ("creating", 50, "backing-up")
    with pytest.raises(ClientError, match="InvalidDBSnapshotState"):
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=f"{name}-r", **snapshot)
    clock.advance(3)
    assert rds.describe_db_snapshots(**snapshot)["DBSnapshots"][0]["Status"] == "available"
    restored = rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=f"{name}-r", **snapshot)
    assert restored["DBInstance"]["DBInstanceStatus"] == "creating"


def test_a_cluster(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.time_scale(1)
    rds = cloud.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier=name, Engine="aurora-mysql", MasterUsername="admin", MasterUserPassword="not-a-secret-1"
    )

    def status() -> list[str]:
        return [found["Status"] for found in rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]]

    assert status() == ["creating"]
    clock.advance(3)
    assert status() == ["available"]
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
    assert status() == ["deleting"]


class Network:
    def __init__(self, cloud: LocalCloud, cidr: str) -> None:
        self.ec2 = cloud.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        base = cidr.rsplit(".", 2)[0]
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"{base}.{index}.0/24", AvailabilityZone=f"us-east-1{zone}"
            )["Subnet"]["SubnetId"]
            for index, zone in enumerate("ab")
        ]
        self.group = self.ec2.create_security_group(GroupName="g", Description="d", VpcId=self.vpc)["GroupId"]


def test_a_nat_gateway_holds_its_subnet_and_address_until_it_is_gone(
    cloud: LocalCloud, clock: ManualClock, cidr: str
) -> None:
    cloud.control.time_scale(1)
    network = Network(cloud, cidr)
    ec2 = network.ec2
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.create_nat_gateway(SubnetId=network.subnets[0], AllocationId=address)["NatGateway"]
    gateway = made["NatGatewayId"]

    def state() -> str:
        return str(ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"][0]["State"])

    assert (made["State"], state()) == ("pending", "pending")
    clock.advance(2)
    assert state() == "available"
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    assert state() == "deleting"
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_subnet(SubnetId=network.subnets[0])
    with pytest.raises(ClientError, match=r"InvalidIPAddress.InUse"):
        ec2.release_address(AllocationId=address)
    clock.advance(1)
    assert state() == "deleted"
    ec2.release_address(AllocationId=address)


def test_an_interface_endpoint_waits_and_a_gateway_endpoint_does_not(
    cloud: LocalCloud, clock: ManualClock, cidr: str
) -> None:
    cloud.control.time_scale(1)
    network = Network(cloud, cidr)
    ec2 = network.ec2
    common = {"VpcId": network.vpc}
    gateway = ec2.create_vpc_endpoint(ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", **common)
    interface = ec2.create_vpc_endpoint(
        ServiceName="com.amazonaws.us-east-1.ssm",
        VpcEndpointType="Interface",
        SubnetIds=network.subnets[:1],
        SecurityGroupIds=[network.group],
        **common,
    )["VpcEndpoint"]
    assert (gateway["VpcEndpoint"]["State"], interface["State"]) == ("available", "pending")
    clock.advance(2)
    identifier = interface["VpcEndpointId"]
    ec2.delete_vpc_endpoints(VpcEndpointIds=[identifier])
    here = [{"Name": "vpc-id", "Values": [network.vpc]}]
    states = {
        endpoint["VpcEndpointId"]: endpoint["State"]
        for endpoint in ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
    }
    assert states[identifier] == "deleting"
    elsewhere = [{"Name": "vpc-id", "Values": ["vpc-00000000"]}]
    assert ec2.describe_vpc_endpoints(Filters=elsewhere)["VpcEndpoints"] == []
    with pytest.raises(ClientError, match="DependencyViolation"):
        ec2.delete_security_group(GroupId=network.group)
    clock.advance(1)
    found = ec2.describe_vpc_endpoints(Filters=here)["VpcEndpoints"]
    assert identifier not in [endpoint["VpcEndpointId"] for endpoint in found]


def test_an_instance(cloud: LocalCloud, clock: ManualClock, cidr: str) -> None:
    cloud.control.time_scale(1)
    network = Network(cloud, cidr)
    ec2 = network.ec2
    image = ec2.register_image(Name=cidr, RootDeviceName="/dev/xvda")["ImageId"]
    made = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.micro", SubnetId=network.subnets[0]
    )["Instances"][0]

    def state() -> Any:
        found = ec2.describe_instances(InstanceIds=[made["InstanceId"]])["Reservations"][0]["Instances"][0]
        return found["State"]

    assert state() == {"Code": 0, "Name": "pending"}
    clock.advance(1)
    assert state() == {"Code": 16, "Name": "running"}
    ec2.terminate_instances(InstanceIds=[made["InstanceId"]])
    assert state() == {"Code": 32, "Name": "shutting-down"}
    clock.advance(1)
    assert state() == {"Code": 48, "Name": "terminated"}


def test_a_load_balancer_and_its_targets(cloud: LocalCloud, clock: ManualClock, cidr: str, name: str) -> None:
    cloud.control.time_scale(1)
    network = Network(cloud, cidr)
    elb = cloud.client("elbv2")
    balancer = elb.create_load_balancer(
        Name=name, Scheme="internal", Subnets=network.subnets, SecurityGroups=[network.group]
    )
    arn = balancer["LoadBalancers"][0]["LoadBalancerArn"]

    def state() -> str:
        return str(elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"])

    assert state() == "provisioning"
    clock.advance(2)
    assert state() == "active"
    group = elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=network.vpc, TargetType="ip")
    target_group = group["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": target_group}]
    elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward)
    address = {"Id": cidr.replace("0.0/16", "0.9"), "Port": 80}

    def health() -> list[str]:
        found = elb.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
        return [target["TargetHealth"]["State"] for target in found]

    elb.register_targets(TargetGroupArn=target_group, Targets=[address])
    assert health() == ["initial"]
    clock.advance(1.5)
    assert health() == ["healthy"]
    elb.deregister_targets(TargetGroupArn=target_group, Targets=[address])
    assert health() == ["draining"]
    clock.advance(5)
    assert health() == []
    elb.delete_load_balancer(LoadBalancerArn=arn)
    with pytest.raises(ClientError, match="LoadBalancerNotFound"):
        state()
    with pytest.raises(ClientError, match="DependencyViolation"):
        network.ec2.delete_security_group(GroupId=network.group)
    clock.advance(1)
    network.ec2.delete_security_group(GroupId=network.group)


def test_reset_leaves_nothing_of_what_was(cloud: LocalCloud, name: str) -> None:
    """S3 keeps the names of buckets outside of its backends."""
    s3, ssm = cloud.client("s3"), cloud.client("ssm")
    s3.create_bucket(Bucket=f"bucket-{name}")
    s3.put_object(Bucket=f"bucket-{name}", Key="k", Body=b"v")
    ssm.put_parameter(Name=name, Value="v", Type="String")
    cloud.control.reset()
    assert s3.list_buckets()["Buckets"] == []
    with pytest.raises(ClientError, match="404"):
        s3.head_bucket(Bucket=f"bucket-{name}")
    with pytest.raises(ClientError, match="ParameterNotFound"):
        ssm.get_parameter(Name=name)
    assert [call["operation"] for call in cloud.control.calls()] == ["ListBuckets", "HeadBucket", "GetParameter"]
    s3.create_bucket(Bucket=f"bucket-{name}")
    assert "Contents" not in s3.list_objects_v2(Bucket=f"bucket-{name}")


def test_reset_forgets_what_is_under_way(cloud: LocalCloud, name: str) -> None:
    cloud.control.time_scale(1)
    database = Database(cloud, name)
    database.create()
    database.rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    assert database.is_listed
    cloud.control.reset()
    assert not database.is_listed
