# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS keeps standing while something else stands on it, and what moto does not tell or filter."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from local_cloud import quotas

Clients = Callable[..., Any]
Refused = Callable[..., Any]
SCOPE = ("123456789012", "us-east-1")
NAME = [{"Key": "Name", "Value": "one"}]


def network(clients: Clients) -> SimpleNamespace:
    """A VPC with two subnets, an internet gateway, a group."""
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    group = ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)["GroupId"]
    return SimpleNamespace(
        ec2=ec2, vpc=vpc, subnets=[one["Subnet"]["SubnetId"] for one in subnets], gateway=gateway, group=group
    )


@pytest.fixture
def net(aws: Clients) -> SimpleNamespace:
    return network(aws)


def nat_gateway(net: SimpleNamespace, tags: list[dict[str, str]] | None = None) -> dict[str, Any]:
    address = net.ec2.allocate_address(Domain="vpc")["AllocationId"]
    specification = [{"ResourceType": "natgateway", "Tags": tags or NAME}]
    made = net.ec2.create_nat_gateway(SubnetId=net.subnets[0], AllocationId=address, TagSpecifications=specification)
    return {"id": made["NatGateway"]["NatGatewayId"], "address": address}


def instance(net: SimpleNamespace) -> str:
    made = net.ec2.run_instances(
        ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=net.subnets[0], SecurityGroupIds=[net.group]
    )
    return str(made["Instances"][0]["InstanceId"])


def tag_types(clients: Clients) -> set[str]:
    net = network(clients)
    nat_gateway(net)
    address = net.ec2.allocate_address(Domain="vpc", TagSpecifications=[{"ResourceType": "elastic-ip", "Tags": NAME}])
    assert address
    types = ["natgateway", "elastic-ip"]
    found = [net.ec2.describe_tags(Filters=[{"Name": "resource-type", "Values": [one]}])["Tags"] for one in types]
    return {tag["ResourceType"] for tags in found for tag in tags}


def test_tags_can_be_asked_for_by_the_types_of_aws(aws: Clients) -> None:
    assert tag_types(aws) == {"natgateway", "elastic-ip"}


def test_canary_moto_has_types_of_its_own(bare: Clients) -> None:
    assert tag_types(bare) == set()


def nat_gateways_named_other(clients: Clients) -> list[Any]:
    net = network(clients)
    nat_gateway(net)
    found = net.ec2.describe_nat_gateways(Filter=[{"Name": "tag:Name", "Values": ["other*"]}])
    return list(found["NatGateways"])


def test_nat_gateways_are_filtered_by_tag(aws: Clients, net: SimpleNamespace) -> None:
    made = nat_gateway(net, [{"Key": "Name", "Value": "stack-nat"}])
    for filters in (
        {"Name": "tag:Name", "Values": ["stack-*"]},
        {"Name": "tag-key", "Values": ["Name"]},
        {"Name": "tag-value", "Values": ["stack-nat"]},
    ):
        found = net.ec2.describe_nat_gateways(Filter=[filters])["NatGateways"]
        assert [one["NatGatewayId"] for one in found] == [made["id"]]
    assert nat_gateways_named_other(aws) == []


def test_canary_moto_ignores_tag_filters_of_nat_gateways(bare: Clients) -> None:
    assert nat_gateways_named_other(bare) != []


def test_a_deleted_nat_gateway_gives_back_its_interface_and_address(net: SimpleNamespace) -> None:
    made = nat_gateway(net)
    net.ec2.delete_nat_gateway(NatGatewayId=made["id"])
    net.ec2.release_address(AllocationId=made["address"])
    net.ec2.delete_subnet(SubnetId=net.subnets[0])


def test_canary_moto_leaves_the_address_with_a_deleted_nat_gateway(bare: Clients) -> None:
    net = network(bare)
    made = nat_gateway(net)
    net.ec2.delete_nat_gateway(NatGatewayId=made["id"])
    [address] = net.ec2.describe_addresses(AllocationIds=[made["address"]])["Addresses"]
    assert "AssociationId" in address


def test_unknown_nat_gateways_are_refused(net: SimpleNamespace, refused: Refused) -> None:
    with refused("NatGatewayNotFound"):
        net.ec2.describe_nat_gateways(NatGatewayIds=["nat-12345678"])
    with refused("NatGatewayNotFound"):
        net.ec2.delete_nat_gateway(NatGatewayId="nat-12345678")


