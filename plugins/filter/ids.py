# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the keys of a model to the ids of AWS, in the tasks of a role."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from ansible.errors import AnsibleFilterError


def created_ids(registered: Mapping[str, Any], path: str) -> dict[str, str]:
    """{key of the item: id} of a registered loop.

    registered is the result of a task that looped over items of a plan; path leads to the id in each result
    (subnet.id).
    """
    ids = {}
    for result in registered.get("results", []):
        if result.get("skipped"):
            continue
        try:
            ids[result["item"]["key"]] = reduce(lambda value, part: value[part], path.split("."), result)
        except (KeyError, TypeError) as error:
            raise AnsibleFilterError(f"created_ids: the result for {result.get('item')!r} has no {path}") from error
    return ids


def with_ids(value: Any, ids: Mapping[str, str]) -> Any:
    """value with every string that is a key of ids replaced by the id, however deep it lies."""
    if isinstance(value, str):
        return ids.get(value, value)
    if isinstance(value, Mapping):
        return {name: with_ids(part, ids) for name, part in value.items()}
    if isinstance(value, Sequence):
        return [with_ids(part, ids) for part in value]
    return value


class FilterModule:
    """cutover.aws.created_ids and cutover.aws.with_ids"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"created_ids": created_ids, "with_ids": with_ids}
