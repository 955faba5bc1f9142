# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names of records, in the tasks of a role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.cutover.aws.plugins.module_utils._model.dns import full_name


class FilterModule:
    """cutover.aws.full_name"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"full_name": full_name}
