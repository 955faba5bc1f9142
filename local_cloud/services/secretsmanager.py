# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets: rotation that does not lose the current value, and names that wait for their deletion."""

from __future__ import annotations

import json
import uuid
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.rds.details import new_password

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"


def secret_of(request: Request, secret_id: str | None = None) -> Any:
    return request.backend().secrets.get(secret_id or request.parameters.get("SecretId", ""))


@handles("secretsmanager", "CreateSecret")
def refuse_name_in_deletion(request: Request, next_handler: Next) -> Response:
    secret = secret_of(request, request.parameters.get("Name", ""))
    if secret is not None and secret.is_deleted():
        message = "You can't create this secret because a secret with this name is already scheduled for deletion."
        raise AwsError("InvalidRequestException", message)
    return next_handler(request)


@handles("secretsmanager", "PutSecretValue", "UpdateSecret", "RotateSecret")
def refuse_secret_in_deletion(request: Request, next_handler: Next) -> Response:
    secret = secret_of(request)
    if secret is not None and secret.is_deleted():
        message = "You can't perform this operation on the secret because it was marked for deletion."
        raise AwsError("InvalidRequestException", message)
    return next_handler(request)


@handles("secretsmanager", "RotateSecret")
def rotate(request: Request, next_handler: Next) -> Response:
    """moto makes the empty new version the current one at once; AWS leaves that to the rotation function."""
    secret = secret_of(request)
    if secret is None:
        return next_handler(request)
    if getattr(secret, "owning_service", None) == "rds":
        return _rotate_managed(request, secret)
    if not request.parameters.get("RotationLambdaARN") and not secret.rotation_lambda_arn:
        message = "No Lambda rotation function ARN is associated with this secret."
        raise AwsError("InvalidRequestException", message)
    current = _version_with(secret, CURRENT)
    response = next_handler(request)
    if response.ok:
        _keep_current(secret, current)
    return response


def _version_with(secret: Any, stage: str) -> str | None:
    return next((key for key, one in secret.versions.items() if stage in one["version_stages"]), None)


def _keep_current(secret: Any, before: str | None) -> None:
    """As long as the function has not said otherwise, the value from before is the current one."""
    now = _version_with(secret, CURRENT)
    if before is None or now is None:
        return
    if not {"secret_string", "secret_binary"} & set(secret.versions[now]):
        secret.versions[now]["version_stages"] = [PENDING]
        secret.versions[before]["version_stages"] = [CURRENT]
        now = before
    # moto reads this one where no stage is asked for, and it points to the new version
    secret.set_default_version_id(now)


def _rotate_managed(request: Request, secret: Any) -> Response:
    before = _version_with(secret, CURRENT)
    values = json.loads(secret.versions[before]["secret_string"])
    version_id = str(uuid.uuid4())
    made = {**secret.versions[before], "version_id": version_id, "version_stages": [CURRENT]}
    for one in secret.versions.values():
        one["version_stages"] = [stage for stage in one["version_stages"] if stage not in (CURRENT, PREVIOUS)]
    secret.versions[before]["version_stages"] = [PREVIOUS]
    secret.versions[version_id] = {**made, "secret_string": json.dumps({**values, "password": new_password()})}
    secret.set_default_version_id(version_id)
    return request.answer({"ARN": secret.arn, "Name": secret.name, "VersionId": version_id})
