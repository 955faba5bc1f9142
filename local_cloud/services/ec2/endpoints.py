# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""VPC endpoints."""

from __future__ import annotations

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("ec2", "DeleteVpcEndpoints")
def report_unknown_endpoints(request: Request, next_handler: Next) -> Response:
    """moto deletes what is not there without a word."""
    known = request.backend().vpc_end_points
    unknown = [
        one for one in request.parameters.get("VpcEndpointIds", []) if one not in known or known[one].state == "deleted"
    ]
    response = next_handler(request)
    if not response.ok or not unknown:
        return response
    return request.answer({"Unsuccessful": [_not_found(endpoint_id) for endpoint_id in unknown]})


def _not_found(endpoint_id: str) -> dict[str, object]:
    message = f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
    return {"ResourceId": endpoint_id, "Error": {"Code": "InvalidVpcEndpointId.NotFound", "Message": message}}


@handles("ec2", "DescribeVpcEndpoints")
def forget_deleted_endpoints(request: Request, next_handler: Next) -> Response:
    """moto lists deleted endpoints for ever; AWS only for a short while."""
    response = next_handler(request)
    if not response.ok:
        return response
    result = request.read(response)
    kept = [one for one in result.get("VpcEndpoints", []) if one.get("State") != "deleted"]
    return request.answer({**result, "VpcEndpoints": kept})
