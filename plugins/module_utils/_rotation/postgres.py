# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""PostgreSQL, by pg8000.

Drivers on libpq (psycopg) and compiled ones (asyncpg) would have to be built for Lambda's Python and processor; pg8000
and all that it needs are pure Python, so that what is on the controller runs there.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from importlib import import_module
from typing import Any

from .errors import Refused, RotationError
from .shapes import TIMEOUT, Login, trusting

DRIVER = "pg8000.native"
DENIED = frozenset({"28P01", "28000"})
"""invalid_password, invalid_authorization_specification."""

ITERATIONS = 4096
SALT_BYTES = 16
"""As the server itself takes them (RFC 7677)."""

DATABASE = "postgres"
"""Every server has it."""


class PostgresSession:
    """A connection of pg8000."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def change_password(self, username: str, password: str) -> None:
        """The server is sent what it would keep, not the password: it logs statements as they are."""
        driver = import_module(DRIVER)

        name = driver.identifier(username)
        value = driver.literal(verifier(password, secrets.token_bytes(SALT_BYTES)))
        try:
            self._connection.run(f"ALTER ROLE {name} PASSWORD {value}")
        except driver.DatabaseError as error:
            raise RotationError(
                f"the server does not change the password of {username}: error {_code(error)}"
            ) from None

    def ping(self) -> None:
        """SELECT 1."""
        self._connection.run("SELECT 1")

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()


def connect(login: Login) -> PostgresSession:
    """Over TLS. Raises Refused or RotationError."""
    driver = import_module(DRIVER)

    try:
        return PostgresSession(
            driver.Connection(
                login.username,
                host=login.host,
                port=login.port,
                database=login.dbname or DATABASE,
                password=login.password,
                timeout=TIMEOUT,
                ssl_context=trusting(),
            )
        )
    except driver.DatabaseError as error:
        if _code(error) in DENIED:
            raise Refused from None
        raise RotationError(f"{login.place} cannot be connected to: error {_code(error)}") from None
    except (driver.InterfaceError, OSError) as error:
        raise RotationError(f"{login.place} cannot be connected to: {error}") from None


def verifier(password: str, salt: bytes) -> str:
    """The password as PostgreSQL keeps it (SCRAM-SHA-256, RFC 5803).

    Without SASLprep, which leaves the ASCII of our passwords as it is.
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, ITERATIONS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    salt_text, stored_text, server_text = (
        base64.b64encode(part).decode() for part in (salt, stored, _keyed(salted, b"Server Key"))
    )
    return f"SCRAM-SHA-256${ITERATIONS}:{salt_text}${stored_text}:{server_text}"


def _keyed(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()


def _code(error: Exception) -> str:
    """The server's five characters. Its message may repeat a statement."""
    told = error.args[0] if error.args else None
    return str(told.get("C")) if isinstance(told, dict) else type(error).__name__
