# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a proxy is ready, and what it means where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

READY = "available"
FAILED: Mapping[str, str] = {
    "incompatible-network": "a subnet or a security group of it is gone, or the subnets have no free addresses",
    "insufficient-resource-limits": "the account's quotas do not leave it what it needs",
    "suspended": "AWS has suspended it because its database is gone or cannot be reached",
    "suspending": "AWS suspends it because its database is gone or cannot be reached",
    "deleting": "somebody removes it",
}
"""Statuses of DBProxy that no waiting mends.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBProxy.html
"""

AVAILABLE = "AVAILABLE"
REASONS: Mapping[str, str] = {
    "AUTH_FAILURE": (
        "the database does not take the login of the secret, or the proxy's role may not read the secret or use its key"
    ),
    "CONNECTION_FAILED": "the database does not take connections; it may be starting, or has no connection left",
    "INVALID_REPLICATION_STATE": "the replica lags, or its replication has stopped",
    "PENDING_PROXY_CAPACITY": "the proxy is still getting its capacity",
    "PROMOTED": "the replica has become a database of its own",
    "UNREACHABLE": "no way to the database: the database's group has to let the proxy's group in, on its port",
}
"""TargetHealthReason of the API Reference."""

Item = Mapping[str, Any]


def is_ready(targets: Sequence[Item]) -> bool:
    """Whether every database behind it answers; a cluster is as healthy as its instances."""
    states = [_health(target).get("State") for target in targets if _is_database(target)]
    return bool(states) and all(state == AVAILABLE for state in states)


def not_ready(targets: Sequence[Item]) -> str:
    """Each database that is not ready, with AWS's reason and what it means."""
    databases = [target for target in targets if _is_database(target)]
    waiting = [target for target in databases if _health(target).get("State") != AVAILABLE]
    return "; ".join(_told(target) for target in waiting) or "it has no target"


def _is_database(target: Item) -> bool:
    return bool(target.get("Type") != "TRACKED_CLUSTER")


def _health(target: Item) -> Item:
    health: Item = target.get("TargetHealth") or {}
    return health


def _told(target: Item) -> str:
    health = _health(target)
    reason = str(health.get("Reason") or "")
    parts = [str(health.get("State") or "unknown"), *([reason] if reason else [])]
    meaning = REASONS.get(reason)
    said = health.get("Description")
    return f"{target['RdsResourceId']} is {' '.join(parts)}" + "".join(f": {text}" for text in (meaning, said) if text)
