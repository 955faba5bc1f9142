# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What differs between two schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .shapes import Counter, Item
from .sides import Both

UNSHOWN = frozenset(
    {
        "definition",
        "checked",
        "default",
        "column_default",
        "generation_expression",
        "view_definition",
        "routine_definition",
        "action_statement",
        "event_definition",
    }
)
"""They are long, or may hold values; it is said that they differ, and not how."""

Difference = Mapping[str, Any]
"""{kind, name, difference: missing | extra | changed | behind, attributes: {name: [source's, target's] | None}}"""


def differences(items: Both[Sequence[Item]]) -> list[Difference]:
    """By kind and name: what the target lacks, what only it has, and what is not the same."""
    ours, theirs = ({(item.kind, item.name): item for item in side} for side in (items.source, items.target))
    alone = tuple(f"{name}." for kind, name in ours.keys() ^ theirs.keys() if kind == "table")
    return [
        found
        for place in sorted(ours.keys() | theirs.keys())
        # Of a table that only one side has, its columns and indexes need not be told too.
        if not place[1].startswith(alone) and (found := _difference(place, ours.get(place), theirs.get(place)))
    ]


def _difference(place: tuple[str, str], ours: Item | None, theirs: Item | None) -> Difference | None:
    kind, name = place
    if ours is None or theirs is None:
        return {"kind": kind, "name": name, "difference": "extra" if ours is None else "missing", "attributes": {}}
    changed = {
        attribute: None if attribute in UNSHOWN else [ours.attributes.get(attribute), theirs.attributes.get(attribute)]
        for attribute in sorted(ours.attributes.keys() | theirs.attributes.keys())
        if ours.attributes.get(attribute) != theirs.attributes.get(attribute)
    }
    return {"kind": kind, "name": name, "difference": "changed", "attributes": changed} if changed else None


def behind(counters: Both[Sequence[Counter]]) -> Iterator[Difference]:
    """Sequences that would give a number again. One that is ahead harms nobody: after a restore PostgreSQL's are, by
    up to 32 numbers."""
    theirs = {counter.name: counter for counter in counters.target}
    for ours in counters.source:
        other = theirs.get(ours.name)
        if other is None or ours.next is None or other.next is None:
            continue
        if (other.next - ours.next) * ours.step < 0:
            attributes = {"next": [ours.next, other.next]}
            yield {"kind": "sequence", "name": ours.name, "difference": "behind", "attributes": attributes}


def unread_counters(counters: Both[Sequence[Counter]]) -> Iterator[str]:
    """Those whose value is not known; that one is missing is a difference of the schemas."""
    for name, side in counters.named().items():
        for counter in side:
            if counter.next is None:
                yield f"{counter.name}: its value may not be read on the {name} (SELECT is needed)"
