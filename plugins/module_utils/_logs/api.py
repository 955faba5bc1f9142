# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The CloudWatch Logs calls about a log group's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._errors import CutoverError

if TYPE_CHECKING:
    from botocore.client import BaseClient


class NoSuchGroup(CutoverError):
    """A log group that is not there has no key."""


def key_of(client: BaseClient, name: str) -> str | None:
    """The ARN of the key that encrypts what comes in, None for CloudWatch Logs' own. Raises NoSuchGroup."""
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
    for page in pages:
        for group in page["logGroups"]:
            if group["logGroupName"] == name:
                return str(group["kmsKeyId"]) if group.get("kmsKeyId") else None
    raise NoSuchGroup(f"log group {name} does not exist; make it with amazon.aws.cloudwatchlogs_log_group first")


def set_key(client: BaseClient, name: str, key_arn: str) -> None:
    """Encrypts with the key what comes in from now on; what is there stays as it was encrypted."""
    client.associate_kms_key(logGroupName=name, kmsKeyId=key_arn)
