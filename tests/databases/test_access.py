# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How sql_compare gets in, what it says where it may not see everything, and that it stays small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tracemalloc
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.cutover.aws.plugins.module_utils._compare.asked import asked_of
from ansible_collections.cutover.aws.plugins.module_utils._compare.progress import ProgressFile
from ansible_collections.cutover.aws.plugins.module_utils._compare.run import opened, outcome
from ansible_collections.cutover.aws.plugins.module_utils._compare.shapes import Access, Unread
from ansible_collections.cutover.aws.plugins.module_utils._compare.sides import Both
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock
from ansible_collections.cutover.aws.plugins.modules import traffic_gate
from local_cloud import guard
from local_cloud.testing import LocalCloud
from tests.databases.certificates import Authority
from tests.databases.conftest import Pair
from tests.databases.servers import DATABASE, HOST, PASSWORD, USER, Server

BOTH = pytest.mark.parametrize("pair", ["mariadb", "postgres"], indirect=True)
MARIADB = pytest.mark.parametrize("pair", ["mariadb"], indirect=True)
POSTGRES = pytest.mark.parametrize("pair", ["postgres"], indirect=True)

Place = Callable[..., dict[str, Any]]
CLOCK = Clock(time.monotonic, time.sleep)


def access_to(side: Server, authority: Authority) -> Access:
    return Access(HOST, side.port, DATABASE, USER, str(authority.path), PASSWORD)


@pytest.fixture
def shop(pair: Pair) -> Pair:
    pair.fill("CREATE TABLE items (id INT PRIMARY KEY, what VARCHAR(20))", "INSERT INTO items VALUES (1, 'secret')")
    return pair


class TestConnections:
    @BOTH
    def test_an_authority_that_is_not_trusted_is_refused(self, shop: Pair, place: Place, tmp_path: Path) -> None:
        other = Authority.made(tmp_path / "ca.pem", "another authority")
        result = shop.compare(shop.source, shop.target, target=place(shop.target, ca_file=str(other.path)))
        assert result["failed"]
        assert f"the target cannot be connected to, at localhost:{shop.target.port} as compare: " in result["msg"]
        assert "certificate verify failed" in result["msg"]

    @BOTH
    def test_a_certificate_of_another_host_is_refused(self, shop: Pair, place: Place) -> None:
        result = shop.compare(shop.source, shop.target, source=place(shop.source, host="127.0.0.1"))
        assert result["failed"]
        assert "127.0.0.1" in result["msg"]
        assert "does not match host name" in result["msg"] or "IP address mismatch" in result["msg"]

    @BOTH
    def test_a_wrong_password_is_refused_and_not_shown(self, shop: Pair, place: Place, cloud: LocalCloud) -> None:
        text = json.dumps({"username": USER, "password": "not-the-right-one"})
        secret = cloud.client("secretsmanager").create_secret(Name=shop.source.engine, SecretString=text)["ARN"]
        result = shop.compare(shop.source, shop.target, source=place(shop.source, secret_arn=secret))
        assert result["failed"]
        assert "the source cannot be connected to" in result["msg"]
        assert "not-the-right-one" not in json.dumps(result)

    @BOTH
    def test_nothing_listens(self, shop: Pair, place: Place) -> None:
        result = shop.compare(shop.source, shop.target, source=place(shop.source, port=1))
        assert result["failed"]
        assert "at localhost:1 as compare: " in result["msg"]

    @MARIADB
    def test_another_engine_is_refused(self, shop: Pair) -> None:
        result = shop.compare(shop.source, shop.target, engine="mysql")
        assert result["failed"]
        assert result["msg"].startswith("source: localhost is MariaDB ")
        assert result["msg"].endswith(", and engine says mysql. Correct engine.")

    @BOTH
    def test_the_session_cannot_write(self, shop: Pair, authority: Authority) -> None:
        """Not even with rights that it does not need."""
        right = "INSERT ON items" if shop.source.engine == "postgres" else f"INSERT ON {DATABASE}.*"
        shop.source.run(f"GRANT {right} TO {USER}")
        access = access_to(shop.source, authority)
        assert PASSWORD not in repr(access)
        session: Any = opened(shop.source.engine, access, "source", CLOCK)
        session.begin()
        table = "public.items" if shop.source.engine == "postgres" else "items"
        for connection in (session._view, session._watch):
            with pytest.raises(Unread, match=r"error (25006|1792) "):
                session._ask(connection, f"INSERT INTO {table} VALUES (2, 'x')")
        session.close()
        assert shop.source.run("SELECT COUNT(*) FROM items") in ([(1,)], [[1]], [(1,)])

    @BOTH
    def test_check_mode_compares_and_keeps_nothing(self, shop: Pair, progress: Path) -> None:
        result = shop.compare(shop.source, shop.target, check=True, timeout=1, progress_file=str(progress))
        assert result["verdict"] == "pass"
        assert list(progress.parent.iterdir()) == []


