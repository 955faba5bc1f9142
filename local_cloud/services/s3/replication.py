# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication of buckets: moto takes any configuration and gives back a part of it."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles


@handles("s3", "PutBucketReplication")
def keep_configuration(request: Request, next_handler: Next) -> Response:
    """Both sides must be versioned: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html"""
    configuration = request.parameters["ReplicationConfiguration"]
    buckets = request.backend("s3", "aws").buckets
    source = buckets.get(request.parameters["Bucket"])
    if source is not None and source.versioning_status != "Enabled":
        message = "Versioning must be 'Enabled' on the bucket to apply a replication configuration"
        raise AwsError("InvalidRequest", message)
    for rule in configuration["Rules"]:
        refuse_destination(buckets.get(rule["Destination"]["Bucket"].rpartition(":")[2]))
    response = next_handler(request)
    if response.ok and source is not None:
        # In moto's own dictionary, so that it goes when the configuration or the bucket goes.
        source.replication["as_asked"] = configuration
    return response


def refuse_destination(bucket: Any) -> None:
    if bucket is None:
        raise AwsError("InvalidRequest", "Destination bucket must exist.")
    if bucket.versioning_status != "Enabled":
        raise AwsError("InvalidRequest", "Destination bucket must have versioning enabled.")


@handles("s3", "GetBucketReplication")
def whole_configuration(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if not response.ok:
        return response
    kept = request.backend("s3", "aws").buckets[request.parameters["Bucket"]].replication
    result = request.read(response)
    return request.answer({**result, "ReplicationConfiguration": kept["as_asked"]})
