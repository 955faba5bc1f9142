# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Walking along keys of every type: chunks are as large as asked for, and each row is in exactly one of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._compare.run import opened
from ansible_collections.cutover.aws.plugins.module_utils._compare.shapes import Access, Key, Session, Span, Table
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock
from tests.databases.certificates import Authority
from tests.databases.servers import DATABASE, HOST, PASSWORD, USER, Server

ROWS, CHUNK = 1050, 100

MARIADB_KEYS = {
    "integer": ({"id": "INT"}, "CAST(seq AS SIGNED) - 500"),
    "unsigned": ({"id": "BIGINT UNSIGNED"}, "18446744073709551615 - seq"),
    "names of the query": ({"k0": "INT", "h": "INT", "r": "INT"}, "seq % 7, seq, 1"),
    "odd name": ({"a ``%s b": "INT"}, "seq"),
    "decimal": ({"id": "DECIMAL(30, 3)"}, "seq * 1000000000000000000.001"),
    "text": ({"id": "VARCHAR(20)"}, "CONCAT(CHAR(65 + seq % 60), '%', seq)"),
    "latin1": ({"id": "VARCHAR(20) CHARACTER SET latin1"}, "CONCAT(CHAR(65 + seq % 60), 'ä', seq)"),
    "binary": ({"id": "VARBINARY(20)"}, "UNHEX(MD5(seq))"),
    "date": ({"id": "DATE"}, "'1900-01-01' + INTERVAL seq DAY"),
    "moment": ({"id": "DATETIME(6)"}, "'1900-01-01' + INTERVAL seq MICROSECOND"),
    "instant": ({"id": "TIMESTAMP(3)"}, "'2026-10-25 00:00' + INTERVAL seq MINUTE"),
    "time": ({"id": "TIME"}, "SEC_TO_TIME(CAST(seq AS SIGNED) * 1000 - 500000)"),
    "uuid": ({"id": "UUID"}, "CONCAT(LPAD(HEX(seq * 7919), 8, '0'), '-0000-1000-8000-', LPAD(seq % 9, 12, '0'))"),
    "three columns": ({"a": "INT", "b": "VARCHAR(9)", "c": "DATE"},
                      "seq % 3, seq % 11, '1900-01-01' + INTERVAL seq DAY"),
}  # fmt: skip

POSTGRES_KEYS = {
    "integer": ({"id": "int"}, "n - 500"),
    "bigint": ({"id": "bigint"}, "9223372036854775807 - n"),
    "names of the query": ({"k0": "int", "h": "int", "r": "int"}, "n % 7, n, 1"),
    "odd name": ({'a ""%s b': "int"}, "n"),
    "numeric": ({"id": "numeric"}, "n * 1000000000000000000.001"),
    "text": ({"id": "text"}, "chr(65 + n % 60) || '%' || n"),
    "text of a language": ({"id": 'text COLLATE "de-x-icu"'}, "chr(65 + n % 60) || 'ä' || n"),
    "char": ({"id": "char(10)"}, "n"),
    "enum": ({"a": "kind", "id": "int"}, "CASE n % 2 WHEN 0 THEN 'a' ELSE 'b' END::kind, n"),
    "bytea": ({"id": "bytea"}, "decode(md5(n::text), 'hex')"),
    "date": ({"id": "date"}, "'1900-01-01'::date + n"),
    "instant": ({"id": "timestamptz"}, "'2026-10-25 00:00Z'::timestamptz + n * interval '1 minute'"),
    "uuid": ({"id": "uuid"}, "md5(n::text)::uuid"),
    "address": ({"id": "inet"}, "'10.0.0.0'::inet + n"),
    "three columns": ({"a": "int", "b": "text", "c": "date"}, "n % 3, n % 11, '1900-01-01'::date + n"),
}

KEYS = [("mariadb", key) for key in MARIADB_KEYS] + [("postgres", key) for key in POSTGRES_KEYS]


@pytest.fixture
def table(
    engine: str, key: str, request: pytest.FixtureRequest, authority: Authority
) -> Iterator[tuple[Session, Table]]:
    """A session and a table whose primary key is all of its columns, filled in another order."""
    source: Server = request.getfixturevalue(engine)[0]
    types, values = (MARIADB_KEYS if engine == "mariadb" else POSTGRES_KEYS)[key]
    mark = "`" if engine == "mariadb" else '"'
    columns = ", ".join(f"{mark}{name}{mark} {kind}" for name, kind in types.items())
    names = ", ".join(f"{mark}{name}{mark}" for name in types)
    if engine == "mariadb":
        numbers = f"SELECT {values} FROM seq_1_to_{ROWS} ORDER BY MD5(seq)"
        source.begin_anew(f"CREATE TABLE t ({columns}, PRIMARY KEY ({names}))", f"INSERT INTO t {numbers}")
    else:
        numbers = f"SELECT {values} FROM generate_series(1, {ROWS}) AS n ORDER BY md5(n::text)"
        source.begin_anew(
            "CREATE TYPE kind AS ENUM ('b', 'a')",
            f"CREATE TABLE t ({columns}, PRIMARY KEY ({names}))",
            f"INSERT INTO t {numbers}",
        )
    access = Access(HOST, source.port, DATABASE, USER, str(authority.path), PASSWORD)
    session = opened(engine, access, "source", Clock(time.monotonic, time.sleep))
    session.begin()
    found = next(table for table in session.catalog().tables if table.name.endswith("t"))
    assert not found.by_digest
    yield session, found
    session.close()


@pytest.mark.parametrize(("engine", "key"), KEYS)
def test_chunks_hold_each_row_once(table: tuple[Session, Table]) -> None:
    session, found = table
    after: Key | None = None
    seen: list[Key] = []
    while True:
        to = session.end_of(found, after, CHUNK)
        rows = session.rows(found, Span(after, to), CHUNK + 1)
        assert session.digest(found, Span(after, to)).rows == len(rows)
        seen += [key for key, _ in rows]
        assert (len(rows) == CHUNK) == (to is not None)
        if to is None:
            break
        after = to
    assert len(seen) == len(set(seen)) == ROWS
