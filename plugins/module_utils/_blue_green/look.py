# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of an upgrade that is under way, and what is asked before the calls that matter."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from .._rds import parameter_api
from .._rds.api import find as find_instance
from .._rds.versions import numbers, satisfies
from .._restore.api import engine_version, orderable, parameter_group_family
from .._restore.kinds import INSTANCE
from . import api
from .asked import ABSENT, AVAILABLE, Asked
from .guards import REPLICA_LAG, SLOT_LAG, Facts, Guard, Lag, Pair, before_creation, before_switchover, logical
from .plan import Item, Seen, final_prefix, heir_of, is_due, members


class Clients(Protocol):
    """Makes a client of a service in the task's region; the same one each time."""

    def __call__(self, service: str) -> Any: ...


def look(asked: Asked, clients: Clients, tried: Collection[str], now: datetime) -> Seen:
    """Asks for no more than decide() wants to know at this stage."""
    rds = clients("rds")
    deployment = api.find_deployment(rds, asked.name)
    names = {asked.source: None, **dict.fromkeys(asked.delete_old)}
    names |= dict.fromkeys(heir_of(name) for name in asked.delete_old)
    names |= dict.fromkeys(name for pair in members(deployment or {}) for name in pair if name)
    found = {name: find_instance(rds, name) for name in names}
    seen = Seen(
        deployment=deployment,
        instances={name: item for name, item in found.items() if item is not None},
        snapshots=_snapshots(asked, rds),
    )
    due = is_due(asked, seen, tried)
    if due is None:
        return seen
    if due == AVAILABLE:
        facts = _facts(asked, rds, seen.instances.get(asked.source))
        return replace(seen, guards=before_creation(asked, facts), version=facts.target)
    return replace(seen, guards=_switchover_guards(asked, clients, seen, now))


def _snapshots(asked: Asked, rds: Any) -> Mapping[str, str]:
    if asked.state != ABSENT or not asked.final_snapshot:
        return {}
    found = [api.final_snapshots(rds, name, final_prefix(name)) for name in asked.delete_old]
    return {name: status for one in found for name, status in one.items()}


def _facts(asked: Asked, rds: Any, source: Item | None) -> Facts:
    if source is None:
        return Facts(None)
    engine, version = str(source["Engine"]), str(source["EngineVersion"])
    told = engine_version(rds, engine, version, withdrawn=True)
    target = _target(asked, engine, version, told)
    own = next((one["DBParameterGroupName"] for one in source.get("DBParameterGroups") or []), "")
    group = str(asked.wanted.get("parameter_group") or own)
    family = parameter_group_family(rds, INSTANCE, group)
    wanted_class = str(asked.wanted.get("instance_class") or source["DBInstanceClass"])
    return Facts(
        source=source,
        replicas={name: _replica(rds, name) for name in source.get("ReadReplicaDBInstanceIdentifiers") or []},
        deployments=api.deployments_of(rds, source["DBInstanceArn"]),
        target=target,
        target_version=told if target in (None, version) else engine_version(rds, engine, str(target)),
        group=group,
        family=family,
        parameters=_parameters(rds, group) if family else {},
        own_parameters=_parameters(rds, own),
        offers=orderable(rds, engine, target, wanted_class) if target else [],
        proxies=api.proxy_targets(rds, asked.source),
        integrations=api.integrations_of(rds, source["DBInstanceArn"]),
    )


def _target(asked: Asked, engine: str, version: str, told: Item | None) -> str | None:
    """The newest version that is asked for and to which RDS upgrades; the source's own where it is as asked."""
    wanted = str(asked.wanted.get("engine_version") or version)
    if satisfies(engine, version, wanted):
        return version
    offered = [str(one["EngineVersion"]) for one in (told or {}).get("ValidUpgradeTarget") or []]
    fit = [one for one in offered if one == wanted or one.startswith(f"{wanted}.")]
    return max(fit, key=numbers, default=None)


def _replica(rds: Any, name: str) -> Item | None:
    """RDS names those of this region by name, others by ARN."""
    return None if name.startswith("arn:") else find_instance(rds, name)


def _parameters(rds: Any, group: str) -> Mapping[str, str]:
    listed = parameter_api.parameters(rds, group)
    return {one["ParameterName"]: str(one["ParameterValue"]) for one in listed if one.get("ParameterValue") is not None}


def _switchover_guards(asked: Asked, clients: Clients, seen: Seen, now: datetime) -> list[Guard]:
    deployment, rds = seen.deployment or {}, clients("rds")
    details = deployment.get("SwitchoverDetails") or []
    pairs = [
        Pair(
            seen.instances.get(source),
            seen.instances.get(target),
            str(one["Status"]),
            (source, target),
            _lag(clients("cloudwatch"), source, target, seen, now),
        )
        for one, (source, target) in zip(details, members(deployment), strict=True)
    ]
    return before_switchover(
        asked,
        pairs,
        api.proxy_targets(rds, asked.source),
        api.integrations_of(rds, deployment["Source"]),
    )


def _lag(cloudwatch: Any, source: str, target: str, seen: Seen, now: datetime) -> Lag:
    """Of blocks and binary logs in seconds, of PostgreSQL's rows in bytes. The copy of a replica replicates the copy of
    production, and that by blocks or binary logs.
    """
    blue, green = seen.instances.get(source), seen.instances.get(target)
    if blue is None or green is None:
        return Lag(REPLICA_LAG, target or f"the copy of {source}", None)
    by_slot = logical(blue["Engine"], str(blue["EngineVersion"]), str(green["EngineVersion"]))
    by_slot = by_slot and not blue.get("ReadReplicaSourceDBInstanceIdentifier")
    metric, instance = (SLOT_LAG, source) if by_slot else (REPLICA_LAG, target)
    return Lag(metric, instance, api.newest(cloudwatch, metric, instance, now))
