# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The KMS calls about aliases."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

NOT_FOUND = "NotFoundException"

known_soon = AWSRetry.jittered_backoff(retries=6, delay=1, max_delay=5, catch_extra_error_codes=[NOT_FOUND])
"""For calls about a key that may have been made a moment ago."""


def full_name(name: str) -> str:
    """The name as KMS wants it."""
    return name if name.startswith("alias/") else f"alias/{name}"


def target(client: Any, name: str) -> str | None:
    """The ARN of the key that the alias points to, None where there is no alias."""
    try:
        return str(client.describe_key(KeyId=name)["KeyMetadata"]["Arn"])
    except is_boto3_error_code(NOT_FOUND):
        return None


def key_arn(client: Any, key_id: str) -> str:
    """The ARN of a key."""
    return str(known_soon(client.describe_key)(KeyId=key_id)["KeyMetadata"]["Arn"])


def move(client: Any, name: str, before: str | None, after: str | None) -> None:
    """Points the alias from one key to another; None is no key."""
    if after is None:
        client.delete_alias(AliasName=name)
    elif before is None:
        client.create_alias(AliasName=name, TargetKeyId=after)
    else:
        client.update_alias(AliasName=name, TargetKeyId=after)
