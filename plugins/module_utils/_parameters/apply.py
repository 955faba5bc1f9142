# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Looking at the stack's parameters below a path, and writing those that differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.core import PHASE_TAG, STACK_TAG
from . import api
from .plan import Parameter, ParameterRefused, ParametersPlan, parameters_plan

if TYPE_CHECKING:
    from botocore.client import BaseClient


@dataclass(frozen=True)
class Owner:
    """Whose the parameters are: all tags that each carries, the stack's among them."""

    tags: Mapping[str, str]

    @property
    def mark(self) -> dict[str, str]:
        """The tag that says it."""
        return {STACK_TAG: self.tags[STACK_TAG]}

    @property
    def held(self) -> dict[str, str]:
        """The tags that every run holds: not the phase, which a migration moves."""
        return {name: value for name, value in self.tags.items() if name != PHASE_TAG}


def plan(
    client: BaseClient, path: str, wanted: Mapping[str, Parameter], owner: Owner, *, purge: bool = False
) -> tuple[ParametersPlan, dict[str, Parameter]]:
    """What is to be written, and what is there of the owner's. Raises ParameterRefused."""
    below, own = api.below(client, path), api.tagged(client, owner.mark)
    existing = {name: one for name, one in below.items() if name in own}
    complete = api.tagged(client, owner.held) if existing else set()
    return parameters_plan(wanted, existing, complete, purge=purge), existing


def carry_out(client: BaseClient, todo: ParametersPlan, owner: Owner) -> None:
    """One call after the other: AWS takes only a few a second, and botocore waits where it refuses."""
    for name, parameter in todo.create.items():
        _create(client, name, parameter, owner)
    for name, parameter in todo.overwrite.items():
        api.overwrite(client, name, parameter)
    for name in todo.tag:
        api.tag(client, name, owner.held)
    api.delete(client, todo.delete)


def _create(client: BaseClient, name: str, parameter: Parameter, owner: Owner) -> None:
    """Somebody else's parameter is never overwritten; our own may not have been listed yet."""
    try:
        api.create(client, name, parameter, owner.tags)
    except is_boto3_error_code("ParameterAlreadyExists") as error:
        if api.tags_of(client, name).get(STACK_TAG) != owner.tags[STACK_TAG]:
            raise ParameterRefused(
                f"there is a parameter {name} already, and it does not carry the tag "
                f"{STACK_TAG}={owner.tags[STACK_TAG]}. Take another path, or remove it if nobody needs it"
            ) from error
        api.overwrite(client, name, parameter)
