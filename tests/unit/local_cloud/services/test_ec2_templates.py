# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

Clients = Callable[..., Any]
Refused = Callable[..., Any]
DATA = {
    "ImageId": "ami-12345678",
    "InstanceType": "t3.micro",
    "TagSpecifications": [{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "i"}]}],
}
TAGS = [{"ResourceType": "launch-template", "Tags": [{"Key": "Name", "Value": "t"}]}]


def tagged_types(clients: Clients) -> list[str]:
    ec2 = clients("ec2")
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=DATA, TagSpecifications=TAGS)
    [version] = ec2.describe_launch_template_versions(LaunchTemplateName="one")["LaunchTemplateVersions"]
    return [one["ResourceType"] for one in version["LaunchTemplateData"]["TagSpecifications"]]


def test_the_tags_of_a_template_are_not_those_of_its_instances(aws: Clients) -> None:
    assert tagged_types(aws) == ["instance"]
    [template] = aws("ec2").describe_launch_templates()["LaunchTemplates"]
    assert template["Tags"] == TAGS[0]["Tags"]


def test_canary_moto_mixes_them(bare: Clients) -> None:
    assert "launch-template" in tagged_types(bare)


@pytest.mark.parametrize("name", ["ab", "x" * 129, "with blank", "with_ä"])
def test_names_are_checked(aws: Clients, refused: Refused, name: str) -> None:
    with refused("InvalidLaunchTemplateName.MalformedException"):
        aws("ec2").create_launch_template(LaunchTemplateName=name, LaunchTemplateData=DATA)


def test_versions_are_deleted_but_for_the_default_one(aws: Clients, refused: Refused) -> None:
    ec2 = aws("ec2")
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=DATA)
    for kind in ("t3.small", "t3.large"):
        ec2.create_launch_template_version(
            LaunchTemplateName="one", SourceVersion="1", LaunchTemplateData={"InstanceType": kind}
        )
    result = ec2.delete_launch_template_versions(LaunchTemplateName="one", Versions=["1", "2", "9"])
    assert [one["VersionNumber"] for one in result["SuccessfullyDeletedLaunchTemplateVersions"]] == [2]
    codes = [one["ResponseError"]["Code"] for one in result["UnsuccessfullyDeletedLaunchTemplateVersions"]]
    assert codes == ["unexpectedError", "launchTemplateVersionDoesNotExist"]
    left = ec2.describe_launch_template_versions(LaunchTemplateName="one")["LaunchTemplateVersions"]
    assert [one["VersionNumber"] for one in left] == [1, 3]
    assert left[1]["LaunchTemplateData"]["InstanceType"] == "t3.large"
    assert left[1]["LaunchTemplateData"]["ImageId"] == DATA["ImageId"]
    with refused("InvalidLaunchTemplateId.VersionNotFound"):
        ec2.describe_launch_template_versions(LaunchTemplateName="one", Versions=["2"])
    with refused("InvalidLaunchTemplateName.NotFoundException"):
        ec2.delete_launch_template_versions(LaunchTemplateName="other", Versions=["2"])


def test_canary_moto_deletes_no_versions(bare: Clients) -> None:
    ec2 = bare("ec2")
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=DATA)
    with pytest.raises((ClientError, ResponseParserError)):
        ec2.delete_launch_template_versions(LaunchTemplateName="one", Versions=["1"])


def test_canary_moto_ignores_the_source_version(bare: Clients) -> None:
    ec2 = bare("ec2")
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=DATA)
    made = ec2.create_launch_template_version(
        LaunchTemplateName="one", SourceVersion="1", LaunchTemplateData={"InstanceType": "t3.small"}
    )
    assert "ImageId" not in made["LaunchTemplateVersion"]["LaunchTemplateData"]


def start_from_second_version(clients: Clients) -> int:
    """How many instances a group has that starts them from a template's second version."""
    ec2, autoscaling = clients("ec2"), clients("autoscaling")
    data = {**DATA, "UserData": "IyEvYmluL3No"}
    ec2.create_launch_template(LaunchTemplateName="one", LaunchTemplateData=data)
    ec2.create_launch_template_version(LaunchTemplateName="one", LaunchTemplateData=data)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-east-1a"],
        LaunchTemplate={"LaunchTemplateName": "one", "Version": "2"},
    )
    autoscaling.set_desired_capacity(AutoScalingGroupName="fleet", DesiredCapacity=1)
    [group] = autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]
    return len(group["Instances"])


def test_instances_start_from_a_later_version_with_user_data(aws: Clients) -> None:
    assert start_from_second_version(aws) == 1


def test_canary_moto_starts_none(bare: Clients) -> None:
    with pytest.raises((ClientError, ResponseParserError)):
        start_from_second_version(bare)
