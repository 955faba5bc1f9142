# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The preflight's access to AWS by a module's own parameters."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .._model.core import Stack
from .._stack.context import Context
from .._stack.module import context_of
from .account import Credentials, credentials_of
from .run import Access

if TYPE_CHECKING:
    from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule


def access_of(module: AnsibleAWSModule) -> Access:
    """Clients, credentials and time as the module has them."""

    def session() -> Any:
        from boto3 import Session  # noqa: PLC0415  (only where no key is given)

        return Session(profile_name=module.params.get("profile"))

    def context(stack: Stack) -> Context:
        return context_of(module, stack)

    def credentials() -> Credentials:
        return credentials_of(module.params, os.environ, session)

    return Access(context, credentials, lambda: datetime.now(UTC))
