# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The network as it is read from AWS where something is there twice, or not known everywhere yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import KEY_TAG, STACK_TAG, Stack
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.vpc import read_vpc
from local_cloud.testing import LocalCloud

STACK = Stack("acme", "prod", "us-east-1", "123456789012")


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as running:
        yield running


def specification(kind: str, key: str) -> list[dict[str, Any]]:
    tags = {"Name": f"acme-prod-{key}", STACK_TAG: "acme-prod", KEY_TAG: key}
    pairs = [{"Key": tag, "Value": value} for tag, value in tags.items()]
    return [{"ResourceType": kind, "Tags": pairs}]


def test_a_copy_with_all_its_tags_is_another_resource_and_so_is_what_stands_in_it(cloud: LocalCloud) -> None:
    ec2 = cloud.client("ec2")
    for _ in range(2):
        vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=specification("vpc", "vpc"))["Vpc"]["VpcId"]
        ec2.create_route_table(VpcId=vpc, TagSpecifications=specification("route-table", "route_table/public-all"))
    reality = read_vpc(Context(STACK, cloud.client))
    vpcs = {item.id: key for key, item in reality.items() if item.type == "vpc"}
    tables = [item for item in reality.values() if item.type == "route_table"]
    assert sorted(vpcs.values()) == ["vpc", f"vpc@{max(vpcs)}"]
    assert vpcs[min(vpcs)] == "vpc"
    assert sorted(str(table.attributes["vpc"]) for table in tables) == sorted(vpcs.values())
    assert len({table.key for table in tables}) == 2


def test_a_vpc_that_is_listed_and_not_known_everywhere_yet_is_not_there_yet(cloud: LocalCloud) -> None:
    cloud.control.faults([{"kind": "stale_reads", "match": {"operation": "DescribeVpcAttribute"}, "seconds": 60}])
    cloud.client("ec2").create_vpc(CidrBlock="10.20.0.0/16", TagSpecifications=specification("vpc", "vpc"))
    assert read_vpc(Context(STACK, cloud.client)) == {}
    cloud.control.faults([])
    assert list(read_vpc(Context(STACK, cloud.client))) == ["vpc"]
