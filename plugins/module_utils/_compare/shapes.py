# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What both kinds of databases are read into, and how they are asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .._errors import CutoverError

Key = tuple["int | str", ...]
"""The values of a row's key, as they pass through JSON: numbers and texts."""

Position = Mapping[str, object]
"""Up to where a server has written, in its own terms; passes through JSON."""


@dataclass(frozen=True)
class KeyColumn:
    """A column of the key by which a table is walked through.

    sql: the column. read: it as a number or text. bind: a parameter that compares with it. order: what its order
    depends on; where that differs between two servers, a range of keys is not the same range on both.
    """

    name: str
    sql: str
    read: str
    bind: str = "%s"
    order: str = ""


@dataclass(frozen=True)
class Table:
    """name: as people know it. sql: it in a FROM. row: the digest of a row, 32 hexadecimal digits.

    key: the row's digest stands for it where by_digest. estimate: how many rows the server thinks that it has.
    unfit: why its rows cannot be compared.
    """

    name: str
    sql: str
    columns: Mapping[str, str]
    row: str
    key: tuple[KeyColumn, ...]
    by_digest: bool = False
    estimate: int = 0
    unfit: str | None = None


@dataclass(frozen=True)
class Item:
    """A part of the schema, such as an index, and its settings."""

    kind: str
    name: str
    attributes: Mapping[str, object]


@dataclass(frozen=True)
class Counter:
    """A sequence or AUTO_INCREMENT: the next number that it gives, None where that cannot be read, and its step."""

    name: str
    next: int | None
    step: int = 1


@dataclass(frozen=True)
class Catalog:
    """All that a database has. unseen: why there may be more than is here."""

    items: Sequence[Item]
    tables: Sequence[Table]
    counters: Sequence[Counter] = ()
    unseen: Sequence[str] = ()


@dataclass(frozen=True)
class Span:
    """The rows whose key is behind `after` (None: from the first on), up to `to` (None: to the last)."""

    after: Key | None = None
    to: Key | None = None


@dataclass(frozen=True)
class Digest:
    """Of the rows of a span: how many there are, how many of them have a digest, and the sums of both halves of these.

    Sums and not exclusive ors, since two rows that are the same would cancel each other.
    """

    rows: int
    digested: int
    sums: tuple[int, int]


@dataclass(frozen=True)
class Movement:
    """Whether a server has been written to since: True, False, or None where that cannot be told; and what, or why."""

    moved: bool | None
    told: str = ""


class Unread(CutoverError):
    """A question that the database did not answer; the text says why, without a value of any row."""


Rows = Mapping[tuple[Key, str], int]
"""How many rows there are by key and digest."""


class Reader(Protocol):
    """One database, on a consistent view. Raises Unread."""

    def end_of(self, table: Table, after: Key | None, rows: int) -> Key | None:
        """The key of so many rows behind `after`, None where there are fewer."""

    def digest(self, table: Table, span: Span) -> Digest:
        """Made by the server, in one query."""

    def rows(self, table: Table, span: Span, most: int) -> Rows:
        """The first so many rows of a span, those that are the same counted as one."""


class Session(Reader, Protocol):
    """A connection that reads, on a consistent view, and one that watches the server meanwhile."""

    server: str

    def begin(self) -> None:
        """Takes the view; rows are read as they are at this moment."""

    def catalog(self) -> Catalog:
        """What the database has."""

    def position(self) -> Position:
        """Up to where the server has written. Raises Unread where it does not say."""

    def moved(self, since: Position, without: frozenset[str]) -> Movement:
        """Whether the database has been written to since, but for the tables `without`."""

    def running(self) -> int:
        """How many statements of others the server is working on."""

    def close(self) -> None:
        """Ends both connections."""


@dataclass(frozen=True)
class Access:
    """Where a database is, and how to get in. The password is shown nowhere."""

    host: str
    port: int
    database: str
    username: str
    ca_file: str
    password: str = field(repr=False)
