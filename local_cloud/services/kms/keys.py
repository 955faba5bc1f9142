# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Key identifiers, key states and rotation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.state import Store

DEFAULT_ROTATION_DAYS = 365
DEFAULT_WINDOW_DAYS = 30
WINDOW_DAYS = range(7, 31)
_rotation_days: Store[dict[str, int]] = Store(dict)

# "Key states of AWS KMS keys" in the developer guide: what fails while a key waits for its deletion ...
REFUSED_WHILE_PENDING = (
    "CreateAlias",
    "CreateGrant",
    "Decrypt",
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ScheduleKeyDeletion",
    "TagResource",
    "UntagResource",
    "UpdateAlias",
    "UpdateKeyDescription",
)
# ... and while it is disabled
REFUSED_WHILE_DISABLED = (
    "Decrypt",
    "EnableKeyRotation",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
)


def find_key(request: Request, key_id: str) -> Any:
    """moto's key for an identifier, ARN, alias or alias ARN; None where there is none."""
    return key_in(request.backend("kms"), key_id)


def key_in(backend: Any, key_id: str) -> Any:
    """The same in moto's backend of any account and region."""
    name = backend.get_alias_name(key_id)
    found = backend.get_key_id_from_alias(name) if name.startswith("alias/") else backend.get_key_id(name)
    return backend.keys.get(found) if found else None


def foreign_key(key: Any, account: str) -> bool:
    """Whether a key's policy lets another account use it, as far as the policy names that account."""
    return account in str(key.policy)


@handles("kms", "DescribeKey")
def describe_key_of_another_account(request: Request, next_handler: Next) -> Response:
    """moto knows the caller's keys only."""
    name = str(request.parameters.get("KeyId", ""))
    account = name.split(":")[4] if name.startswith("arn:") else request.account
    if account == request.account:
        return next_handler(request)
    region = name.split(":")[3]
    key = request.backend(region=region, account=account).keys.get(name.rpartition("/")[2])
    if key is None or region != request.region:
        raise AwsError("NotFoundException", f"Key '{name}' does not exist")
    if not foreign_key(key, request.account):
        message = (
            "The ciphertext refers to a customer master key that does not exist, or you are not allowed to access."
        )
        raise AwsError("AccessDeniedException", message)
    return request.answer(key.to_dict())


@amends("kms", "DescribeKey")
def tell_whose_it_is(request: Request, result: dict[str, Any]) -> None:
    """Keys that AWS made for a service are its own."""
    key = request.backend().keys.get(result["KeyMetadata"]["KeyId"])
    if key is not None and any(name.startswith("alias/aws/") for name in key.aliases):
        result["KeyMetadata"]["KeyManager"] = "AWS"


@handles("kms", "CancelKeyDeletion", "DisableKey", "EnableKey", "ScheduleKeyDeletion", "TagResource", "UntagResource")
def take_arns(request: Request, next_handler: Next) -> Response:
    """moto looks these up by the bare identifier only, and breaks on an ARN."""
    key_id = request.parameters.get("KeyId", "")
    bare = request.backend().get_key_id(key_id)
    if bare == key_id:
        return next_handler(request)
    return next_handler(request.with_parameters({**request.parameters, "KeyId": bare}))


@handles("kms", *sorted({*REFUSED_WHILE_PENDING, *REFUSED_WHILE_DISABLED}))
def refuse_by_state(request: Request, next_handler: Next) -> Response:
    key = _key_of(request)
    if key is not None:
        if key.key_state == "PendingDeletion" and request.operation in REFUSED_WHILE_PENDING:
            raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        if key.key_state == "Disabled" and request.operation in REFUSED_WHILE_DISABLED:
            raise AwsError("DisabledException", f"{key.arn} is disabled.")
    return next_handler(request)


def _key_of(request: Request) -> Any:
    key_id = request.parameters.get("KeyId") or request.parameters.get("TargetKeyId")
    if key_id:
        return find_key(request, key_id)
    blob = request.parameters.get("CiphertextBlob")
    # moto writes the key's identifier, 36 characters, in front
    return find_key(request, blob[:36].decode("ascii", "replace")) if isinstance(blob, bytes) else None


@handles("kms", "ScheduleKeyDeletion")
def answer_with_state(request: Request, next_handler: Next) -> Response:
    days = request.parameters.get("PendingWindowInDays", DEFAULT_WINDOW_DAYS)
    if days not in WINDOW_DAYS:
        raise AwsError("ValidationException", "PendingWindowInDays must be between 7 and 30 days.")
    response = next_handler(request)
    if not response.ok:
        return response
    key = find_key(request, request.parameters["KeyId"])
    return request.answer(
        {
            "KeyId": key.arn,
            "DeletionDate": key.deletion_date,
            "KeyState": key.key_state,
            "PendingWindowInDays": days,
        }
    )


@handles("kms", "CreateAlias")
def refuse_reserved_alias(request: Request, next_handler: Next) -> Response:
    if request.parameters.get("AliasName", "").startswith("alias/aws/"):
        raise AwsError("NotAuthorizedException", "")
    return next_handler(request)


@handles("kms", "EnableKeyRotation")
def remember_rotation_period(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        key = find_key(request, request.parameters["KeyId"])
        days = request.parameters.get("RotationPeriodInDays", DEFAULT_ROTATION_DAYS)
        _rotation_days[request.scope][key.id] = days
    return response


@amends("kms", "GetKeyRotationStatus")
def tell_rotation_period(request: Request, result: dict[str, Any]) -> None:
    key = find_key(request, request.parameters["KeyId"])
    result["KeyId"] = key.arn
    if result["KeyRotationEnabled"]:
        days = _rotation_days[request.scope].get(key.id, DEFAULT_ROTATION_DAYS)
        result["RotationPeriodInDays"] = days
        result["NextRotationDate"] = datetime.fromtimestamp(key.creation_date, UTC) + timedelta(days=days)
