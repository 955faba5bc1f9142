# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is asked before the first call that changes anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .kinds import Kind


@dataclass(frozen=True)
class Origin:
    """What the database is made of: the snapshot, or the running source of one, or of a point in time."""

    what: str
    engine: str
    version: str
    username: str
    storage: int
    encrypted: bool
    key: str | None
    option_group: str | None = None
    status: str = "available"
    backups: bool = True
    earliest: datetime | None = None
    latest: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What AWS shows of the surroundings. None stands for what is not there.

    classes: how each instance class can be had; parameter_groups: their families; keys: state and manager. lacks_key:
    an encrypted copy on the way has none. tag is what the database's origin will be called.
    """

    version: Mapping[str, Any] | None
    classes: Mapping[str, list[Any]]
    network: str | None
    security_groups: Mapping[str, str]
    parameter_groups: Mapping[tuple[Kind, str], str | None]
    keys: Mapping[str, tuple[str, str] | None]
    option_group: bool = True
    monitoring_role: bool = True
    password: str | None = field(default=None, repr=False)
    no_password: str | None = None
    password_user: str | None = None
    taken_members: Mapping[str, str] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    lacks_key: bool = False
    tag: str = ""
