# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The fleets as they are read from AWS: finished, half built, changed by hand, gone."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.fleets import launch_tags
from ansible_collections.cutover.aws.plugins.module_utils._elbv2 import api
from ansible_collections.cutover.aws.plugins.module_utils._elbv2.listener import Listener, Target, listener_plan
from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.compute import COMPUTE_PRUNED, compute_model
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Reality, Resource, Stack
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._stack.compute import compute_outputs, read_compute
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from local_cloud.testing import LocalCloud
from tests.networks import public_network

IMAGE = "ami-12c6146b"
CONFIG: dict[str, Any] = {
    "sides": {
        "blue": {"instance_type": "t3.micro", "min_size": 1, "desired_capacity": 1, "max_size": 3},
        "green": {"instance_type": "m5.large"},
    },
    "instance_profile_arn": None,
    "image_id": IMAGE,
    "image_parameter": "",
    "images": {},
    "volume": {"device": "/dev/xvda", "size": 20, "iops": 3000, "throughput": 125},
    "user_data": "#!/bin/bash\necho hello\n",
    "detailed_monitoring": True,
    "metadata_hop_limit": 1,
    "health_check_grace": 300,
    "scaling": "none",
    "scaling_steps": {},
    "scaling_target_cpu": 60,
    "instance_warmup": 180,
    "port": 8080,
    "health_check": {
        "path": "/health",
        "interval": 15,
        "timeout": 5,
        "healthy_threshold": 3,
        "unhealthy_threshold": 2,
        "codes": "200",
    },
    "certificate_arn": None,
    "deregistration_delay": 60,
    "slow_start": 60,
    "tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "http_redirect": False,
    "idle_timeout": 90,
    "deletion_protection": True,
    "access_logs": None,
}


@pytest.fixture(scope="module")
def surroundings(cloud: LocalCloud) -> dict[str, Any]:
    """A network and a key, as other layers hand them over."""
    ec2 = cloud.client("ec2")
    vpc, ids = public_network(ec2, zones="abab")
    groups = {
        name: ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        for name in ("lb", "app")
    }
    return {
        "vpc_id": vpc,
        "public_subnet_ids": ids[:2],
        "private_subnet_ids": ids[2:],
        "load_balancer_group_id": groups["lb"],
        "application_group_id": groups["app"],
        "key_arn": cloud.client("kms").create_key()["KeyMetadata"]["Arn"],
    }


@pytest.fixture
def stack(request: pytest.FixtureRequest) -> Stack:
    """One for each test, because starting with an empty cloud each time takes seconds."""
    project = "t" + sha256(request.node.name.encode()).hexdigest()[:8]
    return Stack(project, "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})


def pairs(tags: Any) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]


