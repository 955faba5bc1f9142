# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Elastic IP addresses."""

from __future__ import annotations

from typing import Any

from local_cloud import quotas
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles


@handles("ec2", "AllocateAddress")
def refuse_beyond_quota(request: Request, next_handler: Next) -> Response:
    limit = quotas.value(request.scope, "ec2", quotas.ELASTIC_ADDRESSES)
    if len(request.backend().addresses) >= limit:
        raise AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    return next_handler(request)


@handles("ec2", "ReleaseAddress")
def refuse_release_in_use(request: Request, next_handler: Next) -> Response:
    address = _find(request)
    if address is not None and address.association_id:
        raise AwsError("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.")
    return next_handler(request)


@handles("ec2", "DescribeAddresses")
def name_the_unknown_allocation(request: Request, next_handler: Next) -> Response:
    """moto's message holds a Python set."""
    for allocation_id in request.parameters.get("AllocationIds", []):
        if all(one.allocation_id != allocation_id for one in request.backend().addresses):
            message = f"The allocation ID '{allocation_id}' does not exist"
            raise AwsError("InvalidAllocationID.NotFound", message)
    return next_handler(request)


@amends("ec2", "DescribeAddresses")
def leave_out_what_nothing_uses(request: Request, result: dict[str, Any]) -> None:
    for address in result.get("Addresses", []):
        _leave_out_empty(address)


def _leave_out_empty(address: dict[str, Any]) -> None:
    """AWS gives no instance and no interface to an address that nothing uses; moto gives empty strings."""
    for key in ("InstanceId", "NetworkInterfaceId"):
        if not address.get(key):
            address.pop(key, None)


def _find(request: Request) -> Any:
    allocation = request.parameters.get("AllocationId")
    public_ip = request.parameters.get("PublicIp")
    for address in request.backend().addresses:
        if allocation and address.allocation_id == allocation:
            return address
        if public_ip and address.public_ip == public_ip:
            return address
    return None
