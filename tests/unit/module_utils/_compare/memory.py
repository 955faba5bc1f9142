# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database in memory: rows of content by key, and what was asked of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable

from ansible_collections.cutover.aws.plugins.module_utils._compare.shapes import (
    Digest,
    Key,
    KeyColumn,
    Rows,
    Span,
    Table,
)

TABLE = Table("t", "t", {"id": "int", "what": "text"}, "h", (KeyColumn("id", "id", "id"),))

Row = tuple[Key, str]


def digest_of(row: Row) -> str:
    return hashlib.md5(repr(row).encode(), usedforsecurity=False).hexdigest()


def by_digest(contents: Iterable[str]) -> list[Row]:
    """Rows without a key: their digest stands for it."""
    return [((digest_of(((), content)),), content) for content in contents]


class Memory:
    """Reader, as shapes.py describes it. most: of the rows that were ever handed over at once."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = sorted(rows)
        self.most = 0
        self.spans: list[Span] = []

    def _within(self, span: Span) -> list[Row]:
        return [
            row
            for row in self._rows
            if (span.after is None or row[0] > span.after) and (span.to is None or row[0] <= span.to)
        ]

    def end_of(self, _table: Table, after: Key | None, rows: int) -> Key | None:
        found = self._within(Span(after))
        return found[rows - 1][0] if len(found) >= rows else None

    def digest(self, _table: Table, span: Span) -> Digest:
        self.spans.append(span)
        digests = [digest_of(row) for row in self._within(span)]
        first, second = (sum(int(digest[half], 16) for digest in digests) for half in (slice(16), slice(16, 32)))
        return Digest(len(digests), len(digests), (first, second))

    def rows(self, _table: Table, span: Span, most: int) -> Rows:
        found = Counter((row[0], digest_of(row)) for row in self._within(span))
        assert len(found) <= most, "some would not be handed over"
        self.most = max(self.most, len(found))
        return found
