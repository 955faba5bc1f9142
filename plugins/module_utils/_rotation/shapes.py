# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the steps and the engines hand each other."""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

TIMEOUT = 10
"""Seconds for a connection, and for each answer. The function has a minute, and tries three logins at most."""

CA_FILE = "CA_FILE"
"""The environment variable with another file of authorities."""

AUTHORITIES = "/etc/pki/tls/cert.pem"
"""Lambda's runtimes have the authorities of RDS among their own (Lambda Developer Guide, "SSL/TLS requirements for
Amazon RDS connections"), and on Amazon Linux this is where they are."""


@dataclass(frozen=True)
class Login:
    """Who logs in where. dbname is of use to PostgreSQL alone."""

    engine: str
    host: str
    port: int
    username: str
    dbname: str | None
    password: str = field(repr=False)

    @property
    def place(self) -> str:
        """For messages."""
        return f"{self.host}:{self.port} as {self.username}"


class Session(Protocol):
    """A connection by which a user changes the own password."""

    def change_password(self, username: str, password: str) -> None:
        """The old password is no longer good when this has returned."""

    def ping(self) -> None:
        """Asks the server something, and takes its answer."""

    def close(self) -> None:
        """Ends the connection."""


Connect: TypeAlias = Callable[[Login], Session]
"""Raises Refused for a wrong password and RotationError where the server cannot be reached or trusted."""


def trusting() -> ssl.SSLContext:
    """Authorities of the file alone; the host's name is verified too.

    Without what Python 3.13 asks of the form of a certificate beyond that, as other clients do.
    """
    context = ssl.create_default_context(cafile=os.environ.get(CA_FILE) or AUTHORITIES)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
