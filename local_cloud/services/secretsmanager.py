# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets: rotation that does not lose the current value, and names that wait for their deletion."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.rds.details import new_password

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
PRINCIPAL, SOURCE_ARN = "secretsmanager.amazonaws.com", "AWS:SourceArn"


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
    """moto makes the empty new version the current one at once, and would run the function in a container."""
    secret = secret_of(request)
    if secret is None:
        return next_handler(request)
    if getattr(secret, "owning_service", None) == "rds":
        return _rotate_managed(request, secret)
    function_arn = request.parameters.get("RotationLambdaARN") or secret.rotation_lambda_arn
    if not function_arn:
        message = "No Lambda rotation function ARN is associated with this secret."
        raise AwsError("InvalidRequestException", message)
    _check_rotation(request, secret, function_arn)
    stages = {key: list(one["version_stages"]) for key, one in secret.versions.items()}
    last = secret.last_rotation_date
    without = {name: value for name, value in request.parameters.items() if name != "RotationLambdaARN"}
    secret.rotation_lambda_arn = ""
    response = next_handler(request.with_parameters(without))
    secret.rotation_lambda_arn, secret.last_rotation_date = function_arn, last
    if response.ok:
        _pend(secret, stages)
        _run_function(request, secret)
    return response


def _check_rotation(request: Request, secret: Any, function_arn: str) -> None:
    """The text for a function that may not be called is what AWS answers for one that does not exist, too."""
    if not may_be_called(request, function_arn, secret.arn):
        message = (
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants "
            "access to the principal secretsmanager.amazonaws.com."
        )
        raise AwsError("AccessDeniedException", message)
    if _pending(secret):
        message = "A previous rotation isn't complete. That rotation will be reattempted."
        raise AwsError("InvalidRequestException", message)


def may_be_called(request: Request, function_arn: str, source_arn: str) -> bool:
    """Whether the function exists, and its policy lets Secrets Manager in for this secret."""
    try:
        function = request.backend("lambda").get_function(function_arn)
    except UnknownFunctionException:
        return False
    return any(
        statement.get("Effect") == "Allow"
        and statement.get("Principal") in ({"Service": PRINCIPAL}, PRINCIPAL)
        and _source(statement) in (None, source_arn)
        for statement in function.policy.statements
    )


def _source(statement: dict[str, Any]) -> str | None:
    condition = statement.get("Condition", {})
    return next((value for test in condition.values() for key, value in test.items() if key == SOURCE_ARN), None)


def _version_with(secret: Any, stage: str) -> str | None:
    return next((key for key, one in secret.versions.items() if stage in one["version_stages"]), None)


def _pending(secret: Any) -> str | None:
    version = _version_with(secret, PENDING)
    return version if version and CURRENT not in secret.versions[version]["version_stages"] else None


def _pend(secret: Any, stages: dict[str, list[str]]) -> None:
    """As long as the function has not said otherwise, the value from before is the current one."""
    for key, one in secret.versions.items():
        one["version_stages"] = stages.get(key, [PENDING])
    if current := _version_with(secret, CURRENT):
        # moto reads this one where no stage is asked for, and it points to the new version
        secret.set_default_version_id(current)


def _run_function(request: Request, secret: Any) -> None:
    """What a function that works does, where the secret's host is a database of this account. Of any other database
    nobody knows anything here: the new version stays pending, as it does on AWS when the function fails."""
    pending, current = _pending(secret), _version_with(secret, CURRENT)
    if not request.parameters.get("RotateImmediately", True):
        # "The test creates an AWSPENDING version of the secret and then removes it" (RotateSecret).
        secret.versions.pop(pending)
        return
    values = _json_object(secret.versions[current].get("secret_string") if current else None)
    database = _database_at(request, values.get("host"))
    if pending is None or database is None:
        return
    password = new_password()
    database.master_user_password = password
    secret.versions[pending]["secret_string"] = json.dumps({**values, "password": password})
    _make_current(secret, pending)
    secret.last_rotation_date = int(time.time())


def _json_object(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _database_at(request: Request, host: str | None) -> Any:
    databases = request.backend("rds").databases.values()
    return next((one for one in databases if host and one.address == host), None)


def _make_current(secret: Any, version: str) -> None:
    before = _version_with(secret, CURRENT)
    for one in secret.versions.values():
        one["version_stages"] = [stage for stage in one["version_stages"] if stage not in (CURRENT, PREVIOUS)]
    if before:
        secret.versions[before]["version_stages"].append(PREVIOUS)
    secret.versions[version]["version_stages"] = [CURRENT]
    secret.set_default_version_id(version)


def _rotate_managed(request: Request, secret: Any) -> Response:
    before = secret.versions[_version_with(secret, CURRENT)]
    version = str(uuid.uuid4())
    values = {**json.loads(before["secret_string"]), "password": new_password()}
    secret.versions[version] = {
        **before,
        "version_id": version,
        "version_stages": [],
        "secret_string": json.dumps(values),
    }
    _make_current(secret, version)
    return request.answer({"ARN": secret.arn, "Name": secret.name, "VersionId": version})
