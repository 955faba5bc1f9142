# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From a range of keys whose digests differ to the rows that do."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from .shapes import Digest, Key, Reader, Rows, Span, Table
from .sides import Both

ROWS_AT_ONCE = 1000
"""So many keys are fetched at the most: it is what bounds the memory that a comparison needs."""


@dataclass
class Found:
    """Keys of rows that the target lacks, that only the target has, and that both have with other content.

    complete: whether these are all, or there were more than are listed.
    """

    missing: list[Key] = field(default_factory=list)
    extra: list[Key] = field(default_factory=list)
    changed: list[Key] = field(default_factory=list)
    complete: bool = True

    def __len__(self) -> int:
        return len(self.missing) + len(self.extra) + len(self.changed)

    def add(self, more: Found, most: int) -> None:
        """Takes in as many as there is room for, up to `most` in all."""
        for name in ("missing", "extra", "changed"):
            new, room = getattr(more, name), max(0, most - len(self))
            getattr(self, name).extend(new[:room])
            self.complete = self.complete and len(new) <= room
        self.complete = self.complete and more.complete


def digests_of(sides: Both[Reader], table: Table, span: Span) -> Both[Digest]:
    """Of the same span on both sides."""
    return sides.ask(lambda side: side.digest(table, span))


def narrow(sides: Both[Reader], table: Table, span: Span, digests: Both[Digest], most: int) -> Found:
    """The keys of the rows that differ, `most` of them, in the order of the key."""
    found = Found()
    left = [(span, digests)]
    while left:
        span, digests = left.pop()
        if digests.source == digests.target:
            continue
        if len(found) >= most:
            found.complete = False
            break
        halves = _halves(sides, table, span, digests)
        if halves:
            left += reversed(halves)
            continue
        found.add(_differing_rows(sides, table, span), most)
    return found


def _halves(
    sides: Both[Reader], table: Table, span: Span, digests: Both[Digest]
) -> list[tuple[Span, Both[Digest]]] | None:
    """None where there are few rows, or where they cannot be divided, since they are all the same."""
    many = max(digests.source.rows, digests.target.rows)
    if many <= ROWS_AT_ONCE:
        return None
    fuller = sides.source if digests.source.rows == many else sides.target
    while many := many // 2:
        middle = fuller.end_of(table, span.after, many)
        parts = [Span(span.after, middle), Span(middle, span.to)]
        asked = [(part, digests_of(sides, table, part)) for part in parts]
        # Without a key many rows may be the same, and then no end is between them.
        if all(
            both.source.rows < digests.source.rows or both.target.rows < digests.target.rows for _part, both in asked
        ):
            return asked
    return None


def _differing_rows(sides: Both[Reader], table: Table, span: Span) -> Found:
    rows = sides.ask(lambda side: side.rows(table, span, ROWS_AT_ONCE))
    return differing(rows.source, rows.target)


def differing(source: Rows, target: Rows) -> Found:
    """Rows of the same key are told apart by their digests; of the same digest by how many there are."""
    found = Found()
    ours, theirs = _by_key(source), _by_key(target)
    for key in sorted(ours.keys() | theirs.keys(), key=_order):
        if ours.get(key) == theirs.get(key):
            continue
        of_source, of_target = sum(ours.get(key, {}).values()), sum(theirs.get(key, {}).values())
        if of_source == of_target:
            found.changed.append(key)
        else:
            (found.missing if of_source > of_target else found.extra).append(key)
    return found


def _by_key(rows: Rows) -> dict[Key, Counter[str]]:
    keys: dict[Key, Counter[str]] = {}
    for (key, digest), count in rows.items():
        keys.setdefault(key, Counter())[digest] += count
    return keys


def _order(key: Key) -> list[tuple[int, str]]:
    """Of numbers their size, of texts that of their characters; only for reading."""
    return [(part, "") if isinstance(part, int) else (0, part) for part in key]
