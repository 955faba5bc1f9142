# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All that is wrong with what a task asks for, before AWS has been asked anything. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from .kinds import CLUSTER, KINDS

IDENTIFIER = re.compile(r"[a-z](?!.*--)[a-z0-9-]{0,62}(?<!-)")
SNAPSHOT = re.compile(r"(arn:[\w-]+:rds:[\w-]+:\d{12}:(cluster-)?snapshot:)?(rds:|awsbackup:)?[A-Za-z][\w.:-]{0,254}")
KEY_ARN = re.compile(r"arn:[\w-]+:kms:([\w-]+):(\d{12}):key/[\w-]+")
ROLE_ARN = re.compile(r"arn:[\w-]+:iam::\d{12}:role/[\w+=,.@/-]+")
WINDOW_KEYS = ("backup_window", "maintenance_window")
LONGEST_RETENTION = 35
PROVISIONED = ("io1", "io2")
LATEST = "latest"
GROWTH = 1.1
"""AWS wants MaxAllocatedStorage to be at least a tenth more than what is allocated."""

NOT_OF_CLUSTERS = ("allocated_storage", "max_allocated_storage", "iops", "storage_throughput", "option_group")

Given = Mapping[str, Any]


def moment_of(text: str) -> datetime | None:
    """A time as ISO 8601 has it; without a zone it is UTC. None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def wrong(p: Given, source: Given, region: str) -> Iterator[str]:
    """p are the options of the module, source those of the option that were given."""
    for name in [p["identifier"], *(one["identifier"] for one in p["instances"] or [])]:
        if not IDENTIFIER.fullmatch(name):
            yield (
                f"identifier: {name!r} is none that RDS takes; give up to 63 lower case letters, digits and single "
                "dashes, beginning with a letter and not ending with a dash"
            )
    yield from wrong_source(p["type"], source, region)
    yield from _wrong_keys(p, source, region)
    yield from _wrong_kind(p)
    yield from _wrong_sizes(p)


def wrong_source(kind: str, source: Given, region: str) -> Iterator[str]:
    """kind is instance or cluster, source what was given of the option, region where the database is to be."""
    if ("snapshot" in source) == ("database" in source):
        yield "source: give either snapshot, or database and what of it"
    forms = [name for name in ("take", "time", "max_age", "tags", "snapshot_type") if name in source]
    if "snapshot" in source and forms:
        yield f"source: {', '.join(forms)} goes with database, not with snapshot"
    if {"take", "time"} <= set(source) or (len(forms) > 1 and {"take", "time"} & set(forms)):
        yield f"source: {', '.join(forms)} are ways that exclude each other; give one"
    yield from _wrong_name(kind, source)
    if "time" in source:
        yield from _wrong_time(source, region)
    if "role_arn" in source and not ROLE_ARN.fullmatch(source["role_arn"]):
        yield f"source.role_arn: {source['role_arn']!r} is no ARN of a role"
    if source.get("max_age", 1) <= 0:
        yield f"source.max_age: {source['max_age']} s admits no snapshot; give more than 0"


def _wrong_name(kind: str, source: Given) -> Iterator[str]:
    name = source.get("snapshot") or source.get("take")
    if name and not SNAPSHOT.fullmatch(name):
        yield f"source: {name!r} is no name or ARN of a snapshot"
    if name and str(name).startswith("arn:"):
        resource = str(name).split(":")[5]
        if resource != KINDS[kind].snapshot_resource:
            yield f"source.snapshot: {name} is a {resource}, which restores to no {kind}"
        if "region" in source and source["region"] != str(name).split(":")[3]:
            yield f"source.region: {source['region']} is not the region of {name}; leave it out"


def _wrong_time(source: Given, region: str) -> Iterator[str]:
    if source["time"] != LATEST and moment_of(source["time"]) is None:
        yield f"source.time: {source['time']!r} is no time; give it as 2026-11-27T02:15:00Z, or latest"
    if "role_arn" in source or source.get("region", region) != region:
        yield "source.time: AWS restores to a point in time within an account and region only; take a snapshot instead"


def _wrong_keys(p: Given, source: Given, region: str) -> Iterator[str]:
    keys = {name: p[name] for name in ("key_arn", "password_key_arn", "performance_insights_key_arn") if p[name]}
    if "key_arn" in source:
        keys["source.key_arn"] = source["key_arn"]
    for name, arn in keys.items():
        found = KEY_ARN.fullmatch(arn)
        if not found:
            yield f"{name}: {arn!r} is no ARN of a KMS key; give one (an alias can be moved to another key meanwhile)"
        elif name != "source.key_arn" and found[1] != region:
            yield f"{name}: {arn} is not in {region}, where the database is to be"
    if bool(p["password_secret_arn"]) == bool(p["password_key_arn"]):
        yield (
            "password_key_arn, password_secret_arn: give one; the first lets RDS manage the password, "
            "the second names the secret that has it"
        )


def _wrong_kind(p: Given) -> Iterator[str]:
    if p["type"] == CLUSTER.name:
        if extra := [name for name in NOT_OF_CLUSTERS if p[name] is not None]:
            yield f"{', '.join(extra)}: a cluster has none; leave it out"
        if not p["instances"]:
            yield "instances: AWS restores a cluster without any; name at least one, or nothing could connect to it"
        twice = [
            name for name, times in Counter(one["identifier"] for one in p["instances"] or []).items() if times > 1
        ]
        if twice:
            yield f"instances: {', '.join(twice)} is there twice"
        if any(one["instance_class"] == "db.serverless" for one in p["instances"] or []) and not p["serverless"]:
            yield "serverless: an instance is db.serverless, which needs min_capacity and max_capacity"
    else:
        if p["instances"] or p["serverless"] or p["cluster_storage_type"]:
            yield "instances, serverless, cluster_storage_type: only a cluster has them"
        if not p["instance_class"]:
            yield "instance_class: missing; AWS would take the source's, whatever that was"


def _wrong_sizes(p: Given) -> Iterator[str]:
    allocated, most = p["allocated_storage"], p["max_allocated_storage"]
    if allocated and most and most < allocated * GROWTH:
        yield f"max_allocated_storage: {most} GiB is not a tenth more than {allocated} GiB, as AWS wants it to be"
    if p["type"] != CLUSTER.name and p["storage_type"] in PROVISIONED and not p["iops"]:
        yield f"iops: missing; AWS wants it with {p['storage_type']}"
    least = 1 if p["type"] == CLUSTER.name else 0
    if not least <= p["backup_retention"] <= LONGEST_RETENTION:
        yield f"backup_retention: {p['backup_retention']} days; AWS takes {least} to {LONGEST_RETENTION}"
    if p["monitoring_interval"] and not p["monitoring_role_arn"]:
        yield "monitoring_role_arn: missing; AWS wants it with a monitoring_interval"
    for name in WINDOW_KEYS:
        if p[name] and not re.fullmatch(WINDOWS[name], p[name]):
            yield f"{name}: {p[name]!r} is none; give UTC as {EXAMPLES[name]}"
    scale = p["serverless"]
    if scale and not 0 <= scale["min_capacity"] <= scale["max_capacity"]:
        yield f"serverless: {scale['min_capacity']} to {scale['max_capacity']} is no range of capacity units"


_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)"
WINDOWS = {"backup_window": rf"{_TIME}-{_TIME}", "maintenance_window": rf"{_DAY}:{_TIME}-{_DAY}:{_TIME}"}
EXAMPLES = {"backup_window": "03:00-04:00", "maintenance_window": "sun:04:30-sun:05:30"}
