# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud

LATE = [{"kind": "late_tags", "seconds": 5}]


def _by_tag(name: str) -> dict[str, list[dict[str, object]]]:
    return {"Filters": [{"Name": "tag:Name", "Values": [name]}]}


def _tagged(name: str) -> list[dict[str, object]]:
    return [{"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": name}]}]


def test_off_by_default(cloud: LocalCloud, cidr: str, name: str) -> None:
    ec2 = cloud.client("ec2")
    ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tagged(name))
    assert len(ec2.describe_vpcs(**_by_tag(name))["Vpcs"]) == 1


def test_tags_given_at_creation_come_late(cloud: LocalCloud, clock: ManualClock, cidr: str, name: str) -> None:
    ec2 = cloud.client("ec2")
    cloud.control.faults(LATE)
    vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tagged(name))["Vpc"]["VpcId"]
    assert ec2.describe_vpcs(**_by_tag(name))["Vpcs"] == []
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0].get("Tags", []) == []
    clock.advance(6)
    assert ec2.describe_vpcs(**_by_tag(name))["Vpcs"][0]["VpcId"] == vpc
    assert ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"] == [{"Key": "Name", "Value": name}]


def test_only_new_tags_are_late(cloud: LocalCloud, cidr: str, name: str) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr, TagSpecifications=_tagged(name))["Vpc"]["VpcId"]
    cloud.control.faults(LATE)
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Later", "Value": "1"}])
    assert ec2.describe_vpcs(**_by_tag(name))["Vpcs"][0]["Tags"] == [{"Key": "Name", "Value": name}]
    rows = ec2.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]
    assert [row["Key"] for row in rows] == ["Name"]


def test_the_tagging_api_is_late_for_other_services(cloud: LocalCloud, clock: ManualClock, name: str) -> None:
    cloud.control.faults(LATE)
    tagging = cloud.client("resourcegroupstaggingapi")
    arn = cloud.client("sns").create_topic(Name=name, Tags=[{"Key": "Name", "Value": name}])["TopicArn"]
    asked = {"TagFilters": [{"Key": "Name", "Values": [name]}]}
    assert tagging.get_resources(**asked)["ResourceTagMappingList"] == []
    clock.advance(6)
    assert [found["ResourceARN"] for found in tagging.get_resources(**asked)["ResourceTagMappingList"]] == [arn]
