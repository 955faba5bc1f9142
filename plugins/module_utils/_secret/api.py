# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls of Secrets Manager about a database's secret. A password passes through here and goes nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._plan.settle import Clock, look_until
from .._rotation.password import REQUEST
from .._rotation.secret import CURRENT, PENDING, PREVIOUS
from .._secrets import fields_of
from .._stack.context import tags_of
from .asked import VALUES
from .plan import PASSWORD, USERNAME, Rotation, SecretPlan, State, Unfit, Wanted

if TYPE_CHECKING:
    from botocore.client import BaseClient

NOT_FOUND = "ResourceNotFoundException"
NOT_INVOKABLE = "AccessDeniedException"
NO_PERMISSION = "cannot invoke"


def describe(client: BaseClient, name: str) -> dict[str, Any] | None:
    """The secret as AWS describes it, None where there is none. One that waits for its deletion has DeletedDate."""
    try:
        return dict(client.describe_secret(SecretId=name))
    except is_boto3_error_code(NOT_FOUND):
        return None


def state_of(client: BaseClient, described: Mapping[str, Any]) -> State:
    """Of what it holds the login alone, without the password. Raises Unfit for a value of another form."""
    values = _values(client, described)
    return State(
        arn=described["ARN"],
        description=described.get("Description") or "",
        key_arn=described.get("KmsKeyId"),
        values={name: values[name] for name in VALUES.values() if name in values},
        has_password=bool(values.get(PASSWORD)),
        tags={name: str(value) for name, value in tags_of(described.get("Tags")).items()},
        rotation=rotation_of(described),
        rotated=bool(described.get("LastRotatedDate")),
        pending=pending_of(described),
    )


def rotation_of(described: Mapping[str, Any]) -> Rotation | None:
    """None while it is off. A schedule that is an expression has 0 days."""
    if not described.get("RotationEnabled"):
        return None
    days = (described.get("RotationRules") or {}).get("AutomaticallyAfterDays") or 0
    return Rotation(str(described.get("RotationLambdaARN") or ""), int(days))


def pending_of(described: Mapping[str, Any]) -> str | None:
    """The version that a rotation is making; the label may stay on one that has become current."""
    stages: Mapping[str, Sequence[str]] = described.get("VersionIdsToStages") or {}
    return next((version for version, found in stages.items() if PENDING in found and CURRENT not in found), None)


def _values(client: BaseClient, described: Mapping[str, Any]) -> dict[str, Any]:
    if not _staged(described, CURRENT):
        return {}
    values = fields_of(client, described["ARN"])
    if values is None:
        raise Unfit(
            f"the secret {described['Name']} holds no JSON object, so somebody uses it for something else. Give "
            "another name, or remove the secret."
        )
    if values and not {PASSWORD, USERNAME} & set(values):
        raise Unfit(
            f"the secret {described['Name']} holds neither {PASSWORD} nor {USERNAME}, so somebody uses it for "
            "something else. Give another name, or remove the secret."
        )
    return values


def restore(client: BaseClient, name: str) -> None:
    """Takes a secret back that waits for its deletion, with the password that it has."""
    client.restore_secret(SecretId=name)


def apply(client: BaseClient, wanted: Wanted, state: State | None, plan: SecretPlan) -> str:
    """Carries the plan out, rotation aside; the secret's ARN."""
    if state is None:
        return _create(client, wanted, plan)
    if plan.settings:
        client.update_secret(SecretId=state.arn, **plan.settings)
    if plan.values or plan.generate:
        _put(client, state, plan)
    if plan.tags:
        client.tag_resource(SecretId=state.arn, Tags=_tag_list(plan.tags))
    return state.arn


def _put(client: BaseClient, state: State, plan: SecretPlan) -> None:
    """The password and what else is there are read again now, and not kept for long.

    AWS makes the version that has been current AWSPREVIOUS. Where only its login is another, that would be the same
    password twice, so the one before stays.
    """
    described = describe(client, state.arn) or {}
    there = _values(client, described)
    password = _new_password(client) if plan.generate else there[PASSWORD]
    values = {**there, **plan.values, PASSWORD: password}
    client.put_secret_value(SecretId=state.arn, SecretString=json.dumps(values))
    before, previous = _staged(described, CURRENT), _staged(described, PREVIOUS)
    if before and previous and not plan.generate:
        client.update_secret_version_stage(
            SecretId=state.arn, VersionStage=PREVIOUS, MoveToVersionId=previous, RemoveFromVersionId=before
        )


def _staged(described: Mapping[str, Any], stage: str) -> str | None:
    stages: Mapping[str, Sequence[str]] = described.get("VersionIdsToStages") or {}
    return next((version for version, found in stages.items() if stage in found), None)


def _create(client: BaseClient, wanted: Wanted, plan: SecretPlan) -> str:
    key = {"KmsKeyId": wanted.key_arn} if wanted.key_arn else {}
    description = {"Description": wanted.description} if wanted.description else {}
    answer = client.create_secret(
        Name=wanted.name,
        SecretString=json.dumps({**plan.values, PASSWORD: _new_password(client)}),
        Tags=_tag_list(wanted.tags),
        **key,
        **description,
    )
    return str(answer["ARN"])


def _new_password(client: BaseClient) -> str:
    return str(client.get_random_password(**REQUEST)["RandomPassword"])


def rotate(client: BaseClient, arn: str, rotation: Rotation, *, at_once: bool) -> None:
    """Sets the rotation up. Raises CutoverError where the function may not be called.

    Without at_once Secrets Manager makes the step testSecret alone, with a pending version that it takes away again.
    """
    try:
        client.rotate_secret(
            SecretId=arn,
            RotationLambdaARN=rotation.function_arn,
            RotationRules={"AutomaticallyAfterDays": rotation.days},
            RotateImmediately=at_once,
        )
    except is_boto3_error_code(NOT_INVOKABLE) as error:
        told = str(error)
        if NO_PERMISSION not in told:
            raise
        raise CutoverError(
            f"Secrets Manager may not call {rotation.function_arn}. The function needs a permission for "
            f"secretsmanager.amazonaws.com with the SourceArn {arn}."
        ) from error


def is_rotated(described: Mapping[str, Any]) -> bool:
    """Whether rotation has worked, and none is under way."""
    return bool(described.get("LastRotatedDate")) and not pending_of(described)


def await_rotation(client: BaseClient, name: str, timeout: float, clock: Clock) -> None:
    """Returns once the rotation is over. Raises CutoverError when timeout seconds are."""
    seen = look_until(lambda: describe(client, name) or {}, is_rotated, timeout, clock)
    if not is_rotated(seen):
        function = str(seen.get("RotationLambdaARN") or "").rpartition(":")[2]
        raise CutoverError(
            f"after {timeout:.0f} s the rotation of {name} (version {pending_of(seen)}) is not over. Secrets Manager "
            f"goes on trying by itself; the log group /aws/lambda/{function} says what stops it. Until it is over, the "
            "current password is the one in AWSCURRENT."
        )


def delete(client: BaseClient, arn: str, days: int) -> None:
    """Begins the deletion: for so many days the secret can be taken back."""
    client.delete_secret(SecretId=arn, RecoveryWindowInDays=days)


def _tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
