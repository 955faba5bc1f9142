# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS refuses to delete because something else still stands on it."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.ec2.state import (
    active_endpoints,
    active_nat_gateways,
    balancer_subnets,
    database_subnets,
    databases,
    is_left_over,
    live_interfaces,
    load_balancers,
)


@handles("ec2", "DeleteSubnet")
def refuse_subnet_in_use(request: Request, next_handler: Next) -> Response:
    subnet_id = request.parameters.get("SubnetId", "")
    if _subnet_in_use(request, subnet_id):
        message = f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
        raise AwsError("DependencyViolation", message)
    return next_handler(request)


def _subnet_in_use(request: Request, subnet_id: str) -> bool:
    if any(one.subnet.id == subnet_id for one in live_interfaces(request.backend())):
        return True
    if any(subnet_id in balancer_subnets(one) for one in load_balancers(request)):
        return True
    return any(subnet_id in database_subnets(one) for one in databases(request))


@handles("ec2", "DeleteVpc")
def delete_vpc(request: Request, next_handler: Next) -> Response:
    """Refused while something is in it; its default ACL goes with it, which moto forgets."""
    vpc_id, backend = request.parameters.get("VpcId", ""), request.backend()
    if vpc_id in backend.vpcs and _vpc_in_use(backend, vpc_id):
        message = f"The vpc '{vpc_id}' has dependencies and cannot be deleted."
        raise AwsError("DependencyViolation", message)
    response = next_handler(request)
    if response.ok:
        for key in [key for key, acl in backend.network_acls.items() if acl.vpc_id == vpc_id]:
            del backend.network_acls[key]
    return response


def _vpc_in_use(backend: Any, vpc_id: str) -> bool:
    gateways = any(one.vpc is not None and one.vpc.id == vpc_id for one in backend.internet_gateways.values())
    nat_gateways = any(one.vpc_id == vpc_id for one in active_nat_gateways(backend))
    endpoints = any(one.vpc_id == vpc_id for one in active_endpoints(backend))
    groups = any(one.name != "default" for one in backend.groups.get(vpc_id, {}).values())
    network_acls = any(one.vpc_id == vpc_id and not one.default for one in backend.network_acls.values())
    return gateways or nat_gateways or endpoints or groups or network_acls


@handles("ec2", "DescribeNetworkInterfaces")
def hide_left_over_interfaces(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if not response.ok:
        return response
    left_over = {key for key, one in list(request.backend().enis.items()) if is_left_over(one)}
    if not left_over:
        return response
    result = request.read(response)
    kept = [one for one in result.get("NetworkInterfaces", []) if one["NetworkInterfaceId"] not in left_over]
    return request.answer({**result, "NetworkInterfaces": kept})
