# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is next, from nothing but what AWS shows. Pure.

decide() is asked again after every call and every wait, so a run that has died goes on where it was: there is no record
of an upgrade but the deployment, and the databases themselves.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .._errors import CutoverError
from .._model.core import Value
from .._rds.instance import FAILED as INSTANCE_FAILED
from .._rds.instance import SETTLED, instance_attributes
from .._rds.plan import deletion
from .._rds.versions import satisfies
from .._wait.steps import Done, Wait
from . import requests
from .asked import ABSENT, AVAILABLE, OLD, SWITCHED_OVER, Asked, Refused
from .guards import FAILED, WAITING, Guard, is_replicating, replication_of
from .requests import Write

Item = Mapping[str, Any]
Command: TypeAlias = "Write | Wait | Done"

PROVISIONING, READY, SWITCHING, COMPLETED, DELETING = (
    "PROVISIONING",
    "AVAILABLE",
    "SWITCHOVER_IN_PROGRESS",
    "SWITCHOVER_COMPLETED",
    "DELETING",
)
INVALID, MISSING_TARGET = "INVALID_CONFIGURATION", "MISSING_TARGET"
BROKEN = {
    INVALID: "Nothing has been switched over. Mend what it says, or remove the deployment (state "
    "absent with abandon) and make it anew.",
    "SWITCHOVER_FAILED": "RDS rolls back what it cannot finish. Before anything else, see which database bears "
    "production's name and takes writes. Then remove the deployment (state absent with abandon) and make it anew.",
}
"""States of a deployment that no waiting mends, and what to do. botocore's rds model, BlueGreenDeployment."""

INSTANCE_READY, DELETED = "available", "deleting"
"""RDS switches over nothing else: not even storage-optimization, in which an instance serves as well."""

SNAPSHOT_READY, SNAPSHOT_FAILED = "available", "failed"


@dataclass(frozen=True)
class Seen:
    """What AWS shows. instances by name: production, the members of both sides, the old ones that are to go; those
    that are not there are not in it. guards were judged for the call that is next, empty where none is. version is
    the one to upgrade to, in full, None where it stays. snapshots are the states of final ones by name.
    """

    deployment: Item | None = None
    instances: Mapping[str, Item] = field(default_factory=dict)
    guards: Sequence[Guard] = ()
    version: str | None = None
    snapshots: Mapping[str, str] = field(default_factory=dict)


class Broken(CutoverError):
    """The deployment, or what came of it, is in a state that no waiting mends."""


def name_of(arn: str) -> str:
    """arn:aws:rds:us-east-1:123456789012:db:shop is shop."""
    return arn.rpartition(":")[2]


def members(deployment: Item) -> list[tuple[str, str]]:
    """(source, target) by name, as they are named now; an empty name where AWS says that it is missing."""
    return [
        (name_of(one.get("SourceMember") or ""), name_of(one.get("TargetMember") or ""))
        for one in deployment.get("SwitchoverDetails") or []
    ]


def heir_of(old: str) -> str:
    """Whose name a former database had: shop-old1 was shop."""
    found = OLD.fullmatch(old)
    return found["of"] if found else ""


def targets(deployment: Item) -> list[str]:
    """The copies that are there."""
    return [target for _source, target in members(deployment) if target]


def differences(asked: Asked, item: Item) -> dict[str, tuple[Value, Value]]:
    """(is, asked for) of what is asked for and not so. A newer minor version than asked for is as asked."""
    found = instance_attributes(item)
    unlike = {
        name: (found.get(name), value)
        for name, value in asked.wanted.items()
        if found.get(name) != value and not (name == "engine_version" and _is_version(found, str(value)))
    }
    if asked.storage_config and item.get("IsStorageConfigUpgradeAvailable"):
        unlike["storage_config"] = ("old", "current")
    return unlike


def _is_version(found: Mapping[str, Value], wanted: str) -> bool:
    return satisfies(str(found["engine"]), str(found["engine_version"]), wanted)


def is_as_asked(asked: Asked, seen: Seen) -> bool:
    """Whether production is what the upgrade is for. Where nothing is said of that, it is not known."""
    production = seen.instances.get(asked.source)
    return production is not None and asked.changes and not differences(asked, production)


def is_due(asked: Asked, seen: Seen, tried: Collection[str]) -> str | None:
    """Which guards have to be judged now: AVAILABLE before the deployment is made, SWITCHED_OVER before it is switched
    over, None while no such call is next.
    """
    status = seen.deployment["Status"] if seen.deployment else None
    if asked.state == AVAILABLE and status is None and not tried and not is_as_asked(asked, seen):
        return AVAILABLE
    return SWITCHED_OVER if asked.state == SWITCHED_OVER and status == READY and not tried else None


