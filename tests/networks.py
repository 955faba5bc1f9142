# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The network that a load balancer of a test needs."""

from __future__ import annotations

from typing import Any


def public_network(ec2: Any, prefix: str = "10.0", zones: str = "ab") -> tuple[str, list[str]]:
    """A VPC of <prefix>.0.0/16 with an internet gateway, and a subnet for each letter of zones: the ids."""
    vpc = ec2.create_vpc(CidrBlock=f"{prefix}.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"{prefix}.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate(zones)
    ]
    return vpc, [one["Subnet"]["SubnetId"] for one in subnets]
