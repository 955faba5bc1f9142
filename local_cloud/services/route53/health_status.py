# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Route 53's checkers report of a health check. moto says that all is well."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.route53.health_checks import configs, find

# API reference, HealthCheckConfig, Regions: those from which a check is made where it names none. Each has checkers
# of its own; here one looks for all of them.
CHECKERS = {
    "us-east-1": "15.177.2.10",
    "us-west-1": "15.177.14.10",
    "us-west-2": "15.177.18.10",
    "eu-west-1": "15.177.34.10",
    "ap-southeast-1": "15.177.46.10",
    "ap-southeast-2": "15.177.50.10",
    "ap-northeast-1": "15.177.62.10",
    "sa-east-1": "15.177.70.10",
}


@handles("route53", "GetHealthCheckStatus")
def get_status(request: Request, next_handler: Next) -> Response:
    return _observed(request, next_handler, failures=False)


@handles("route53", "GetHealthCheckLastFailureReason")
def get_last_failure(request: Request, next_handler: Next) -> Response:
    return _observed(request, next_handler, failures=True)


def _observed(request: Request, next_handler: Next, failures: bool) -> Response:
    identifier = request.parameters["HealthCheckId"]
    find(request, identifier)
    live = request.cloud.live
    if live is None:
        return next_handler(request)
    config = configs[request.account, "aws"][identifier]
    if config["Type"] == "CALCULATED":
        # "You can't use GetHealthCheckStatus to get the status of a calculated health check": API reference
        raise AwsError("InvalidInput", f"{request.operation} is not for calculated health checks")
    memory = live.checks.failed if failures else live.checks.seen
    seen = memory.get((request.account, identifier))
    found: list[dict[str, Any]] = []
    if seen is not None:
        report = {"Status": seen.words, "CheckedTime": request.cloud.aws_time.happened(seen.at)}
        regions = config.get("Regions") or list(CHECKERS)
        found = [{"Region": one, "IPAddress": CHECKERS[one], "StatusReport": report} for one in regions]
    return request.answer({"HealthCheckObservations": found})
