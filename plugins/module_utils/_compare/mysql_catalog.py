# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a database of MySQL or MariaDB has, by information_schema."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from .mysql_rows import Column, digest_of_row, key_column, key_of_digest, quoted, unknown_type
from .shapes import Catalog, Counter, Item, KeyColumn, Table, Unread

Row = Mapping[str, Any]
Ask = Callable[..., list[dict[str, Any]]]

PRIMARY = "PRIMARY"

COLUMN_RIGHTS = """
SELECT DISTINCT table_name FROM information_schema.COLUMN_PRIVILEGES
WHERE table_schema = %s AND REPLACE(grantee, "'", '') = CURRENT_USER()
"""

TEXTS: Mapping[str, tuple[str, str, str, tuple[str, ...]]] = {
    "view": (
        "VIEWS",
        "table_schema",
        "table_name",
        ("view_definition", "check_option", "security_type", "definer"),
    ),
    "routine": (
        "ROUTINES",
        "routine_schema",
        "routine_name",
        ("routine_type", "routine_definition", "dtd_identifier", "is_deterministic", "sql_data_access", "sql_mode",
         "security_type", "definer"),
    ),
    "trigger": (
        "TRIGGERS",
        "trigger_schema",
        "trigger_name",
        ("event_object_table", "event_manipulation", "action_timing", "action_order", "action_statement", "sql_mode",
         "definer"),
    ),
    "event": (
        "EVENTS",
        "event_schema",
        "event_name",
        ("event_definition", "event_type", "execute_at", "interval_value", "interval_field", "starts", "ends",
         "status", "time_zone", "sql_mode", "definer"),
    ),
}  # fmt: skip
"""Parts that are a text and settings, by kind: their table of information_schema, its columns for schema and name."""

BODIES = ("view_definition", "routine_definition", "action_statement", "event_definition")
"""Empty where the user may not see them."""


def catalog(ask: Ask, database: str, mariadb: bool) -> Catalog:
    """Raises Unread where a table of information_schema is not read."""
    reading = _Reading(ask, database, mariadb)
    items = [*reading.settings(), *reading.tables(), *reading.columns(), *reading.indexes(), *reading.constraints()]
    texts = list(reading.texts())
    parameters = list(reading.parameters())
    return Catalog(
        items=[*items, *texts, *parameters],
        tables=list(reading.data()),
        counters=list(reading.counters()),
        unseen=[*reading.unseen(), *_without_body(texts)],
    )


def _without_body(items: Sequence[Item]) -> Iterator[str]:
    for item in items:
        for name in BODIES:
            if name in item.attributes and not item.attributes[name]:
                yield f"the user may not see what {item.kind} {item.name} does; see docs/sql-compare.md for its rights"


