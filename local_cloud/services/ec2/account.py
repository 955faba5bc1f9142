# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the account may have."""

from __future__ import annotations

from local_cloud import quotas
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("ec2", "DescribeAccountAttributes")
def agree_with_quotas(request: Request, next_handler: Next) -> Response:
    """moto ignores the names asked for, and knows nothing of Service Quotas."""
    response = next_handler(request)
    if not response.ok:
        return response
    addresses = f"{quotas.value(request.scope, 'ec2', quotas.ELASTIC_ADDRESSES):.0f}"
    wanted = request.parameters.get("AttributeNames")
    kept = []
    for attribute in request.read(response).get("AccountAttributes", []):
        if attribute["AttributeName"] in ("max-elastic-ips", "vpc-max-elastic-ips"):
            attribute["AttributeValues"] = [{"AttributeValue": addresses}]
        if not wanted or attribute["AttributeName"] in wanted:
            kept.append(attribute)
    return request.answer({"AccountAttributes": kept})


@handles("ec2", "CreateVpc")
def refuse_vpcs_beyond_quota(request: Request, next_handler: Next) -> Response:
    limit = quotas.value(request.scope, "vpc", quotas.VPCS_PER_REGION)
    if len(request.backend().vpcs) >= limit:
        raise AwsError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
    return next_handler(request)
