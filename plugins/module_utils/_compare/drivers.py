# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The drivers of the databases. They are optional, so they are imported where they are needed."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .._errors import CutoverError
from .._extras import missing
from .shapes import Access


@dataclass(frozen=True)
class Driver:
    """library: what is imported. package: what is installed. least: the oldest version that will do, and why."""

    library: str
    package: str
    least: tuple[int, int]
    why: str


MYSQL = Driver("pymysql", "PyMySQL", (1, 2), "older ones go on without TLS where the server offers none")
POSTGRES = Driver("psycopg", "psycopg[binary]", (3, 2), "it is the first for Python 3.13")

DRIVERS: Mapping[str, Driver] = {"mysql": MYSQL, "mariadb": MYSQL, "postgres": POSTGRES}
"""By engine."""


def driver(wanted: Driver) -> Any:
    """The library. Raises CutoverError where it is missing or too old."""
    least = ".".join(map(str, wanted.least))
    install = f"'{wanted.package}>={least}'"
    if reason := missing(wanted.library, install, "talks to the database"):
        raise CutoverError(reason)
    library = import_module(wanted.library)
    version = str(library.__version__)
    if tuple(int(part) for part in version.split(".")[:2]) < wanted.least:
        raise CutoverError(
            f"{wanted.library} {version} is too old: {wanted.why}; install {least} or later: pip install {install}"
        )
    return library


def trusting(ca_file: str) -> ssl.SSLContext:
    """Only authorities of the file; the host's name is verified too. Raises OSError where it holds none.

    Without what Python 3.13 asks of the form of a certificate beyond that: earlier ones and libpq do not, and the same
    server ought not to be trusted on one controller and refused on another.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def not_connected(name: str, access: Access, told: str) -> CutoverError:
    """told: the driver's text. It has neither password nor data, since nothing has been asked yet."""
    return CutoverError(
        f"the {name} cannot be connected to, at {access.host}:{access.port} as {access.username}: {told}. Nothing was "
        "compared. Look at host, port, ca_file, the secret, and the network's rules."
    )
