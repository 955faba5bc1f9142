# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task asks for. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .._errors import CutoverError
from .._model.core import Value
from .._rds.options import SETTINGS
from .kinds import CLUSTER, KINDS, Kind
from .snapshot import Rule
from .wrong import LATEST, Given, moment_of, wrong

DIGEST = 12
CLUSTER_SETTINGS = (
    "engine_version",
    "subnet_group",
    "parameter_group",
    "security_groups",
    "port",
    "deletion_protection",
    "backup_retention",
    "backup_window",
    "maintenance_window",
    "copy_tags_to_snapshot",
    "iam_authentication",
    "log_exports",
    "password_key_arn",
    "lifecycle_support",
)
MEMBER_SETTINGS = (
    "publicly_accessible",
    "auto_minor_version_upgrade",
    "ca_certificate",
    "performance_insights",
    "performance_insights_key_arn",
    "performance_insights_retention",
    "monitoring_interval",
    "monitoring_role_arn",
)
"""What the instances of a cluster have of their own."""

GOES_WITH = {
    "performance_insights_key_arn": "performance_insights",
    "performance_insights_retention": "performance_insights",
    "monitoring_role_arn": "monitoring_interval",
}


class Refused(CutoverError):
    """What is asked for is not done, and nothing was changed; the text has every reason."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("Nothing was changed, since this cannot be restored:\n" + "\n".join(self.reasons))


@dataclass(frozen=True)
class Source:
    """Where the data come from: a snapshot by name or ARN, or a database and what of it.

    take: the name of a snapshot to be taken now. time: a point in time, or latest. Else the newest that rule admits.
    region is where that is, role the one that is assumed there.
    """

    region: str
    snapshot: str | None = None
    database: str | None = None
    take: str | None = None
    time: str | None = None
    rule: Rule = field(default_factory=Rule)
    role: str | None = None
    key: str | None = None

    @property
    def newest(self) -> bool:
        """Whether the snapshot has still to be chosen."""
        return not (self.snapshot or self.take or self.time)

    def origin(self, kind: Kind, arn: Callable[[str, str], str]) -> str | None:
        """What a database of it will be said to come from, None while the newest has still to be chosen.

        arn makes the ARN of a resource at the source from its kind and name.
        """
        if self.time is not None:
            return f"{arn(kind.resource, str(self.database))}@{self.time}"
        name = self.snapshot or self.take
        if name is None or name.startswith("arn:"):
            return name
        return arn(kind.snapshot_resource, name)

    @property
    def moment(self) -> datetime | None:
        """The point in time, UTC."""
        return moment_of(self.time) if self.time and self.time != LATEST else None


@dataclass(frozen=True)
class Member:
    """An instance of a cluster. wanted is in the words of the model."""

    identifier: str
    wanted: Mapping[str, Value]
    zone: str | None = None
    tier: int | None = None


@dataclass(frozen=True)
class Asked:
    """wanted is in the words of the model; id names this very wish in tags."""

    kind: Kind
    identifier: str
    source: Source
    key: str
    wanted: Mapping[str, Value]
    tags: Mapping[str, str]
    region: str
    id: str
    members: tuple[Member, ...] = ()
    engine: str | None = None
    username: str | None = None
    secret: str | None = None
    keep_copies: bool = False


def asked_of(p: Given, region: str) -> Asked:
    """From the options of the module. Raises Refused with all that is wrong."""
    source = p["source"]
    given = {name: value for name, value in source.items() if value is not None}
    if reasons := list(wrong(p, given, region)):
        raise Refused(reasons)
    kind = KINDS[p["type"]]
    return Asked(
        kind=kind,
        identifier=p["identifier"],
        source=source_of(given, region),
        key=p["key_arn"],
        wanted=_wanted(p, kind),
        tags=p["tags"],
        region=region,
        id=wish_id(kind, p["identifier"], given),
        members=tuple(_member(one, p) for one in p["instances"]) if kind is CLUSTER else (),
        engine=p["engine"],
        username=p["username"],
        secret=p["password_secret_arn"],
        keep_copies=p["keep_copies"],
    )


def wish_id(kind: Kind, identifier: str, given: Given) -> str:
    """What names a wish in tags. given is what was given of the option source."""
    parts = json.dumps([kind.name, identifier, given], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()[:DIGEST]


def source_of(given: Given, region: str) -> Source:
    """From what was given of the option source. region is where the database is to be."""
    arn = str(given.get("snapshot", ""))
    there = arn.split(":")[3] if arn.startswith("arn:") else given.get("region") or region
    rule = Rule(given.get("snapshot_type", "any"), given.get("max_age"), given.get("tags", {}))
    return Source(
        region=there,
        snapshot=given.get("snapshot"),
        database=given.get("database"),
        take=given.get("take"),
        time=given.get("time"),
        rule=rule,
        role=given.get("role_arn"),
        key=given.get("key_arn"),
    )


def _wanted(p: Given, kind: Kind) -> dict[str, Value]:
    """Only what was given: the rest is AWS's own business, but for storage that grows by itself, which is off then."""
    names = CLUSTER_SETTINGS if kind is CLUSTER else (*SETTINGS, "lifecycle_support")
    wanted = _given(p, names)
    for name in ("security_groups", "log_exports"):
        wanted[name] = sorted(p[name])
    if kind is CLUSTER:
        if p["cluster_storage_type"]:
            wanted["storage_type"] = p["cluster_storage_type"]
        if p["serverless"]:
            wanted["serverless"] = {end: float(p["serverless"][end]) for end in ("min_capacity", "max_capacity")}
    else:
        wanted["max_allocated_storage"] = p["max_allocated_storage"]
    return {
        **wanted,
        "encrypted": True,
        "key_arn": p["key_arn"],
        "password_managed": p["password_secret_arn"] is None,
    }


def _member(one: Given, p: Given) -> Member:
    wanted = {**_given(one, ("instance_class", "parameter_group")), **_given(p, MEMBER_SETTINGS)}
    return Member(one["identifier"], wanted, one["availability_zone"], one["promotion_tier"])


def _given(p: Given, names: Iterable[str]) -> dict[str, Value]:
    """Those that were given, without what goes with something that is off: AWS refuses or forgets it."""
    return {name: p[name] for name in names if p[name] is not None and p.get(GOES_WITH.get(name, ""), True)}
