# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""VPC, subnets, gateways, routes, ACL, flow log, security groups."""

from __future__ import annotations

from functools import partial
from typing import Any

from tests.bench.peers.fewest_calls.environment import ZONES, Environment
from tests.bench.peers.fewest_calls.steps import Action, Steps

TIERS = {"public": 0, "private": 10, "database": 20}
SUBNETS = [(tier, index) for tier in TIERS for index in range(len(ZONES))]
DATABASE_SUBNETS = [f"database-{index}" for index in range(len(ZONES))]
ANYWHERE = "0.0.0.0/0"
GROUPS: dict[str, tuple[int, str | None]] = {"alb": (443, None), "app": (8080, "alb"), "db": (3306, "app")}
"""Port, and the group that may reach it; None is everybody."""


class Network:
    def __init__(self, environment: Environment) -> None:
        self._env = environment
        self._ids = environment.ids

    @property
    def _ec2(self) -> Any:
        return self._env.aws("ec2")

    def build(self, steps: Steps) -> None:
        steps.add("vpc", self._make_vpc)
        for tier in TIERS:
            steps.add(f"rt-{tier}", partial(self._make_route_table, tier), needs=("vpc",))
        for tier, index in SUBNETS:
            subnet = f"{tier}-{index}"
            steps.add(f"subnet-{subnet}", partial(self._make_subnet, tier, index), needs=("vpc",))
            steps.add(
                f"assoc-{subnet}", partial(self._associate, tier, subnet), needs=(f"subnet-{subnet}", f"rt-{tier}")
            )
        steps.add("igw", self._make_internet_gateway, needs=("vpc",))
        steps.add("eip", self._make_address)
        steps.add("nat", self._make_nat_gateway, needs=("eip", "igw", "subnet-public-0"))
        steps.add("route-public", partial(self._route, "public", "GatewayId", "igw"), needs=("rt-public", "igw"))
        steps.add("route-private", partial(self._route, "private", "NatGatewayId", "nat"), needs=("rt-private", "nat"))
        steps.add("nacl", self._make_acl, needs=tuple(f"subnet-{subnet}" for subnet in DATABASE_SUBNETS))
        steps.add("flow", self._make_flow_log, needs=("vpc", "log-vpc-flow", "role-flow"))
        for group, (_, source) in GROUPS.items():
            needs = ("vpc",) if source is None else ("vpc", f"sg-{source}")
            steps.add(f"sg-{group}", partial(self._make_group, group), needs=needs)

    def checks(self) -> dict[str, Action]:
        ec2, ids = self._ec2, self._ids
        subnets = [ids[f"{tier}-{index}"] for tier, index in SUBNETS]
        tables = [ids[f"rt-{tier}"] for tier in TIERS]
        groups = [ids[f"sg-{group}"] for group in GROUPS]
        return {
            "vpc": lambda: ec2.describe_vpcs(VpcIds=[ids["vpc"]])["Vpcs"][0]["State"] == "available",
            "dns": lambda: ec2.describe_vpc_attribute(VpcId=ids["vpc"], Attribute="enableDnsHostnames")[
                "EnableDnsHostnames"
            ]["Value"],
            "subnets": lambda: len(ec2.describe_subnets(SubnetIds=subnets)["Subnets"]) == len(subnets),
            "igw": lambda: (
                ec2.describe_internet_gateways(InternetGatewayIds=[ids["igw"]])["InternetGateways"][0]["Attachments"][
                    0
                ]["VpcId"]
                == ids["vpc"]
            ),
            "eip": lambda: len(ec2.describe_addresses(AllocationIds=[ids["eip"]])["Addresses"]) == 1,
            "nat": lambda: (
                ec2.describe_nat_gateways(NatGatewayIds=[ids["nat"]])["NatGateways"][0]["State"] == "available"
            ),
            "rt": lambda: _associations(ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]) == len(subnets),
            "nacl": lambda: (
                len(ec2.describe_network_acls(NetworkAclIds=[ids["nacl"]])["NetworkAcls"][0]["Associations"])
                == len(DATABASE_SUBNETS)
            ),
            "flow": lambda: len(ec2.describe_flow_logs(FlowLogIds=[ids["flow"]])["FlowLogs"]) == 1,
            "sg": lambda: len(ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]) == len(groups),
        }

    def remove(self, steps: Steps) -> None:
        ec2, ids, fleets = self._ec2, self._ids, ("asg-blue", "asg-green")
        steps.add("flow", lambda: ec2.delete_flow_logs(FlowLogIds=[ids["flow"]]))
        steps.add("nacl", self._remove_acl)
        steps.add("nat", self._remove_nat_gateway, needs=fleets)
        steps.add("eip", lambda: ec2.release_address(AllocationId=ids["eip"]), needs=("nat",))
        steps.add("igw", self._remove_internet_gateway, needs=("eip", "alb"))
        for group, needs in {"db": ("rds",), "app": ("sg-db", *fleets), "alb": ("sg-app", "alb")}.items():
            steps.add(f"sg-{group}", partial(self._remove_group, group), needs=needs)
        for tier, index in SUBNETS:
            needs = ("nacl", "rds", "alb", *fleets, "nat", "dbsn")
            steps.add(f"subnet-{tier}-{index}", partial(self._remove_subnet, f"{tier}-{index}"), needs=needs)
        for tier in TIERS:
            subnets = tuple(f"subnet-{tier}-{index}" for index in range(len(ZONES)))
            steps.add(f"rt-{tier}", partial(self._remove_route_table, tier), needs=(*subnets, "nat", "igw"))
        tables = tuple(f"rt-{tier}" for tier in TIERS)
        needs = ("nacl", "igw", "sg-alb", "flow", "tg-blue", "tg-green", *tables)
        steps.add("vpc", lambda: ec2.delete_vpc(VpcId=ids["vpc"]), needs=needs)

    def _cidr(self, ending: str = "0.0/16") -> str:
        return f"10.{self._env.number}.{ending}"

    def _make_vpc(self) -> None:
        tags = self._env.specified("vpc", self._env.name)
        vpc = self._ec2.create_vpc(CidrBlock=self._cidr(), TagSpecifications=tags)["Vpc"]["VpcId"]
        self._ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        self._ids["vpc"] = vpc

    def _make_subnet(self, tier: str, index: int) -> None:
        key = f"{tier}-{index}"
        made = self._ec2.create_subnet(
            VpcId=self._ids["vpc"],
            CidrBlock=self._cidr(f"{TIERS[tier] + index}.0/24"),
            AvailabilityZone=ZONES[index],
            TagSpecifications=self._env.specified("subnet", f"{self._env.name}-{key}", Tier=tier),
        )
        self._ids[key] = made["Subnet"]["SubnetId"]
        if tier == "public":
            self._ec2.modify_subnet_attribute(SubnetId=self._ids[key], MapPublicIpOnLaunch={"Value": True})

    def _make_route_table(self, tier: str) -> None:
        tags = self._env.specified("route-table", f"{self._env.name}-{tier}")
        made = self._ec2.create_route_table(VpcId=self._ids["vpc"], TagSpecifications=tags)
        self._ids[f"rt-{tier}"] = made["RouteTable"]["RouteTableId"]

    def _associate(self, tier: str, subnet: str) -> None:
        made = self._ec2.associate_route_table(RouteTableId=self._ids[f"rt-{tier}"], SubnetId=self._ids[subnet])
        self._ids[f"assoc-{subnet}"] = made["AssociationId"]

    def _make_internet_gateway(self) -> None:
        made = self._ec2.create_internet_gateway(
            TagSpecifications=self._env.specified("internet-gateway", self._env.name)
        )
        self._ids["igw"] = made["InternetGateway"]["InternetGatewayId"]
        self._ec2.attach_internet_gateway(InternetGatewayId=self._ids["igw"], VpcId=self._ids["vpc"])

    def _make_address(self) -> None:
        tags = self._env.specified("elastic-ip", f"{self._env.name}-nat")
        self._ids["eip"] = self._ec2.allocate_address(Domain="vpc", TagSpecifications=tags)["AllocationId"]

    def _make_nat_gateway(self) -> None:
        made = self._ec2.create_nat_gateway(
            AllocationId=self._ids["eip"],
            SubnetId=self._ids["public-0"],
            TagSpecifications=self._env.specified("natgateway", self._env.name),
        )
        self._ids["nat"] = made["NatGateway"]["NatGatewayId"]
        self._ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[self._ids["nat"]])

    def _route(self, tier: str, kind: str, target: str) -> None:
        self._ec2.create_route(
            RouteTableId=self._ids[f"rt-{tier}"], DestinationCidrBlock=ANYWHERE, **{kind: self._ids[target]}
        )

    def _make_acl(self) -> None:
        tags = self._env.specified("network-acl", f"{self._env.name}-db")
        made = self._ec2.create_network_acl(VpcId=self._ids["vpc"], TagSpecifications=tags)
        acl = self._ids["nacl"] = made["NetworkAcl"]["NetworkAclId"]
        for egress, first, last in ((False, 3306, 3306), (True, 1024, 65535)):
            self._ec2.create_network_acl_entry(
                NetworkAclId=acl,
                RuleNumber=100,
                Protocol="6",
                RuleAction="allow",
                Egress=egress,
                CidrBlock=self._cidr(),
                PortRange={"From": first, "To": last},
            )
        ours = sorted(self._ids[subnet] for subnet in DATABASE_SUBNETS)
        found = self._ec2.describe_network_acls(Filters=[{"Name": "association.subnet-id", "Values": ours}])
        for association in _acl_associations(found["NetworkAcls"]):
            if association["SubnetId"] in ours:
                self._move(association, acl)

    def _remove_acl(self) -> None:
        """Hands the subnets back to the VPC's own ACL first."""
        in_vpc = [{"Name": "vpc-id", "Values": [self._ids["vpc"]]}]
        acls = self._ec2.describe_network_acls(Filters=in_vpc)["NetworkAcls"]
        default = next(acl["NetworkAclId"] for acl in acls if acl["IsDefault"])
        for association in _acl_associations(acl for acl in acls if acl["NetworkAclId"] == self._ids["nacl"]):
            self._move(association, default)
        self._ec2.delete_network_acl(NetworkAclId=self._ids["nacl"])

    def _move(self, association: dict[str, str], acl: str) -> None:
        self._ec2.replace_network_acl_association(
            AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl
        )

    def _make_flow_log(self) -> None:
        made = self._ec2.create_flow_logs(
            ResourceType="VPC",
            ResourceIds=[self._ids["vpc"]],
            TrafficType="ALL",
            LogGroupName=f"/{self._env.name}/vpc-flow",
            DeliverLogsPermissionArn=self._ids["role-flow"],
        )
        self._ids["flow"] = made["FlowLogIds"][0]

    def _make_group(self, group: str) -> None:
        port, source = GROUPS[group]
        name = f"{self._env.name}-{group}"
        made = self._ec2.create_security_group(
            GroupName=name,
            Description=group,
            VpcId=self._ids["vpc"],
            TagSpecifications=self._env.specified("security-group", name),
        )
        self._ids[f"sg-{group}"] = made["GroupId"]
        peer: dict[str, Any] = {"IpRanges": [{"CidrIp": ANYWHERE}]}
        if source is not None:
            peer = {"UserIdGroupPairs": [{"GroupId": self._ids[f"sg-{source}"]}]}
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}
        self._ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=[rule])

    def _remove_nat_gateway(self) -> None:
        self._ec2.delete_nat_gateway(NatGatewayId=self._ids["nat"])
        self._ec2.get_waiter("nat_gateway_deleted").wait(NatGatewayIds=[self._ids["nat"]])

    def _remove_internet_gateway(self) -> None:
        self._ec2.detach_internet_gateway(InternetGatewayId=self._ids["igw"], VpcId=self._ids["vpc"])
        self._ec2.delete_internet_gateway(InternetGatewayId=self._ids["igw"])

    def _remove_group(self, group: str) -> None:
        self._ec2.delete_security_group(GroupId=self._ids[f"sg-{group}"])

    def _remove_subnet(self, subnet: str) -> None:
        self._ec2.disassociate_route_table(AssociationId=self._ids[f"assoc-{subnet}"])
        self._ec2.delete_subnet(SubnetId=self._ids[subnet])

    def _remove_route_table(self, tier: str) -> None:
        self._ec2.delete_route_table(RouteTableId=self._ids[f"rt-{tier}"])


def _associations(tables: list[dict[str, Any]]) -> int:
    return sum("SubnetId" in association for table in tables for association in table["Associations"])


def _acl_associations(acls: Any) -> list[dict[str, str]]:
    return [association for acl in acls for association in acl["Associations"]]
