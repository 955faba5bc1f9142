# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happens while sql_compare runs, on both engines: writes, interruptions, a busy source, an end of the time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._compare import activity, chunks, mysql, postgres
from ansible_collections.cutover.aws.plugins.modules import sql_compare
from tests.databases.conftest import Pair
from tests.databases.servers import Server

BOTH = pytest.mark.parametrize("pair", ["mariadb", "postgres"], indirect=True)
ROWS = 300
TABLES = ("a_customers", "b_items", "c_sessions")


@pytest.fixture(autouse=True)
def handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here sessions end once they have written, which hands their counts over too."""
    monkeypatch.setattr(activity, "HANDED_OVER", 1.0)


@pytest.fixture
def shop(pair: Pair) -> Pair:
    numbers = pair.source.numbers(ROWS)
    statements = [f"CREATE TABLE {name} (id INT PRIMARY KEY, what VARCHAR(20))" for name in TABLES]
    statements += [f"INSERT INTO {name} SELECT seq, 'x' FROM {numbers}" for name in TABLES]
    pair.fill(*statements)
    return pair


@pytest.fixture
def after_chunk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[int], None]], None]:
    """after_chunk(do): do(n) is called after the n-th chunk of a comparison. Chunks stay as large as the first one."""

    def hook(do: Callable[[int], None]) -> None:
        number = 0

        def next_size(size: int, _took: float, _target: float) -> int:
            nonlocal number
            number += 1
            do(number)
            return size

        monkeypatch.setattr(chunks, "next_size", next_size)

    return hook


def once(server: Server, *statements: str, database: str | None = "shop") -> Callable[[int], None]:
    def do(number: int) -> None:
        if number == 1:
            server.run(*statements, database=database)

    return do


Hook = Callable[[Callable[[int], None]], None]


def named(pair: Pair, table: str) -> str:
    return f"public.{table}" if pair.source.engine == "postgres" else table


class TestWrites:
    @BOTH
    @pytest.mark.parametrize("side", ["source", "target"])
    def test_a_side_that_is_written_to_is_inconclusive(self, shop: Pair, after_chunk: Hook, side: str) -> None:
        after_chunk(once(getattr(shop, side), "UPDATE b_items SET what = 'y' WHERE id = 1"))
        result = shop.compare(shop.source, shop.target)
        assert result["verdict"] == "inconclusive"
        table = named(shop, "b_items")
        assert f"the {side} has moved on since the comparison began (written: {table})" in result["reason"]
        assert result["evidence"]["data"] == [], "the view is that of the beginning"

    @BOTH
    def test_a_difference_is_told_beside_it(self, shop: Pair, after_chunk: Hook) -> None:
        shop.target.run("DELETE FROM a_customers WHERE id = 299")
        after_chunk(once(shop.source, "INSERT INTO c_sessions VALUES (301, '')"))
        result = shop.compare(shop.source, shop.target)
        assert result["verdict"] == "inconclusive"
        assert result["reason"].endswith(
            f"; differences were seen: table {named(shop, 'a_customers')}: rows by id: missing 299"
        )

    @BOTH
    @pytest.mark.parametrize(
        "statement", ["CREATE TABLE d (i INT)", "TRUNCATE TABLE c_sessions", "DROP TABLE c_sessions"]
    )
    def test_a_definition_that_is_changed_is_inconclusive(self, shop: Pair, after_chunk: Hook, statement: str) -> None:
        after_chunk(once(shop.source, statement))
        result = shop.compare(shop.source, shop.target)
        assert result["verdict"] == "inconclusive"
        assert "the source has moved on since the comparison began (written: " in result["reason"]

    @BOTH
    def test_what_is_left_out_may_be_written_to(self, shop: Pair, after_chunk: Hook) -> None:
        table = named(shop, "c_sessions")
        shop.target.run("DELETE FROM c_sessions WHERE id < 9")
        after_chunk(once(shop.source, "INSERT INTO c_sessions VALUES (301, '')"))
        result = shop.compare(shop.source, shop.target, exclude=[table])
        assert result["verdict"] == "pass"
        assert result["reason"].endswith(f"600 rows of 2 tables are the same, but for {table}, which were left out")

    @BOTH
    def test_other_databases_may_be_written_to(self, shop: Pair, after_chunk: Hook) -> None:
        """As RDS does with its heartbeat."""
        if shop.source.engine == "postgres":
            do = once(shop.source, "CREATE TABLE heartbeat (id INT)", "DROP TABLE heartbeat", database=None)
        else:
            insert = "INSERT INTO heartbeat VALUES (1)"
            do = once(shop.source, "CREATE TABLE heartbeat (id INT)", insert, "DROP TABLE heartbeat", "FLUSH LOGS",
                      database="mysql")  # fmt: skip
        after_chunk(do)
        assert shop.compare(shop.source, shop.target)["verdict"] == "pass"

    @pytest.mark.parametrize("pair", ["postgres"], indirect=True)
    def test_a_transaction_that_is_under_way_is_inconclusive(self, shop: Pair, after_chunk: Hook) -> None:
        session = shop.source.session()

        def write(number: int) -> None:
            if number == 1:
                session.execute("BEGIN; UPDATE b_items SET what = 'y' WHERE id = 1")
                shop.source.run("CREATE TABLE other (id INT)", "DROP TABLE other", database=None)

        after_chunk(write)
        result = shop.compare(shop.source, shop.target)
        session.close()
        assert result["verdict"] == "inconclusive"
        assert "whether the source has moved on is not known: transactions have written" in result["reason"]

    @pytest.mark.parametrize("pair", ["mariadb"], indirect=True)
    def test_a_view_amid_a_transaction_that_writes_is_inconclusive(
        self, shop: Pair, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It may be in the log already, and not yet in the view."""
        monkeypatch.setattr(mysql, "BETWEEN_TRIES", 0)
        session = shop.source.session()
        session.begin()
        session.query("UPDATE b_items SET what = 'y' WHERE id = 1")
        result = shop.compare(shop.source, shop.target)
        session.close()
        assert result["verdict"] == "inconclusive"
        told = "whether the source has moved on is not known: 1 transactions that write were under way when the view"
        assert told in result["reason"]

    @pytest.mark.parametrize("pair", ["mariadb"], indirect=True)
    def test_a_log_that_is_gone_is_inconclusive(self, shop: Pair, after_chunk: Hook) -> None:
        def purge(number: int) -> None:
            if number == 1:
                shop.source.run("FLUSH LOGS")
                ((newest, *_),) = shop.source.run("SHOW MASTER STATUS")
                # The server keeps a file until all transactions in it are safe elsewhere.
                for _ in range(1000):
                    if len(shop.source.run(f"PURGE BINARY LOGS TO '{newest}'", "SHOW BINARY LOGS")) == 1:
                        return
                raise AssertionError("the server keeps its files")

        after_chunk(purge)
        result = shop.compare(shop.source, shop.target)
        assert result["verdict"] == "inconclusive"
        assert "is gone; keep it longer (on RDS: binlog retention hours)" in result["reason"]