class _Reading:
    """All of information_schema that is about one database."""

    def __init__(self, ask: Ask, database: str, mariadb: bool) -> None:
        self._ask, self._database, self._mariadb = ask, database, mariadb
        if not mariadb:
            # Statistics are cached for a day otherwise, and AUTO_INCREMENT with them.
            ask("SET SESSION information_schema_stats_expiry = 0")
        self._tables = self._of("TABLES", "table_schema", "table_name")
        self._columns = self._grouped("COLUMNS", "ordinal_position")
        self._statistics = self._grouped("STATISTICS", "index_name, seq_in_index")

    def _of(self, table: str, schema: str, order: str) -> list[dict[str, Any]]:
        sql = f"SELECT * FROM information_schema.{table} WHERE {schema} = %s ORDER BY {order}"
        return self._ask(sql, self._database)

    def _grouped(self, table: str, order: str) -> dict[str, list[dict[str, Any]]]:
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._of(table, "table_schema", order):
            groups[row["table_name"]].append(row)
        return groups

    def settings(self) -> Iterator[Item]:
        """Those that change what statements of the application mean."""
        found = self._of("SCHEMATA", "schema_name", "schema_name")[0]
        zone = self._ask("SELECT @@global.time_zone AS zone, @@lower_case_table_names AS names")[0]
        yield Item(
            "database",
            "settings",
            {
                "character_set": found["default_character_set_name"],
                "collation": found["default_collation_name"],
                "time_zone": zone["zone"],
                "lower_case_table_names": zone["names"],
            },
        )

    def tables(self) -> Iterator[Item]:
        """Views have their own items."""
        for row in self._tables:
            if row["table_type"] != "VIEW":
                yield Item(
                    "table",
                    row["table_name"],
                    {"type": row["table_type"], "engine": row["engine"], "collation": row["table_collation"],
                     "options": row["create_options"]},
                )  # fmt: skip

    def columns(self) -> Iterator[Item]:
        """Of tables and views."""
        for row in (row for rows in self._columns.values() for row in rows):
            shown = ("ordinal_position", "column_default", "is_nullable", "column_type", "character_set_name",
                     "collation_name", "extra", "generation_expression")  # fmt: skip
            yield Item("column", f"{row['table_name']}.{row['column_name']}", {name: row[name] for name in shown})

    def indexes(self) -> Iterator[Item]:
        """An index is the list of its columns."""
        for table, rows in self._statistics.items():
            for index in dict.fromkeys(row["index_name"] for row in rows):
                parts = [row for row in rows if row["index_name"] == index]
                first = parts[0]
                yield Item(
                    "index",
                    f"{table}.{index}",
                    {
                        "unique": not first["non_unique"],
                        "type": first["index_type"],
                        "used": first.get("is_visible", first.get("ignored")),
                        "columns": [
                            [part["column_name"] or part.get("expression"), part["sub_part"], part["collation"]]
                            for part in parts
                        ],
                    },
                )

    def constraints(self) -> Iterator[Item]:
        """Keys, references and checks. Unique ones are indexes too."""
        columns: dict[tuple[str, str], list[list[Any]]] = defaultdict(list)
        for row in self._of("KEY_COLUMN_USAGE", "constraint_schema", "table_name, constraint_name, ordinal_position"):
            refers_to = [row["referenced_table_name"], row["referenced_column_name"]]
            columns[row["table_name"], row["constraint_name"]].append([row["column_name"], *refers_to])
        rules = {
            (row["table_name"], row["constraint_name"]): [row["update_rule"], row["delete_rule"]]
            for row in self._of("REFERENTIAL_CONSTRAINTS", "constraint_schema", "constraint_name")
        }
        # MariaDB has the table here, since two tables may have checks of the same name.
        checks = {
            (row.get("table_name"), row["constraint_name"]): row["check_clause"]
            for row in self._of("CHECK_CONSTRAINTS", "constraint_schema", "constraint_name")
        }
        for row in self._of("TABLE_CONSTRAINTS", "constraint_schema", "table_name, constraint_name"):
            place, name = (row["table_name"], row["constraint_name"]), row["constraint_name"]
            yield Item(
                "constraint",
                f"{row['table_name']}.{name}",
                {
                    "type": row["constraint_type"],
                    "columns": columns.get(place),
                    "rules": rules.get(place),
                    "definition": checks.get(place, checks.get((None, name))),
                    "enforced": row.get("enforced"),
                },
            )

    def texts(self) -> Iterator[Item]:
        """Names of the database itself are taken out of views: two databases need not have the same name."""
        own = f"`{self._database}`."
        for kind, (table, schema, name, shown) in TEXTS.items():
            for row in self._of(table, schema, name):
                attributes = {part: row[part] for part in shown}
                if kind == "view":
                    attributes["view_definition"] = (row["view_definition"] or "").replace(own, "")
                # A procedure and a function may have the same name.
                word = row["routine_type"].lower() if kind == "routine" else kind
                yield Item(word, row[name], attributes)

    def parameters(self) -> Iterator[Item]:
        """Of routines; the one without a name is what a function returns."""
        for row in self._of("PARAMETERS", "specific_schema", "specific_name, ordinal_position"):
            name = f"{row['routine_type'].lower()} {row['specific_name']}.{row['ordinal_position']}"
            shown = ("parameter_mode", "parameter_name", "dtd_identifier", "collation_name")
            yield Item("parameter", name, {part: row[part] for part in shown})

    def counters(self) -> Iterator[Counter]:
        """The next AUTO_INCREMENT of each table, and MariaDB's sequences."""
        for row in self._tables:
            if row["table_type"] == "SEQUENCE":
                yield self._sequence(row["table_name"])
            elif row["auto_increment"] is not None:
                yield Counter(f"{row['table_name']} (AUTO_INCREMENT)", int(row["auto_increment"]))

    def _sequence(self, name: str) -> Counter:
        try:
            found = self._ask(f"SELECT next_not_cached_value AS next, increment AS step FROM {self._place(name)}")[0]
        except Unread:
            return Counter(name, None)
        return Counter(name, int(found["next"]), int(found["step"]))

    def _place(self, table: str) -> str:
        return f"{quoted(self._database)}.{quoted(table)}"

    def data(self) -> Iterator[Table]:
        """The tables that hold rows."""
        for row in self._tables:
            if row["table_type"] not in ("VIEW", "SEQUENCE"):
                yield self._table(row)

    def _table(self, row: Row) -> Table:
        name = row["table_name"]
        columns = self._columns[name]
        unfit = unknown_type(columns)
        if row["table_type"] == "SYSTEM VERSIONED":
            unfit = "it is versioned by the server, and the rows of its history cannot be walked through"
        if str(row["engine"]).lower() != "innodb":
            unfit = f"its engine is {row['engine']}, which has no consistent view (InnoDB has)"
        digest = digest_of_row(columns)
        key = None if unfit else self._key(name, {column["column_name"]: column for column in columns})
        return Table(
            name=name,
            sql=self._place(name),
            columns={column["column_name"]: _type(column) for column in columns},
            row=digest,
            key=key or key_of_digest(digest),
            by_digest=key is None,
            estimate=int(row["table_rows"] or 0),
            unfit=unfit,
        )

    def _key(self, table: str, columns: Mapping[str, Column]) -> tuple[KeyColumn, ...] | None:
        """The primary key, or else the first unique index that names every row."""
        parts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._statistics.get(table, []):
            if not row["non_unique"] and row["index_type"] == "BTREE":
                parts[row["index_name"]].append(row)
        for index in sorted(parts, key=lambda name: (name != PRIMARY, name)):
            rows = parts[index]
            if all(row["column_name"] and not row["sub_part"] and row["nullable"] != "YES" for row in rows):
                found = [key_column(columns[row["column_name"]]) for row in rows]
                if all(found):
                    return tuple(column for column in found if column)
        return None

    def unseen(self) -> Iterator[str]:
        """information_schema leaves out what a user has no rights on; the list of InnoDB's does not."""
        for row in self._ask(COLUMN_RIGHTS, self._database):
            yield f"the user has rights on single columns of {row['table_name']}, and may not see the others"
        source = "INNODB_SYS_TABLES" if self._mariadb else "INNODB_TABLES"
        try:
            known = self._ask(f"SELECT name FROM information_schema.{source}")
        except Unread:
            yield "the user may not see whether there are more tables (PROCESS is needed)"
            return
        tables = {_plain(row["name"], self._database) for row in known} - {None}
        hidden = len(tables) - sum(str(row["engine"]).lower() == "innodb" for row in self._tables)
        if hidden > 0:
            yield f"the user may not see {hidden} tables (SELECT on all of the database is needed)"


def _type(column: Column) -> str:
    return f"{column['column_type']} {column['extra']}".strip()


_code = re.compile(r"@([0-9a-f]{4})")


def _plain(name: str, database: str) -> str | None:
    """`shop/orders#p#p0` is a partition of orders, `@002d` stands for a dash; None for another database's, and for
    what InnoDB has for itself (full-text indexes, tables on their way)."""
    schema, _slash, table = _code.sub(lambda code: chr(int(code[1], 16)), name).partition("/")
    if schema.lower() != database.lower() or table.lower().startswith(("fts_", "#sql")):
        return None
    return re.split(r"#p#", table, maxsplit=1, flags=re.IGNORECASE)[0].lower()
