# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What differs from engine to engine, and how engine versions compare."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Engine:
    """major_parts is how many numbers of a version name its major version.

    logs are those that RDS can export, as the API reference of CreateDBInstance lists them.
    """

    port: int
    major_parts: int
    logs: frozenset[str]


ENGINES: Mapping[str, Engine] = {
    "mysql": Engine(3306, 2, frozenset({"audit", "error", "general", "slowquery", "iam-db-auth-error"})),
    "mariadb": Engine(3306, 2, frozenset({"audit", "error", "general", "slowquery", "iam-db-auth-error"})),
    "postgres": Engine(5432, 1, frozenset({"postgresql", "upgrade", "iam-db-auth-error"})),
}

AURORA: Mapping[str, str] = {"aurora-mysql": "mysql", "aurora-postgresql": "postgres"}
"""Whose versions the engines of Aurora count like."""


def numbers(version: str) -> tuple[int, ...]:
    """8.4.6 is (8, 4, 6)."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def major(engine: str, version: str) -> str:
    """The major version as families and upgrades count it: 8.4 of MySQL 8.4.6, 16 of PostgreSQL 16.4."""
    counted_as = engine if engine in ENGINES else AURORA.get(engine, "mysql")
    parts = ENGINES[counted_as].major_parts
    return ".".join(str(number) for number in numbers(version)[:parts])


def family(engine: str, version: str) -> str:
    """The parameter group family of a version: mysql8.4, postgres16."""
    return f"{engine}{major(engine, version)}"


def satisfies(engine: str, found: str, wanted: str) -> bool:
    """Whether found is of wanted's major version and not older.

    RDS upgrades minor versions by itself and never goes back.
    """
    return major(engine, found) == major(engine, wanted) and numbers(found) >= numbers(wanted)
