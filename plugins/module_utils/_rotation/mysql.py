# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""MySQL and MariaDB, by PyMySQL.

It is the driver of AWS's own rotation functions, pure Python, and needs no other library over TLS.
"""

from __future__ import annotations

import hashlib
from importlib import import_module
from typing import Any

from .errors import Refused, RotationError
from .shapes import TIMEOUT, Login, trusting

DENIED = frozenset({1045, 1698})
"""ER_ACCESS_DENIED_ERROR and ER_ACCESS_DENIED_NO_PASSWORD_ERROR."""

DRIVER = "pymysql"
MARIADB = "MariaDB"
NATIVE = "IDENTIFIED BY PASSWORD '*"
"""How MariaDB shows an account of the plugin mysql_native_password, which is RDS's for the master user."""

OPTION_PREVENTS = 1290
"""ER_OPTION_PREVENTS_STATEMENT: strict_password_validation refuses what it cannot check."""


class Unchecked(RotationError):
    """The server wants the password itself."""


class MySqlSession:
    """A connection of PyMySQL."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def change_password(self, username: str, password: str) -> None:
        """Of the account that is logged in, which is the one form that asks for no further right.

        MySQL keeps the password out of its logs (Reference Manual, "Passwords and Logging"). MariaDB does not, so it is
        sent what it would keep, where it says how it keeps it and takes it that way.
        """
        if MARIADB not in self._ask("SELECT VERSION()"):
            self._set(username, "%s", password)
            return
        if NATIVE in self._ask("SHOW CREATE USER"):
            try:
                self._set(username, "%s", native_hash(password))
                return
            except Unchecked:
                pass  # a rule for passwords is in force, and wants to see it
        self._set(username, "PASSWORD(%s)", password)

    def _set(self, username: str, value: str, password: str) -> None:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(f"SET PASSWORD = {value}", (password,))
        except Exception as error:
            # What an engine does not understand it may repeat, so only the number is told.
            code = error.args[0] if error.args and isinstance(error.args[0], int) else type(error).__name__
            kind = Unchecked if code == OPTION_PREVENTS else RotationError
            raise kind(f"the server does not change the password of {username}: error {code}") from None

    def ping(self) -> None:
        """SELECT 1."""
        self._ask("SELECT 1")

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()

    def _ask(self, statement: str) -> str:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            return str(cursor.fetchone()[0])


def connect(login: Login) -> MySqlSession:
    """Over TLS, without a database. Raises Refused or RotationError."""
    driver = import_module(DRIVER)

    try:
        return MySqlSession(
            driver.connect(
                host=login.host,
                port=login.port,
                user=login.username,
                password=login.password,
                ssl=trusting(),
                connect_timeout=TIMEOUT,
                read_timeout=TIMEOUT,
                write_timeout=TIMEOUT,
                autocommit=True,
            )
        )
    except driver.err.MySQLError as error:
        if error.args and error.args[0] in DENIED:
            raise Refused from None
        raise RotationError(f"{login.place} cannot be connected to: {error}") from None


def native_hash(password: str) -> str:
    """The password as the plugin mysql_native_password keeps it."""
    once = hashlib.sha1(password.encode(), usedforsecurity=False).digest()
    return f"*{hashlib.sha1(once, usedforsecurity=False).hexdigest().upper()}"
