# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run ends with: the stack, its resources by layer, its endpoints, where to look next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

INDENT = 16


def leaves(value: Any) -> int:
    """How many single values an output holds, nulls not counted."""
    if isinstance(value, Mapping):
        return sum(leaves(part) for part in value.values())
    if isinstance(value, list):
        return sum(leaves(part) for part in value)
    return value is not None


def summary_text(resources: Mapping[str, Mapping[str, Mapping[str, Any]]], title: str, facts: Mapping[str, Any]) -> str:
    """resources are those of each layer by key, as layer_plan returns them; facts are lines to print after them, a list
    for several.
    """
    lines = [title, ""]
    for layer, found in ((name, found) for name, found in resources.items() if found):
        kinds = Counter(str(resource["type"]) for resource in found.values())
        listed = ", ".join(f"{number} {kind}" if number > 1 else kind for kind, number in kinds.items())
        lines.append(f"  {layer:<12}{len(found):>4}  {listed}")
    lines += [f"  {'in all':<12}{sum(len(found) for found in resources.values()):>4}  resources", ""]
    for name, value in facts.items():
        lines += _fact(name, value)
    return "\n".join(lines)


def _fact(name: str, value: Any) -> Iterator[str]:
    values = value if isinstance(value, list) else [value]
    for index, item in enumerate(values):
        yield f"  {name if index == 0 else '':<{INDENT}}{item}"
