# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Bucket policies.

moto ignores conditions, so a Deny for requests without TLS would lock everybody out. What it gets to see is the
policy without the statements that carry a condition: the local cloud counts as reached by TLS, and other conditions
are not evaluated. What was put is what is read back.
"""

from __future__ import annotations

import json
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.iam.principals import as_list, aws_principals, unknown_principals
from local_cloud.services.s3.buckets import bucket_of
from local_cloud.state import Store

FORBIDDEN, NOT_FOUND, NO_CONTENT = 403, 404, 204
_policies: Store[dict[str, str]] = Store(dict)


def _scope(request: Request) -> tuple[str, str]:
    # buckets have names of their own in the whole world
    return request.account, "aws"


@handles("s3", "PutBucketPolicy")
def keep_conditions_from_moto(request: Request, next_handler: Next) -> Response:
    bucket, text = bucket_of(request), _text(request)
    if bucket is None:
        return next_handler(request)
    document = _checked(request, text)
    if _is_public(document) and _blocks_public_policy(bucket):
        message = (
            f"User is not authorized to perform: s3:PutBucketPolicy on resource: arn:aws:s3:::{bucket.name} because "
            "public policies are blocked by the BlockPublicPolicy block public access setting."
        )
        raise AwsError("AccessDenied", message, FORBIDDEN)
    plain = [one for one in as_list(document["Statement"]) if "Condition" not in one]
    if plain:
        visible = json.dumps({**document, "Statement": plain})
        response = next_handler(request.with_parameters({"Bucket": bucket.name, "Policy": visible}))
    else:
        response = next_handler(request.derive("DeleteBucketPolicy", {"Bucket": bucket.name}))
    if response.ok:
        _policies[_scope(request)][bucket.name] = text
        return request.answer({}, NO_CONTENT)
    return response


def policy_of(request: Request, bucket: str) -> dict[str, Any] | None:
    """The bucket's policy as it was put."""
    text = _policies[_scope(request)].get(bucket)
    return None if text is None else dict(json.loads(text))


def _text(request: Request) -> str:
    policy = request.parameters.get("Policy", "")
    return policy.decode() if isinstance(policy, bytes) else str(policy)


def _checked(request: Request, text: str) -> dict[str, Any]:
    try:
        document = dict(json.loads(text))
        statements = as_list(document["Statement"])
    except (ValueError, TypeError, KeyError) as error:
        message = "Policies must be valid JSON and the first byte must be '{'"
        raise AwsError("MalformedPolicy", message) from error
    name = request.parameters["Bucket"]
    for statement in statements:
        for resource in as_list(statement.get("Resource", [])):
            found = resource.partition(":s3:::")[2].partition("/")[0]
            if resource != "*" and found != name and "*" not in found:
                raise AwsError("MalformedPolicy", "Policy has invalid resource")
    if unknown_principals(request, document):
        raise AwsError("MalformedPolicy", "Invalid principal in policy")
    return document


def _is_public(document: dict[str, Any]) -> bool:
    return any(
        one.get("Effect") == "Allow" and "*" in aws_principals(one) and "Condition" not in one
        for one in as_list(document["Statement"])
    )


def _blocks_public_policy(bucket: Any) -> bool:
    block = bucket.public_access_block
    return block is not None and str(block.block_public_policy).lower() == "true"


@handles("s3", "GetBucketPolicy")
def return_the_whole_policy(request: Request, next_handler: Next) -> Response:
    text = _policies[_scope(request)].get(request.parameters.get("Bucket", ""))
    return next_handler(request) if text is None else request.answer({"Policy": text})


@handles("s3", "GetBucketPolicyStatus")
def tell_whether_public(request: Request, next_handler: Next) -> Response:
    text = _policies[_scope(request)].get(request.parameters.get("Bucket", ""))
    if text is None:
        return next_handler(request)
    return request.answer({"PolicyStatus": {"IsPublic": _is_public(json.loads(text))}})


@handles("s3", "DeleteBucketPolicy", "DeleteBucket")
def forget_policy(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        _policies[_scope(request)].pop(request.parameters["Bucket"], None)
    return response
