# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers: what AWS checks when one is made or deleted."""

from __future__ import annotations

import re
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.route53.zones import balancer_zone

NAME_LENGTH = 32
ZONES_OF_AN_ALB = 2


@handles("elbv2", "CreateLoadBalancer")
def check_new_balancer(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    _check_name(parameters.get("Name", ""))
    if parameters.get("Type", "application") == "application":
        _check_subnets(request)
        _check_groups(request)
    return next_handler(request)


def _check_name(name: str) -> None:
    if len(name) > NAME_LENGTH:
        raise _invalid(f"The load balancer name '{name}' cannot be longer than '{NAME_LENGTH}' characters")
    if not re.fullmatch(r"[a-zA-Z0-9-]+", name):
        raise _invalid(
            f"The load balancer name '{name}' can only contain characters that are alphanumeric characters "
            "and hyphens(-)"
        )
    if name.startswith("-") or name.endswith("-"):
        raise _invalid(f"The load balancer name '{name}' cannot begin or end with '-'")
    if name.startswith("internal-"):
        raise _invalid(f"The load balancer name '{name}' cannot begin with 'internal-'")


def _check_subnets(request: Request) -> None:
    parameters = request.parameters
    ids = parameters.get("Subnets") or [one["SubnetId"] for one in parameters.get("SubnetMappings", [])]
    ec2 = request.backend("ec2")
    found = [subnet for zone in ec2.subnets.values() for key, subnet in zone.items() if key in ids]
    if len(found) < len(set(ids)):
        raise AwsError("SubnetNotFound", f"The subnet ID '{ids[0]}' does not exist")
    if len({subnet.availability_zone for subnet in found}) < ZONES_OF_AN_ALB:
        raise _invalid("At least two subnets in two different Availability Zones must be specified")
    vpc = found[0].vpc_id
    gateways = ec2.internet_gateways.values()
    attached = any(one.vpc is not None and one.vpc.id == vpc for one in gateways)
    if parameters.get("Scheme", "internet-facing") == "internet-facing" and not attached:
        raise AwsError("InvalidSubnet", f"VPC {vpc} has no internet gateway")


def _check_groups(request: Request) -> None:
    for group_id in request.parameters.get("SecurityGroups", []):
        if request.backend("ec2").get_security_group_from_id(group_id) is None:
            raise AwsError("InvalidSecurityGroup", f"Security group '{group_id}' does not exist")


@amends("elbv2", "CreateLoadBalancer", "DescribeLoadBalancers")
def name_the_true_zone(request: Request, result: dict[str, Any]) -> None:
    """moto gives one made-up hosted zone; an alias needs the region's own."""
    for balancer in result.get("LoadBalancers", []):
        balancer["CanonicalHostedZoneId"] = balancer_zone(request.region, balancer["Type"])
        _leave_out_groups_of_nlb(balancer)


def _leave_out_groups_of_nlb(balancer: dict[str, Any]) -> None:
    if balancer["Type"] == "network" and not balancer.get("SecurityGroups"):
        balancer.pop("SecurityGroups", None)


@handles("elbv2", "DeleteLoadBalancer")
def refuse_protected_balancer(request: Request, next_handler: Next) -> Response:
    arn = request.parameters.get("LoadBalancerArn")
    balancer = request.backend().load_balancers.get(arn)
    if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise AwsError("OperationNotPermitted", message)
    return next_handler(request)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)
