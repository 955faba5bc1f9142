# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a database of PostgreSQL has, by pg_catalog, which hides nothing from a user without rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .postgres_queries import COLUMNS, ITEMS, KEYS, LARGE_OBJECTS, SEQUENCES, TABLES
from .postgres_rows import Column, digest_of_row, key_column, key_of_digest, quoted
from .queries import ROW
from .shapes import Catalog, Counter, Item, KeyColumn, Table, Unread

Row = Mapping[str, Any]
Ask = Callable[..., list[dict[str, Any]]]

UNREADABLE = {"f": "it is a foreign table, whose rows another server has"}
"""Kinds of relations whose rows are not in this database."""


def catalog(ask: Ask) -> Catalog:
    """Raises Unread where pg_catalog is not read."""
    columns: dict[str, list[Column]] = defaultdict(list)
    for row in ask(COLUMNS):
        columns[row["table_name"]].append(row)
    keys: dict[str, list[Row]] = defaultdict(list)
    for row in ask(KEYS):
        keys[row["table_name"]].append(row)
    rows = ask(TABLES)
    items = [Item(kind, **_named(row)) for kind, query in ITEMS.items() for row in ask(query)]
    tables = [_table(row, columns[row["table_name"]], keys[row["table_name"]]) for row in rows if row["kind"] != "p"]
    objects = int(ask(LARGE_OBJECTS)[0]["objects"])
    items.append(Item("database", "large objects", {"number": objects}))
    return Catalog(
        items=[*items, *_column_items(columns), *(_table_item(row) for row in rows)],
        tables=[*tables, _large_objects(objects)] if objects else tables,
        counters=[_counter(ask, row) for row in ask(SEQUENCES)],
    )


def _named(row: Row) -> dict[str, Any]:
    return {"name": row["name"], "attributes": {key: value for key, value in row.items() if key != "name"}}


def _table_item(row: Row) -> Item:
    shown = ("kind", "persistence", "options", "partition_key", "partition_of", "bound", "row_security")
    return Item("table", row["table_name"], {name: row[name] for name in shown})


def _column_items(columns: Mapping[str, list[Column]]) -> Iterator[Item]:
    shown = ("position", "type", "not_null", "default", "generated", "identity", "collation")
    for table, rows in columns.items():
        for row in rows:
            yield Item("column", f"{table}.{row['column_name']}", {name: row[name] for name in shown})


def _table(row: Row, columns: list[Column], keys: list[Row]) -> Table:
    name = row["table_name"]
    digest = digest_of_row(columns)
    key = _key({column["column_name"]: column for column in columns}, keys)
    unfit = UNREADABLE.get(row["kind"])
    if not row["readable"]:
        unfit = "the user may not read it (SELECT is needed)"
    elif row["policies_hide"]:
        unfit = "its row level security hides rows from the user (BYPASSRLS is needed)"
    return Table(
        name=name,
        # Without ONLY, rows of tables that inherit from it would be compared twice.
        sql=f"ONLY {quoted(row['schema_name'])}.{quoted(row['relation_name'])}",
        columns={column["column_name"]: column["type"] for column in columns},
        row=digest,
        key=key or key_of_digest(digest),
        by_digest=key is None,
        estimate=int(row["estimate"]),
        unfit=unfit,
    )


def _key(columns: Mapping[str, Column], keys: list[Row]) -> tuple[KeyColumn, ...] | None:
    """The primary key, or else the first unique index that names every row."""
    for row in keys:
        found = [key_column(columns[name]) for name in row["names"]]
        if all(found):
            return tuple(column for column in found if column)
    return None


def _large_objects(number: int) -> Table:
    """They are compared as a table of their ids."""
    return Table(
        name="(large objects)",
        sql="pg_largeobject_metadata",
        columns={"oid": "oid"},
        row=f"md5(lo_get({ROW}.oid))",
        key=(KeyColumn("oid", f"{ROW}.oid", f"{ROW}.oid::text", "%s::oid"),),
        estimate=number,
    )


def _counter(ask: Ask, row: Row) -> Counter:
    """pg_sequences has no value both where nothing was taken and where it may not be seen, so each one is asked."""
    place = f"{quoted(row['schema_name'])}.{quoted(row['relation_name'])}"
    try:
        found = ask(f"SELECT last_value, is_called FROM {place}")[0]
    except Unread:
        return Counter(row["name"], None)
    step = int(row["step"])
    return Counter(row["name"], int(found["last_value"]) + (step if found["is_called"] else 0), step)
