# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the proxy that is there to the calls that make it the one that is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._errors import CutoverError
from .._model.core import Value
from .._stack.context import tags_of

TARGET_GROUP = "default"
"""A proxy has one, and AWS calls it so."""

FIXED = ("engine_family", "subnets")
"""ModifyDBProxy knows neither."""

POOL: Mapping[str, str] = {
    "max_connections_percent": "MaxConnectionsPercent",
    "max_idle_connections_percent": "MaxIdleConnectionsPercent",
    "borrow_timeout": "ConnectionBorrowTimeout",
}
"""What ConnectionPoolConfig calls each."""

KEPT = ("InitQuery", "SessionPinningFilters")
"""What ConnectionPoolConfig has that is no option."""

FAMILIES: Mapping[str, str] = {
    "mysql": "mysql",
    "mariadb": "mysql",
    "aurora-mysql": "mysql",
    "postgres": "postgresql",
    "aurora-postgresql": "postgresql",
}
"""What a proxy calls each engine."""

INSTANCE, CLUSTER = "instance", "cluster"
TYPES: Mapping[str, str] = {INSTANCE: "RDS_INSTANCE", CLUSTER: "TRACKED_CLUSTER"}
REGISTERED_AS: Mapping[str, str] = {INSTANCE: "DBInstanceIdentifiers", CLUSTER: "DBClusterIdentifiers"}

Item = Mapping[str, Any]
Target = tuple[str, str]
"""INSTANCE or CLUSTER, and the identifier."""


class NoTarget(CutoverError):
    """The proxy cannot be in front of this database; the text says why."""


class NotChangeable(CutoverError):
    """AWS cannot change this of a proxy that exists; the text says what and what to do instead."""


@dataclass(frozen=True)
class Wanted:
    """settings and pool are by the module's options; lists where order means nothing are sorted, each item once."""

    name: str
    settings: Mapping[str, Value]
    pool: Mapping[str, Value]
    target: Target
    tags: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """What AWS answers: the proxy, its target group, its targets."""

    proxy: Item
    group: Item
    targets: Sequence[Item]


@dataclass(frozen=True)
class ProxyPlan:
    """create and modify are what CreateDBProxy and ModifyDBProxy take; the rest is empty where nothing is to be done.

    before and after are for the diff.
    """

    create: Mapping[str, Any] = field(default_factory=dict)
    modify: Mapping[str, Any] = field(default_factory=dict)
    pool: Mapping[str, Any] = field(default_factory=dict)
    register: tuple[Target, ...] = ()
    deregister: tuple[Target, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Value] = field(default_factory=dict)
    after: Mapping[str, Value] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the proxy is as asked for."""
        return not (self.create or self.modify or self.pool or self.register or self.deregister or self.tags)


def proxy_plan(wanted: Wanted, found: Found | None, tags: Mapping[str, Value]) -> ProxyPlan:
    """tags are those that the proxy has. Raises NotChangeable."""
    if found is None:
        after = {**wanted.settings, **wanted.pool, "target": list(wanted.target), "tags": dict(wanted.tags)}
        return ProxyPlan(create=_create(wanted), pool=_pool(wanted, {}), register=(wanted.target,), after=after)
    is_now = {**settings_of(found.proxy), **pool_of(found.group)}
    changed = {name: value for name, value in {**wanted.settings, **wanted.pool}.items() if is_now[name] != value}
    _refuse_fixed(wanted.name, changed, is_now)
    targets = targets_of(found.targets)
    missing = {tag: value for tag, value in wanted.tags.items() if tags.get(tag) != value}
    others = tuple(target for target in targets if target != wanted.target)
    moved = {"target": [list(target) for target in targets]} if targets != [wanted.target] else {}
    return ProxyPlan(
        modify=_modify(wanted) if set(changed) - set(POOL) else {},
        pool=_pool(wanted, found.group) if set(changed) & set(POOL) else {},
        register=() if wanted.target in targets else (wanted.target,),
        deregister=others,
        tags=missing,
        before={**{name: is_now[name] for name in changed}, **moved, **_tags_part(tags, missing)},
        after={**changed, **({"target": [list(wanted.target)]} if moved else {}), **_tags_part(missing, missing)},
    )


def refuse_unfit_target(wanted: Wanted, engine: str | None) -> None:
    """engine is the database's, None where there is none. Raises NoTarget."""
    kind, identifier = wanted.target
    if engine is None:
        raise NoTarget(f"{wanted.name}: there is no {kind} {identifier}. Nothing was changed.")
    if FAMILIES.get(engine) != wanted.settings["engine_family"]:
        raise NoTarget(
            f"{wanted.name}: the {kind} {identifier} is {engine}, which clients of the engine_family "
            f"{wanted.settings['engine_family']} do not speak. Nothing was changed."
        )


