# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans and results as text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._plan.failure import failure_text
from ansible_collections.cutover.aws.plugins.module_utils._plan.removal import not_removed, removal_text, removed_text
from ansible_collections.cutover.aws.plugins.module_utils._plan.report import plan_document, plan_text
from ansible_collections.cutover.aws.plugins.module_utils._plan.summary import leaves, summary_text


class FilterModule:
    """cutover.aws.failure_text, leaves, not_removed, removal_text, removed_text, plan_document, plan_text and
    summary_text
    """

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {
            "failure_text": failure_text,
            "leaves": leaves,
            "not_removed": not_removed,
            "removal_text": removal_text,
            "removed_text": removed_text,
            "plan_document": plan_document,
            "plan_text": plan_text,
            "summary_text": summary_text,
        }
