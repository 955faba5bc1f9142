# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From our errors and AWS's to one sentence: what happened, what it means, what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ._botocore import BotoCoreError, ClientError

if TYPE_CHECKING:
    from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule


class CutoverError(Exception):
    """An error that its text explains to the person who runs the playbook: what is wrong, where, and what to do.

    facts are the results of the module beside it: what was done before it failed.
    """

    facts: Mapping[str, Any] = MappingProxyType({})


@contextmanager
def fail_clearly(module: AnsibleAWSModule) -> Iterator[None]:
    """Turns the errors that can be explained into fail_json; any other is a defect and keeps its traceback."""
    try:
        yield
    except CutoverError as error:
        module.fail_json(msg=str(error), **error.facts)
    except ClientError as error:
        module.fail_json_aws(error, msg=f"AWS refused {error.operation_name}")
    except BotoCoreError as error:
        module.fail_json_aws(error, msg="AWS could not be asked")
