# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers and target groups of all accounts and regions, as moto has them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local_cloud.services.elbv2.targets import groups_of

Scope = tuple[str, str]

ENCRYPTED = ("HTTPS", "TLS")


@dataclass(frozen=True)
class Balancer:
    scope: Scope
    moto: Any

    @property
    def arn(self) -> str:
        return str(self.moto.arn)

    @property
    def full_name(self) -> str:
        """``app/shop/50dc6c495c0c9188``: what the metrics call it."""
        return self.arn.partition(":loadbalancer/")[2]

    def groups(self) -> list[str]:
        """ARNs of the target groups that a listener or rule forwards to."""
        found: dict[str, None] = {}
        for listener in list(self.moto.listeners.values()):
            for rule in list(listener.rules.values()):
                for action in rule.actions:
                    found |= dict.fromkeys(groups_of(action.data))
        return list(found)


@dataclass(frozen=True)
class Group:
    scope: Scope
    moto: Any

    @property
    def arn(self) -> str:
        return str(self.moto.arn)

    @property
    def name(self) -> str:
        return str(self.moto.name)

    @property
    def full_name(self) -> str:
        """``targetgroup/shop/73e2d6bc24d8a067``."""
        return self.arn.rpartition(":")[2]


def _backends() -> Iterator[tuple[Scope, Any]]:
    from moto.elbv2.models import elbv2_backends  # noqa: PLC0415  (moto takes a second to import)

    for account, regions in list(elbv2_backends.items()):
        for region, backend in list(regions.items()):
            yield (account, region), backend


def balancers() -> list[Balancer]:
    """Application load balancers: what the others do is not in HTTP."""
    return [
        Balancer(scope, one)
        for scope, backend in _backends()
        for one in list(backend.load_balancers.values())
        if one.type == "application"
    ]


def groups() -> dict[str, Group]:
    """Target groups that speak HTTP, by ARN."""
    return {
        arn: Group(scope, one)
        for scope, backend in _backends()
        for arn, one in list(backend.target_groups.items())
        if one.protocol in ("HTTP", "HTTPS")
    }
