# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A database of MySQL (8.0 and later) or MariaDB (10.6 and later), by PyMySQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import CutoverError
from .._plan.settle import Clock
from . import mysql_catalog, queries
from .binlog import Binlog
from .drivers import MYSQL, driver, not_connected, trusting
from .mysql_rows import DIALECT
from .shapes import Access, Catalog, Digest, Key, Movement, Position, Rows, Span, Table, Unread

CONNECT_SECONDS = 10
LONGEST_STATEMENT = 3600
"""Seconds without an answer, after which the connection is taken for dead."""

SETTINGS = (
    # What a value looks like depends on them.
    "SET SESSION sql_mode = '', time_zone = '+00:00'",
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    # Nothing can be written by this session, by whatever mistake.
    "SET SESSION TRANSACTION READ ONLY",
    # Where a change of a table waits for the end of somebody's transaction, this one does not queue behind it.
    "SET SESSION lock_wait_timeout = 10",
)
VIEW = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"

WRITING = "SELECT COUNT(*) AS writing FROM information_schema.INNODB_TRX WHERE trx_rows_modified > 0"
"""A transaction is in the binary log a moment before others see its rows (group commit; with semi-synchronous
replication that takes as long as a replica does). A view of that moment lacks rows that the position has."""

TRIES, BETWEEN_TRIES = 20, 0.25
"""Views that are taken until none is of such a moment, and seconds between two of them."""

LOST = (2006, 2013, 0)
"""Errors of a connection that is gone: CR_SERVER_GONE_ERROR, CR_SERVER_LOST, and that of a closed one."""


class MySql:
    """One session reads on a snapshot; the other one is outside of it, and watches."""

    def __init__(self, access: Access, engine: str, name: str, clock: Clock) -> None:
        self._driver, self._clock = driver(MYSQL), clock
        self._name, self._database = name, access.database
        self._unsettled = ""
        self._watch = self._connected(access)
        try:
            version = str(self._ask(self._watch, "SELECT VERSION()")[0][0])
            self.mariadb = "mariadb" in version.lower()
            self.server = f"{'MariaDB' if self.mariadb else 'MySQL'} {version}"
            if self.mariadb != (engine == "mariadb"):
                raise CutoverError(f"{name}: {access.host} is {self.server}, and engine says {engine}. Correct engine.")
            self._binlog = Binlog(self._watched, access.database)
            self._view = self._connected(access)
        except BaseException:
            self._watch.close()
            raise

    def begin(self) -> None:
        """See Session."""
        for _attempt in range(TRIES):
            self._ask(self._view, VIEW)
            self._unsettled = self._transactions()
            if not self._unsettled:
                return
            self._clock.sleep(BETWEEN_TRIES)

    def _transactions(self) -> str:
        """Words for transactions that had written something when the view was taken."""
        try:
            writing = self._watched(WRITING)[0]["writing"]
        except Unread as error:
            return f"whether transactions were under way cannot be seen (PROCESS is needed): {error}"
        return f"{writing} transactions that write were under way when the view was taken" if writing else ""

    def _connected(self, access: Access) -> Any:
        try:
            connection = self._driver.connect(
                host=access.host,
                port=access.port,
                user=access.username,
                password=access.password,
                database=access.database,
                charset="utf8mb4",
                autocommit=True,
                ssl=trusting(access.ca_file),
                connect_timeout=CONNECT_SECONDS,
                read_timeout=LONGEST_STATEMENT,
                program_name="cutover.aws",
            )
        except self._driver.err.MySQLError as error:
            told = str(error.args[-1]) if error.args else type(error).__name__
            raise not_connected(self._name, access, told) from None
        for setting in SETTINGS:
            self._ask(connection, setting)
        return connection

    def _ask(self, connection: Any, sql: str, values: Sequence[int | str] = (), cursor_class: Any = None) -> list[Any]:
        try:
            with connection.cursor(cursor_class) as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall())
        except self._driver.err.MySQLError as error:
            code = error.args[0] if error.args else 0
            if code in LOST:
                raise CutoverError(f"the connection to the {self._name} was lost. Run it again.") from None
            # The text of an error may hold values of rows, its number does not.
            raise Unread(f"the {self._name} answered with error {code} ({type(error).__name__})") from None

    def _watched(self, sql: str, *values: int | str) -> list[dict[str, Any]]:
        """Rows by the names of their columns, in lower case: those of MySQL's own tables are in capitals."""
        rows = self._ask(self._watch, sql, values, self._driver.cursors.DictCursor)
        return [{name.lower(): value for name, value in row.items()} for row in rows]

    def catalog(self) -> Catalog:
        """See Session."""
        return mysql_catalog.catalog(self._watched, self._database, self.mariadb)

    def position(self) -> Position:
        """See Session."""
        return self._binlog.position()

    def moved(self, since: Position, without: frozenset[str]) -> Movement:
        """See Session."""
        if self._unsettled:
            return Movement(None, self._unsettled)
        return self._binlog.moved(since, without)

    def running(self) -> int:
        """See Session; this session is one of them."""
        return int(self._watched("SHOW GLOBAL STATUS LIKE 'Threads_running'")[0]["value"]) - 1

    def end_of(self, table: Table, after: Key | None, rows: int) -> Key | None:
        """See Reader."""
        found = self._ask(self._view, *queries.end_of(DIALECT, table, after, rows))
        return tuple(found[0]) if found else None

    def digest(self, table: Table, span: Span) -> Digest:
        """See Reader."""
        return queries.digest_of(self._ask(self._view, *queries.digest(DIALECT, table, span))[0])

    def rows(self, table: Table, span: Span, most: int) -> Rows:
        """See Reader."""
        return queries.rows_of(self._ask(self._view, *queries.rows(DIALECT, table, span, most)))

    def close(self) -> None:
        """See Session."""
        for connection in (self._view, self._watch):
            if connection.open:
                connection.close()
