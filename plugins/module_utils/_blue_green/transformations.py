# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What people and playbooks get to see of an upgrade. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._plan.compare import CREATE, DELETE, UPDATE, Change, Difference
from .._plan.render import change_data, diff_data
from .._wait.steps import Done
from .asked import ABSENT, AVAILABLE, OLD, Asked
from .guards import Guard
from .plan import (
    COMPLETED,
    DELETED,
    DELETING,
    SWITCHING,
    Command,
    Item,
    Seen,
    differences,
    in_order,
    members,
    name_of,
    snapshot_of,
)

DEPLOYMENT, INSTANCE, SNAPSHOT = "blue_green_deployment", "db_instance", "db_snapshot"


def outline(asked: Asked, seen: Seen, first: Command) -> list[Change]:
    """All that has to be done from here, in order; first is the next command."""
    if isinstance(first, Done):
        return []
    if asked.state == ABSENT:
        return list(_removal(asked, seen))
    return list(_creation(asked, seen) if asked.state == AVAILABLE else _switchover(asked, seen))


def _creation(asked: Asked, seen: Seen) -> Iterator[Change]:
    if seen.deployment is not None:
        return
    production = seen.instances[asked.source]
    wanted = {name: value for name, (_is, value) in differences(asked, production).items()}
    if "engine_version" in wanted and seen.version:
        wanted["engine_version"] = seen.version
    yield _change(CREATE, DEPLOYMENT, asked.name, {"source": (None, asked.source)})
    yield _change(CREATE, INSTANCE, f"{asked.source}-green", {name: (None, value) for name, value in wanted.items()})


def _switchover(asked: Asked, seen: Seen) -> Iterator[Change]:
    deployment = seen.deployment or {}
    if deployment.get("Status") in (None, SWITCHING, COMPLETED):
        return
    yield _change(UPDATE, DEPLOYMENT, asked.name, {"status": (deployment["Status"], COMPLETED)})
    for source, target in members(deployment):
        old, new = seen.instances.get(source, {}), seen.instances.get(target, {})
        ids = (old.get("DbiResourceId"), new.get("DbiResourceId"))
        versions = (old.get("EngineVersion"), new.get("EngineVersion"))
        values = {"resource_id": ids, "engine_version": versions}
        yield _change(UPDATE, INSTANCE, source, {name: pair for name, pair in values.items() if pair[0] != pair[1]})


def _removal(asked: Asked, seen: Seen) -> Iterator[Change]:
    deployment = seen.deployment
    if deployment is not None and deployment["Status"] != DELETING:
        yield _change(DELETE, DEPLOYMENT, asked.name, {"status": (deployment["Status"], None)})
        if deployment["Status"] != COMPLETED:
            targets = [target for _source, target in members(deployment) if target in seen.instances]
            yield from (change for target in targets for change in _instance_gone(seen.instances[target]))
    for name in in_order(asked, seen):
        item = seen.instances[name]
        if item["DBInstanceStatus"] != DELETED:
            kept = snapshot_of(asked, item)
            if kept:
                yield _change(CREATE, SNAPSHOT, kept, {"database": (None, name)})
            yield from _instance_gone(item)


def _instance_gone(item: Item) -> Iterator[Change]:
    if item.get("DeletionProtection"):
        yield _change(UPDATE, INSTANCE, item["DBInstanceIdentifier"], {"deletion_protection": (True, False)})
    values = {"engine_version": item["EngineVersion"], "instance_class": item["DBInstanceClass"]}
    gone = {name: (value, None) for name, value in values.items()}
    yield _change(DELETE, INSTANCE, item["DBInstanceIdentifier"], gone)


def _change(action: str, kind: str, name: str, values: Mapping[str, tuple[Any, Any]]) -> Change:
    return Change(action, name, kind, name, tuple(Difference(path, *pair) for path, pair in values.items()))


def plan_result(changes: Sequence[Change]) -> dict[str, Any]:
    """changed, plan and diff."""
    rows = [change_data(change) for change in changes]
    plan = [{name: row[name] for name in ("action", "type", "name", "attributes")} for row in rows]
    return {"changed": bool(changes), "plan": plan, "diff": diff_data(changes)}


def guards_result(guards: Sequence[Guard]) -> list[dict[str, str]]:
    """Each as data."""
    return [{"name": guard.name, "status": guard.status, "text": guard.text} for guard in guards]


def deployment_result(item: Item | None) -> dict[str, Any]:
    """The deployment and how far each of its members is; empty while there is none."""
    if item is None:
        return {}
    return {
        "identifier": item["BlueGreenDeploymentIdentifier"],
        "name": item["BlueGreenDeploymentName"],
        "status": item["Status"],
        "status_details": item.get("StatusDetails"),
        "source": name_of(item["Source"]),
        "target": name_of(item.get("Target") or "") or None,
        "members": [
            {"source": source or None, "target": target or None, "status": one.get("Status")}
            for one, (source, target) in zip(item.get("SwitchoverDetails") or [], members(item), strict=True)
        ],
        "tasks": [{"name": task["Name"], "status": task["Status"]} for task in item.get("Tasks") or []],
    }


def database_result(item: Item | None) -> dict[str, Any]:
    """Which database it is and how it is reached; never its password, which PendingModifiedValues may hold."""
    if item is None:
        return {}
    endpoint = item.get("Endpoint") or {}
    return {
        "identifier": item["DBInstanceIdentifier"],
        "arn": item["DBInstanceArn"],
        "resource_id": item.get("DbiResourceId"),
        "status": item["DBInstanceStatus"],
        "engine": item["Engine"],
        "engine_version": item["EngineVersion"],
        "instance_class": item["DBInstanceClass"],
        "endpoint": endpoint.get("Address"),
        "port": endpoint.get("Port"),
    }


def old_result(asked: Asked, seen: Seen) -> list[dict[str, Any]]:
    """The former databases: of the deployment once it is switched over, or those that were named."""
    names = list(asked.delete_old)
    if seen.deployment is not None and seen.deployment["Status"] == COMPLETED:
        names += [source for source, _target in members(seen.deployment) if OLD.fullmatch(source)]
    return [database_result(seen.instances[name]) for name in dict.fromkeys(names) if name in seen.instances]