class TestAsAnsibleCallsIt:
    """From the command line with all that it can say, and as a gate."""

    @BOTH
    @pytest.mark.parametrize("port", [None, 1], ids=["good", "refused"])
    def test_the_password_is_not_shown(
        self, shop: Pair, place: Place, cloud: LocalCloud, tmp_path: Path, port: int | None
    ) -> None:
        source = place(shop.source, **({"port": port} if port else {}))
        arguments = {"engine": shop.source.engine, "source": source, "target": place(shop.target)}
        connection = {
            "region": guard.REGION,
            "endpoint_url": cloud.endpoint,
            "access_key": guard.ACCESS_KEY,
            "secret_key": guard.SECRET_KEY,
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        ansible = str(Path(sys.executable).with_name("ansible"))
        command = [ansible, "localhost", "-m", "cutover.aws.sql_compare", "-a", json.dumps({**connection, **arguments})]
        done = subprocess.run(
            [*command, "-vvvvv"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**inherited, "ANSIBLE_LOG_PATH": str(tmp_path / "log.txt")},
        )
        said = done.stdout + done.stderr + (tmp_path / "log.txt").read_text()
        assert ("cannot be connected to" if port else '"verdict": "pass"') in said, said
        for form in (PASSWORD, json.dumps(PASSWORD)[1:-1], PASSWORD.replace("\\", "")):
            assert form not in said

    @BOTH
    @pytest.mark.parametrize("damaged", [False, True], ids=["equal", "damaged"])
    def test_its_verdict_is_a_gate(
        self, shop: Pair, damaged: bool, cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
    ) -> None:
        if damaged:
            shop.target.run("DELETE FROM items")
        gate = {"name": "data", "type": "sql_compare", "result": shop.compare(shop.source, shop.target)}
        asked = {"region": guard.REGION, "endpoint_url": cloud.endpoint, "gates": [gate]}
        with patch_module_args(asked), pytest.raises(SystemExit):
            traffic_gate.main()
        result = json.loads(capsys.readouterr().out)
        assert result["verdict"] == ("fail" if damaged else "pass")
        assert result["verdicts"][0]["evidence"] == gate["result"]["evidence"]


class TestNotCompared:
    @MARIADB
    @pytest.mark.parametrize(
        ("statement", "told"),
        [
            ("CREATE TABLE t (id INT PRIMARY KEY) ENGINE=MyISAM", "its engine is MyISAM, which has no consistent view"),
            ("CREATE TABLE t (id INT PRIMARY KEY) WITH SYSTEM VERSIONING", "it is versioned by the server"),
        ],
    )
    def test_of_mariadb(self, shop: Pair, statement: str, told: str) -> None:
        for side in (shop.source, shop.target):
            side.run(statement)
        result = shop.compare(shop.source, shop.target)
        assert result["verdict"] == "inconclusive"
        assert f"t: on the source: {told}" in result["reason"]

    @MARIADB
    @pytest.mark.parametrize(
        ("right", "told"),
        [
            ("SELECT ON shop.items", "the user may not see 1 tables (SELECT on all of the database is"),
            ("SELECT (id) ON shop.items", "the user has rights on single columns of items, and may not see the others"),
        ],
        ids=["tables", "columns"],
    )
    def test_what_the_user_may_not_see(
        self, shop: Pair, place: Place, cloud: LocalCloud, right: str, told: str
    ) -> None:
        create = "CREATE OR REPLACE USER little@'%' IDENTIFIED BY 'little-password'"
        for side in (shop.source, shop.target):
            side.run("CREATE TABLE hidden (id INT)", create, f"GRANT {right} TO little@'%'")
            side.run("GRANT PROCESS, BINLOG MONITOR ON *.* TO little@'%'")
        text = json.dumps({"username": "little", "password": "little-password"})
        secret = cloud.client("secretsmanager").create_secret(Name=str(uuid.uuid4()), SecretString=text)["ARN"]
        sides = {name: place(getattr(shop, name), secret_arn=secret) for name in ("source", "target")}
        result = shop.compare(shop.source, shop.target, **sides)
        assert result["verdict"] == "inconclusive"
        assert f"on the source, {told}" in result["reason"]

    @POSTGRES
    def test_rows_that_a_policy_hides(self, shop: Pair) -> None:
        for side in (shop.source, shop.target):
            side.run("ALTER TABLE items ENABLE ROW LEVEL SECURITY")
        result = shop.compare(shop.source, shop.target)
        assert result["verdict"] == "inconclusive"
        assert "public.items: on the source: its row level security hides rows" in result["reason"]

    @POSTGRES
    def test_a_table_that_may_not_be_read(self, shop: Pair) -> None:
        for side in (shop.source, shop.target):
            side.run("REVOKE pg_read_all_data FROM compare", "GRANT SELECT ON items TO compare")
            side.run("CREATE TABLE hidden (id int)", "CREATE SEQUENCE numbers")
        result = shop.compare(shop.source, shop.target)
        for side in (shop.source, shop.target):
            side.run("GRANT pg_read_all_data TO compare")
        assert result["verdict"] == "inconclusive"
        assert "public.hidden: on the source: the user may not read it (SELECT is needed)" in result["reason"]
        assert "public.numbers: its value may not be read on the source" in result["reason"]

    @BOTH
    def test_a_large_table_without_key(self, shop: Pair) -> None:
        for side in (shop.source, shop.target):
            side.run("CREATE TABLE t (id INT)", *["INSERT INTO t VALUES (1), (2), (3), (4), (5), (6), (7), (8)"] * 3)
            side.run("ANALYZE t" if side.engine == "postgres" else "ANALYZE TABLE t")
        result = shop.compare(shop.source, shop.target, max_rows_without_key=20)
        assert result["verdict"] == "inconclusive"
        assert "it has no key that is fit to walk along, and about 24 rows, where 20 may be read" in result["reason"]

    @BOTH
    def test_a_name_to_leave_out_that_is_none(self, shop: Pair) -> None:
        result = shop.compare(shop.source, shop.target, exclude=["itmes"])
        assert result["failed"]
        assert "exclude: neither side has a table itmes." in result["msg"]

    @BOTH
    def test_an_empty_database(self, shop: Pair) -> None:
        shop.fill("CREATE VIEW v AS SELECT 1 AS one")
        assert shop.compare(shop.source, shop.target)["reason"] == "there is no table whose rows could be compared"


class TestBounds:
    @BOTH
    def test_memory_does_not_grow_with_the_rows(self, shop: Pair, place: Place, authority: Authority) -> None:
        """Not even where every row differs."""
        given = {"engine": shop.source.engine, "source": place(shop.source), "target": place(shop.target)}
        for side in ("source", "target"):
            given[side]["username"] = None
        limits = {"chunk_seconds": 0.05, "max_keys": 10, "max_rows_without_key": 0, "max_running": 99, "timeout": 3600}
        asked = asked_of({**given, **limits, "gate": "", "exclude": [], "since": None, "progress_file": None})
        accesses = Both(*(access_to(side, authority) for side in (shop.source, shop.target)))
        peaks = {}
        # The first one is to have everything loaded.
        for rows in (2_000, 5_000, 100_000):
            shop.fill(
                "CREATE TABLE items (id INT PRIMARY KEY, what INT)",
                f"INSERT INTO items SELECT seq, seq FROM {shop.source.numbers(rows)}",
            )
            shop.target.run("UPDATE items SET what = what + 1")
            tracemalloc.start()
            result = outcome(asked, accesses, ProgressFile(None, {}, CLOCK), CLOCK)
            peaks[rows] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            (found,) = result["evidence"]["data"]
            assert (len(found["changed"]), found["all_keys"]) == (10, False)
            assert found["rows"] == {"source": rows, "target": rows}
        # A row that is kept takes a hundred bytes at least, and these would be nine million.
        assert peaks[100_000] < peaks[5_000] + 1_000_000

    @BOTH
    def test_many_missing_rows_are_narrowed_down(self, shop: Pair) -> None:
        insert = f"INSERT INTO items SELECT seq, seq FROM {shop.source.numbers(30_000)}"
        shop.fill("CREATE TABLE items (id INT PRIMARY KEY, what INT)", insert)
        shop.target.run("DELETE FROM items WHERE id % 1000 = 7 OR id BETWEEN 20000 AND 20050")
        result = shop.compare(shop.source, shop.target, chunk_seconds=5)
        (found,) = result["evidence"]["data"]
        expected = {*range(7, 30000, 1000), *range(20000, 20051)}
        assert {int(key) for (key,) in found["missing"]} == expected
        assert (found["extra"], found["changed"], found["all_keys"]) == ([], [], True)
