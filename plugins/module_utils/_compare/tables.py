# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One table after the other, chunk by chunk along its key, and how far that has got."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from .chunks import Pace
from .narrow import Found, digests_of, narrow
from .shapes import Digest, Key, Reader, Span, Table, Unread
from .sides import Both

RANGES_TOLD = 20


@dataclass
class Result:
    """What has been seen of a table so far.

    after: the last key that was compared. ranges: of keys whose rows differ, with the rows of source and target.
    differing: how many such ranges there are. unread: why it cannot be compared.
    """

    table: str
    key: list[str]
    by_digest: bool = False
    after: Key | None = None
    rows: list[int] = field(default_factory=lambda: [0, 0])
    chunks: int = 0
    ranges: list[tuple[Key | None, Key | None, int, int]] = field(default_factory=list)
    differing: int = 0
    keys: Found = field(default_factory=Found)
    unread: str | None = None
    done: bool = False


@dataclass(frozen=True)
class Limits:
    """most_keys: of rows that differ, named for each table. without_key: rows that a table without key may have, since
    it can only be read as a whole."""

    most_keys: int
    without_key: int


def begun(table: Table) -> Result:
    """A table of which nothing has been seen."""
    return Result(table.name, [column.name for column in table.key], table.by_digest)


def unfit(pair: Both[Table], limits: Limits) -> str | None:
    """Why the rows of a table cannot be compared, None where they can."""
    for name, table in pair.named().items():
        if table.unfit:
            return f"on the {name}: {table.unfit}"
    source, target = pair.source, pair.target
    if list(source.columns.items()) != list(target.columns.items()):
        differing = sorted(dict(set(source.columns.items()) ^ set(target.columns.items())))
        return f"its columns differ ({', '.join(differing) or 'in their order'})"
    if [column.name for column in source.key] != [column.name for column in target.key]:
        return "its keys differ, so that its rows cannot be told apart in the same way on both sides"
    for ours, theirs in zip(source.key, target.key, strict=True):
        if ours.order != theirs.order:
            return f"its key {ours.name} is sorted by {ours.order} on the source and by {theirs.order} on the target"
    rows = max(source.estimate, target.estimate)
    if source.by_digest and rows > limits.without_key:
        return (
            f"it has no key that is fit to walk along, and about {rows} rows, where {limits.without_key} may be read "
            "at once. Give it a primary key, or raise max_rows_without_key."
        )
    return None


@dataclass(frozen=True)
class Walk:
    """Along the key of a table, on both sides. kept is called after each chunk.

    The source says where chunks end. The first has no beginning and the last no end, so what lies outside of the
    source's keys on the target is in one of them too.
    """

    sides: Both[Reader]
    pace: Pace
    limits: Limits
    kept: Callable[[], None]

    def through(self, table: Table, result: Result) -> None:
        """Goes on to the end of the table. Raises TimeIsUp."""
        self.pace.begin()
        try:
            while not result.done:
                self.pace.wait()
                self.pace.measured(partial(self._chunk, table, result))
                self.kept()
        except Unread as error:
            result.unread, result.done = str(error), True

    def _chunk(self, table: Table, result: Result) -> None:
        to = None if result.by_digest else self.sides.source.end_of(table, result.after, self.pace.size)
        span = Span(result.after, to)
        digests = digests_of(self.sides, table, span)
        if problem := _undigested(digests):
            raise Unread(problem)
        if digests.source != digests.target:
            self._differs(table, result, span, digests)
        result.rows = [result.rows[0] + digests.source.rows, result.rows[1] + digests.target.rows]
        result.chunks += 1
        result.after, result.done = to, to is None

    def _differs(self, table: Table, result: Result, span: Span, digests: Both[Digest]) -> None:
        result.differing += 1
        if len(result.ranges) < RANGES_TOLD:
            result.ranges.append((span.after, span.to, digests.source.rows, digests.target.rows))
        room = self.limits.most_keys - len(result.keys)
        if room > 0:
            result.keys.add(narrow(self.sides, table, span, digests, room), self.limits.most_keys)
        else:
            result.keys.complete = False


def _undigested(digests: Both[Digest]) -> str | None:
    for name, digest in digests.named().items():
        if digest.digested != digest.rows:
            return (
                f"the {name} gave no digest of {digest.rows - digest.digested} rows; "
                "they are larger than max_allowed_packet, or MD5 is switched off"
            )
    return None


def pairs_of(source: Sequence[Table], target: Sequence[Table], without: frozenset[str]) -> list[Both[Table]]:
    """The tables that both have, by name. What only one of them has is a difference of the schemas."""
    theirs = {table.name: table for table in target}
    return [
        Both(table, theirs[table.name])
        for table in sorted(source, key=lambda table: table.name)
        if table.name in theirs and table.name not in without
    ]