class World:
    """A stack with its model, and boto3 calls that make parts of it."""

    def __init__(self, cloud: LocalCloud, stack: Stack, config: dict[str, Any]) -> None:
        self.cloud, self.stack = cloud, stack
        self.model: Mapping[str, Resource] = compute_model(stack, config)  # type: ignore[arg-type]

    def read(self, *, by_name_only: bool = False) -> Reality:
        wanted = None if by_name_only else self.model
        return read_compute(Context(self.stack, self.cloud.client, LAYERS["compute"].expected(wanted or {})))

    def plan(self) -> Plan:
        return compare(self.model, self.read(), COMPUTE_PRUNED)

    def template(self, side: str) -> str:
        """As amazon.aws.ec2_launch_template would make it; its id."""
        wanted = self.model[f"launch_template/{side}"]
        a: Any = {**wanted.attributes, **wanted.initial}
        (volume,) = a["volumes"]
        ebs = {
            "VolumeSize": volume["size"],
            "VolumeType": volume["type"],
            "Iops": volume["iops"],
            "Throughput": volume["throughput"],
            "Encrypted": volume["encrypted"],
            "KmsKeyId": volume["key_arn"],
            "DeleteOnTermination": volume["delete_on_termination"],
        }
        data = {
            "ImageId": a["image_id"],
            "InstanceType": a["instance_type"],
            "SecurityGroupIds": a["security_groups"],
            "EbsOptimized": a["ebs_optimized"],
            "Monitoring": {"Enabled": a["detailed_monitoring"]},
            "MetadataOptions": {
                "HttpEndpoint": a["metadata_endpoint"],
                "HttpTokens": a["metadata_tokens"],
                "HttpPutResponseHopLimit": a["metadata_hop_limit"],
                "InstanceMetadataTags": a["metadata_tags"],
            },
            "BlockDeviceMappings": [{"DeviceName": volume["device"], "Ebs": ebs}],
            "UserData": base64.b64encode(a["user_data"].encode()).decode(),
            "TagSpecifications": [
                {"ResourceType": one["resource_type"], "Tags": pairs(one["tags"])}
                for one in launch_tags({"attributes": a})
            ],
        }
        tags = [{"ResourceType": "launch-template", "Tags": pairs(a["tags"])}]
        answer = self.cloud.client("ec2").create_launch_template(
            LaunchTemplateName=wanted.name, LaunchTemplateData=data, TagSpecifications=tags
        )
        return str(answer["LaunchTemplate"]["LaunchTemplateId"])

    def balancer(self, side: str) -> tuple[str, str]:
        """Load balancer with its attributes and target group; their ARNs."""
        client = self.cloud.client("elbv2")
        group, balancer = self.model[f"target_group/{side}"], self.model[f"load_balancer/{side}"]
        g: Any = group.attributes
        group_arn = client.create_target_group(
            Name=group.name,
            VpcId=g["vpc_id"],
            Protocol=g["protocol"],
            Port=g["port"],
            HealthCheckPath=g["health_check_path"],
            HealthCheckIntervalSeconds=g["health_check_interval"],
            HealthCheckTimeoutSeconds=g["health_check_timeout"],
            HealthyThresholdCount=g["health_check_healthy_threshold"],
            UnhealthyThresholdCount=g["health_check_unhealthy_threshold"],
            Matcher={"HttpCode": g["health_check_codes"]},
            Tags=pairs(g["tags"]),
        )["TargetGroups"][0]["TargetGroupArn"]
        b: Any = balancer.attributes
        answer = client.create_load_balancer(
            Name=balancer.name,
            Scheme=b["scheme"],
            Subnets=b["subnets"],
            SecurityGroups=b["security_groups"],
            Tags=pairs(b["tags"]),
        )
        balancer_arn = answer["LoadBalancers"][0]["LoadBalancerArn"]
        for arn, attributes in ((group_arn, g), (balancer_arn, b)):
            api.set_attributes(client, arn, {name: value for name, value in attributes.items() if "." in name})
        return balancer_arn, group_arn


@pytest.fixture
def world(cloud: LocalCloud, stack: Stack, surroundings: dict[str, Any]) -> World:
    return World(cloud, stack, {**CONFIG, **surroundings})


def changed(plan: Plan) -> dict[str, list[str]]:
    """What an update would change of each resource."""
    return {one.key: [d.path for d in one.differences] for one in plan.changes if one.action == "update"}


def test_of_nothing_the_outputs_have_their_shape(world: World) -> None:
    assert world.read() == {}
    assert compute_outputs({}) == {"image_id": None, "sides": {}}


def test_a_launch_template_reads_as_it_was_asked_for(world: World) -> None:
    world.template("blue")
    # The profile is still to come, so that is all that differs.
    assert changed(world.plan()) == {"launch_template/blue": ["instance_profile_arn"]}
    assert compute_outputs(world.read())["image_id"] == IMAGE


def test_a_template_that_is_listed_and_not_known_everywhere_yet_is_not_there_yet(world: World) -> None:
    stale = {"kind": "stale_reads", "match": {"operation": "DescribeLaunchTemplateVersions"}, "seconds": 60}
    world.cloud.control.faults([stale])
    world.template("green")
    assert world.read() == {}
    world.cloud.control.faults([])
    assert list(world.read()) == ["launch_template/green"]


def test_a_version_made_by_hand_is_seen_whether_it_is_the_default_or_not(world: World) -> None:
    template, client = world.template("blue"), world.cloud.client("ec2")
    data = {"MetadataOptions": {"HttpTokens": "optional"}}
    client.create_launch_template_version(LaunchTemplateId=template, SourceVersion="1", LaunchTemplateData=data)
    assert "default_version" in changed(world.plan())["launch_template/blue"]
    client.modify_launch_template(LaunchTemplateId=template, DefaultVersion="2")
    assert "metadata_tokens" in changed(world.plan())["launch_template/blue"]


