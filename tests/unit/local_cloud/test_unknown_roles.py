# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud

UNKNOWN = [{"kind": "unknown_role", "seconds": 10}]


def _role(cloud: LocalCloud, name: str, service: str = "lambda") -> str:
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
    made = cloud.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


def _profile(cloud: LocalCloud, name: str) -> None:
    iam = cloud.client("iam")
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=f"{name}-role")


def _function(cloud: LocalCloud, name: str, role: str) -> Any:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("f.py", "")
    return cloud.client("lambda").create_function(
        FunctionName=name, Role=role, Runtime="python3.13", Handler="f.f", Code={"ZipFile": code.getvalue()}
    )


def test_off_by_default(cloud: LocalCloud, name: str) -> None:
    assert _function(cloud, name, _role(cloud, name))["FunctionName"] == name


def test_lambda_cannot_assume_a_new_role(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.faults(UNKNOWN)
    role = _role(cloud, name)
    with pytest.raises(ClientError, match=r"InvalidParameterValueException.*cannot be assumed by Lambda"):
        _function(cloud, name, role)
    clock.advance(11)
    assert _function(cloud, name, role)["FunctionName"] == name


def test_old_roles_are_known(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    role = _role(cloud, name)
    cloud.control.faults(UNKNOWN)
    assert _function(cloud, name, role)["FunctionName"] == name


def test_rds_monitoring(cloud: LocalCloud, name: str) -> None:
    cloud.control.faults(UNKNOWN)
    role = _role(cloud, name, "monitoring.rds")
    with pytest.raises(ClientError, match=r"InvalidParameterValue.*ENHANCED_MONITORING"):
        cloud.client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            Engine="mysql",
            DBInstanceClass="db.t3.micro",
            MonitoringRoleArn=role,
            MonitoringInterval=60,
        )


def test_flow_logs(cloud: LocalCloud, name: str, cidr: str) -> None:
    vpc = cloud.client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    cloud.control.faults(UNKNOWN)
    role = _role(cloud, name, "vpc-flow-logs")
    with pytest.raises(ClientError, match="Unable to assume given IAM role"):
        cloud.client("ec2").create_flow_logs(
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName=name,
            DeliverLogsPermissionArn=role,
        )


def _admitting(role: str) -> str:
    """A key's policy."""
    statement = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_key_policy_with_a_new_principal(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.faults(UNKNOWN)
    policy = _admitting(_role(cloud, name))
    kms = cloud.client("kms")
    with pytest.raises(ClientError, match=r"MalformedPolicyDocumentException.*invalid principals"):
        kms.create_key(Policy=policy)
    clock.advance(11)
    kms.create_key(Policy=policy)


def test_a_key_policy_with_a_new_service_linked_role(cloud: LocalCloud, clock: ManualClock) -> None:
    cloud.control.faults(UNKNOWN)
    made = cloud.client("iam").create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    policy = _admitting(made["Role"]["Arn"])
    kms = cloud.client("kms")
    with pytest.raises(ClientError, match=r"MalformedPolicyDocumentException.*invalid principals"):
        kms.create_key(Policy=policy)
    clock.advance(11)
    kms.create_key(Policy=policy)


def test_a_trust_policy_that_names_a_new_role(cloud: LocalCloud, name: str) -> None:
    cloud.control.faults(UNKNOWN)
    role = _role(cloud, name)
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sts:AssumeRole"}]}
    with pytest.raises(ClientError, match=f'MalformedPolicyDocument.*"AWS":"{role}"'):
        cloud.client("iam").create_role(RoleName=f"{name}-2", AssumeRolePolicyDocument=json.dumps(trust))


def test_a_group_from_a_template_with_a_new_profile(
    cloud: LocalCloud, clock: ManualClock, name: str, cidr: str
) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=cidr.replace("/16", "/24"))["Subnet"]["SubnetId"]
    _role(cloud, f"{name}-role", "ec2")
    cloud.control.faults(UNKNOWN)
    _profile(cloud, name)
    ec2.create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={
            "ImageId": "ami-12c6146b",
            "InstanceType": "t3.micro",
            "IamInstanceProfile": {"Name": name},
        },
    )
    group = {
        "AutoScalingGroupName": name,
        "MinSize": 0,
        "MaxSize": 0,
        "VPCZoneIdentifier": subnet,
        "LaunchTemplate": {"LaunchTemplateName": name},
    }
    with pytest.raises(ClientError, match=r"ValidationError.*Invalid IAM Instance Profile name"):
        cloud.client("autoscaling").create_auto_scaling_group(**group)
    clock.advance(11)
    cloud.client("autoscaling").create_auto_scaling_group(**group)


def test_an_instance_profile_does_not_get_a_new_role(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.faults(UNKNOWN)
    _role(cloud, f"{name}-role", "ec2")
    with pytest.raises(ClientError, match=rf"NoSuchEntity.*The role with name {name}-role cannot be found"):
        _profile(cloud, name)
    clock.advance(11)
    iam = cloud.client("iam")
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=f"{name}-role")
    assert iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]
