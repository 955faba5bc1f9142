# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

Clients = Callable[..., Any]
Refused = Callable[..., Any]


def fleet(clients: Clients, profile: str | None = None) -> SimpleNamespace:
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    data: dict[str, Any] = {"ImageId": "ami-12345678", "InstanceType": "t3.micro"}
    if profile:
        data["IamInstanceProfile"] = {"Name": profile}
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=data)
    made = clients("elbv2").create_target_group(Name="one", Protocol="HTTP", Port=80, VpcId=vpc)
    group = made["TargetGroups"][0]["TargetGroupArn"]
    return SimpleNamespace(asg=clients("autoscaling"), elbv2=clients("elbv2"), subnet=subnet, group=group)


def create(net: SimpleNamespace, **changes: Any) -> None:
    wanted: dict[str, Any] = {
        "AutoScalingGroupName": "one",
        "MinSize": 0,
        "MaxSize": 4,
        "DesiredCapacity": 2,
        "LaunchTemplate": {"LaunchTemplateName": "one", "Version": "$Latest"},
        "VPCZoneIdentifier": net.subnet,
        "TargetGroupARNs": [net.group],
    }
    net.asg.create_auto_scaling_group(**{**wanted, **changes})


def read(net: SimpleNamespace) -> dict[str, Any]:
    [found] = net.asg.describe_auto_scaling_groups(AutoScalingGroupNames=["one"])["AutoScalingGroups"]
    group: dict[str, Any] = found
    return group


def targets(net: SimpleNamespace) -> int:
    return len(net.elbv2.describe_target_health(TargetGroupArn=net.group)["TargetHealthDescriptions"])


def test_metrics_are_turned_off(aws: Clients) -> None:
    net = fleet(aws)
    create(net)
    net.asg.enable_metrics_collection(
        AutoScalingGroupName="one", Granularity="1Minute", Metrics=["GroupMinSize", "GroupMaxSize"]
    )
    net.asg.disable_metrics_collection(AutoScalingGroupName="one", Metrics=["GroupMinSize"])
    assert [one["Metric"] for one in read(net)["EnabledMetrics"]] == ["GroupMaxSize"]
    net.asg.disable_metrics_collection(AutoScalingGroupName="one")
    assert not read(net).get("EnabledMetrics")


def test_canary_moto_cannot_turn_metrics_off(bare: Clients) -> None:
    net = fleet(bare)
    create(net)
    with pytest.raises(ClientError):
        net.asg.disable_metrics_collection(AutoScalingGroupName="one")


def test_targets_leave_with_their_instances(aws: Clients, refused: Refused) -> None:
    net = fleet(aws)
    create(net)
    assert targets(net) == 2
    net.asg.set_desired_capacity(AutoScalingGroupName="one", DesiredCapacity=1)
    assert targets(net) == 1
    with refused("ResourceInUse"):
        net.asg.delete_auto_scaling_group(AutoScalingGroupName="one")
    net.asg.delete_auto_scaling_group(AutoScalingGroupName="one", ForceDelete=True)
    assert targets(net) == 0


def test_canary_moto_leaves_targets_of_a_deleted_group(bare: Clients) -> None:
    net = fleet(bare)
    create(net)
    net.asg.delete_auto_scaling_group(AutoScalingGroupName="one")
    assert targets(net) == 2


def policies_of_a_deleted_group(net: SimpleNamespace) -> list[str]:
    create(net, DesiredCapacity=0)
    net.asg.put_scaling_policy(
        AutoScalingGroupName="one", PolicyName="up", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1
    )
    net.asg.delete_auto_scaling_group(AutoScalingGroupName="one")
    return [policy["PolicyName"] for policy in net.asg.describe_policies()["ScalingPolicies"]]


def test_policies_go_with_their_group(aws: Clients) -> None:
    assert policies_of_a_deleted_group(fleet(aws)) == []


def test_canary_moto_keeps_policies_of_a_deleted_group(bare: Clients) -> None:
    assert policies_of_a_deleted_group(fleet(bare)) == ["up"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"MinSize": 5}, "Max bound"),
        ({"DesiredCapacity": 5}, "Desired capacity:5"),
        ({"VPCZoneIdentifier": "subnet-1"}, "subnet ID 'subnet-1' does not exist"),
        ({"TargetGroupARNs": ["arn:none"]}, "Target Groups may not be valid"),
        ({"LaunchTemplate": {"LaunchTemplateName": "none"}}, "fully-formed launch template"),
    ],
    ids=["bounds", "capacity", "subnet", "target group", "template"],
)
def test_impossible_groups_are_refused(aws: Clients, refused: Refused, changes: dict[str, Any], message: str) -> None:
    with refused("ValidationError", message):
        create(fleet(aws), **changes)


def test_a_profile_must_exist(aws: Clients, refused: Refused) -> None:
    net = fleet(aws, profile="one")
    with refused("ValidationError", "Invalid IAM Instance Profile name"):
        create(net)
    aws("iam").create_instance_profile(InstanceProfileName="one")
    create(net)


def test_groups_are_made_once_and_changed_within_bounds(aws: Clients, refused: Refused) -> None:
    net = fleet(aws)
    create(net)
    with refused("AlreadyExists"):
        create(net)
    with refused("ValidationError", "above max value 4"):
        net.asg.set_desired_capacity(AutoScalingGroupName="one", DesiredCapacity=5)
    with refused("ValidationError", "Max bound"):
        net.asg.update_auto_scaling_group(AutoScalingGroupName="one", MinSize=5)


def test_canary_moto_takes_a_group_twice_and_any_capacity(bare: Clients) -> None:
    net = fleet(bare)
    create(net, DesiredCapacity=0)
    create(net, DesiredCapacity=0, MinSize=5)
    net.asg.set_desired_capacity(AutoScalingGroupName="one", DesiredCapacity=9)


def test_unknown_groups_are_refused(aws: Clients, refused: Refused) -> None:
    asg = aws("autoscaling")
    with refused("ValidationError", "name not found"):
        asg.put_scaling_policy(AutoScalingGroupName="none", PolicyName="one", PolicyType="StepScaling")
    with refused("ValidationError", "name not found"):
        asg.update_auto_scaling_group(AutoScalingGroupName="none", MaxSize=1)


def policy(net: SimpleNamespace, **changes: Any) -> dict[str, Any]:
    tracking = {
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
        "TargetValue": 60,
    }
    wanted = {"AutoScalingGroupName": "one", "PolicyName": "cpu", "PolicyType": "TargetTrackingScaling", **changes}
    net.asg.put_scaling_policy(**wanted, TargetTrackingConfiguration=tracking)
    [found] = net.asg.describe_policies(AutoScalingGroupName="one")["ScalingPolicies"]
    shown: dict[str, Any] = found
    return shown


def test_a_policy_shows_whether_it_is_enabled(aws: Clients) -> None:
    net = fleet(aws)
    create(net)
    assert policy(net)["Enabled"] is True
    assert policy(net, Enabled=False)["Enabled"] is False
    assert policy(net)["Enabled"] is True


def test_a_policy_that_predicts_nothing_shows_no_prediction(aws: Clients) -> None:
    net = fleet(aws)
    create(net)
    assert "PredictiveScalingConfiguration" not in policy(net)


def test_canary_moto_does_not_show_whether_a_policy_is_enabled(bare: Clients) -> None:
    net = fleet(bare)
    create(net)
    assert policy(net, Enabled=False).get("Enabled") is not False
