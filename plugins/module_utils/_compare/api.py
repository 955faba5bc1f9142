# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The secret that a database's user and password are in. Nothing of it is ever shown."""

from __future__ import annotations

import re
from typing import Any

from .._botocore import ClientError
from .._errors import CutoverError
from .._secrets import fields_of

_arn = re.compile(r"arn:[\w-]+:secretsmanager:([a-z0-9-]+):\d{12}:secret:\S+")


def region_of(arn: str) -> str | None:
    """The region of a secret, None for what is no ARN of one."""
    found = _arn.fullmatch(arn)
    return found[1] if found else None


def login(client: Any, arn: str, username: str | None) -> tuple[str, str]:
    """User name and password of a secret in the form that RDS and its rotation write: {"username", "password"}.

    username goes before that of the secret. Raises CutoverError.
    """
    try:
        found = fields_of(client, arn) or {}
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise CutoverError(
            f"the secret {arn} cannot be read: {code}. Nothing was compared. The controller needs "
            "secretsmanager:GetSecretValue for it, and kms:Decrypt for its key where that is not AWS's own."
        ) from error
    try:
        user, password = username or found["username"], found["password"]
    except KeyError:
        raise CutoverError(
            f'the secret {arn} is not of the form {{"username": ..., "password": ...}}, as RDS writes it. Nothing was '
            "compared. Where it lacks the user alone, give username."
        ) from None
    if not (user and isinstance(password, str) and password):
        raise CutoverError(f"the secret {arn} has an empty user or password. Nothing was compared.")
    return str(user), password
