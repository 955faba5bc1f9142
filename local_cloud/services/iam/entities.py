# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Roles and policies."""

from __future__ import annotations

import json
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.iam.principals import unknown_principals

CONFLICT = 409
MANAGED_POLICIES_PER_ROLE = 10


@handles("iam", "CreateRole", "UpdateAssumeRolePolicy")
def check_trust_policy(request: Request, next_handler: Next) -> Response:
    text = request.parameters.get("AssumeRolePolicyDocument") or request.parameters.get("PolicyDocument", "")
    try:
        document: dict[str, Any] = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise AwsError("MalformedPolicyDocument", "This policy contains invalid Json") from error
    unknown = unknown_principals(request, document)
    if unknown:
        raise AwsError("MalformedPolicyDocument", f'Invalid principal in policy: "AWS":"{unknown[0]}"')
    return next_handler(request)


@handles("iam", "DeletePolicy")
def refuse_attached_policy(request: Request, next_handler: Next) -> Response:
    """moto deletes it, and the roles are left with a policy that is not there."""
    arn = request.parameters.get("PolicyArn", "")
    backend = request.backend("iam", "aws")
    holders = (*backend.roles.values(), *backend.users.values(), *backend.groups.values())
    if any(arn in holder.managed_policies for holder in holders):
        raise AwsError("DeleteConflict", "Cannot delete a policy attached to entities.", CONFLICT)
    policy = backend.managed_policies.get(arn)
    if policy is not None and len(policy.versions) > 1:
        message = (
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
        raise AwsError("DeleteConflict", message, CONFLICT)
    return next_handler(request)


@handles("iam", "AttachRolePolicy")
def refuse_too_many_policies(request: Request, next_handler: Next) -> Response:
    backend = request.backend("iam", "aws")
    name = request.parameters.get("RoleName")
    role = next((one for one in backend.roles.values() if one.name == name), None)
    attached = role.managed_policies if role is not None else {}
    if request.parameters.get("PolicyArn") not in attached and len(attached) >= MANAGED_POLICIES_PER_ROLE:
        message = f"Cannot exceed quota for PoliciesPerRole: {MANAGED_POLICIES_PER_ROLE}"
        raise AwsError("LimitExceeded", message, CONFLICT)
    return next_handler(request)


@handles("iam", "CreateServiceLinkedRole")
def refuse_second_linked_role(request: Request, next_handler: Next) -> Response:
    """moto refuses it too, with the error of an ordinary role."""
    path = f"/aws-service-role/{request.parameters.get('AWSServiceName')}/"
    suffix = request.parameters.get("CustomSuffix")
    for role in request.backend("iam", "aws").roles.values():
        if role.path == path and (suffix is None or role.name.endswith(f"_{suffix}")):
            message = f"Service role name {role.name} has been taken in this account, please try a different suffix."
            raise AwsError("InvalidInput", message)
    return next_handler(request)
