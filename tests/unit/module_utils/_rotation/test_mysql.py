# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What MySQL and MariaDB are told, and what MariaDB is sent instead of a password."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rotation.errors import RotationError
from ansible_collections.cutover.aws.plugins.module_utils._rotation.mysql import MySqlSession, native_hash

NEW = "The-new_passw0rd.of~32-characters"
NATIVE = "CREATE USER `dbadmin`@`%` IDENTIFIED BY PASSWORD '*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4'"
ED25519 = "CREATE USER `dbadmin`@`%` IDENTIFIED VIA ed25519 USING 'ZIgUREUg5PVgQ6LskhXmO+eZLS0nC8be6HPjYWR4YJY'"


class Server:
    """A connection and its cursor. refused: the error's number by what stands behind SET PASSWORD."""

    def __init__(self, version: str, account: str = "", **refused: int) -> None:
        self.answers = {"SELECT VERSION()": version, "SHOW CREATE USER": account}
        self.refused = {"hash": 0, "password": 0, **refused}
        self.told: list[tuple[str, str]] = []
        self.answer = ""

    def cursor(self) -> Server:
        return self

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def execute(self, statement: str, values: tuple[str, ...] = ()) -> None:
        if not values:
            self.answer = self.answers[statement]
            return
        self.told.append((statement, values[0]))
        if code := self.refused["hash" if values[0].startswith("*") else "password"]:
            raise RuntimeError(code, f"near {values[0]}")

    def fetchone(self) -> tuple[Any, ...]:
        return (self.answer,)


def told(*server: str, **refused: int) -> list[tuple[str, str]]:
    made = Server(*server, **refused)
    MySqlSession(made).change_password("dbadmin", NEW)
    return made.told


def test_the_hash_is_the_servers() -> None:
    """SELECT PASSWORD('mypass') of the MySQL 5.7 Reference Manual."""
    assert native_hash("mypass") == "*6C8989366EAF75BB670AD8EA7A7FC1176A95CEF4"


@pytest.mark.parametrize("version", ["8.0.40", "8.4.6", "9.1.0"])
def test_mysql_takes_the_password_and_does_not_log_it(version: str) -> None:
    assert told(version) == [("SET PASSWORD = %s", NEW)]


def test_mariadb_is_sent_what_it_would_keep() -> None:
    assert told("11.4.4-MariaDB-log", NATIVE) == [("SET PASSWORD = %s", native_hash(NEW))]


def test_mariadb_makes_the_hash_of_another_plugin() -> None:
    assert told("11.4.4-MariaDB-log", ED25519) == [("SET PASSWORD = PASSWORD(%s)", NEW)]


def test_mariadb_checks_the_password_where_it_has_rules() -> None:
    found = told("11.4.4-MariaDB-log", NATIVE, hash=1290)
    assert found == [("SET PASSWORD = %s", native_hash(NEW)), ("SET PASSWORD = PASSWORD(%s)", NEW)]


@pytest.mark.parametrize("refused", [{"hash": 1064}, {"hash": 1290, "password": 1819}], ids=str)
def test_a_refusal_is_told_by_its_number_alone(refused: dict[str, int]) -> None:
    with pytest.raises(RotationError, match=r"password of dbadmin: error (1064|1819)$") as raised:
        told("11.4.4-MariaDB-log", NATIVE, **refused)
    assert NEW not in str(raised.value) and native_hash(NEW) not in str(raised.value)
