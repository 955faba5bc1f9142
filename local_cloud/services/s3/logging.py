# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Server access logging: moto reads the target's policy as text and wants single values where AWS takes lists too."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.iam.principals import as_list
from local_cloud.services.s3.policies import policy_of

LOGGING = "logging.s3.amazonaws.com"


@handles("s3", "PutBucketLogging")
def judge_target(request: Request, next_handler: Next) -> Response:
    wanted = request.parameters.get("BucketLoggingStatus", {}).get("LoggingEnabled")
    buckets = request.backend("s3", "aws").buckets
    source = buckets.get(request.parameters["Bucket"])
    target = buckets.get(wanted["TargetBucket"]) if wanted else None
    if source is None or target is None:
        return next_handler(request)
    if target.region_name != source.region_name:
        raise AwsError("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed.")
    prefix = wanted.get("TargetPrefix", "")
    if not lets_logs_in(policy_of(request, target.name), f"{target.arn}/{prefix}"):
        return next_handler(request)
    source.logging = {"TargetBucket": wanted["TargetBucket"], "TargetPrefix": prefix}
    return request.answer({})


def lets_logs_in(policy: dict[str, Any] | None, arn: str) -> bool:
    """Whether the policy lets S3 put objects whose ARNs begin so."""
    return policy is not None and any(allows(statement, f"{arn}probe") for statement in as_list(policy["Statement"]))


def allows(statement: dict[str, Any], arn: str) -> bool:
    principal = statement.get("Principal", {})
    services = as_list(principal.get("Service", [])) if isinstance(principal, dict) else []
    return (
        statement["Effect"] == "Allow"
        and LOGGING in services
        and any(fnmatchcase("s3:PutObject", action) for action in as_list(statement.get("Action", [])))
        and any(fnmatchcase(arn, resource) for resource in as_list(statement.get("Resource", [])))
    )
