# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from local_cloud.clock import ManualClock
from local_cloud.identifiers import means, unlike
from local_cloud.testing import LocalCloud

STALE = [{"kind": "stale_reads", "seconds": 5}]


def test_off_by_default(cloud: LocalCloud, cidr: str) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]


def test_a_read_answers_as_before_the_write(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name=name, Value="old", Type="String")
    cloud.control.faults(STALE)
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "old"
    clock.advance(1)
    ssm.put_parameter(Name=name, Value="new", Type="String", Overwrite=True)
    clock.advance(4)
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "old"
    clock.advance(2)
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "new"


def test_what_was_read_after_the_write_is_not_old(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    """A caller that once saw the new value may still get the old one: replicas differ."""
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name=name, Value="old", Type="String")
    cloud.control.faults([{**STALE[0], "after": 1}])
    ssm.get_parameter(Name=name)
    clock.advance(1)
    ssm.put_parameter(Name=name, Value="new", Type="String", Overwrite=True)
    clock.advance(1)
    assert [ssm.get_parameter(Name=name)["Parameter"]["Value"] for _ in range(2)] == ["new", "old"]


def test_a_deleted_thing_is_still_seen(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    sns = cloud.client("sns")
    arn = sns.create_topic(Name=name)["TopicArn"]
    cloud.control.faults(STALE)
    sns.get_topic_attributes(TopicArn=arn)
    clock.advance(1)
    sns.delete_topic(TopicArn=arn)
    assert sns.get_topic_attributes(TopicArn=arn)["Attributes"]["TopicArn"] == arn
    clock.advance(6)
    with pytest.raises(ClientError, match="NotFound"):
        sns.get_topic_attributes(TopicArn=arn)


def test_a_new_thing_is_not_found_with_the_services_own_error(cloud: LocalCloud, clock: ManualClock, cidr: str) -> None:
    cloud.control.faults(STALE)
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    with pytest.raises(ClientError, match=r"InvalidVpcID.NotFound") as caught:
        ec2.describe_vpcs(VpcIds=[vpc])
    assert vpc in str(caught.value)
    clock.advance(6)
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"]


def test_a_new_thing_is_missing_in_lists_and_the_old_ones_are_not(
    cloud: LocalCloud, clock: ManualClock, cidr: str
) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    base = cidr.rsplit(".", 2)[0]
    old = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{base}.1.0/24")["Subnet"]["SubnetId"]
    own = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}
    cloud.control.faults(STALE)
    new = ec2.create_subnet(VpcId=vpc, CidrBlock=f"{base}.2.0/24")["Subnet"]["SubnetId"]
    assert [subnet["SubnetId"] for subnet in ec2.describe_subnets(**own)["Subnets"]] == [old]
    clock.advance(6)
    assert {subnet["SubnetId"] for subnet in ec2.describe_subnets(**own)["Subnets"]} == {old, new}


@pytest.mark.parametrize("service", ["iam", "rds", "route53", "logs"])
def test_other_protocols(cloud: LocalCloud, clock: ManualClock, name: str, service: str) -> None:
    client = cloud.client(service)
    cloud.control.faults(STALE)
    if service == "iam":
        client.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
        with pytest.raises(ClientError, match="NoSuchEntity"):
            client.get_role(RoleName=name)
    elif service == "rds":
        client.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="mysql8.0", Description="d")
        groups = client.describe_db_parameter_groups()["DBParameterGroups"]
        assert name not in [group["DBParameterGroupName"] for group in groups]
    elif service == "route53":
        zone = client.create_hosted_zone(Name=f"{name}.test", CallerReference=name)["HostedZone"]["Id"]
        with pytest.raises(ClientError, match="NoSuchHostedZone"):
            client.get_hosted_zone(Id=zone)
    else:
        client.create_log_group(logGroupName=name)
        assert client.describe_log_groups(logGroupNamePrefix=name)["logGroups"] == []
    assert cloud.control.fault_rules()[0]["hits"] == 1


def test_a_name_of_one_letter(cloud: LocalCloud) -> None:
    iam = cloud.client("iam")
    cloud.control.faults(STALE)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    with pytest.raises(ClientError, match=r"NoSuchEntity.* r not found"):
        iam.list_attached_role_policies(RoleName="r")


def test_strong_reads_stay_strong(cloud: LocalCloud, name: str) -> None:
    cloud.control.faults(STALE)
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=f"bucket-{name}")
    s3.put_object(Bucket=f"bucket-{name}", Key="k", Body=b"v")
    assert s3.get_object(Bucket=f"bucket-{name}", Key="k")["Body"].read() == b"v"


def test_reading_another_service_is_not_touched(cloud: LocalCloud, name: str) -> None:
    sns, ssm = cloud.client("sns"), cloud.client("ssm")
    ssm.put_parameter(Name=name, Value="v", Type="String")
    cloud.control.faults(STALE)
    sns.create_topic(Name=name)
    assert ssm.get_parameter(Name=name)["Parameter"]["Value"] == "v"
    assert cloud.control.fault_rules()[0]["hits"] == 0


@pytest.mark.parametrize("text", ["vpc-5c34f54dff7255eb1", "prod-Web", "arn:aws:sns:us-east-1:1:topic", "Z09AB"])
def test_another_identifier_of_the_same_form(text: str) -> None:
    other = unlike(text)
    assert other != text
    assert len(other) == len(text)
    assert [c.isdigit() for c in other] == [c.isdigit() for c in text]


def test_what_an_arn_means() -> None:
    assert means("arn:aws:iam::1:role/web", "web")
    assert means("web", "web")
    assert not means("my-web", "web")
