# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a server has been written to, by what it says: what no test makes a real server say."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._compare.activity import HANDED_OVER, Activity
from ansible_collections.cutover.aws.plugins.module_utils._compare.binlog import MOST_EVENTS, Binlog
from ansible_collections.cutover.aws.plugins.module_utils._compare.shapes import Movement, Unread
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock

BEFORE = {"server": 1, "file": "log.1", "position": 100, "gtid": ""}

Event = tuple[str, str]


class Server:
    """MySQL 8.4 with a binary log that has grown by events."""

    def __init__(self, *events: Event, status: dict[str, Any] | None = None) -> None:
        self.events = [{"event_type": kind, "info": info} for kind, info in events]
        at = {"file": "log.2", "position": 200, "binlog_do_db": "", "binlog_ignore_db": "", "executed_gtid_set": "a:1"}
        self.status = at if status is None else {**at, **status}
        self.asked: list[str] = []

    def __call__(self, sql: str, *_values: object) -> list[dict[str, Any]]:
        self.asked.append(sql)
        if sql == "SHOW MASTER STATUS":
            raise Unread("the source answered with error 1064 (ProgrammingError)")
        if sql == "SHOW BINARY LOG STATUS":
            return [self.status]
        if sql == "SHOW BINARY LOGS":
            return [{"log_name": f"log.{number}"} for number in (1, 2)]
        if sql.startswith("SHOW BINLOG EVENTS IN 'log.1' FROM 100 "):
            return self.events
        if sql.startswith("SHOW BINLOG EVENTS IN 'log.2' FROM 4 "):
            return [{"event_type": "Stop", "info": ""}]
        assert sql == "SELECT @@server_id AS server"
        return [{"server": 1}]


def moved(*events: Event, without: frozenset[str] = frozenset()) -> Movement:
    return Binlog(Server(*events), "shop").moved(BEFORE, without)


STILL = {
    "a new file": [("Rotate", "log.2;pos=4"), ("Format_desc", "Server ver: 8.4"), ("Previous_gtids", "")],
    "RDS's heartbeat": [("Gtid", "SET @@SESSION.GTID_NEXT= 'a:2'"), ("Query", "BEGIN"),
                        ("Table_map", "table_id: 90 (mysql.rds_heartbeat2)"), ("Update_rows", "table_id: 90"),
                        ("Xid", "COMMIT /* xid=42 */")],
    "its statement": [("Query", "use `mysql`; INSERT INTO mysql.rds_heartbeat2 (id) VALUES (1)")],
    "another database": [("Query", "use `blog`; CREATE TABLE posts (id INT)")],
    "a table that is left out": [("Table_map", "table_id: 7 (shop.sessions)"), ("Write_rows_v1", "table_id: 7")],
}  # fmt: skip

WRITTEN = {
    "a table": (("Table_map", "table_id: 7 (shop.orders)"), "orders"),
    "a quoted one": (("Table_map", "table_id: 7 (`shop`.`orders`)"), "orders"),
    "a statement": (("Query", "use `shop`; DROP TABLE orders"), "a statement"),
    "one from elsewhere": (("Query", "use `blog`; DELETE FROM shop.orders"), "a statement"),
    "one from nowhere": (("Query", "CREATE USER x"), "a statement"),
    "one with a comment": (("Query", "/* BEGIN */ use `blog`; DROP TABLE shop.orders"), "a statement"),
    "a compressed transaction": (("Transaction_payload", "compression='ZSTD'"), "an event Transaction_payload"),
    "what is not known": (("Incident", ""), "an event Incident"),
    "a table that cannot be read": (("Table_map", "?"), "a table"),
}  # fmt: skip


