# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database of PostgreSQL (15 and later), by psycopg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import CutoverError
from .._plan.settle import Clock
from . import postgres_catalog, queries
from .activity import Activity
from .drivers import POSTGRES, driver, not_connected
from .postgres_rows import DIALECT
from .shapes import Access, Catalog, Digest, Key, Movement, Position, Rows, Span, Table, Unread

OLDEST = 15
"""Earlier ones do not say which version of a collation sorts the database."""

CONNECT_SECONDS = 10

SETTINGS = {
    # What a value looks like depends on them.
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "extra_float_digits": "3",
    "bytea_output": "hex",
    "lc_monetary": "C",
    "xmlbinary": "base64",
    "search_path": "pg_catalog",
    # Rows that a policy hides are an error, and not left out.
    "row_security": "off",
    # Nothing can be written by this session, by whatever mistake.
    "default_transaction_read_only": "on",
    # Where a change of a table waits for the end of somebody's transaction, this one does not queue behind it.
    "lock_timeout": "10s",
    # A chunk is one process, is not compiled first, and is as long as it has to be.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
}


class Postgres:
    """One session reads in one transaction; the other one is outside of it, and watches."""

    def __init__(self, access: Access, name: str, clock: Clock) -> None:
        self._driver = driver(POSTGRES)
        self._name = name
        self._watch = self._connected(access)
        try:
            version = self._watch.info.server_version // 10000
            self.server = f"PostgreSQL {self._watch.info.parameter_status('server_version')}"
            if version < OLDEST:
                raise CutoverError(f"{name}: {access.host} is {self.server}; {OLDEST} and later can be compared.")
            self._view = self._connected(access)
            own = (self._watch.info.backend_pid, self._view.info.backend_pid)
            self._activity = Activity(self._watched, own, clock)
        except BaseException:
            self._watch.close()
            raise

    def begin(self) -> None:
        """See Session. The first query takes the snapshot."""
        self._ask(self._view, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        self._ask(self._view, "SELECT pg_current_snapshot()")

    def _connected(self, access: Access) -> Any:
        try:
            connection = self._driver.connect(
                host=access.host,
                port=access.port,
                user=access.username,
                password=access.password,
                dbname=access.database,
                sslmode="verify-full",
                sslrootcert=access.ca_file,
                # It would go before TLS.
                gssencmode="disable",
                connect_timeout=CONNECT_SECONDS,
                application_name="cutover.aws",
                client_encoding="UTF8",
                autocommit=True,
                # A plan for any range of keys is no plan for this one.
                prepare_threshold=None,
            )
        except self._driver.Error as error:
            raise not_connected(self._name, access, " ".join(str(error).split())) from None
        for setting, value in SETTINGS.items():
            self._ask(connection, "SELECT set_config(%s, %s, false)", (setting, value))
        return connection

    def _ask(self, connection: Any, sql: str, values: Sequence[int | str] = (), row: Any = None) -> list[Any]:
        try:
            with connection.cursor(row_factory=row or self._driver.rows.tuple_row) as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall()) if cursor.description else []
        except self._driver.Error as error:
            if connection.closed:
                raise CutoverError(f"the connection to the {self._name} was lost. Run it again.") from None
            # The text of an error may hold values of rows, its code does not.
            code = f"{error.sqlstate} " if error.sqlstate else ""
            raise Unread(f"the {self._name} answered with error {code}({type(error).__name__})") from None

    def _viewed(self, query: queries.Query) -> list[Any]:
        """A failure would end the transaction, and the snapshot with it, but for the savepoint."""
        self._ask(self._view, "SAVEPOINT part")
        try:
            return self._ask(self._view, *query)
        except Unread:
            self._ask(self._view, "ROLLBACK TO SAVEPOINT part")
            raise
        finally:
            if not self._view.closed:
                self._ask(self._view, "RELEASE SAVEPOINT part")

    def _watched(self, sql: str, *values: int | str) -> list[dict[str, Any]]:
        """Rows by the names of their columns."""
        return self._ask(self._watch, sql, values, self._driver.rows.dict_row)

    def catalog(self) -> Catalog:
        """See Session."""
        return postgres_catalog.catalog(self._watched)

    def position(self) -> Position:
        """See Session."""
        return self._activity.position()

    def moved(self, since: Position, without: frozenset[str]) -> Movement:
        """See Session."""
        return self._activity.moved(since, without)

    def running(self) -> int:
        """See Session."""
        return self._activity.running()

    def end_of(self, table: Table, after: Key | None, rows: int) -> Key | None:
        """See Reader."""
        found = self._viewed(queries.end_of(DIALECT, table, after, rows))
        return tuple(found[0]) if found else None

    def digest(self, table: Table, span: Span) -> Digest:
        """See Reader."""
        return queries.digest_of(self._viewed(queries.digest(DIALECT, table, span))[0])

    def rows(self, table: Table, span: Span, most: int) -> Rows:
        """See Reader."""
        return queries.rows_of(self._viewed(queries.rows(DIALECT, table, span, most)))

    def close(self) -> None:
        """See Session."""
        self._view.close()
        self._watch.close()
