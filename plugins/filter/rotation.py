# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a rotation function would be made of on this controller."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..module_utils._errors import CutoverError
from ..plugin_utils.rotation import DRIVERS, code_sha256


def rotation_code(engine: str) -> dict[str, str | None]:
    """{sha256, missing} of the function for an engine; one of them is None."""
    if engine not in DRIVERS:
        return {"sha256": None, "missing": f"there is no rotation function for {engine}"}
    try:
        return {"sha256": code_sha256(engine), "missing": None}
    except CutoverError as error:
        return {"sha256": None, "missing": str(error)}


class FilterModule:
    """cutover.aws.rotation_code"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"rotation_code": rotation_code}
