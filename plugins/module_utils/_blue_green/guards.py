# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to be so before a deployment is made, and before it is switched over. Pure.

The rules are those of "Limitations and considerations for Amazon RDS blue/green deployments", "Creating ..." and
"Switching a blue/green deployment" in the RDS user guide:
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-considerations.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._rds.versions import major, numbers
from .asked import Asked

Item = Mapping[str, Any]

PASSED, FAILED, WAITING, NOTED = "passed", "failed", "waiting", "noted"
ENGINES = ("mysql", "mariadb", "postgres")
BINLOG_ENGINES = ("mysql", "mariadb")
READY = "available"

LOGICAL_FROM: Mapping[int, tuple[int, int]] = {11: (11, 21), 12: (12, 16), 13: (13, 12), 14: (14, 9), 15: (15, 4)}
"""The oldest minor version of PostgreSQL from which a major upgrade is supported; of later ones it is any.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/blue-green-deployments-replication-type.html
"""

REPLICA_LAG, SLOT_LAG = "ReplicaLag", "OldestReplicationSlotLag"
"""Metrics of RDS: seconds, of the copy; bytes of WAL that are kept for the slowest slot, of the source."""


@dataclass(frozen=True)
class Guard:
    """status: passed, failed (nothing is done), waiting (it may still become so), or noted (it is only told)."""

    name: str
    status: str
    text: str = ""


@dataclass(frozen=True)
class Facts:
    """What AWS shows of the surroundings of the source; None stands for what is not there.

    replicas by name, None for one that cannot be seen in this region. target is the version to upgrade to (the source's
    own where it stays), target_version what RDS says of that. group is the parameter group of the copy, family its
    family, parameters its values and own_parameters those of the source's. proxies are (name, state, reason).
    """

    source: Item | None
    replicas: Mapping[str, Item | None] = field(default_factory=dict)
    deployments: Sequence[str] = ()
    target: str | None = None
    target_version: Item | None = None
    group: str = ""
    family: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    own_parameters: Mapping[str, str] = field(default_factory=dict)
    offers: Sequence[Item] = ()
    proxies: Sequence[tuple[str, str, str]] = ()
    integrations: Sequence[str] = ()


@dataclass(frozen=True)
class Lag:
    """metric and whose; value is None where CloudWatch has none of the last minutes."""

    metric: str
    instance: str
    value: float | None


@dataclass(frozen=True)
class Pair:
    """A database and its copy, as AWS shows them now; status is the deployment's word for both, lag the copy's."""

    source: Item | None
    target: Item | None
    status: str
    names: tuple[str, str]
    lag: Lag


def logical(engine: str, source: str, target: str) -> bool:
    """Whether PostgreSQL replicates rows instead of blocks: between major versions only."""
    return engine == "postgres" and major(engine, source) != major(engine, target)


def before_creation(asked: Asked, facts: Facts) -> list[Guard]:
    """All that can be known before the copy is made."""
    source = facts.source
    if source is None:
        return [Guard("source", FAILED, f"there is no DB instance {asked.source}")]
    if source["Engine"] not in ENGINES or source.get("DBClusterIdentifier"):
        told = f"{asked.source} is of {source['Engine']}; this is for instances of {', '.join(ENGINES)}"
        return [Guard("source", FAILED, told)]
    return [
        _failing("source", _source(asked, source)),
        _failing("deployments", _deployments(asked, facts)),
        _failing("backups", _backups(source)),
        _failing("password", _password(source)),
        _failing("replicas", _replicas(source, facts)),
        _failing("proxies", _proxies(facts.proxies)),
        _failing("integrations", _integrations(facts.integrations)),
        _failing("stacks", _stacks(source)),
        _failing("version", _version(asked, source, facts)),
        _failing("parameter_group", _group(asked, source, facts)),
        _failing("option_group", _options(source, facts)),
        _failing("instance_class", _class(asked, source, facts)),
        _failing("events", _events(source, facts)),
        _failing("replication", _replication(source, facts)),
        _failing("primary_keys", _keys(asked, source, facts)),
        _noted("binary_log", _binlog(source, facts)),
    ]