class TestBinlog:
    @pytest.mark.parametrize("case", STILL)
    def test_not_written(self, case: str) -> None:
        assert moved(*STILL[case], without=frozenset({"sessions"})) == Movement(False)

    @pytest.mark.parametrize("case", WRITTEN)
    def test_written(self, case: str) -> None:
        event, told = WRITTEN[case]
        assert moved(("Query", "BEGIN"), event) == Movement(True, f"written: {told}")

    def test_too_much_to_look_at(self) -> None:
        found = moved(*[("Xid", "COMMIT")] * (MOST_EVENTS + 1))
        assert (found.moved, found.told) == (True, f"more than {MOST_EVENTS} events were added to its binary log")

    def test_nothing_was_added(self) -> None:
        server = Server()
        assert (
            Binlog(server, "shop")
            .moved({**BEFORE, "file": "log.2", "position": "200", "gtid": "a:1"}, frozenset())
            .moved
            is False
        )
        assert not [sql for sql in server.asked if "EVENTS" in sql]

    @pytest.mark.parametrize(
        ("since", "status", "told"),
        [
            ({"server": 2}, {}, "it is another server than before"),
            ({"file": "log.0"}, {}, "its binary log log.0 is gone; keep it longer"),
            ({}, {"binlog_do_db": "blog"}, "its binary log leaves databases out"),
            ({}, {"binlog_ignore_db": "shop"}, "its binary log leaves databases out"),
        ],
    )
    def test_not_known(self, since: dict[str, Any], status: dict[str, Any], told: str) -> None:
        found = Binlog(Server(status=status), "shop").moved({**BEFORE, **since}, frozenset())
        assert found.moved is None
        assert told in found.told

    def test_without_a_log(self) -> None:
        with pytest.raises(Unread, match=r"its binary log is off, .* backup_retention is above 0"):
            Binlog(lambda _sql: [], "shop").position()

    def test_without_the_right(self) -> None:
        def refuse(_sql: str) -> list[dict[str, Any]]:
            raise Unread("error 1227")

        with pytest.raises(Unread, match=r"REPLICATION CLIENT is needed\): error 1227, error 1227"):
            Binlog(refuse, "shop").position()


COUNTED = {"public.orders": [5, 9], "public.sessions": [1, 9]}


class TestActivity:
    """PostgreSQL's transactions and counters."""

    def moved(
        self, snapshot: str, written: dict[str, list[int]], *, standby: bool = False, others: int = 0
    ) -> Movement:
        def ask(sql: str, *_values: object) -> list[dict[str, Any]]:
            if "pg_current_snapshot" in sql:
                return [{"snapshot": snapshot, "lsn": "0/9", "standby": standby}]
            if "pg_stat_activity" in sql:
                return [{"in_transaction": others, "running": 0}]
            return [{"name": name, "rows": rows, "file": file} for name, (rows, file) in written.items()]

        self.waited: list[float] = []
        clock = Clock(lambda: 0.0, self.waited.append)
        return Activity(ask, (1, 2), clock).moved(
            {"snapshot": "10:10:", "lsn": "0/1", "written": COUNTED}, frozenset({"public.sessions"})
        )

    def test_no_transaction_has_written(self) -> None:
        """Whatever the log says."""
        assert self.moved("10:10:", {}) == Movement(False)
        assert self.waited == []

    def test_of_another_database(self) -> None:
        assert self.moved("11:11:", {"public.orders": [5, 9], "public.sessions": [7, 9]}) == Movement(False)
        assert self.waited == [HANDED_OVER]

    @pytest.mark.parametrize(
        ("written", "told"),
        [
            ({"public.orders": [6, 9], "public.sessions": [1, 9]}, "public.orders"),
            ({"public.orders": [5, 10], "public.sessions": [1, 9]}, "public.orders"),
            ({"public.sessions": [1, 9]}, "public.orders"),
            ({"public.orders": [5, 9], "public.sessions": [1, 9], "(definitions)": [1, 0]}, "(definitions)"),
        ],
        ids=["rows", "truncated", "dropped", "definition"],
    )
    def test_of_this_one(self, written: dict[str, list[int]], told: str) -> None:
        assert self.moved("11:11:", written) == Movement(True, f"written: {told}")

    def test_counts_of_a_session_in_a_transaction_are_not_known(self) -> None:
        found = self.moved("11:11:", COUNTED, others=1)
        assert found.moved is None

    def test_a_standby_does_not_count(self) -> None:
        found = self.moved("11:11:", {}, standby=True)
        assert (found.moved, self.waited) == (None, [])
