# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on the database that RDS would refuse in the middle of a run.

Source: CreateDBInstance of the RDS API, unless a line says otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..._model.core import Value
from ..._model.restore import RESTORED
from ..._rds.versions import ENGINES, family, numbers
from ..findings import Finding, absent, finding, meant

CLASS = re.compile(r"db\.([a-z][a-z0-9-]*)\.(micro|small|medium|large|\d*xlarge|metal(-\d+xl)?)")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
WEEKLY = re.compile(rf"({'|'.join(DAYS)}):([01]\d|2[0-3]):([0-5]\d)-({'|'.join(DAYS)}):([01]\d|2[0-3]):([0-5]\d)")
DAY, WEEK = 24 * 60, 7 * 24 * 60
SHORTEST_WINDOW = 30
MONITORING = (0, 1, 5, 10, 15, 30, 60)
INSIGHTS_DAYS = (7, *(31 * month for month in range(1, 24)), 731)
GP3, GP3_STRIPED = "gp3", 400
PROVISIONED = ("io1", "io2")
HEADROOM = 1.26
"""Below that the storage's growth by itself fails: "we recommend at least 26%", User Guide, "Managing capacity
automatically with Amazon RDS storage autoscaling"."""
NAMES = {
    "database_username": (
        re.compile(r"[A-Za-z]\w{0,15}"),
        "a letter, then letters, digits and underscores, at most 16 in all",
    ),
    "database_name": (
        re.compile(r"[A-Za-z]\w{0,62}"),
        "a letter, then letters, digits and underscores, at most 63 in all",
    ),
}
RESERVED = ("admin", "root", "rdsadmin", "postgres", "mysql", "user", "public", "system")
"""As the master user's name: admin and postgres are reserved by some engines, rdsadmin by RDS, the others are words
of SQL."""

Typed = Mapping[str, Value]


@dataclass(frozen=True)
class Window:
    """A stretch of the week, in minutes since Monday, 0:00 UTC."""

    begin: int
    length: int

    def overlaps(self, other: Window) -> bool:
        """Whether both hold one moment, the week being round."""
        return (other.begin - self.begin) % WEEK < self.length or (self.begin - other.begin) % WEEK < other.length


