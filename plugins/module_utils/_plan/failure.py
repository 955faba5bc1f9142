# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A failed task in one sentence: layer, resource, cause."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def failure_text(result: Mapping[str, Any], layer: str | None, task: str) -> str:
    """What failed, for a task's result; each failed turn of a loop is named with its resource."""
    where = f"layer {layer}" if layer else "before the first layer"
    causes = "; ".join(_causes(result)) or "no reason was given"
    return f"{where}, task '{task}': {causes}"


def _causes(result: Mapping[str, Any]) -> Iterator[str]:
    turns = [turn for turn in result.get("results", []) if turn.get("failed")]
    for turn in turns or [result]:
        item = turn.get("item")
        named = (
            f"{item['type']} {item['name']}: " if isinstance(item, Mapping) and {"type", "name"} <= set(item) else ""
        )
        yield named + " ".join(str(turn.get("msg", "no reason was given")).split())