def test_another_image_than_the_parameter_names_now_is_left_alone(world: World, surroundings: dict[str, Any]) -> None:
    world.template("blue")
    newer = World(world.cloud, world.stack, {**CONFIG, **surroundings, "image_id": "ami-newer"}).plan()
    assert "image_id" not in changed(newer)["launch_template/blue"]
    (left,) = newer.left_alone
    assert [(d.path, d.before, d.after) for d in left.differences] == [("image_id", IMAGE, "ami-newer")]


def test_a_load_balancer_without_its_listener_is_half_built(world: World) -> None:
    world.balancer("blue")
    actions = {one.key: one.action for one in world.plan().changes}
    assert actions["listener/blue-443"] == "create"
    assert not {"load_balancer/blue", "target_group/blue"} & set(actions)
    outputs: Any = compute_outputs(world.read())["sides"]["blue"]  # type: ignore[index,call-overload]
    assert outputs["load_balancer_arn"].endswith(outputs["load_balancer_full_name"])
    assert (outputs["listener_arn"], outputs["group_name"], outputs["policies"]) == (None, None, {})


def test_a_listener_made_by_hand_is_removed(world: World) -> None:
    balancer, group = world.balancer("blue")
    client = world.cloud.client("elbv2")
    by_hand = Listener(8080, "HTTP", None, None, (Target(group),))
    api.apply_listener(client, balancer, by_hand, {}, listener_plan(by_hand, {}, None, {}))
    removed = [one for one in world.plan().changes if one.action == "delete"]
    assert [one.key for one in removed] == ["listener/blue-8080"]
    listener = world.read()["listener/blue-8080"]
    assert listener.attributes["forward"] == [{"target_group": "target_group/blue", "weight": 1}]


def test_what_lost_its_tags_is_found_by_the_model_and_not_without_it(world: World) -> None:
    balancer, group = world.balancer("blue")
    client = world.cloud.client("elbv2")
    client.remove_tags(ResourceArns=[balancer, group], TagKeys=["cutover:stack", "cutover:key"])
    assert changed(world.plan()) == {
        "load_balancer/blue": ["tags.cutover:stack", "tags.cutover:key"],
        "target_group/blue": ["tags.cutover:stack", "tags.cutover:key"],
    }
    assert world.read(by_name_only=True) == {}


def test_by_its_name_alone_a_stack_is_found_and_no_other(world: World, surroundings: dict[str, Any]) -> None:
    longer = Stack(world.stack.project, "prod-2", "us-east-1", "123456789012")
    other = World(world.cloud, longer, {**CONFIG, **surroundings})
    world.template("blue")
    other.template("green")
    other.balancer("green")
    found = world.read(by_name_only=True)
    assert list(found) == ["launch_template/blue"]
    assert set(other.read(by_name_only=True)) == {"launch_template/green", "load_balancer/green", "target_group/green"}


def test_a_group_reads_its_capacity_and_whom_it_serves(world: World, surroundings: dict[str, Any]) -> None:
    template, client = world.template("blue"), world.cloud.client("autoscaling")
    _balancer, group = world.balancer("blue")
    wanted = world.model["autoscaling_group/blue"]
    client.create_auto_scaling_group(
        AutoScalingGroupName=wanted.name,
        MinSize=0,
        MaxSize=9,
        DesiredCapacity=0,
        LaunchTemplate={"LaunchTemplateId": template, "Version": "$Default"},
        VPCZoneIdentifier=",".join(surroundings["private_subnet_ids"]),
        TargetGroupARNs=[group],
        HealthCheckType="EC2",
        HealthCheckGracePeriod=300,
        Tags=[{**tag, "PropagateAtLaunch": False} for tag in pairs(wanted.attributes["tags"])],
    )
    client.suspend_processes(AutoScalingGroupName=wanted.name, ScalingProcesses=["Launch"])
    client.put_scaling_policy(
        AutoScalingGroupName=wanted.name,
        PolicyName="by-hand",
        AdjustmentType="ChangeInCapacity",
        ScalingAdjustment=1,
    )
    plan = world.plan()
    assert changed(plan)["autoscaling_group/blue"] == ["health_check_type", "metrics"]
    left = next(one for one in plan.left_alone if one.key == "autoscaling_group/blue")
    assert [d.path for d in left.differences] == ["min_size", "desired_capacity", "max_size", "suspended_processes"]
    assert [one.name for one in plan.changes if one.action == "delete"] == ["by-hand"]
    outputs: Any = compute_outputs(world.read())["sides"]["blue"]  # type: ignore[index,call-overload]
    assert outputs["capacity"] == {"min_size": 0, "desired_capacity": 0, "max_size": 9}
