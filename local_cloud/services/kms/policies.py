# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Key policies, which AWS reads before it takes them."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.iam.principals import as_list, aws_principals, unknown_principals


@handles("kms", "CreateKey", "PutKeyPolicy")
def check_policy(request: Request, next_handler: Next) -> Response:
    policy = request.parameters.get("Policy")
    if policy:
        document = _read(policy)
        if unknown_principals(request, document):
            raise _malformed("Policy contains a statement with one or more invalid principals.")
        bypass = request.parameters.get("BypassPolicyLockoutSafetyCheck", False)
        if not bypass and not any(_lets_change_policy(one, request.account) for one in _statements(document)):
            raise _malformed("The new key policy will not allow you to update the key policy in the future.")
    return next_handler(request)


def _read(policy: str) -> dict[str, Any]:
    try:
        document = json.loads(policy)
        assert isinstance(document["Statement"], (list, dict))
    except (ValueError, TypeError, KeyError, AssertionError) as error:
        raise _malformed("The policy document is not valid JSON or holds no statement.") from error
    return dict(document)


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return as_list(document["Statement"])


def _lets_change_policy(statement: dict[str, Any], account: str) -> bool:
    actions = {action.lower() for action in as_list(statement.get("Action", []))}
    allowed = statement.get("Effect") == "Allow" and actions & {"*", "kms:*", "kms:put*", "kms:putkeypolicy"}
    ours = any(one in ("*", account) or f":{account}:" in one for one in aws_principals(statement))
    return bool(allowed and ours)


def _malformed(message: str) -> AwsError:
    return AwsError("MalformedPolicyDocumentException", message)