class TestSince:
    @BOTH
    def test_without_a_target_the_position_is_read(self, shop: Pair) -> None:
        result = shop.compare(shop.source, None)
        assert (result["verdict"], result["reason"]) == (
            "inconclusive",
            "nothing was compared, since the task has no target; position is that of the source",
        )
        assert result["position"]

    @BOTH
    def test_a_difference_may_be_what_was_written_since(self, shop: Pair) -> None:
        since = shop.compare(shop.source, None)["position"]
        shop.source.run("INSERT INTO b_items VALUES (301, 'new')")
        result = shop.compare(shop.source, shop.target, since=since)
        assert result["verdict"] == "inconclusive"
        written = f"the source has moved on since the given position (written: {named(shop, 'b_items')})"
        assert result["reason"].startswith(written)
        assert result["evidence"]["data"][0]["missing"] in ([["301"]], [[301]])

    @BOTH
    def test_otherwise_it_is_a_difference(self, shop: Pair) -> None:
        since = shop.compare(shop.source, None)["position"]
        shop.target.run("DELETE FROM b_items WHERE id = 300")
        assert shop.compare(shop.source, shop.target, since=since)["verdict"] == "fail"


class Killed(BaseException):
    """What no code catches."""


class TestInterrupted:
    @pytest.fixture
    def digests(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The tables that a digest was asked for, as often as it was."""
        asked: list[str] = []
        for kind in (mysql.MySql, postgres.Postgres):
            real = kind.digest

            def digest(self: Any, table: Any, span: Any, real: Any = real) -> Any:
                asked.append(table.name)
                return real(self, table, span)

            monkeypatch.setattr(kind, "digest", digest)
        return asked

    @pytest.fixture
    def interrupted(self, shop: Pair, after_chunk: Hook, progress: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
        """A comparison that was killed in its third table, with a difference in the first."""
        monkeypatch.setattr("ansible_collections.cutover.aws.plugins.module_utils._compare.progress.SECONDS_BETWEEN", 0)
        shop.target.run("UPDATE a_customers SET what = 'z' WHERE id = 17")

        def kill(number: int) -> None:
            if number == 10:
                raise Killed

        after_chunk(kill)
        with pytest.raises(Killed):
            shop.compare(shop.source, shop.target, progress_file=str(progress))
        after_chunk(lambda _number: None)
        return shop

    @BOTH
    def test_the_next_run_goes_on(self, interrupted: Pair, progress: Path, digests: list[str]) -> None:
        assert progress.stat().st_mode & 0o077 == 0, "it holds keys"
        digests.clear()
        result = interrupted.compare(interrupted.source, interrupted.target, progress_file=str(progress))
        assert (result["verdict"], result["evidence"]["resumed"]) == ("fail", True)
        assert "a_customers: rows by id: changed 17" in result["reason"]
        assert result["evidence"]["rows"] == {"source": 3 * ROWS, "target": 3 * ROWS}
        table = named(interrupted, "c_sessions")
        assert [name for name in digests if name.endswith(TABLES)] == 2 * [table] * (len(digests) // 2)
        assert digests.count(table) == 2 * 3, "its first chunk is not read again"
        assert not progress.exists()

    @BOTH
    def test_after_a_write_it_begins_anew(self, interrupted: Pair, progress: Path) -> None:
        interrupted.source.run("UPDATE a_customers SET what = 'z' WHERE id = 17")
        result = interrupted.compare(interrupted.source, interrupted.target, progress_file=str(progress))
        assert (result["verdict"], result["evidence"]["resumed"]) == ("pass", False)

    @BOTH
    def test_another_comparison_begins_anew(self, interrupted: Pair, progress: Path) -> None:
        exclude = [named(interrupted, "c_sessions")]
        result = interrupted.compare(
            interrupted.source, interrupted.target, progress_file=str(progress), exclude=exclude
        )
        assert (result["verdict"], result["evidence"]["resumed"]) == ("fail", False)


class TestLoad:
    @pytest.fixture
    def time(self, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
        """A clock that only pauses move on."""
        clock = SimpleNamespace(seconds=0.0, during_pause=lambda: None)
        clock.monotonic = lambda: clock.seconds

        def sleep(seconds: float) -> None:
            clock.seconds += seconds
            clock.during_pause()

        clock.sleep = sleep
        monkeypatch.setattr(sql_compare, "time", clock)
        return clock

    @pytest.fixture
    def busy(self, shop: Pair) -> Iterator[Callable[[], None]]:
        """The source works on two statements of others; the function ends them."""
        sleep = "SELECT pg_sleep(600)" if shop.source.engine == "postgres" else "SELECT SLEEP(600)"
        workers = [threading.Thread(target=_sleeping, args=(shop.source, sleep)) for _ in range(2)]
        for worker in workers:
            worker.start()
        _until_running(shop.source, 2)

        def end() -> None:
            _end_sleeping(shop.source)
            for worker in workers:
                worker.join()

        yield end
        end()

    @BOTH
    def test_a_busy_source_is_waited_for(self, shop: Pair, time: SimpleNamespace, busy: Callable[[], None]) -> None:
        time.during_pause = busy
        result = shop.compare(shop.source, shop.target, max_running=1)
        assert (result["verdict"], result["evidence"]["paused_seconds"]) == ("pass", 1.0)

    @BOTH
    @pytest.mark.usefixtures("busy", "time")
    def test_but_not_for_ever(self, shop: Pair) -> None:
        result = shop.compare(shop.source, shop.target, max_running=1, timeout=50)
        assert result["verdict"] == "inconclusive"
        assert result["evidence"]["left"] == shop_tables(shop)
        assert "(50 s of it were spent waiting for the source, which was working on 2 statements" in result["reason"]

    @BOTH
    def test_an_end_of_the_time_keeps_progress(
        self, shop: Pair, time: SimpleNamespace, after_chunk: Hook, progress: Path
    ) -> None:
        def pass_time(_number: int) -> None:
            time.seconds += 10

        after_chunk(pass_time)
        asked = {"timeout": 45, "progress_file": str(progress)}
        result = shop.compare(shop.source, shop.target, **asked)
        assert result["verdict"] == "inconclusive"
        assert "tables are left, beginning with " in result["reason"]
        assert progress.exists()
        runs = 1
        while result["verdict"] != "pass":
            result = shop.compare(shop.source, shop.target, **asked)
            runs += 1
        assert runs == 3


def shop_tables(pair: Pair) -> list[str]:
    return [named(pair, table) for table in TABLES]


def _sleeping(server: Server, statement: str) -> None:
    with pytest.raises(Exception, match=r"terminat|killed|interrupted|[Ll]ost"):
        server.run(statement)


RUNNING = {
    "postgres": "SELECT pid FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'",
    "mariadb": "SELECT id FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'",
}


def _until_running(server: Server, many: int) -> None:
    for _ in range(1000):
        if len(server.run(RUNNING[server.engine])) == many:
            return
    raise AssertionError("the statements were not begun")


def _end_sleeping(server: Server) -> None:
    for (number,) in server.run(RUNNING[server.engine]):
        server.run(f"SELECT pg_terminate_backend({number})" if server.engine == "postgres" else f"KILL {number}")
