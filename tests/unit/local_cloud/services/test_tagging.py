# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

Clients = Callable[..., Any]
TAGS = [{"Key": "Stack", "Value": "one"}]


def tagged(kind: str) -> dict[str, Any]:
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": TAGS}]}


def build(clients: Clients) -> None:
    """One of each type that moto leaves out, and a NAT gateway and an instance that are gone."""
    ec2, elbv2, rds, route53 = (clients(one) for one in ("ec2", "elbv2", "rds", "route53"))
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16", **tagged("vpc"))["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    ids = [one["Subnet"]["SubnetId"] for one in subnets]
    address = ec2.allocate_address(Domain="vpc", **tagged("elastic-ip"))["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=ids[0], AllocationId=address, **tagged("natgateway"))["NatGateway"]
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    run = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=ids[0], **tagged("instance"))
    ec2.terminate_instances(InstanceIds=[run["Instances"][0]["InstanceId"]])
    ec2.create_network_acl(VpcId=vpc, **tagged("network-acl"))
    ec2.create_launch_template(
        LaunchTemplateName="one", LaunchTemplateData={"InstanceType": "t3.micro"}, **tagged("launch-template")
    )
    service = "com.amazonaws.us-east-1.s3"
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, VpcEndpointType="Gateway", **tagged("vpc-endpoint"))
    rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="one", SubnetIds=ids, Tags=TAGS)
    family = "mysql8.4"
    rds.create_db_parameter_group(DBParameterGroupName="one", DBParameterGroupFamily=family, Description="x", Tags=TAGS)
    balancer = elbv2.create_load_balancer(Name="one", Subnets=ids, Scheme="internal", Tags=TAGS)["LoadBalancers"][0]
    answer = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    arn = balancer["LoadBalancerArn"]
    elbv2.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=answer, Tags=TAGS)
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="one")["HostedZone"]["Id"].rpartition("/")[2]
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com"}
    check = route53.create_health_check(CallerReference="one", HealthCheckConfig=config)["HealthCheck"]["Id"]
    for kind, resource in (("hostedzone", zone), ("healthcheck", check)):
        route53.change_tags_for_resource(ResourceType=kind, ResourceId=resource, AddTags=TAGS)


def kinds(clients: Clients, **parameters: Any) -> list[str]:
    pages = (
        clients("resourcegroupstaggingapi")
        .get_paginator("get_resources")
        .paginate(TagFilters=[{"Key": "Stack", "Values": ["one"]}], PaginationConfig={"PageSize": 2}, **parameters)
    )
    arns = [one["ResourceARN"].split(":") for page in pages for one in page["ResourceTagMappingList"]]
    return sorted(f"{parts[2]}:{parts[5].partition('/')[0]}" for parts in arns)


EXPECTED = [
    "ec2:elastic-ip",
    "ec2:launch-template",
    "ec2:network-acl",
    "ec2:vpc",
    "ec2:vpc-endpoint",
    "elasticloadbalancing:listener",
    "elasticloadbalancing:loadbalancer",
    "rds:pg",
    "rds:subgrp",
    "route53:healthcheck",
    "route53:hostedzone",
]


def test_all_types_are_found_by_tag_and_nothing_that_is_gone(aws: Clients) -> None:
    build(aws)
    assert kinds(aws) == EXPECTED
    assert kinds(aws, ResourceTypeFilters=["rds", "ec2:vpc"]) == ["ec2:vpc", "rds:pg", "rds:subgrp"]


def test_canary_moto_leaves_types_out_and_lists_what_is_gone(bare: Clients) -> None:
    build(bare)
    found = set(kinds(bare))
    assert not found & (set(EXPECTED) - {"ec2:vpc", "elasticloadbalancing:loadbalancer"})
    assert {"ec2:instance", "ec2:natgateway"} <= found