def before_switchover(
    asked: Asked, pairs: Sequence[Pair], proxies: Sequence[tuple[str, str, str]], integrations: Sequence[str]
) -> list[Guard]:
    """What RDS asks too, known before it cuts anybody off; what only RDS sees (transactions and DDL that run long,
    writes on the copy) it checks itself, and calls the switchover off.
    """
    return [
        _failing("members", _members(pairs)),
        _waiting("instances", _instances(pairs)),
        _failing("source", _still_fit(asked, pairs)),
        _failing("replication", _replicating(pairs)),
        _waiting("lag", _lags(asked, pairs)),
        _failing("proxies", _proxies(proxies)),
        _failing("integrations", _integrations(integrations)),
    ]


def _judged(name: str, reasons: Iterable[str], status: str) -> Guard:
    text = "; ".join(reasons)
    return Guard(name, status if text else PASSED, text)


def _failing(name: str, reasons: Iterable[str]) -> Guard:
    return _judged(name, reasons, FAILED)


def _waiting(name: str, reasons: Iterable[str]) -> Guard:
    return _judged(name, reasons, WAITING)


def _noted(name: str, reasons: Iterable[str]) -> Guard:
    return _judged(name, reasons, NOTED)


# before the copy is made


def _source(asked: Asked, source: Item) -> Iterator[str]:
    if source["DBInstanceStatus"] != READY:
        yield f"{asked.source} is {source['DBInstanceStatus']}; it has to be {READY}"
    if replicated := source.get("ReadReplicaSourceDBInstanceIdentifier"):
        yield f"{asked.source} is a replica of {replicated}; name that one"
    yield from _pending(source)
    waiting = [one for one in source.get("DBParameterGroups") or [] if one.get("ParameterApplyStatus") != "in-sync"]
    for one in waiting:
        status = one.get("ParameterApplyStatus")
        yield f"parameters of {one['DBParameterGroupName']} are {status} on {asked.source}; reboot it"


def _pending(item: Item) -> Iterator[str]:
    if pending := sorted(name for name, value in (item.get("PendingModifiedValues") or {}).items() if value):
        yield f"{item['DBInstanceIdentifier']} has changes pending: {', '.join(pending)}"


def _deployments(asked: Asked, facts: Facts) -> Iterator[str]:
    if others := sorted(set(facts.deployments) - {asked.name}):
        yield f"{asked.source} is in the blue/green deployment {', '.join(others)} already"


def _backups(source: Item) -> Iterator[str]:
    if not source.get("BackupRetentionPeriod"):
        yield "automated backups are off, and the copy is made from them; keep them for a day at least"
    for one in source.get("DBInstanceAutomatedBackupsReplications") or []:
        yield (
            f"automated backups are replicated to another region ({one.get('DBInstanceAutomatedBackupsArn')}); they "
            "would stay with the former database. Stop that, and begin it anew afterwards"
        )


def _password(source: Item) -> Iterator[str]:
    if source.get("MasterUserSecret"):
        yield (
            "RDS manages the master user's password, which blue/green deployments do not support. Give it a password "
            "of your own first (ModifyDBInstance, ManageMasterUserPassword off); the secret that RDS keeps goes then"
        )


def _replicas(source: Item, facts: Facts) -> Iterator[str]:
    volumes = bool(source.get("DedicatedLogVolume"))
    for name, item in facts.replicas.items():
        if item is None:
            yield f"the replica {name} is not in this region; remove it, and make it anew afterwards"
            continue
        if item.get("ReadReplicaDBInstanceIdentifiers"):
            yield f"the replica {name} has replicas itself, which is not supported"
        if item["DBInstanceStatus"] != READY:
            yield f"the replica {name} is {item['DBInstanceStatus']}; it has to be {READY}"
        if bool(item.get("DedicatedLogVolume")) != volumes:
            yield f"dedicated log volumes have to be on for all instances or none, and {name} differs"
    if source.get("ReadReplicaDBClusterIdentifiers"):
        yield "it has a cluster as its replica, which is not supported"


