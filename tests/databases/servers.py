# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real database servers, each in a directory of its own on a free port, with TLS, for as long as a test needs them."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from tests.databases.certificates import Authority

HOST = "localhost"
DATABASE = "shop"
USER = "compare"
PASSWORD = "p%40 'w\"ord\\-of-the-reader"
"""With all that a driver might take for something else."""

UNPRIVILEGED = "nobody"
"""PostgreSQL does not run as root."""

START_SECONDS = 60

MARIADB_SETTINGS = ("--log-bin=log", "--binlog-format=ROW", "--server-id=1", "--innodb-flush-log-at-trx-commit=0")
MARIADB_RIGHTS = (
    f"GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, EXECUTE ON {DATABASE}.* TO {USER}@'%'",
    f"GRANT PROCESS, REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO {USER}@'%'",
    f"GRANT SELECT ON mysql.proc TO {USER}@'%'",
)
"""Those of docs/sql-compare.md, and no more."""
POSTGRES_SETTINGS = ("fsync=off", "autovacuum=off", "log_min_messages=warning", "max_connections=20")


def program(name: str) -> str | None:
    """Where a server's program is: Debian keeps those of PostgreSQL in a directory a version."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    places = os.pathsep.join([*map(str, newest), os.environ.get("PATH", ""), "/usr/sbin", "/usr/libexec"])
    return shutil.which(name, path=places)


@dataclass
class Server:
    """engine: as sql_compare names it. directory: the server's own, with its socket."""

    engine: str
    directory: Path
    port: int

    def run(self, *statements: str, database: str | None = DATABASE) -> list[Any]:
        """As the server's administrator; the rows of the last statement."""
        with self._administrator(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def numbers(self, many: int) -> str:
        """What stands behind FROM for the column `seq` of the numbers from 1."""
        return f"generate_series(1, {many}) AS seq" if self.engine == "postgres" else f"seq_1_to_{many}"

    def session(self) -> Any:
        """A connection that is to be closed."""
        return self._administrator(DATABASE)

    def _administrator(self, database: str | None) -> Any:
        if self.engine == "postgres":
            return psycopg.connect(
                host=str(self.directory), port=self.port, user="admin", dbname=database or "postgres", autocommit=True
            )
        return pymysql.connect(
            unix_socket=str(self.directory / "socket"),
            user="root",
            database=database,
            charset="utf8mb4",
            autocommit=True,
            client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS,
        )

    def begin_anew(self, *statements: str) -> None:
        """An empty database, then the statements."""
        if self.engine == "postgres":
            self.run(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"CREATE DATABASE {DATABASE}", database=None)
        else:
            create = f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4"
            self.run(f"DROP DATABASE IF EXISTS {DATABASE}", create, database=None)
        self.run(*statements)


@contextmanager
def server(engine: str, authority: Authority) -> Iterator[Server]:
    """A server that is stopped and removed at the end."""
    directory = Path(tempfile.mkdtemp(prefix=f"cutover-{engine}-"))
    try:
        authority.issue(directory, HOST)
        _owned(directory)
        made = Server(engine, directory, _free_port())
        with _running(made):
            yield made
    finally:
        shutil.rmtree(directory)


@contextmanager
def _running(made: Server) -> Iterator[None]:
    log = made.directory / "log.txt"
    command = _postgres(made) if made.engine == "postgres" else _mariadb(made)
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **_unprivileged())
    try:
        _wait(made, process, log)
        _let_in(made)
        yield
    finally:
        # PostgreSQL's fast shutdown; MariaDB takes it for a stop too, but only without a terminal.
        process.send_signal(signal.SIGINT if made.engine == "postgres" else signal.SIGTERM)
        process.wait(START_SECONDS)


def _wait(made: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            made.run("SELECT 1", database=None)
            return
        except (pymysql.err.OperationalError, psycopg.OperationalError):
            if process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"the server did not start: {log.read_text(encoding='utf-8')}") from None
            time.sleep(0.1)  # the server does not say when it is ready


def _let_in(made: Server) -> None:
    if made.engine == "postgres":
        create = f"CREATE ROLE {USER} LOGIN PASSWORD {psycopg.sql.quote(PASSWORD)}"
        made.run(create, f"GRANT pg_read_all_data, pg_read_all_stats TO {USER}", database=None)
    else:
        create = f"CREATE USER {USER}@'%' IDENTIFIED BY '{pymysql.converters.escape_string(PASSWORD)}'"
        made.run(create, *MARIADB_RIGHTS, database=None)


def _mariadb(made: Server) -> list[str]:
    data, place = made.directory / "data", str(made.directory)
    install = [str(program("mariadb-install-db")), "--no-defaults", f"--datadir={data}", "--skip-test-db"]
    _done([*install, "--auth-root-authentication-method=normal"])
    return [
        str(program("mariadbd")),
        "--no-defaults",
        f"--datadir={data}",
        f"--port={made.port}",
        "--bind-address=127.0.0.1",
        f"--socket={place}/socket",
        f"--pid-file={place}/pid",
        f"--ssl-cert={place}/server.crt",
        f"--ssl-key={place}/server.key",
        "--innodb-buffer-pool-size=64M",
        *MARIADB_SETTINGS,
    ]


def _postgres(made: Server) -> list[str]:
    data, place = made.directory / "data", str(made.directory)
    _done([str(program("initdb")), "-D", str(data), "-U", "admin", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"])
    (data / "pg_hba.conf").write_text("local all admin trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n")
    settings = [
        *POSTGRES_SETTINGS,
        "listen_addresses=127.0.0.1",
        f"port={made.port}",
        f"unix_socket_directories={place}",
        "ssl=on",
        f"ssl_cert_file={place}/server.crt",
        f"ssl_key_file={place}/server.key",
    ]
    return [str(program("postgres")), "-D", str(data), *(part for setting in settings for part in ("-c", setting))]


def _done(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **_unprivileged())
    assert done.returncode == 0, done.stdout + done.stderr


def _unprivileged() -> dict[str, Any]:
    return {"user": UNPRIVILEGED, "group": "nogroup", "extra_groups": []} if os.getuid() == 0 else {}


def _owned(directory: Path) -> None:
    if os.getuid() == 0:
        for path in (directory, *directory.iterdir()):
            shutil.chown(path, UNPRIVILEGED, "nogroup")


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
