# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How MySQL and MariaDB put a row, and a key, into a form that is the same wherever the data are the same.

A session is in UTC and has no SQL mode (mysql.py), or the same row would not look the same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .queries import ROW, Dialect, Query
from .shapes import Key, KeyColumn

Column = Mapping[str, Any]
"""A row of information_schema.COLUMNS, with the names in lower case."""

INTEGERS = frozenset({"tinyint", "smallint", "mediumint", "int", "bigint", "year"})
TEXTS = frozenset({"char", "varchar"})
LONG = frozenset({"tinytext", "text", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob", "json"})
"""They go in as digests of their own: the text of a row must not be longer than max_allowed_packet."""

PLAIN = INTEGERS | {"decimal", "date", "datetime", "timestamp", "time", "uuid", "inet4", "inet6"}
"""Their text is all there is to them."""

SPACES = frozenset(
    {
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
        "geomcollection",
    }
)

VIRTUAL = "VIRTUAL GENERATED"
"""Computed when read, from what is compared anyway."""


def quoted(name: str) -> str:
    """An identifier; the driver takes a single percent sign for a parameter."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"


def column_of(column: Column) -> str:
    """A column of the row that a query is about."""
    return f"{ROW}.{quoted(column['column_name'])}"


def digest_of_row(columns: Iterable[Column]) -> str:
    """The MD5 of all columns. Lengths stand before texts, so that no two rows make the same text."""
    parts = [_part(column) for column in columns if VIRTUAL not in column["extra"]]
    return f"MD5(CONCAT({', '.join(parts)}))"


def unknown_type(columns: Iterable[Column]) -> str | None:
    """Why not every column can be compared."""
    for column in columns:
        kind = column["data_type"]
        if kind not in PLAIN | TEXTS | LONG | SPACES | {"binary", "varbinary", "enum", "set", "bit", "float", "double"}:
            return f"its column {column['column_name']} has the type {kind}, for which there is no exact text"
    return None


def _part(column: Column) -> str:
    name, kind = column_of(column), column["data_type"]
    if kind in LONG:
        return f"IFNULL(MD5({f'CAST({name} AS CHAR)' if kind == 'json' else name}), 'N')"
    if kind in SPACES:
        return f"IFNULL(CONCAT(ST_SRID({name}), ':', MD5(ST_AsWKB({name}))), 'N')"
    text = _text(name, kind)
    return f"IFNULL(CONCAT(LENGTH({text}), ':', {text}), 'N')"


def _text(name: str, kind: str) -> str:
    if kind in ("float", "double"):
        # The text of FLOAT has six digits, and that of DOUBLE(M, D) has D; that of a computed number has all.
        return f"CAST({name} + 0e0 AS CHAR)"
    if kind == "bit":
        return f"CAST({name} + 0 AS CHAR)"
    if kind in ("binary", "varbinary"):
        return name
    # Bytes, since two texts that differ may be equal by their collation.
    return f"CAST({name} AS BINARY)" if kind not in PLAIN else f"CAST({name} AS CHAR)"


def key_column(column: Column) -> KeyColumn | None:
    """None for what is not sorted as it is compared (ENUM), or does not come back as it went (FLOAT)."""
    name, kind = column["column_name"], column["data_type"]
    sql = column_of(column)
    if kind in INTEGERS:
        return KeyColumn(name, sql, sql)
    if kind in TEXTS:
        return KeyColumn(name, sql, sql, order=column["collation_name"])
    if kind in ("binary", "varbinary"):
        return KeyColumn(name, sql, f"HEX({sql})", "UNHEX(%s)")
    if kind == "decimal":
        return KeyColumn(name, sql, f"CAST({sql} AS CHAR)", f"CAST(%s AS {column['column_type'].split()[0]})")
    if kind in PLAIN:
        return KeyColumn(name, sql, f"CAST({sql} AS CHAR)")
    return None


def key_of_digest(row: str) -> tuple[KeyColumn]:
    """What stands for the key of a table that has none."""
    return (KeyColumn("digest of the row", row, row),)


def _half(start: int) -> str:
    return f"CAST(CONV(SUBSTR(h, {start}, 16), 16, 10) AS UNSIGNED)"


def _beyond(columns: Sequence[KeyColumn], key: Key, sign: str, last: str) -> Query:
    """(a, b) > (x, y) as a range of an index; neither server sees one in the comparison of rows."""
    column, value = columns[0], key[0]
    if len(columns) == 1:
        return f"{column.sql} {last} {column.bind}", [value]
    rest, values = _beyond(columns[1:], key[1:], sign, last)
    sql = (
        f"{column.sql} {sign}= {column.bind} AND "
        f"({column.sql} {sign} {column.bind} OR ({column.sql} = {column.bind} AND {rest}))"
    )
    return sql, [value, value, value, *values]


DIALECT = Dialect(
    _half,
    behind=lambda columns, key: _beyond(columns, key, ">", ">"),
    upto=lambda columns, key: _beyond(columns, key, "<", "<="),
)