def decide(asked: Asked, seen: Seen, tried: Collection[str]) -> Command:
    """The next command. tried are the keys of calls that were made already. Raises Refused and Broken."""
    if seen.deployment is not None:
        _refuse_foreign(asked, seen.deployment)
    steps = _removing(asked, seen, tried) if asked.state == ABSENT else _upgrading(asked, seen, tried)
    return next(steps, Done())


def _refuse_foreign(asked: Asked, deployment: Item) -> None:
    """A switchover swaps the names, so that production is the target of one that is over."""
    source, target = name_of(deployment["Source"]), name_of(deployment.get("Target") or "")
    if asked.source not in (source, target, heir_of(source)):
        raise Refused([f"name: {asked.name} exists, and is of {source}, not of {asked.source}. Give another name"])


def _upgrading(asked: Asked, seen: Seen, tried: Collection[str]) -> Iterator[Command]:
    deployment = seen.deployment
    if deployment is None:
        yield from _without(asked, seen, tried)
        return
    if waiting := _under_way(asked, deployment):
        yield waiting
        return
    if deployment["Status"] == COMPLETED:
        yield from _outcome(asked, deployment, seen)
        yield from _left_over(asked, deployment, seen, tried)
        return
    yield from _green(asked, deployment, seen)
    if asked.state == AVAILABLE:
        return
    write = requests.switch_over(asked, deployment)
    if write.key in tried:
        raise Broken(
            f"{asked.name} was to be switched over, and is {READY} again: RDS has called it off and rolled it back, "
            f"and {asked.source} is the database that it was"
        )
    yield from _guarded(seen)
    yield write


def _without(asked: Asked, seen: Seen, tried: Collection[str]) -> Iterator[Command]:
    production = seen.instances.get(asked.source)
    if is_as_asked(asked, seen):
        return
    if asked.state != AVAILABLE:
        raise Refused(
            [
                f"name: there is no blue/green deployment {asked.name}, and {asked.source} is not known to be as asked "
                "for. Make it first, with state available"
            ]
        )
    if production is None:
        raise Refused([f"source: there is no DB instance {asked.source}"])
    write = requests.create(asked, production, set(differences(asked, production)), seen.version)
    if write.key in tried:
        yield Wait(f"AWS does not show {asked.name} yet")
    yield from _guarded(seen)
    yield write


def _guarded(seen: Seen) -> Iterator[Command]:
    if not seen.guards:
        yield Wait("what guards the next step has not been asked yet")
    if reasons := [f"{guard.name}: {guard.text}" for guard in seen.guards if guard.status == FAILED]:
        raise Refused(reasons)
    yield from (Wait(guard.text) for guard in seen.guards if guard.status == WAITING)


def _under_way(asked: Asked, deployment: Item) -> Wait | None:
    status = str(deployment["Status"])
    if status in BROKEN:
        details = str(deployment.get("StatusDetails") or "RDS gives no details").rstrip(".")
        raise Broken(f"{asked.name} is {status}: {details}.{_unfit(deployment)} {BROKEN[status]}")
    if status == DELETING:
        raise Broken(f"{asked.name} is being deleted. Run this again when it is gone.")
    if status == PROVISIONING:
        return Wait(f"{asked.name} is {status}{_tasks(deployment)}")
    return Wait(f"{asked.name} is {status}") if status == SWITCHING else None


def _tasks(deployment: Item) -> str:
    tasks = deployment.get("Tasks") or []
    under_way = [str(task["Name"]).lower().replace("_", " ") for task in tasks if task["Status"] == "IN_PROGRESS"]
    completed = sum(task["Status"] == "COMPLETED" for task in tasks)
    return f", {completed} of {len(tasks)} tasks done{''.join(f', {name}' for name in under_way)}" if tasks else ""


def _unfit(deployment: Item) -> str:
    """The members that are the reason."""
    unfit = [
        f" {name_of(one.get('SourceMember') or one.get('TargetMember') or '')} is {one['Status']}."
        for one in deployment.get("SwitchoverDetails") or []
        if one.get("Status") in ("SWITCHOVER_FAILED", "MISSING_SOURCE", MISSING_TARGET)
    ]
    return "".join(unfit)


def _green(asked: Asked, deployment: Item, seen: Seen) -> Iterator[Command]:
    """Until the copies are ready and as asked for."""
    for target in targets(deployment):
        item = seen.instances.get(target)
        status = item["DBInstanceStatus"] if item else "not shown yet"
        if status != INSTANCE_READY:
            percent = f", {item['PercentProgress']} %" if item and item.get("PercentProgress") else ""
            yield Wait(f"{target} is {status}{percent}")
    green = seen.instances.get(name_of(deployment.get("Target") or ""))
    if green is None:
        yield Wait(f"AWS does not show the copy of {asked.source} yet")
    elif unlike := differences(asked, green):
        raise Broken(
            f"{asked.name} is there, and its copy {green['DBInstanceIdentifier']} is not as asked for: "
            f"{_listed(unlike)}. "
            "Nothing has been switched over. Change the copy, or remove the deployment (state absent with abandon) and "
            "make it anew."
        )


