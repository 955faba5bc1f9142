# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Quotas of the account: AWS's default values, and how a test sets others.

Sources: "Amazon VPC quotas", "Amazon EC2 endpoints and quotas", "Quotas for your Application Load Balancers",
"Quotas and constraints for Amazon RDS", "Amazon EC2 Auto Scaling quotas" of the AWS documentation, and the codes
as Service Quotas lists them.
"""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.state import Store

ELASTIC_ADDRESSES = "L-0263D0A3"
VPCS_PER_REGION = "L-F678F1CE"
INTERNET_GATEWAYS_PER_REGION = "L-A4707A72"
NAT_GATEWAYS_PER_ZONE = "L-FE5A380F"


@dataclass(frozen=True)
class Quota:
    service: str
    code: str
    name: str
    default: float
    adjustable: bool = True
    global_: bool = False


DEFAULTS = (
    Quota("ec2", ELASTIC_ADDRESSES, "EC2-VPC Elastic IPs", 5),
    Quota("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 1152),
    Quota("vpc", VPCS_PER_REGION, "VPCs per Region", 5),
    Quota("vpc", INTERNET_GATEWAYS_PER_REGION, "Internet gateways per Region", 5),
    Quota("vpc", NAT_GATEWAYS_PER_ZONE, "NAT gateways per Availability Zone", 5),
    Quota("vpc", "L-407747CB", "Subnets per VPC", 200),
    Quota("vpc", "L-589F43AA", "Route tables per VPC", 200),
    Quota("vpc", "L-93826ACB", "Routes per route table", 50),
    Quota("vpc", "L-B4A6D682", "Network ACLs per VPC", 200),
    Quota("vpc", "L-2AEEBF1A", "Rules per network ACL", 20),
    Quota("vpc", "L-E79EC296", "VPC security groups per Region", 2500),
    Quota("vpc", "L-0EA8095F", "Inbound or outbound rules per security group", 60),
    Quota("vpc", "L-2AFB9258", "Security groups per network interface", 5),
    Quota("vpc", "L-1B52E74A", "Gateway VPC endpoints per Region", 20),
    Quota("vpc", "L-29B6F2EB", "Interface VPC endpoints per VPC", 50),
    Quota("vpc", "L-7E9ECCDB", "Active VPC peering connections per VPC", 50),
    Quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50),
    Quota("elasticloadbalancing", "L-B22855CB", "Target Groups per Region", 3000),
    Quota("elasticloadbalancing", "L-B6DF7632", "Listeners per Application Load Balancer", 50),
    Quota("elasticloadbalancing", "L-7E6692B2", "Targets per Application Load Balancer", 1000),
    Quota("autoscaling", "L-CDE20ADC", "Auto Scaling groups per region", 500),
    Quota("rds", "L-7B6409FD", "DB instances", 40),
    Quota("rds", "L-952B80B8", "DB clusters", 40),
    Quota("rds", "L-48C6BF61", "DB subnet groups", 50),
    Quota("rds", "L-DE55804A", "Parameter groups", 50),
    Quota("rds", "L-272F1212", "Manual DB instance snapshots", 100),
    Quota("s3", "L-DC2B2D3D", "General purpose buckets", 10000, global_=True),
    Quota("kms", "L-C2F1777E", "Customer Master Keys (CMKs)", 100000),
    Quota("iam", "L-FE177D64", "Roles per account", 1000, global_=True),
    Quota("iam", "L-6E65F664", "Instance profiles per account", 1000, global_=True),
    Quota("iam", "L-E95E4862", "Customer managed policies per account", 1500, global_=True),
    Quota("iam", "L-0DA4ABF3", "Managed policies attached to an IAM role", 10, global_=True),
    Quota("acm", "L-F141DD1D", "ACM certificates", 2500),
    Quota("route53", "L-4EA4796A", "Hosted zones", 500, global_=True),
    Quota("route53", "L-ACB674F3", "Active health checks", 200, global_=True),
    Quota("sns", "L-61103206", "Topics per Account", 100000),
    Quota("logs", "L-D2832119", "Log groups", 1000000),
    Quota("fargate", "L-3032A538", "Fargate On-Demand vCPU resource count", 6),
    Quota("lambda", "L-B99A9384", "Concurrent executions", 1000),
    Quota("dynamodb", "L-F98FE922", "Maximum number of tables", 2500),
)

_set: Store[dict[tuple[str, str], float]] = Store(dict)


def find(service: str, code: str) -> Quota | None:
    return next((one for one in DEFAULTS if (one.service, one.code) == (service, code)), None)


def value(scope: tuple[str, str], service: str, code: str) -> float:
    """The value in force for an account and region."""
    quota = find(service, code)
    assert quota is not None, f"no quota {service} {code}"
    return _set[scope].get((service, code), quota.default)


def set_value(scope: tuple[str, str], service: str, code: str, new: float) -> None:
    """Raises ValueError for a quota that is not in the table."""
    if find(service, code) is None:
        raise ValueError(f"there is no quota {code} of {service}")
    _set[scope][service, code] = float(new)
