# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a stack's database is restored from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .core import ModelError, Value
from .names import rds_name

NEW, NO_DATABASE, SNAPSHOT, INSTANCE = "new", "none", "snapshot", "instance"
SOURCES = (NEW, SNAPSHOT, INSTANCE, NO_DATABASE)
RESTORED = (SNAPSHOT, INSTANCE)
SNAPSHOT_NAME_LIMIT = 255

RestoreConfig = Mapping[str, Any]
"""The variable database_restore: the option source of rds_snapshot_restore, some of it null."""


def restored_from(source: str, config: RestoreConfig, identifier: str) -> dict[str, Value]:
    """The option source of rds_snapshot_restore for the database of this name, in types that make the same wish the
    same text. Of a running database a snapshot is taken unless a point in time is asked for.
    """
    given = {name: _plain(name, value) for name, value in config.items() if value is not None}
    if not {"snapshot", "database"} & given.keys():
        raise ModelError(f"database_source is {source}, and database_restore does not say what it is restored from")
    if source == INSTANCE and not {"take", "time"} & given.keys():
        given["take"] = rds_name(f"{identifier}-from-{given.get('database')}", SNAPSHOT_NAME_LIMIT)
    return given


def _plain(name: str, value: Any) -> Value:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): str(part) for key, part in value.items()}
    return int(value) if name == "max_age" else str(value)
