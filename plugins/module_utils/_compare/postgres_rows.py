# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How PostgreSQL puts a row, and a key, into a form that is the same wherever the data are the same.

A session has fixed settings for all that the text of a value depends on (postgres.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .queries import ROW, Dialect, Query
from .shapes import Key, KeyColumn

Column = Mapping[str, Any]
"""A row of the query COLUMNS."""

LONG = frozenset({"text", "bytea", "json", "jsonb", "xml"})
"""They go in as digests of their own, since the text of a row must not be longer than 1 GB."""

ORDERED = frozenset(
    {
        "int2",
        "int4",
        "int8",
        "oid",
        "numeric",
        "bool",
        "text",
        "varchar",
        "bpchar",
        "name",
        "uuid",
        "bytea",
        "date",
        "time",
        "timestamp",
        "timestamptz",
        "inet",
    }
)
"""Types whose values come back from their text, and whose comparison does not depend on a schema's operators."""


def quoted(name: str) -> str:
    """An identifier; the driver takes a single percent sign for a parameter."""
    return '"' + name.replace('"', '""').replace("%", "%%") + '"'


def column_of(column: Column) -> str:
    """A column of the row that a query is about."""
    return f"{ROW}.{quoted(column['column_name'])}"


def digest_of_row(columns: Iterable[Column]) -> str:
    """The MD5 of all columns. Lengths stand before texts, so that no two rows make the same text."""
    parts = [_part(column) for column in columns if column["generated"] != "v"]
    return f"md5({' || '.join(parts)})" if parts else "md5('')"


def _part(column: Column) -> str:
    name = column_of(column)
    if column["base_type"] in LONG:
        content = name if column["base_type"] == "bytea" else f"{name}::text"
        return f"coalesce(md5({content}), 'N')"
    return f"coalesce(length({name}::text) || ':' || {name}::text, 'N')"


def key_column(column: Column) -> KeyColumn | None:
    """None for a type that may not be sorted in the same way on both sides, or whose text is not exact."""
    if column["base_type"] not in ORDERED and column["type_kind"] != "e":
        return None
    name = column_of(column)
    bind = f"%s::{column['cast']}"
    return KeyColumn(column["column_name"], name, f"{name}::text", bind, column["sorted_by"] or "")


def key_of_digest(row: str) -> tuple[KeyColumn]:
    """What stands for the key of a table that has none."""
    return (KeyColumn("digest of the row", f'({row}) COLLATE "C"', row),)


def _half(start: int) -> str:
    return f"('x' || substr(h, {start}, 16))::bit(64)::bigint"


def _beyond(columns: Sequence[KeyColumn], key: Key, sign: str) -> Query:
    own, binds = (", ".join(parts) for parts in zip(*((column.sql, column.bind) for column in columns), strict=True))
    return f"({own}) {sign} ({binds})", list(key)


DIALECT = Dialect(
    _half,
    behind=lambda columns, key: _beyond(columns, key, ">"),
    upto=lambda columns, key: _beyond(columns, key, "<="),
)
