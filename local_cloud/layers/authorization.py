# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""IAM users and assumed roles may do what their policies allow; everybody else is an administrator.

moto's IAM judges, over the caller's inline, attached and group policies. The action is the one by which AWS calls it,
and the resources are those that the call names (moto by itself knows neither: it takes the name of the endpoint for
the service's prefix, and asks about `*`). Conditions are not looked at, nor are permissions boundaries, nor the actions
that AWS asks for in the course of another one (iam:PassRole).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import product
from typing import Any

from local_cloud import guard
from local_cloud.actions import action_names
from local_cloud.arns import PARTITION, resources
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response

# Allowed to everybody, whatever the policies say.
ALWAYS = frozenset({"sts:GetCallerIdentity"})

# The guard's key, and calls without any.
ADMINISTRATORS = frozenset({guard.ACCESS_KEY, ""})

# Codes by service; the others answer AccessDeniedException with 400 (JSON) or AccessDenied with 403.
CODES = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}


@dataclass(frozen=True)
class Identity:
    """Who calls, and moto's IAMPolicy of everything that is attached to them."""

    arn: str
    policies: Sequence[Any]

    def may(self, action: str, resource: str) -> bool:
        """As IAM has it: some policy allows, and none denies."""
        from moto.iam.access_control import PermissionResult  # noqa: PLC0415  (imports moto)

        found = {policy.is_action_permitted(action, resource) for policy in self.policies}
        return PermissionResult.PERMITTED in found and PermissionResult.DENIED not in found


def authorization(request: Request, next_layer: Next) -> Response:
    """The layer."""
    identity = _identity(request)
    if identity is not None and request.name not in ALWAYS:
        for action, resource in product(action_names(request.name), resources(request)):
            if not identity.may(action, resource):
                raise _refusal(request, identity, action, resource)
    return next_layer(request)


def _identity(request: Request) -> Identity | None:
    """None for the administrator of the guard, and for keys and roles that IAM has not made: moto lets any role of any
    account be assumed.
    """
    if request.access_key in ADMINISTRATORS:
        return None
    from moto.iam.access_control import CreateAccessKeyFailure, IAMPolicy, create_access_key  # noqa: PLC0415
    from moto.iam.exceptions import NotFoundException  # noqa: PLC0415

    token = request.environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
    headers = {"X-Amz-Security-Token": token} if token else {}
    try:
        key = create_access_key(request.account, PARTITION, request.access_key, headers)
        return Identity(key.arn, [IAMPolicy(policy) for policy in key.collect_policies()])
    except (CreateAccessKeyFailure, NotFoundException):
        return None


def _refusal(request: Request, identity: Identity, action: str, resource: str) -> AwsError:
    in_json = "json" in request.protocol
    code = CODES.get(request.service, "AccessDeniedException" if in_json else "AccessDenied")
    message = (
        f"User: {identity.arn} is not authorized to perform: {action} on resource: {resource} "
        f"because no identity-based policy allows the {action} action"
    )
    return AwsError(code, message, HTTPStatus.BAD_REQUEST if in_json else HTTPStatus.FORBIDDEN)
