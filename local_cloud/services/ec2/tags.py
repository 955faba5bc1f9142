# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DescribeTags with the resource types that AWS uses; moto has names of its own for some, and cannot filter by them."""

from __future__ import annotations

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

# By the prefix of the identifier; source: botocore's ec2 model, ResourceType.
TYPES = {
    "nat": "natgateway",
    "eipalloc": "elastic-ip",
    "fl": "vpc-flow-log",
    "sir": "spot-instances-request",
    "sfr": "spot-fleet-request",
    "pl": "prefix-list",
    "key": "key-pair",
    "h": "dedicated-host",
}


def true_type(resource_id: str, type_by_moto: str) -> str:
    return TYPES.get(resource_id.rpartition("-")[0], type_by_moto)


@handles("ec2", "DescribeTags")
def name_types_as_aws(request: Request, next_handler: Next) -> Response:
    filters = request.parameters.get("Filters", [])
    wanted = [set(one["Values"]) for one in filters if one["Name"] == "resource-type"]
    others = [one for one in filters if one["Name"] != "resource-type"]
    response = next_handler(request.with_parameters({**request.parameters, "Filters": others}))
    if not response.ok:
        return response
    result = request.read(response)
    for tag in result.get("Tags", []):
        tag["ResourceType"] = true_type(tag["ResourceId"], tag["ResourceType"])
    kept = [tag for tag in result.get("Tags", []) if all(tag["ResourceType"] in types for types in wanted)]
    return request.answer({**result, "Tags": kept})
