# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The queries about the rows of a table that both kinds of databases answer; what differs is a Dialect."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .shapes import Digest, Key, KeyColumn, Rows, Span, Table

ROW = "r"
"""A table's name in a query. ORDER BY id would mean the column of the result, which may be a text; r.id does not."""

Query = tuple[str, list[int | str]]
Row = Sequence[int | str]
Behind = Callable[[Sequence[KeyColumn], Key], Query]


@dataclass(frozen=True)
class Dialect:
    """half: a half of the digest `h` as a number, from its first character on. behind, upto: conditions on a key."""

    half: Callable[[int], str]
    behind: Behind
    upto: Behind


def end_of(dialect: Dialect, table: Table, after: Key | None, rows: int) -> Query:
    """The key of so many rows behind `after`: no row or one."""
    where, values = _where(dialect, table, Span(after))
    read = ", ".join(column.read for column in table.key)
    order = ", ".join(column.sql for column in table.key)
    return f"SELECT {read} FROM {table.sql} AS {ROW} WHERE {where} ORDER BY {order} LIMIT 1 OFFSET {rows - 1}", values


def digest(dialect: Dialect, table: Table, span: Span) -> Query:
    """One row for digest_of."""
    where, values = _where(dialect, table, span)
    sums = ", ".join(f"COALESCE(SUM({dialect.half(start)}), 0)" for start in (1, 17))
    rows = f"SELECT {table.row} AS h FROM {table.sql} AS {ROW} WHERE {where}"
    return f"SELECT COUNT(*), COUNT(h), {sums} FROM ({rows}) AS span", values


def digest_of(row: Row) -> Digest:
    """From the answer of digest."""
    rows, digested, first, second = map(int, row)
    return Digest(rows, digested, (first, second))


def rows(dialect: Dialect, table: Table, span: Span, most: int) -> Query:
    """Rows for rows_of."""
    where, values = _where(dialect, table, span)
    names = [f"k{number}" for number in range(len(table.key))]
    read = ", ".join(f"{column.read} AS {name}" for name, column in zip(names, table.key, strict=True))
    keys = ", ".join(names)
    inner = f"SELECT {read}, {table.row} AS h FROM {table.sql} AS {ROW} WHERE {where}"
    return f"SELECT {keys}, h, COUNT(*) FROM ({inner}) AS span GROUP BY {keys}, h LIMIT {most}", values


def rows_of(answer: Sequence[Row]) -> Rows:
    """From the answer of rows."""
    return {(tuple(row[:-2]), str(row[-2])): int(row[-1]) for row in answer}


def _where(dialect: Dialect, table: Table, span: Span) -> Query:
    parts = [
        condition(table.key, key)
        for condition, key in ((dialect.behind, span.after), (dialect.upto, span.to))
        if key is not None
    ]
    where = " AND ".join(f"({sql})" for sql, _values in parts) or "1 = 1"
    return where, [value for _sql, values in parts for value in values]
