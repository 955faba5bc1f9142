# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Network ACLs."""

from __future__ import annotations

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("ec2", "DescribeNetworkAcls")
def filter_by_id(request: Request, next_handler: Next) -> Response:
    """moto has no filter network-acl-id; what it calls association.network-acl-id compares the ACL's own id."""
    filters = request.parameters.get("Filters", [])
    if not any(one["Name"] == "network-acl-id" for one in filters):
        return next_handler(request)
    renamed = [
        {**one, "Name": "association.network-acl-id"} if one["Name"] == "network-acl-id" else one for one in filters
    ]
    return next_handler(request.with_parameters({**request.parameters, "Filters": renamed}))