def _outcome(asked: Asked, deployment: Item, seen: Seen) -> Iterator[Command]:
    """What a switchover has to end with, read back: each copy has its source's name and endpoint, each source another
    name.
    """
    for source, target in members(deployment):
        if not target:
            continue
        new, old = seen.instances.get(target), seen.instances.get(source)
        if new is None:
            yield Wait(f"AWS does not show {target} under its new name yet")
        elif new["DBInstanceStatus"] not in SETTLED:
            yield Wait(f"{target} is {new['DBInstanceStatus']}")
        elif not _address(new).startswith(f"{target}."):
            yield Wait(f"AWS does not show the endpoint of {target} yet, but {_address(new) or 'none'}")
        elif old is not None and old["DbiResourceId"] == new["DbiResourceId"]:
            yield Wait(f"AWS still shows the former database as {target}")
    if name_of(deployment["Target"]) != asked.source:
        yield Wait(f"AWS does not show {asked.source} as the new production database yet")


def _left_over(asked: Asked, deployment: Item, seen: Seen, tried: Collection[str]) -> Iterator[Command]:
    """A switchover that is over says nothing of an upgrade that is asked for since."""
    production = seen.instances.get(asked.source)
    unlike = differences(asked, production) if production else {}
    if production and production.get("MaxAllocatedStorage"):
        unlike = {name: pair for name, pair in unlike.items() if name != "allocated_storage" or not _has_grown(*pair)}
    if not unlike:
        return
    listed = _listed(unlike)
    if requests.switch_over(asked, deployment).key in tried:
        yield Wait(f"AWS does not show {asked.source} as asked for yet: {listed}")
    raise Refused(
        [
            f"name: {asked.name} exists from an earlier upgrade, and {asked.source} is not as asked for: {listed}. "
            "Clean it up (state absent), or give another name"
        ]
    )


def _has_grown(found: Value, wanted: Value) -> bool:
    return isinstance(found, int) and isinstance(wanted, int) and found > wanted


def _listed(unlike: Mapping[str, tuple[Value, Value]]) -> str:
    return ", ".join(f"{name} is {is_!r}, not {wanted!r}" for name, (is_, wanted) in unlike.items())


def _address(item: Item) -> str:
    return str((item.get("Endpoint") or {}).get("Address") or "")


def _removing(asked: Asked, seen: Seen, tried: Collection[str]) -> Iterator[Command]:
    if reasons := [reason for name in in_order(asked, seen) for reason in _keeps(asked, seen, name, tried)]:
        raise Refused(reasons)
    if seen.deployment is not None:
        yield from _remove_deployment(asked, seen.deployment, seen, tried)
    for name in in_order(asked, seen):
        item = seen.instances[name]
        heir = seen.instances.get(heir_of(name), {})
        if item["DBInstanceStatus"] == DELETED or snapshot_of(asked, item) in seen.snapshots:
            yield Wait(f"{name} is being deleted")
        elif heir.get("DBInstanceStatus") not in SETTLED:
            yield Wait(f"{heir_of(name)} is {heir.get('DBInstanceStatus', 'not shown')}")
        elif item.get("DeletionProtection"):
            yield _once(requests.unprotect(name), tried, f"{name} is still protected from deletion")
        else:
            yield _once(_deletion(asked, item), tried, f"AWS does not show that {name} is being deleted")
    for name, status in seen.snapshots.items():
        if status == SNAPSHOT_FAILED:
            raise Broken(
                f"the final snapshot {name} is {status}, and its database is gone. Its automated backups are what is "
                "left of it, if they were kept."
            )
        if status != SNAPSHOT_READY:
            yield Wait(f"the final snapshot {name} is {status}")


def _keeps(asked: Asked, seen: Seen, name: str, tried: Collection[str]) -> Iterator[str]:
    """Why an old database must not go. Only what production has taken the place of may."""
    old, heir = seen.instances[name], seen.instances.get(heir_of(name))
    if old["DBInstanceStatus"] == DELETED or _deletion(asked, old).key in tried:
        return
    if heir is None:
        yield f"delete_old: nothing has taken the place of {name}: there is no {heir_of(name)}"
        return
    if asked.source not in (heir["DBInstanceIdentifier"], heir.get("ReadReplicaSourceDBInstanceIdentifier")):
        yield f"delete_old: {name} was neither {asked.source} nor a replica of it"
    if heir["DBInstanceStatus"] in INSTANCE_FAILED:
        yield f"delete_old: {name} stays while {heir['DBInstanceIdentifier']} is {heir['DBInstanceStatus']}"
    if heir["DbiResourceId"] == old["DbiResourceId"] or heir["InstanceCreateTime"] <= old["InstanceCreateTime"]:
        yield f"delete_old: {name} is not older than {heir['DBInstanceIdentifier']}, which cannot have replaced it"
    if others := sorted(set(old.get("ReadReplicaDBInstanceIdentifiers") or []) - set(asked.delete_old)):
        yield f"delete_old: {name} has replicas, {', '.join(others)}; name them too"


