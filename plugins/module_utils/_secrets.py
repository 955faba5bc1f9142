# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets of databases, as RDS and its rotation write them. Nothing of one is ever shown."""

from __future__ import annotations

import json
from typing import Any

from ._errors import CutoverError


def fields_of(client: Any, arn: str) -> dict[str, Any] | None:
    """What a secret holds by name, None where its text is no JSON object. Raises ClientError where AWS refuses it."""
    text = client.get_secret_value(SecretId=arn).get("SecretString") or ""
    try:
        found = json.loads(text)
    except ValueError:
        # It is not handed on: the text of a JSON error's document is the secret.
        return None
    return found if isinstance(found, dict) else None


def password_of(client: Any, arn: str) -> str:
    """The password of a secret. Raises CutoverError where there is none, ClientError where AWS refuses it."""
    password = (fields_of(client, arn) or {}).get("password")
    if not (isinstance(password, str) and password):
        raise CutoverError(f"the secret {arn} has no password: its text has to be JSON with password")
    return password
