# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch: tags of dashboards, which moto does not know."""

from __future__ import annotations

from collections.abc import Sequence

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("cloudwatch", "TagResource")
def tag_dashboard(request: Request, next_handler: Next) -> Response:
    arn = request.parameters.get("ResourceARN", "")
    if arn not in _dashboards(request, _all_names(request)):
        return next_handler(request)
    request.backend().tagger.tag_resource(arn, request.parameters["Tags"])
    return request.answer({})


@handles("cloudwatch", "PutDashboard")
def tag_at_creation(request: Request, next_handler: Next) -> Response:
    """Tags of a dashboard that exists are ignored, as AWS does."""
    name = request.parameters.get("DashboardName", "")
    new = name not in _all_names(request)
    response = next_handler(request)
    if new and response.ok and request.parameters.get("Tags"):
        request.backend().tagger.tag_resource(_dashboards(request, [name])[0], request.parameters["Tags"])
    return response


@handles("cloudwatch", "DeleteDashboards")
def forget_tags(request: Request, next_handler: Next) -> Response:
    arns = _dashboards(request, request.parameters.get("DashboardNames", []))
    response = next_handler(request)
    if response.ok:
        for arn in arns:
            request.backend().tagger.delete_all_tags_for_resource(arn)
    return response


def _all_names(request: Request) -> list[str]:
    return list(request.backend().dashboards)


def _dashboards(request: Request, names: Sequence[str]) -> list[str]:
    """The ARNs of those that exist."""
    dashboards = request.backend().dashboards
    return [dashboards[name].arn for name in names if name in dashboards]
