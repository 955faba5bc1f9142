# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules that read stacks share: the parameter stack, and clients of the task's own credentials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._model.core import Model, Stack
from .context import Context

if TYPE_CHECKING:
    from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
    from botocore.client import BaseClient

STACK_OPTIONS: dict[str, Any] = {
    "project": {"type": "str", "required": True},
    "environment": {"type": "str", "required": True},
    "region": {"type": "str", "required": True},
    "account_id": {"type": "str", "required": True},
    "partition": {"type": "str", "default": "aws"},
    "replica_region": {"type": "str"},
    "phase": {"type": "str", "default": "initial"},
    "tags": {"type": "dict", "default": {}},
}
"""The parameter stack of every module that works on one; see the documentation fragment cutover.aws.stack."""


def stack_of(parameters: Mapping[str, Any]) -> Stack:
    """The Stack that a module was given."""
    return Stack(**{name: parameters[name] for name in STACK_OPTIONS})


def context_of(module: AnsibleAWSModule, stack: Stack, wanted: Model | None = None) -> Context:
    """A reading with the module's credentials, endpoint and retries."""

    def client(service: str, region: str, **credentials: Any) -> BaseClient:
        return module.client(service, region=region, **credentials)

    return Context(stack, client, wanted)