def _proxies(proxies: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    for name, state, reason in proxies:
        if state != "AVAILABLE":
            yield f"the proxy {name} does not reach the database ({state}{f', {reason}' if reason else ''})"


def _integrations(integrations: Sequence[str]) -> Iterator[str]:
    if integrations:
        listed = ", ".join(sorted(integrations))
        yield f"there are zero-ETL integrations ({listed}); remove them first, and make them anew afterwards"


def _stacks(source: Item) -> Iterator[str]:
    tags = {tag["Key"]: tag["Value"] for tag in source.get("TagList") or []}
    if stack := tags.get("aws:cloudformation:stack-name"):
        yield f"CloudFormation made it (stack {stack}), which does not know of the switchover"


def _version(asked: Asked, source: Item, facts: Facts) -> Iterator[str]:
    engine, found, wanted = source["Engine"], str(source["EngineVersion"]), asked.wanted.get("engine_version")
    if facts.target is None:
        yield f"RDS upgrades {engine} {found} to no {wanted}"
        return
    if facts.target_version is None:
        yield f"RDS does not offer {engine} {facts.target}"
    least = LOGICAL_FROM.get(numbers(found)[0])
    if logical(engine, found, facts.target) and least is not None and numbers(found) < least:
        oldest = ".".join(map(str, least))
        yield f"PostgreSQL {found} is too old for a major upgrade by a copy; upgrade it to {oldest} first"


def _group(asked: Asked, source: Item, facts: Facts) -> Iterator[str]:
    wanted, engine = asked.wanted.get("parameter_group"), source["Engine"]
    if facts.family is None:
        yield f"there is no parameter group {facts.group}"
        return
    family = (facts.target_version or {}).get("DBParameterGroupFamily")
    if family and facts.family != family:
        if wanted:
            yield f"{facts.group} is of the family {facts.family}, {engine} {facts.target} of {family}"
        else:
            yield f"{engine} {facts.target} wants a group of the family {family}; RDS would take its own"


def _options(source: Item, facts: Facts) -> Iterator[str]:
    engine, found = source["Engine"], str(source["EngineVersion"])
    if engine != "mysql" or facts.target is None or major(engine, found) == major(engine, facts.target):
        return
    for one in source.get("OptionGroupMemberships") or []:
        if not one["OptionGroupName"].startswith("default:"):
            yield (
                f"with the option group {one['OptionGroupName']}, AWS makes no copy of another major version; make one "
                "of the same, and upgrade that"
            )


def _class(asked: Asked, source: Item, facts: Facts) -> Iterator[str]:
    wanted = asked.wanted.get("instance_class") or source["DBInstanceClass"]
    if facts.target is None:
        return
    if not facts.offers:
        yield f"{wanted} is not to be had with {source['Engine']} {facts.target} in this region"
        return
    storage = asked.wanted.get("storage_type") or source.get("StorageType")
    fit = [one for one in facts.offers if one.get("StorageType") == storage]
    if not fit:
        yield f"{wanted} with {source['Engine']} {facts.target} has no {storage} storage in this region"
    elif source.get("MultiAZ") and not any(one.get("MultiAZCapable") for one in fit):
        yield f"{wanted} with {storage} has no standby in another zone in this region"


def _events(source: Item, facts: Facts) -> Iterator[str]:
    """Both sides would do what the scheduler does. MySQL has it on unless told, MariaDB off."""
    if source["Engine"] not in BINLOG_ENGINES:
        return
    value = facts.parameters.get("event_scheduler", "ON" if source["Engine"] == "mysql" else "OFF").upper()
    if value not in ("OFF", "0", "DISABLED"):
        yield (
            f"the event scheduler of the copy has to be off: set event_scheduler to OFF in {facts.group}, and turn it "
            "on again after the switchover where you have events"
        )


def _replication(source: Item, facts: Facts) -> Iterator[str]:
    if facts.target is None or not logical(source["Engine"], source["EngineVersion"], facts.target):
        return
    own = next((one["DBParameterGroupName"] for one in source.get("DBParameterGroups") or []), "its parameter group")
    for group, values in ((own, facts.own_parameters), (facts.group, facts.parameters)):
        if values.get("rds.logical_replication") != "1":
            yield f"a major upgrade replicates rows: set rds.logical_replication to 1 in {group}, and reboot the source"


def _keys(asked: Asked, source: Item, facts: Facts) -> Iterator[str]:
    """No API tells; and without a key, updates and deletes of a table stop the replication, or the writers."""
    if facts.target is None or asked.keys_checked:
        return
    if logical(source["Engine"], source["EngineVersion"], facts.target):
        yield (
            "a major upgrade replicates rows, which needs a primary key in every table, and AWS's API does not show "
            "them: look (docs/blue-green.md has the query), and say so with primary_keys_checked"
        )


def _binlog(source: Item, facts: Facts) -> Iterator[str]:
    if source["Engine"] in BINLOG_ENGINES:
        value = facts.own_parameters.get("binlog_format", "MIXED").upper()
        if value != "ROW":
            yield f"binlog_format is {value}; with ROW the copy cannot come to differ from its source"


# before the switchover


def _members(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        if pair.status != "AVAILABLE":
            yield f"{pair.names[0]} and {pair.names[1]} are {pair.status}"
    if not pairs:
        yield "RDS shows no members of the deployment"


def _instances(pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        for name, item in zip(pair.names, (pair.source, pair.target), strict=True):
            status = item["DBInstanceStatus"] if item else "not shown"
            if status != READY:
                yield f"{name} is {status}; RDS switches over only what is {READY}"


def _still_fit(asked: Asked, pairs: Sequence[Pair]) -> Iterator[str]:
    """What may have come since the copy was made."""
    copied = {pair.names[0] for pair in pairs}
    for item in (one for pair in pairs for one in (pair.source, pair.target) if one):
        yield from _pending(item)
    for source in (pair.source for pair in pairs if pair.source and pair.names[0] == asked.source):
        yield from _password(source)
        if others := sorted(set(source.get("ReadReplicaDBInstanceIdentifiers") or []) - copied - _greens(pairs)):
            yield f"there are replicas without a copy, {', '.join(others)}; remove them, and make them anew afterwards"


def _greens(pairs: Sequence[Pair]) -> set[str]:
    """For some engines AWS shows the copy as a replica of its source."""
    return {pair.names[1] for pair in pairs}


def _replicating(pairs: Sequence[Pair]) -> Iterator[str]:
    """Where AWS shows the state of the replication; that it is in time is proved by the lag."""
    for pair in pairs:
        if not is_replicating(pair.target or {}):
            for info in replication_of(pair.target or {}):
                told = info.get("Message") or "RDS gives no reason"
                yield f"the replication to {pair.names[1]} is {info.get('Status')}: {told}"


def replication_of(item: Item) -> list[Item]:
    """What AWS shows of the replication to an instance."""
    return [info for info in item.get("StatusInfos") or [] if info.get("StatusType") == "read replication"]


def is_replicating(item: Item) -> bool:
    """As far as AWS shows it."""
    return all(info.get("Status") == "replicating" and info.get("Normal") is True for info in replication_of(item))


def _lags(asked: Asked, pairs: Sequence[Pair]) -> Iterator[str]:
    for pair in pairs:
        yield from _lag(asked, pair.lag)


def _lag(asked: Asked, lag: Lag) -> Iterator[str]:
    if lag.value is None:
        yield f"{lag.metric} of {lag.instance} has no value of the last minutes, so it is not known how far the copy is"
    elif lag.metric == REPLICA_LAG and not 0 <= lag.value <= asked.lag:
        behind = "does not replicate" if lag.value < 0 else f"is {lag.value:.0f} s behind"
        yield f"{lag.instance} {behind}; at most {asked.lag} s are let pass (max_lag)"
    elif lag.metric == SLOT_LAG and not 0 <= lag.value <= asked.lag_bytes:
        behind = "does not replicate" if lag.value < 0 else f"is {lag.value:.0f} bytes of WAL behind"
        yield f"the copy of {lag.instance} {behind}; at most {asked.lag_bytes} are let pass (max_lag_bytes)"
