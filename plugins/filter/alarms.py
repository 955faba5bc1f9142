# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From items of the monitoring layer's plan to what cutover.aws.cloudwatch_alarms takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def alarm_settings(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The name of each alarm with its attributes, those that it does not have left out."""
    return [
        {"name": item["name"], **{word: value for word, value in item["attributes"].items() if value is not None}}
        for item in items
    ]


class FilterModule:
    """cutover.aws.alarm_settings"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filter of this file."""
        return {"alarm_settings": alarm_settings}
