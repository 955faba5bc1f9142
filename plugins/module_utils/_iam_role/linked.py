# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The IAM calls about service-linked roles."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .api import NOT_FOUND, arn


def find(client: Any, name: str) -> str | None:
    """The ARN of the role, None where there is none."""
    try:
        return str(client.get_role(RoleName=name)["Role"]["Arn"])
    except is_boto3_error_code(NOT_FOUND):
        return None


def create(client: Any, name: str, service: str) -> str:
    """Makes the role of the service; its ARN. InvalidInput means that somebody, perhaps the service, was faster."""
    try:
        client.create_service_linked_role(AWSServiceName=service)
    except is_boto3_error_code("InvalidInput"):
        found = find(client, name)
        if found is None:
            raise
        return found
    return arn(client, name)
