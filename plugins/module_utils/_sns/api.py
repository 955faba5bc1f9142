# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Attributes of SNS topics."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.client import BaseClient


def attributes_of(client: BaseClient, topic_arn: str) -> dict[str, str]:
    """Every attribute of the topic, by AWS's name; one that was never set is not among them."""
    attributes: dict[str, str] = client.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    return attributes


def set_attributes(client: BaseClient, topic_arn: str, attributes: Mapping[str, str]) -> None:
    """Sets these attributes, one call each, and leaves the others."""
    for name, value in attributes.items():
        client.set_topic_attributes(TopicArn=topic_arn, AttributeName=name, AttributeValue=value)