def database_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on the variables of the role database."""
    yield from _engine(typed)
    yield from _names(typed)
    yield from _storage(typed)
    yield from _provisioned(typed)
    yield from _windows(typed)
    yield from _observation(typed)
    yield from _agreement(typed)


def _engine(typed: Typed) -> Iterator[Finding]:
    engine, version, kind = (
        typed.get("database_engine"),
        typed.get("database_engine_version"),
        typed.get("database_instance_class"),
    )
    if isinstance(kind, str) and not CLASS.fullmatch(kind):
        fix = f"Probably db.{kind} is meant" if CLASS.fullmatch(f"db.{kind}") else "Write it as db.m7g.large"
        yield finding("database_instance_class", kind, "is no class of a database instance", fix)
    if isinstance(engine, str) and engine not in ENGINES:
        yield finding(
            "database_engine", engine, f"is none of {', '.join(ENGINES)}", meant(engine, ENGINES, "Take one of them")
        )
        return
    if isinstance(version, str) and not re.fullmatch(r"\d+(\.\d+)*", version):
        yield finding(
            "database_engine_version", version, "is no version number", 'Write it in quotes, as RDS lists it: "8.4.6"'
        )
        return
    chosen = typed.get("database_parameter_family")
    if (
        isinstance(engine, str)
        and isinstance(version, str)
        and isinstance(chosen, str)
        and numbers(version)
        and chosen != family(engine, version)
    ):
        rule = f"parameter groups of {engine} {version} are of family {family(engine, version)}"
        yield finding("database_parameter_family", chosen, rule, "Leave it out, and it follows the version")
    exports = typed.get("database_log_exports")
    if isinstance(engine, str) and isinstance(exports, Sequence):
        for index, log in enumerate(exports):
            if log not in ENGINES[engine].logs:
                known = ", ".join(sorted(ENGINES[engine].logs))
                yield finding(
                    f"database_log_exports[{index}]", log, f"{engine} writes no such log", f"There are {known}"
                )


def _names(typed: Typed) -> Iterator[Finding]:
    for variable, (pattern, rule) in NAMES.items():
        value = typed.get(variable)
        if isinstance(value, str) and not pattern.fullmatch(value):
            yield finding(variable, value, f"RDS allows {rule}", "Choose such a name")
    username = typed.get("database_username")
    # Whoever has made the source of a restored one may have been allowed another, and it cannot be renamed.
    made = typed.get("database_source") not in RESTORED
    if made and isinstance(username, str) and username.lower() in RESERVED:
        yield finding(
            "database_username",
            username,
            "is a reserved word for some engine",
            "Choose another name, for example dbadmin",
        )


def _storage(typed: Typed) -> Iterator[Finding]:
    storage, most = typed.get("database_allocated_storage"), typed.get("database_max_allocated_storage")
    if isinstance(storage, int) and isinstance(most, int) and most < storage * HEADROOM:
        least = int(-(-storage * HEADROOM // 1))
        rule = (
            f"the storage grows by itself only with room of a quarter above database_allocated_storage ({storage} GiB)"
        )
        yield finding(
            "database_max_allocated_storage", most, rule, f"Take {least} or more, or null to have it not grow"
        )


def _provisioned(typed: Typed) -> Iterator[Finding]:
    """Performance that is bought apart from size; "gp3 storage" and "Provisioned IOPS SSD storage" of the User
    Guide."""
    kind, size, iops = (typed.get(f"database_{name}") for name in ("storage_type", "allocated_storage", "iops"))
    if kind in PROVISIONED and iops is None:
        yield absent("database_iops", f"is missing, and {kind} needs it", "Give 1000 or more, or take gp3")
    for variable in ("database_iops", "database_storage_throughput"):
        value = typed.get(variable)
        if value is not None and kind == GP3 and isinstance(size, int) and size < GP3_STRIPED:
            rule = f"gp3 below {GP3_STRIPED} GiB has its baseline alone (3000 operations, 125 MiB a second)"
            yield finding(variable, value, rule, f"Leave it out, or raise database_allocated_storage to {GP3_STRIPED}")


def _windows(typed: Typed) -> Iterator[Finding]:
    backup, weekly = typed.get("database_backup_window"), typed.get("database_maintenance_window")
    daily, maintenance = _daily(backup), _weekly(weekly)
    if isinstance(backup, str) and (daily is None or daily.length < SHORTEST_WINDOW):
        yield finding(
            "database_backup_window",
            backup,
            "is no window of half an hour or more, in UTC",
            'Write it as "03:00-04:00"',
        )
    elif isinstance(weekly, str) and (maintenance is None or maintenance.length < SHORTEST_WINDOW):
        yield finding(
            "database_maintenance_window",
            weekly,
            "is no window of half an hour or more, in UTC",
            'Write it as "sun:04:30-sun:05:30"',
        )
    elif (
        daily
        and maintenance
        and any(Window(daily.begin + day * DAY, daily.length).overlaps(maintenance) for day in range(7))
    ):
        yield finding(
            "database_maintenance_window",
            weekly,
            f"overlaps database_backup_window ({backup}), which RDS refuses",
            "Move one of them",
        )


def _daily(text: Value) -> Window | None:
    match = DAILY.fullmatch(str(text))
    if not match:
        return None
    first, last = (int(match[n]) * 60 + int(match[n + 1]) for n in (1, 3))
    return Window(first, (last - first) % DAY)


def _weekly(text: Value) -> Window | None:
    match = WEEKLY.fullmatch(str(text).lower())
    if not match:
        return None
    first, last = (DAYS.index(match[n]) * DAY + int(match[n + 1]) * 60 + int(match[n + 2]) for n in (1, 4))
    return Window(first, (last - first) % WEEK)


def _observation(typed: Typed) -> Iterator[Finding]:
    interval, days = typed.get("database_monitoring_interval"), typed.get("database_performance_insights_retention")
    if isinstance(interval, int) and interval not in MONITORING:
        yield finding(
            "database_monitoring_interval",
            interval,
            f"is none of {', '.join(map(str, MONITORING))} seconds",
            "Take one of them; 0 switches it off",
        )
    if isinstance(days, int) and days not in INSIGHTS_DAYS:
        yield finding(
            "database_performance_insights_retention",
            days,
            "is neither 7, nor 731, nor a number of months of 31 days (31, 62, 93 ...)",
            "Take one of them",
        )


def _agreement(typed: Typed) -> Iterator[Finding]:
    """Values that several roles hold, each for its own resources."""
    port, engine = typed.get("database_port"), typed.get("database_engine")
    real = (
        port
        if isinstance(port, int)
        else (ENGINES[engine].port if isinstance(engine, str) and engine in ENGINES else None)
    )
    for variable in ("security_database_port", "vpc_database_port"):
        value = typed.get(variable)
        if real is not None and isinstance(value, int) and value != real:
            yield finding(
                variable,
                value,
                f"the database listens on port {real}, so nothing could reach it",
                f"Take {real}, or change database_port",
            )
    if isinstance(tiers := typed.get("vpc_zones"), Sequence) and typed.get("database_multi_az") and len(tiers) == 1:
        yield finding(
            "database_multi_az",
            True,
            "a Multi-AZ database needs subnets in two zones, and vpc_zones has one",
            "Name another zone, or set it to false",
        )
