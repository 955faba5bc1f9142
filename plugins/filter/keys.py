# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stays of keys and roles after a destroy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._model.key_policy import AUTO_SCALING_ROLE


def pending_keys(registered: Mapping[str, Any]) -> list[dict[str, Any]]:
    """From the registered loop that scheduled the keys' deletion: {type, name, id, arn, reason, until} of each, and of
    the account's role.
    """
    keys = [
        {
            "type": "kms_key",
            "name": result["item"]["name"],
            "id": result["key_id"],
            "arn": result["key_arn"],
            "reason": "AWS deletes a key only after a waiting time, in which the deletion can be cancelled",
            "until": str(result.get("deletion_date") or "")[:10],
        }
        for result in registered["results"]
    ]
    role = {
        "type": "service_linked_role",
        "name": AUTO_SCALING_ROLE,
        "reason": "it is the account's, and Auto Scaling groups of other stacks run by it",
        "until": None,
    }
    return [*keys, role] if keys else []


class FilterModule:
    """cutover.aws.pending_keys"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"pending_keys": pending_keys}
