# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The RDS calls about DB parameter groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._stack.context import tags_of
from .parameters import BATCH, ParameterPlan, Wanted

if TYPE_CHECKING:
    from botocore.client import BaseClient

P = ParamSpec("P")
T = TypeVar("T")

NOT_FOUND = "DBParameterGroupNotFound"


def known_soon(function: Callable[P, T]) -> Callable[P, T]:
    """A group that has just been made is not known everywhere at once."""
    retry = AWSRetry.jittered_backoff(retries=8, delay=1, max_delay=5, catch_extra_error_codes=[NOT_FOUND])
    retrying: Callable[P, T] = retry(function)
    return retrying


def find(client: BaseClient, name: str) -> dict[str, Any] | None:
    """The group with its Tags as a dictionary, None where there is none."""
    pages = client.get_paginator("describe_db_parameter_groups").paginate(DBParameterGroupName=name)
    try:
        groups = [group for page in pages for group in page["DBParameterGroups"]]
    except is_boto3_error_code(NOT_FOUND):
        return None
    for group in groups:
        tags = client.list_tags_for_resource(ResourceName=group["DBParameterGroupArn"])["TagList"]
        return {**group, "Tags": tags_of(tags)}
    return None


@known_soon
def parameters(client: BaseClient, name: str) -> list[dict[str, Any]]:
    """All parameters of the group's family, the engine's defaults too."""
    pages = client.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=name)
    return [parameter for page in pages for parameter in page["Parameters"]]


def create(client: BaseClient, wanted: Wanted, description: str) -> str:
    """Makes the group, with the engine's defaults; its ARN."""
    answer = client.create_db_parameter_group(
        DBParameterGroupName=wanted.name,
        DBParameterGroupFamily=wanted.family,
        Description=description,
        Tags=tag_list(wanted.tags),
    )
    return str(answer["DBParameterGroup"]["DBParameterGroupArn"])


@known_soon
def apply(client: BaseClient, name: str, arn: str, plan: ParameterPlan) -> None:
    """Carries the plan of an existing group out. AWS checks names and values of parameters."""
    for batch in _batches(plan.set):
        client.modify_db_parameter_group(DBParameterGroupName=name, Parameters=batch)
    for batch in _batches(plan.reset):
        client.reset_db_parameter_group(DBParameterGroupName=name, Parameters=batch)
    if plan.tags:
        client.add_tags_to_resource(ResourceName=arn, Tags=tag_list(plan.tags))


def delete(client: BaseClient, name: str) -> None:
    """Removes the group, which no instance may use any more."""
    client.delete_db_parameter_group(DBParameterGroupName=name)


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Tags as RDS takes them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _batches(changes: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(changes), BATCH):
        yield changes[start : start + BATCH]
