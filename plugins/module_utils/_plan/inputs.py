# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a layer needs of other layers before it can be made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._errors import CutoverError
from .._model.core import UNKNOWN, Value

SHOWN = 3
"""A missing layer is missing in many resources; a few of them say which it is."""


class NotBuiltYet(CutoverError):
    """A layer that this one stands on is not there; the text names what is missing of it."""


def require_inputs(layer: str, work: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Raises NotBuiltYet where a resource is to be made or changed with a value that another layer has not handed on.

    A plan can be made with such values; AWS would take some of them as they stand, in the dimension of an alarm for
    one. work is by type what the role's tasks loop over.
    """
    waiting = [
        f"{item['type']} {item['name']} ({', '.join(missing)})"
        for kind, items in work.items()
        if kind != "removed"
        for item in items
        if (missing := list(_unknown(item["attributes"])))
    ]
    if waiting:
        others = f" and {len(waiting) - SHOWN} more" if len(waiting) > SHOWN else ""
        raise NotBuiltYet(
            f"layer {layer} needs what another layer hands on, and that layer is not built: "
            f"{', '.join(waiting[:SHOWN])}{others}. Nothing of the layer was changed. Run the playbook without --tags "
            "and --skip-tags, or build first the layers before it"
        )


def _unknown(value: Value, path: str = "") -> Iterator[str]:
    """Paths of the values that are not known, `dimensions.LoadBalancer`."""
    if value == UNKNOWN:
        yield path
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _unknown(part, f"{path}.{name}" if path else name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for number, part in enumerate(value):
            yield from _unknown(part, f"{path}[{number}]")
