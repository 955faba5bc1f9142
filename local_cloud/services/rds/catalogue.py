# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small, true part of what RDS offers: engines, versions, classes.

Source: "Supported DB engines for DB instance classes" and the release calendars of the RDS and Aurora user guides.
Classes that an engine lacks are the point: Aurora PostgreSQL starts at db.t3.medium.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

BURSTABLE = ("db.t3.micro", "db.t3.small", "db.t3.medium", "db.t3.large", "db.t3.xlarge", "db.t3.2xlarge")
GRAVITON_BURSTABLE = tuple(one.replace("t3", "t4g") for one in BURSTABLE)
FAMILIES = ("db.m5", "db.m6g", "db.m6i", "db.m7g", "db.r5", "db.r6g", "db.r6i", "db.r7g")
SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge")
STANDARD = tuple(f"{family}.{size}" for family in FAMILIES for size in SIZES)
MEMORY = tuple(one for one in STANDARD if one.startswith("db.r"))
AURORA_BURSTABLE = ("db.t3.medium", "db.t3.large", "db.t4g.medium", "db.t4g.large")

# Too small for Performance Insights on MySQL
NO_INSIGHTS = frozenset({"db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"})


@dataclass(frozen=True)
class Engine:
    """``versions``: by family of parameter groups, ascending; the last of each is the default of its major version."""

    name: str
    description: str
    versions: dict[str, tuple[str, ...]]
    default: str
    classes: tuple[str, ...]
    licence: str
    logs: tuple[str, ...]
    port: int
    longest_password: int
    reserved_users: frozenset[str] = field(default=frozenset({"rdsadmin"}))

    @property
    def is_aurora(self) -> bool:
        return self.name.startswith("aurora")

    def all_versions(self) -> Iterator[tuple[str, str]]:
        """(family, version)."""
        for family, versions in self.versions.items():
            for version in versions:
                yield family, version

    def resolve(self, wanted: str | None) -> tuple[str, str] | None:
        """(family, version) for a full or a major version, or for none; None where there is no such version."""
        wanted = wanted or self.default
        exact = [one for one in self.all_versions() if one[1] == wanted]
        major = [one for one in self.all_versions() if one[1].startswith(f"{wanted}.")]
        found = exact or major
        return found[-1] if found else None

    def supports_insights(self, instance_class: str) -> bool:
        return not (self.name == "mysql" and instance_class in NO_INSIGHTS)


POSTGRES_USERS = frozenset({"rdsadmin", "admin", "postgres_admin", "public"})

ENGINES = {
    engine.name: engine
    for engine in (
        Engine(
            "mysql",
            "MySQL Community Edition",
            {
                "mysql8.0": ("8.0.40", "8.0.41", "8.0.42", "8.0.43", "8.0.44"),
                "mysql8.4": ("8.4.4", "8.4.5", "8.4.6", "8.4.7"),
            },
            "8.4.7",
            (*BURSTABLE, *GRAVITON_BURSTABLE, *STANDARD),
            "general-public-license",
            ("audit", "error", "general", "slowquery", "iam-db-auth-error"),
            3306,
            41,
        ),
        Engine(
            "mariadb",
            "MariaDB Community Edition",
            {
                "mariadb10.11": ("10.11.11", "10.11.13", "10.11.14"),
                "mariadb11.4": ("11.4.5", "11.4.7", "11.4.8"),
            },
            "11.4.8",
            (*BURSTABLE, *GRAVITON_BURSTABLE, *STANDARD),
            "general-public-license",
            ("audit", "error", "general", "slowquery", "iam-db-auth-error"),
            3306,
            41,
        ),
        Engine(
            "postgres",
            "PostgreSQL",
            {
                "postgres15": ("15.12", "15.13", "15.14"),
                "postgres16": ("16.8", "16.9", "16.10"),
                "postgres17": ("17.4", "17.5", "17.6"),
            },
            "17.6",
            (*BURSTABLE, *GRAVITON_BURSTABLE, *STANDARD),
            "postgresql-license",
            ("postgresql", "upgrade", "iam-db-auth-error"),
            5432,
            128,
            POSTGRES_USERS,
        ),
        Engine(
            "aurora-mysql",
            "Aurora (MySQL)",
            {
                "aurora-mysql8.0": (
                    "8.0.mysql_aurora.3.08.0",
                    "8.0.mysql_aurora.3.08.2",
                    "8.0.mysql_aurora.3.10.0",
                    "8.0.mysql_aurora.3.10.1",
                ),
            },
            "8.0.mysql_aurora.3.10.1",
            ("db.serverless", *AURORA_BURSTABLE, *MEMORY),
            "general-public-license",
            ("audit", "error", "general", "slowquery", "instance", "iam-db-auth-error"),
            3306,
            41,
        ),
        Engine(
            "aurora-postgresql",
            "Aurora (PostgreSQL)",
            {
                "aurora-postgresql15": ("15.12", "15.13"),
                "aurora-postgresql16": ("16.8", "16.9"),
                "aurora-postgresql17": ("17.4", "17.5"),
            },
            "17.5",
            ("db.serverless", *AURORA_BURSTABLE, *MEMORY),
            "postgresql-license",
            ("postgresql", "instance", "iam-db-auth-error"),
            5432,
            128,
            POSTGRES_USERS,
        ),
    )
}