def test_a_nat_gateway_needs_a_free_address_that_exists(net: SimpleNamespace, refused: Refused) -> None:
    made = nat_gateway(net)
    with refused("Resource.AlreadyAssociated"):
        net.ec2.create_nat_gateway(SubnetId=net.subnets[1], AllocationId=made["address"])
    with refused("InvalidAllocationID.NotFound"):
        net.ec2.create_nat_gateway(SubnetId=net.subnets[1], AllocationId="eipalloc-1")
    with refused("MissingParameter"):
        net.ec2.create_nat_gateway(SubnetId=net.subnets[1])


def test_nat_gateways_per_zone_are_limited(net: SimpleNamespace, refused: Refused) -> None:
    quotas.set_value(SCOPE, "vpc", quotas.NAT_GATEWAYS_PER_ZONE, 1)
    nat_gateway(net)
    with refused("NatGatewayLimitExceeded"):
        nat_gateway(net)


def test_addresses_are_limited(aws: Clients, refused: Refused) -> None:
    ec2 = aws("ec2")
    for _ in range(5):
        ec2.allocate_address(Domain="vpc")
    with refused("AddressLimitExceeded"):
        ec2.allocate_address(Domain="vpc")
    quotas.set_value(SCOPE, "ec2", quotas.ELASTIC_ADDRESSES, 6)
    assert ec2.allocate_address(Domain="vpc")["AllocationId"]
    [attribute] = ec2.describe_account_attributes(AttributeNames=["vpc-max-elastic-ips"])["AccountAttributes"]
    assert attribute["AttributeValues"] == [{"AttributeValue": "6"}]


def test_vpcs_are_limited(aws: Clients, refused: Refused) -> None:
    ec2 = aws("ec2")
    for number in range(5 - len(ec2.describe_vpcs()["Vpcs"])):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")
    with refused("VpcLimitExceeded"):
        ec2.create_vpc(CidrBlock="10.9.0.0/16")


def test_an_address_in_use_is_not_released(net: SimpleNamespace, refused: Refused) -> None:
    made = nat_gateway(net)
    with refused("InvalidIPAddress.InUse"):
        net.ec2.release_address(AllocationId=made["address"])


def test_a_free_address_names_no_instance(net: SimpleNamespace, refused: Refused) -> None:
    net.ec2.allocate_address(Domain="vpc")
    [address] = net.ec2.describe_addresses()["Addresses"]
    assert not {"InstanceId", "NetworkInterfaceId", "AssociationId"} & set(address)
    with refused("InvalidAllocationID.NotFound", "The allocation ID 'eipalloc-1' does not exist"):
        net.ec2.describe_addresses(AllocationIds=["eipalloc-1"])


def test_a_group_on_an_interface_is_kept_until_the_instance_is_gone(net: SimpleNamespace, refused: Refused) -> None:
    made = instance(net)
    with refused("DependencyViolation", f"resource {net.group} has a dependent object"):
        net.ec2.delete_security_group(GroupId=net.group)
    with refused("DependencyViolation"):
        net.ec2.delete_subnet(SubnetId=net.subnets[0])
    net.ec2.terminate_instances(InstanceIds=[made])
    assert net.ec2.describe_network_interfaces()["NetworkInterfaces"] == []
    net.ec2.delete_subnet(SubnetId=net.subnets[0])
    net.ec2.delete_security_group(GroupId=net.group)


def test_canary_moto_deletes_a_group_in_use(bare: Clients) -> None:
    net = network(bare)
    instance(net)
    net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_subnet(SubnetId=net.subnets[0])


def test_a_group_named_in_a_rule_of_another_is_kept(net: SimpleNamespace, refused: Refused) -> None:
    other = net.ec2.create_security_group(GroupName="two", Description="two", VpcId=net.vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": net.group}]}
    for group in (net.group, other):
        net.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    with refused("DependencyViolation"):
        net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_security_group(GroupId=other)
    net.ec2.delete_security_group(GroupId=net.group)


def test_the_default_group_cannot_be_deleted(net: SimpleNamespace, refused: Refused) -> None:
    filters = [{"Name": "vpc-id", "Values": [net.vpc]}, {"Name": "group-name", "Values": ["default"]}]
    [group] = net.ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    with refused("CannotDelete"):
        net.ec2.delete_security_group(GroupId=group["GroupId"])


def test_a_load_balancer_holds_its_groups_subnets_and_gateway(
    aws: Clients, net: SimpleNamespace, refused: Refused
) -> None:
    elbv2 = aws("elbv2")
    made = elbv2.create_load_balancer(Name="one", Subnets=net.subnets, SecurityGroups=[net.group])["LoadBalancers"][0]
    with refused("DependencyViolation"):
        net.ec2.delete_security_group(GroupId=net.group)
    with refused("DependencyViolation"):
        net.ec2.delete_subnet(SubnetId=net.subnets[1])
    with refused("DependencyViolation", "mapped public address"):
        net.ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    elbv2.delete_load_balancer(LoadBalancerArn=made["LoadBalancerArn"])
    net.ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    net.ec2.delete_security_group(GroupId=net.group)


def test_a_database_holds_its_group_and_subnets(aws: Clients, net: SimpleNamespace, refused: Refused) -> None:
    rds = aws("rds")
    rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="one", SubnetIds=net.subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="one",
        DBInstanceClass="db.t3.medium",
        Engine="mysql",
        MultiAZ=True,
        AllocatedStorage=20,
        MasterUsername="admin",
        MasterUserPassword="not-a-secret-1",
        DBSubnetGroupName="one",
        VpcSecurityGroupIds=[net.group],
    )
    with refused("DependencyViolation"):
        net.ec2.delete_security_group(GroupId=net.group)
    with refused("DependencyViolation"):
        net.ec2.delete_subnet(SubnetId=net.subnets[0])


