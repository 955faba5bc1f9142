# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""NAT and internet gateways."""

from __future__ import annotations

from collections import Counter
from fnmatch import fnmatchcase
from typing import Any

from local_cloud import quotas
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.ec2.state import active_nat_gateways, live_interfaces


def tag_matches(name: str, patterns: list[str], tags: dict[str, str]) -> bool:
    """EC2's tag filters: ``tag:<key>``, ``tag-key``, ``tag-value``, with wildcards."""
    if name == "tag-key":
        found = list(tags)
    elif name == "tag-value":
        found = list(tags.values())
    else:
        key = name.removeprefix("tag:")
        found = [tags[key]] if key in tags else []
    return any(fnmatchcase(value, pattern) for value in found for pattern in patterns)


@handles("ec2", "DescribeNatGateways")
def filter_by_tag(request: Request, next_handler: Next) -> Response:
    """moto ignores the tag filters, and an identifier that is unknown."""
    response = next_handler(request)
    if not response.ok:
        return response
    result = request.read(response)
    gateways: list[dict[str, Any]] = result.get("NatGateways", [])
    known = {one["NatGatewayId"] for one in gateways}
    for gateway_id in request.parameters.get("NatGatewayIds", []):
        if gateway_id not in request.backend().nat_gateways:
            raise AwsError("NatGatewayNotFound", f"The Nat Gateway {gateway_id} was not found")
    filters = [one for one in request.parameters.get("Filter", []) if one["Name"].startswith("tag")]
    if not filters or not known:
        return response
    kept = []
    for gateway in gateways:
        tags = {tag["Key"]: tag["Value"] for tag in gateway.get("Tags", [])}
        if all(tag_matches(one["Name"], one["Values"], tags) for one in filters):
            kept.append(gateway)
    return request.answer({**result, "NatGateways": kept})


@handles("ec2", "CreateNatGateway")
def refuse_nat_gateway(request: Request, next_handler: Next) -> Response:
    backend = request.backend()
    parameters = request.parameters
    public = parameters.get("ConnectivityType", "public") == "public"
    allocation = parameters.get("AllocationId")
    if public and not allocation and "AvailabilityMode" not in parameters:
        raise AwsError(
            "MissingParameter",
            "The request must include the AllocationId parameter. Add the required parameter and retry the request.",
        )
    address = next((one for one in backend.addresses if allocation and one.allocation_id == allocation), None)
    if allocation and address is None:
        raise AwsError("InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist")
    if address is not None and address.association_id:
        raise AwsError("Resource.AlreadyAssociated", f"Elastic IP address [{allocation}] is already associated")
    subnet = backend.get_subnet(parameters["SubnetId"]) if "SubnetId" in parameters else None
    if subnet is not None:
        _refuse_beyond_quota(request, subnet.availability_zone)
    return next_handler(request)


def _refuse_beyond_quota(request: Request, zone: str) -> None:
    backend = request.backend()
    zones = Counter(backend.get_subnet(one.subnet_id).availability_zone for one in active_nat_gateways(backend))
    limit = quotas.value(request.scope, "vpc", quotas.NAT_GATEWAYS_PER_ZONE)
    if zones[zone] >= limit:
        raise AwsError(
            "NatGatewayLimitExceeded",
            f"Performing this operation would exceed the limit of {limit:.0f} NAT gateways",
        )


@handles("ec2", "DeleteNatGateway")
def give_back_interface_and_address(request: Request, next_handler: Next) -> Response:
    """moto leaves the interface in the subnet, which could then never be deleted, and the address in use."""
    backend = request.backend()
    gateway_id = request.parameters.get("NatGatewayId")
    gateway = backend.nat_gateways.get(gateway_id)
    if gateway is None:
        raise AwsError("NatGatewayNotFound", f"The Nat Gateway {gateway_id} was not found")
    response = next_handler(request)
    if response.ok:
        for address in backend.addresses:
            if address.eni is gateway._eni:
                backend.disassociate_address(address=address.public_ip)
        backend.enis.pop(gateway._eni.id, None)
    return response


@handles("ec2", "DetachInternetGateway")
def refuse_detach_with_public_addresses(request: Request, next_handler: Next) -> Response:
    backend = request.backend()
    vpc_id = request.parameters.get("VpcId", "")
    if has_public_addresses(request, backend, vpc_id):
        raise AwsError(
            "DependencyViolation",
            f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) "
            "before detaching the gateway.",
        )
    return next_handler(request)


def has_public_addresses(request: Request, backend: Any, vpc_id: str) -> bool:
    if any(one.public_ip and one.subnet.vpc_id == vpc_id for one in live_interfaces(backend)):
        return True
    balancers = request.backend("elbv2").load_balancers.values()
    return any(one.vpc_id == vpc_id and one.scheme != "internal" for one in balancers)
