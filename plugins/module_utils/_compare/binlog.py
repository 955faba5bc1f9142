# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether MySQL or MariaDB has been written to, by its binary log.

RDS itself writes a heartbeat into a table of the schema mysql, and begins a new file, every five minutes. So it does
not say much that the log has grown; what stands in it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .shapes import Movement, Position, Unread

MOST_EVENTS = 10_000
"""Of the log, to be looked at; a log that has grown by more has been written to."""

HARMLESS = re.compile(
    r"Format_desc|Rotate|Previous_gtids|(Anonymous_)?Gtid(_list|_tagged)?|Xid|XA_prepare|Binlog_checkpoint|Stop|"
    r"Start_encryption|Heartbeat|Ignorable|Rows_query|Annotate_rows|Intvar|RAND|User var|"
    r"(Write|Update|Delete)_rows.*",
    re.IGNORECASE,
)
"""Events that change nothing, or whose table or statement stands in another event."""

_table = re.compile(r"\((.+?)\.(.+)\)$")
_use = re.compile(r"use `((?:[^`]|``)+)`;", re.IGNORECASE)
_control = re.compile(
    r"BEGIN|COMMIT|ROLLBACK( TO .*)?|SAVEPOINT .*|XA (START|END|PREPARE|COMMIT|ROLLBACK) .*", re.IGNORECASE
)

Ask = Callable[..., list[dict[str, Any]]]


class Binlog:
    """The binary log of a server, asked for a database."""

    def __init__(self, ask: Ask, database: str) -> None:
        self._ask, self._database = ask, database
        self._status: str | None = None

    def position(self) -> Position:
        """File and place, and the GTIDs. Raises Unread where there is no log, or it leaves the database out."""
        status = self._read_status()
        if not status:
            raise Unread(
                "its binary log is off, so it cannot be told whether it is written to; RDS writes one while "
                "backup_retention is above 0"
            )
        if status[0].get("binlog_do_db") or status[0].get("binlog_ignore_db"):
            raise Unread("its binary log leaves databases out, so it cannot be told whether this one is written to")
        server = self._ask("SELECT @@server_id AS server")[0]["server"]
        return {
            "server": int(server),
            "file": status[0]["file"],
            "position": int(status[0]["position"]),
            "gtid": self._gtid(status[0]),
        }

    def _read_status(self) -> list[dict[str, Any]]:
        """MySQL 8.4 has another name for it, which MariaDB does not know."""
        problems = []
        for statement in [self._status] if self._status else ["SHOW MASTER STATUS", "SHOW BINARY LOG STATUS"]:
            try:
                found = self._ask(statement)
            except Unread as error:
                problems.append(str(error))
                continue
            self._status = statement
            return found
        told = ", ".join(problems)
        raise Unread(f"its position in the binary log cannot be read (REPLICATION CLIENT is needed): {told}")

    def _gtid(self, status: Mapping[str, Any]) -> str:
        if "executed_gtid_set" in status:
            return str(status["executed_gtid_set"]).replace("\n", "")
        return str(self._ask("SELECT @@gtid_binlog_pos AS gtid")[0]["gtid"])

    def moved(self, since: Position, without: frozenset[str]) -> Movement:
        """Looks at what has been added to the log, and at nothing else."""
        try:
            now = self.position()
            if str(now["server"]) != str(since["server"]):
                return Movement(None, "it is another server than before")
            if _texts(now) == _texts(since):
                return Movement(False)
            events = list(self._events(since, now))
        except Unread as error:
            return Movement(None, str(error))
        if len(events) > MOST_EVENTS:
            return Movement(True, f"more than {MOST_EVENTS} events were added to its binary log")
        touched = sorted({what for event in events if (what := self._touched(event))} - without)
        return Movement(True, f"written: {', '.join(touched)}") if touched else Movement(False)

    def _events(self, since: Position, now: Position) -> Iterator[dict[str, Any]]:
        """At most one more than are looked at."""
        files = [row["log_name"] for row in self._ask("SHOW BINARY LOGS")]
        first, last = since["file"], now["file"]
        if first not in files or last not in files:
            raise Unread(f"its binary log {first} is gone; keep it longer (on RDS: binlog retention hours)")
        left = MOST_EVENTS + 1
        for file in files[files.index(first) : files.index(last) + 1]:
            start = int(str(since["position"])) if file == first else 4
            some = self._ask(f"SHOW BINLOG EVENTS IN '{file}' FROM {start} LIMIT {left}")
            yield from some
            left -= len(some)
            if left <= 0:
                return

    def _touched(self, event: Mapping[str, Any]) -> str | None:
        """The table that an event is about, or words for what is none; None where it does not touch the database."""
        kind, info = str(event["event_type"]), str(event["info"])
        if kind == "Table_map":
            found = _table.search(info)
            if not found:
                return "a table"
            schema, table = (part.strip("`") for part in found.groups())
            return table if schema.lower() == self._database.lower() else None
        if kind.startswith("Query"):
            return None if _control.fullmatch(info) or self._is_elsewhere(info) else "a statement"
        return None if HARMLESS.fullmatch(kind) else f"an event {kind}"

    def _is_elsewhere(self, statement: str) -> bool:
        """Whether a statement is made in another database, and does not name this one."""
        used = _use.match(statement)
        return bool(used and used[1] != self._database and self._database.lower() not in statement.lower())


def _texts(position: Position) -> list[str]:
    """The GTIDs too: after a RESET the names of files begin anew. A template may have made texts of numbers."""
    return [str(position.get(name)) for name in ("file", "position", "gtid")]