def settings_of(proxy: Item) -> dict[str, Value]:
    """A proxy as DescribeDBProxies answers it, by the module's options."""
    auth = [entry for entry in proxy.get("Auth") or [] if entry.get("SecretArn")]
    modes = {str(entry.get("IAMAuth") or "DISABLED").lower() for entry in auth}
    return {
        "engine_family": str(proxy["EngineFamily"]).lower(),
        "secret_arns": sorted(str(entry["SecretArn"]) for entry in auth),
        "iam_authentication": modes.pop() if len(modes) == 1 else "mixed",
        "role_arn": proxy.get("RoleArn"),
        "subnets": sorted(proxy.get("VpcSubnetIds") or []),
        "security_groups": sorted(proxy.get("VpcSecurityGroupIds") or []),
        "require_tls": bool(proxy.get("RequireTLS")),
        "idle_client_timeout": proxy.get("IdleClientTimeout"),
        "debug_logging": bool(proxy.get("DebugLogging")),
    }


def pool_of(group: Item) -> dict[str, Value]:
    """A target group as DescribeDBProxyTargetGroups answers it, by the module's options."""
    config = group.get("ConnectionPoolConfig") or {}
    return {name: config.get(member) for name, member in POOL.items()}


def targets_of(items: Sequence[Item]) -> list[Target]:
    """What is registered. The instances of a cluster are targets too, but the cluster brings them."""
    kinds = {kind: name for name, kind in TYPES.items()}
    return [
        (kinds[str(item["Type"])], str(item["RdsResourceId"]))
        for item in items
        if item.get("Type") in kinds and not (item["Type"] == TYPES[INSTANCE] and item.get("TrackedClusterId"))
    ]


def _auth(settings: Mapping[str, Value]) -> list[dict[str, Any]]:
    arns = settings["secret_arns"]
    mode = str(settings["iam_authentication"]).upper()
    return [
        {"AuthScheme": "SECRETS", "SecretArn": arn, "IAMAuth": mode}
        for arn in (arns if isinstance(arns, (list, tuple)) else [])
    ]


def _create(wanted: Wanted) -> dict[str, Any]:
    settings = wanted.settings
    return {
        "DBProxyName": wanted.name,
        "EngineFamily": str(settings["engine_family"]).upper(),
        "Auth": _auth(settings),
        "RoleArn": settings["role_arn"],
        "VpcSubnetIds": settings["subnets"],
        "VpcSecurityGroupIds": settings["security_groups"],
        "RequireTLS": settings["require_tls"],
        "IdleClientTimeout": settings["idle_client_timeout"],
        "DebugLogging": settings["debug_logging"],
        "Tags": [{"Key": key, "Value": value} for key, value in wanted.tags.items()],
    }


def _modify(wanted: Wanted) -> dict[str, Any]:
    settings = wanted.settings
    return {
        "DBProxyName": wanted.name,
        "Auth": _auth(settings),
        "RoleArn": settings["role_arn"],
        "SecurityGroups": settings["security_groups"],
        "RequireTLS": settings["require_tls"],
        "IdleClientTimeout": settings["idle_client_timeout"],
        "DebugLogging": settings["debug_logging"],
    }


def _pool(wanted: Wanted, group: Item) -> dict[str, Any]:
    """All of it, since what is not given goes back to AWS's default."""
    is_now = group.get("ConnectionPoolConfig") or {}
    return {
        "DBProxyName": wanted.name,
        "TargetGroupName": TARGET_GROUP,
        "ConnectionPoolConfig": {
            **{member: is_now[member] for member in KEPT if is_now.get(member)},
            **{member: wanted.pool[name] for name, member in POOL.items()},
        },
    }


def _refuse_fixed(name: str, changed: Mapping[str, Value], is_now: Mapping[str, Value]) -> None:
    fixed = [setting for setting in FIXED if setting in changed]
    if fixed:
        listed = ", ".join(f"{setting} is {is_now[setting]!r}, not {changed[setting]!r}" for setting in fixed)
        raise NotChangeable(
            f"{name}: {listed}. AWS cannot change that of a proxy that exists. Nothing was changed. Put the old value "
            "back, or remove the proxy first: clients then have to be without it for some minutes."
        )


def _tags_part(tags: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, Value]:
    return {"tags": {tag: tags.get(tag) for tag in names}} if names else {}


def tags_in(answer: Item) -> dict[str, Value]:
    """The tags in an answer of ListTagsForResource."""
    return tags_of(answer.get("TagList"))
