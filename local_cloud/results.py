# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Finding and changing things in results as boto3 returns them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Item = dict[str, Any]


def get_path(result: Any, path: str) -> Any:
    """``"State.Name"`` in nested dictionaries; None where a step is missing."""
    for step in path.split("."):
        if not isinstance(result, dict):
            return None
        result = result.get(step)
    return result


def set_path(result: Item, path: str, value: Any) -> None:
    *steps, last = path.split(".")
    for step in steps:
        result = result.setdefault(step, {})
    result[last] = value


def remove_path(result: Item, path: str) -> None:
    *steps, last = path.split(".")
    for step in steps:
        result = result.get(step, {})
    result.pop(last, None)


def values_at(result: Any, path: str) -> list[Any]:
    """Everything at a path in which ``[]`` stands for each item of a list: ``"Reservations[].Instances[]"``."""
    found = [result]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [item.get(name) for item in found if isinstance(item, dict)]
        if step.endswith("[]"):
            found = [item for items in found if isinstance(items, list) for item in items]
    return [item for item in found if item is not None]


def strings(value: Any) -> Iterator[str]:
    """Every string in it, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def without_items(value: Any, unwanted: Callable[[Any], bool]) -> Any:
    """A copy in which no list at any depth has an unwanted item."""
    if isinstance(value, dict):
        return {key: without_items(item, unwanted) for key, item in value.items()}
    if isinstance(value, list):
        return [without_items(item, unwanted) for item in value if not unwanted(item)]
    return value


def with_strings(value: Any, change: Callable[[str], str]) -> Any:
    """A copy in which every string has been changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: with_strings(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [with_strings(item, change) for item in value]
    return value
