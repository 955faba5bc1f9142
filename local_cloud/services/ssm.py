# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parameter Store: a listing of the account's own parameters, in pages as large as the caller asks for.

moto's has pages of ten, and the parameters that AWS publishes in it as soon as somebody has read one of them.
"""

from __future__ import annotations

from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html
PAGE = 50
PUBLISHED_BY_AWS = "/aws/service/"


@handles("ssm", "DescribeParameters")
def describe_parameters(request: Request, next_handler: Next) -> Response:
    asked = request.parameters
    start, size = int(asked.get("NextToken") or 0), int(asked.get("MaxResults") or PAGE)
    found: list[dict[str, Any]] = []
    token: str | None = "0"
    while token:
        response = next_handler(request.with_parameters({**asked, "NextToken": token}))
        if not response.ok:
            return response
        answer = request.read(response)
        found += [one for one in answer["Parameters"] if not one["Name"].startswith(PUBLISHED_BY_AWS)]
        token = answer.get("NextToken")
    page: dict[str, Any] = {"Parameters": found[start : start + size]}
    return request.answer({**page, "NextToken": str(start + size)} if start + size < len(found) else page)
