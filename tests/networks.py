# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The networks that load balancers and databases of tests need."""

from __future__ import annotations

from typing import Any


def network(ec2: Any, prefix: str = "10.0", zones: str = "ab") -> tuple[str, list[str]]:
    """A VPC of <prefix>.0.0/16 in the client's region, and a subnet for each letter of zones: the ids."""
    vpc = ec2.create_vpc(CidrBlock=f"{prefix}.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"{prefix}.{number}.0/24", AvailabilityZone=f"{ec2.meta.region_name}{zone}"
        )
        for number, zone in enumerate(zones)
    ]
    return vpc, [one["Subnet"]["SubnetId"] for one in subnets]


def public_network(ec2: Any, prefix: str = "10.0", zones: str = "ab") -> tuple[str, list[str]]:
    """The same with an internet gateway."""
    vpc, subnets = network(ec2, prefix, zones)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return vpc, subnets