def _deletion(asked: Asked, item: Item) -> Write:
    request = deletion(item, snapshot_of(asked, item), delete_automated_backups=asked.delete_backups)
    return requests.delete_instance(item["DBInstanceIdentifier"], request)


def _remove_deployment(asked: Asked, deployment: Item, seen: Seen, tried: Collection[str]) -> Iterator[Command]:
    status = str(deployment["Status"])
    if status in (DELETING, SWITCHING):
        yield Wait(f"{asked.name} is {status}")
    if status != COMPLETED:
        if not asked.abandon:
            raise Refused(
                [
                    f"{asked.name} has not been switched over: it is {status}. With abandon it is removed together "
                    "with its copies"
                ]
            )
        if status == PROVISIONING and _unnamed(deployment):
            yield Wait(f"{asked.name} is {status}{_tasks(deployment)}")
        if doubts := [*_no_copies(deployment), *_promoted(deployment, seen)]:
            raise Broken(
                f"{asked.name} is {status}, and {'; '.join(doubts)}: with the deployment, RDS would delete what may be "
                "production. Nothing was changed. Look which database takes writes, and ask AWS"
            )
        for target in targets(deployment):
            if seen.instances.get(target, {}).get("DeletionProtection"):
                yield _once(requests.unprotect(target), tried, f"{target} is still protected from deletion")
    write = requests.delete(asked, deployment, with_green=status != COMPLETED)
    yield _once(write, tried, f"AWS does not show that {asked.name} is being deleted")


def _pairs(deployment: Item) -> Iterator[tuple[str, str, str]]:
    """(source, target, status) of all that goes with the deployment: its members, and what it names as its target."""
    details = deployment.get("SwitchoverDetails") or []
    for one, (source, target) in zip(details, members(deployment), strict=True):
        yield source, target, str(one.get("Status"))
    source, target = name_of(deployment["Source"]), name_of(deployment.get("Target") or "")
    yield source, target, next((str(one.get("Status")) for one in details if _is_source(one, source)), "not shown")


def _is_source(detail: Item, source: str) -> bool:
    return name_of(detail.get("SourceMember") or "") == source


def _unnamed(deployment: Item) -> bool:
    return any(not target for _source, target, _status in _pairs(deployment))


def _no_copies(deployment: Item) -> Iterator[str]:
    """Only what is named as RDS names copies may go: a switchover, even one that failed, gives them other names."""
    if not members(deployment):
        yield "RDS shows no members of it"
    for source, target, status in dict.fromkeys(_pairs(deployment)):
        if not target and status != MISSING_TARGET:
            yield f"does not show the copy of {source or 'a member'}, which is {status}"
        elif target and not re.fullmatch(rf"{re.escape(source)}-green-[a-z0-9]+", target):
            yield f"says that {target} is the copy of {source or 'none'}"


def _promoted(deployment: Item, seen: Seen) -> Iterator[str]:
    """What somebody has promoted has data of its own."""
    green = seen.instances.get(name_of(deployment.get("Target") or ""))
    if deployment["Status"] == INVALID and green is not None and not (is_replicating(green) and replication_of(green)):
        yield f"{green['DBInstanceIdentifier']} is not shown as replicating (any more)"


def _once(write: Write, tried: Collection[str], waiting: str) -> Command:
    return Wait(waiting) if write.key in tried else write


def in_order(asked: Asked, seen: Seen) -> list[str]:
    """The old databases that are still there, replicas first: they go before what they replicate."""
    there = [name for name in asked.delete_old if name in seen.instances]
    return sorted(there, key=lambda name: not _is_replica(seen.instances[name]))


def _is_replica(item: Item) -> bool:
    return bool(item.get("ReadReplicaSourceDBInstanceIdentifier"))


def snapshot_of(asked: Asked, item: Item) -> str | None:
    """The name of the final snapshot, None where none is taken: a replica holds nothing of its own, and AWS refuses."""
    if not asked.final_snapshot or _is_replica(item):
        return None
    return f"{final_prefix(item['DBInstanceIdentifier'])}{item['DbiResourceId'][3:11].lower()}"


def final_prefix(old: str) -> str:
    """Names come again with the next upgrade, so the resource id makes the snapshot this database's."""
    return f"{old}-final-"
