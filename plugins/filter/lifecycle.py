# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the transitions of a model to those of community.aws.s3_lifecycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def lifecycle_transitions(transitions: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """[{days, storage_class}] as [{transition_days, storage_class}]."""
    return [{"transition_days": t["days"], "storage_class": t["storage_class"]} for t in transitions]


class FilterModule:
    """cutover.aws.lifecycle_transitions"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter of this file."""
        return {"lifecycle_transitions": lifecycle_transitions}
