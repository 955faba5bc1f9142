# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Server access logging: moto reads the target's policy as text and wants single values where AWS takes lists too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

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
    if not lets_logs_in(target, prefix):
        return next_handler(request)
    source.logging = {"TargetBucket": wanted["TargetBucket"], "TargetPrefix": prefix}
    return request.answer({})


def lets_logs_in(bucket: Any, prefix: str) -> bool:
    """Whether the bucket's policy lets S3 put objects under the prefix."""
    document = json.loads(bucket.policy.decode()) if bucket.policy else {"Statement": []}
    probe = f"{bucket.arn}/{prefix}probe"
    return any(allows(statement, probe) for statement in document["Statement"])


def allows(statement: dict[str, Any], arn: str) -> bool:
    principal = statement.get("Principal", {})
    services = list(items(principal.get("Service"))) if isinstance(principal, dict) else []
    actions, resources = items(statement.get("Action")), items(statement.get("Resource"))
    return (
        statement["Effect"] == "Allow"
        and LOGGING in services
        and any(fnmatchcase("s3:PutObject", action) for action in actions)
        and any(fnmatchcase(arn, resource) for resource in resources)
    )


def items(value: Any) -> Iterator[str]:
    yield from value if isinstance(value, list) else [value] if value else []