def test_a_vpc_goes_last(net: SimpleNamespace, refused: Refused) -> None:
    for subnet in net.subnets:
        net.ec2.delete_subnet(SubnetId=subnet)
    with refused("DependencyViolation"):
        net.ec2.delete_vpc(VpcId=net.vpc)
    net.ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    with refused("DependencyViolation"):
        net.ec2.delete_vpc(VpcId=net.vpc)
    net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_vpc(VpcId=net.vpc)
    with refused("InvalidVpcID.NotFound"):
        net.ec2.delete_vpc(VpcId=net.vpc)


def acls_of_a_deleted_vpc(net: SimpleNamespace) -> list[str]:
    for subnet in net.subnets:
        net.ec2.delete_subnet(SubnetId=subnet)
    net.ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    net.ec2.delete_security_group(GroupId=net.group)
    net.ec2.delete_vpc(VpcId=net.vpc)
    return [acl["NetworkAclId"] for acl in net.ec2.describe_network_acls()["NetworkAcls"] if acl["VpcId"] == net.vpc]


def test_a_vpc_takes_its_default_acl_with_it(net: SimpleNamespace) -> None:
    assert acls_of_a_deleted_vpc(net) == []


def test_canary_moto_keeps_the_default_acl_of_a_deleted_vpc(bare: Clients) -> None:
    assert len(acls_of_a_deleted_vpc(network(bare))) == 1


def test_canary_moto_deletes_a_vpc_with_its_gateway_and_group(bare: Clients) -> None:
    net = network(bare)
    for subnet in net.subnets:
        net.ec2.delete_subnet(SubnetId=subnet)
    net.ec2.delete_vpc(VpcId=net.vpc)


def test_an_unknown_endpoint_is_reported_and_a_deleted_one_forgotten(net: SimpleNamespace) -> None:
    service = "com.amazonaws.us-east-1.s3"
    made = net.ec2.create_vpc_endpoint(VpcId=net.vpc, ServiceName=service, VpcEndpointType="Gateway")
    ids = [made["VpcEndpoint"]["VpcEndpointId"]]
    assert net.ec2.delete_vpc_endpoints(VpcEndpointIds=ids)["Unsuccessful"] == []
    [failed] = net.ec2.delete_vpc_endpoints(VpcEndpointIds=ids)["Unsuccessful"]
    assert failed["Error"]["Code"] == "InvalidVpcEndpointId.NotFound"
    assert net.ec2.describe_vpc_endpoints()["VpcEndpoints"] == []


def test_canary_moto_deletes_unknown_endpoints_silently(bare: Clients) -> None:
    assert bare("ec2").delete_vpc_endpoints(VpcEndpointIds=["vpce-1"])["Unsuccessful"] == []


def acls_by_id(net: SimpleNamespace) -> list[str]:
    """What the stock module asks: an ACL by a filter on its id."""
    acl = net.ec2.create_network_acl(VpcId=net.vpc)["NetworkAcl"]["NetworkAclId"]
    found = net.ec2.describe_network_acls(Filters=[{"Name": "network-acl-id", "Values": [acl]}])["NetworkAcls"]
    return ["it" if one["NetworkAclId"] == acl else "another" for one in found]


def test_an_acl_is_found_by_a_filter_on_its_id(net: SimpleNamespace) -> None:
    assert acls_by_id(net) == ["it"]


def test_canary_moto_has_no_filter_on_an_acls_id(bare: Clients) -> None:
    with pytest.raises(Exception, match="DescribeNetworkAcls"):
        acls_by_id(network(bare))
