# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What people and playbooks get to see of a restore. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._model.core import Value
from .._plan.compare import CREATE, DELETE, UPDATE, Change, Difference
from .._plan.render import change_data, diff_data
from .._rds.cluster import cluster_attributes, cluster_differences
from .._rds.instance import as_wanted, instance_attributes
from .asked import Asked, Member
from .kinds import CLUSTER
from .plan import Item, Place, Seen, is_complete
from .requests import BEGUN, COMPLETE
from .route import Copy, Hop
from .snapshot import Snapshot


def outline(asked: Asked, place: Place, hops: Sequence[Hop], seen: Seen) -> list[Change]:
    """All that has to be done from here, in order."""
    if seen.database is not None and is_complete(seen.database):
        return []
    changes = [] if seen.database else list(_toward(asked, place, hops, seen))
    changes += _databases(asked, place, seen)
    if not asked.keep_copies:
        names = {scope: copied.name for scope, copied in seen.copies.items()}
        if seen.database is None:
            names |= {hop.scope: hop.name for hop in hops if isinstance(hop, Copy)}
        changes += [_made(DELETE, "snapshot", name, {"region": scope.region}) for scope, name in names.items()]
    return changes


def _toward(asked: Asked, place: Place, hops: Sequence[Hop], seen: Seen) -> Iterator[Change]:
    source = asked.source
    if source.take and seen.snapshot is None:
        yield _made(CREATE, "snapshot", source.take, {"database": source.database, "region": source.region})
    for hop in hops:
        if isinstance(hop, Copy):
            if hop.scope not in seen.copies:
                values = {
                    "copy_of": place.origin,
                    "account": hop.scope.account,
                    "region": hop.scope.region,
                    "key_arn": hop.key,
                }
                yield _made(CREATE, "snapshot", hop.name, values)
        elif hop.account not in seen.shared:
            before = sorted(seen.shared)
            name = next((one.name for one in hops if isinstance(one, Copy) and one.scope == hop.scope), place.origin)
            shared = Difference("shared_with", before, sorted({*before, hop.account}))
            yield Change(UPDATE, name, "snapshot", name, (shared,))


def _databases(asked: Asked, place: Place, seen: Seen) -> Iterator[Change]:
    kind = f"db_{asked.kind.name}"
    if seen.database is None:
        values = {**asked.wanted, "restored_from": place.origin, "tags": dict(asked.tags)}
        yield _made(CREATE, kind, asked.identifier, values)
    else:
        differing = _unlike(asked.wanted, _attributes(asked, seen.database))
        ending = Difference("restore", BEGUN, COMPLETE)
        yield Change(UPDATE, asked.identifier, kind, asked.identifier, (*differing, ending))
    for one in asked.members:
        there = seen.members.get(one.identifier)
        if there is None:
            yield _made(CREATE, "db_instance", one.identifier, dict(one.wanted))
        elif differing := _unlike(one.wanted, _member_attributes(one, there)):
            yield Change(UPDATE, one.identifier, "db_instance", one.identifier, tuple(differing))


def _made(action: str, kind: str, name: str, values: Mapping[str, Value]) -> Change:
    known = {path: value for path, value in values.items() if value is not None}
    pairs = [(None, value) if action == CREATE else (value, None) for value in known.values()]
    return Change(
        action, name, kind, name, tuple(Difference(path, *pair) for path, pair in zip(known, pairs, strict=True))
    )


def _attributes(asked: Asked, item: Item) -> Mapping[str, Value]:
    if asked.kind is CLUSTER:
        same = set(asked.wanted) - set(cluster_differences(asked.wanted, item))
        return {**cluster_attributes(item), **{name: asked.wanted[name] for name in same}}
    return as_wanted(instance_attributes(item), asked.wanted)


def _member_attributes(one: Member, item: Item) -> Mapping[str, Value]:
    return as_wanted(instance_attributes(item), one.wanted)


def _unlike(wanted: Mapping[str, Value], found: Mapping[str, Value]) -> list[Difference]:
    return [Difference(name, found.get(name), value) for name, value in wanted.items() if found.get(name) != value]


def unlike(asked: Asked, seen: Seen) -> list[str]:
    """The settings that are not as they are asked for, in words."""
    if seen.database is None:
        return []
    parts = [(asked.identifier, asked.wanted, _attributes(asked, seen.database))]
    parts += [
        (one.identifier, one.wanted, _member_attributes(one, seen.members[one.identifier]))
        for one in asked.members
        if one.identifier in seen.members
    ]
    return [
        f"{name}: {one.path} is {one.before!r}, not {one.after!r}"
        for name, wanted, found in parts
        for one in _unlike(wanted, found)
    ] + [f"{one.identifier}: is not there" for one in asked.members if one.identifier not in seen.members]


def plan_result(changes: Sequence[Change]) -> dict[str, Any]:
    """changed, plan and diff."""
    rows = [change_data(change) for change in changes]
    plan = [{name: row[name] for name in ("action", "type", "name", "attributes")} for row in rows]
    return {"changed": bool(changes), "plan": plan, "diff": diff_data(changes)}


def database_result(asked: Asked, item: Item | None) -> dict[str, Any]:
    """Where the database is and how it is reached; never its password, which PendingModifiedValues may hold."""
    if item is None:
        return {}
    endpoint = item.get("Endpoint")
    instance = endpoint if isinstance(endpoint, Mapping) else {"Address": endpoint, "Port": item.get("Port")}
    return {
        "identifier": asked.identifier,
        "arn": item[asked.kind.arn],
        "resource_id": item.get("DbiResourceId") or item.get("DbClusterResourceId"),
        "status": item[asked.kind.status],
        "engine": item["Engine"],
        "engine_version": item["EngineVersion"],
        "endpoint": instance.get("Address"),
        "reader_endpoint": item.get("ReaderEndpoint"),
        "port": instance.get("Port"),
        "username": item.get("MasterUsername"),
        "secret_arn": (item.get("MasterUserSecret") or {}).get("SecretArn") or asked.secret,
    }


def snapshot_result(snapshot: Snapshot | None) -> dict[str, Any]:
    """The snapshot that was chosen and how old its data are."""
    if snapshot is None:
        return {}
    created = snapshot.created.isoformat() if snapshot.created else None
    return {"name": snapshot.name, "arn": snapshot.arn, "created": created, "engine_version": snapshot.version}
