# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch Logs: encryption of log groups, and retention that exists."""

from __future__ import annotations

import json

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.kms.keys import find_key

# botocore's logs model, PutRetentionPolicy: the values that the documentation lists
RETENTION_DAYS = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)


@handles("logs", "CreateLogGroup", "AssociateKmsKey")
def refuse_unusable_key(request: Request, next_handler: Next) -> Response:
    """AWS tries the key, so its policy must let CloudWatch Logs of this region use it."""
    key_id = request.parameters.get("kmsKeyId")
    if key_id:
        key = find_key(request, key_id) if key_id.startswith("arn:") else None
        if key is None or key.key_state != "Enabled" or not _lets_logs_in(key.policy, request.region):
            message = (
                "The specified KMS Key Id could not be found or is not enabled, or its policy does not let "
                f"CloudWatch Logs use it: {key_id}"
            )
            raise AwsError("InvalidParameterException", message)
    return next_handler(request)


def _lets_logs_in(policy: str, region: str) -> bool:
    # A principal, whatever the shape: the suffix differs by partition.
    text = json.dumps(json.loads(policy))
    return f'"logs.{region}.amazonaws.com' in text or '"logs.amazonaws.com' in text


@handles("logs", "AssociateKmsKey", "DisassociateKmsKey")
def change_key(request: Request, _: Next) -> Response:
    """moto has neither."""
    name = request.parameters.get("logGroupName") or request.parameters.get("resourceIdentifier", "")
    name = name.partition(":log-group:")[2].removesuffix(":*") if name.startswith("arn:") else name
    group = request.backend().groups.get(name)
    if group is None:
        raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
    group.kms_key_id = request.parameters.get("kmsKeyId") if request.operation == "AssociateKmsKey" else None
    return request.answer({})


@handles("logs", "PutRetentionPolicy")
def refuse_odd_retention(request: Request, next_handler: Next) -> Response:
    days = request.parameters.get("retentionInDays")
    if days not in RETENTION_DAYS:
        allowed = ", ".join(str(one) for one in sorted(RETENTION_DAYS))
        message = (
            f"1 validation error detected: Value '{days}' at 'retentionInDays' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{allowed}]"
        )
        raise AwsError("InvalidParameterException", message)
    return next_handler(request)
