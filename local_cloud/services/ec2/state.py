# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Questions about what EC2 holds, read from moto's backends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_cloud.request import Request

GONE = ("terminated", "shutting-down")


def live_interfaces(backend: Any) -> list[Any]:
    """moto keeps the interfaces of instances that are terminated; AWS deletes them."""
    return [interface for interface in list(backend.enis.values()) if not is_left_over(interface)]


def is_left_over(interface: Any) -> bool:
    instance = interface.instance
    return instance is not None and instance._state.name in GONE


def load_balancers(request: Request) -> Iterator[Any]:
    yield from request.backend("elbv2").load_balancers.values()


def databases(request: Request) -> Iterator[Any]:
    yield from request.backend("rds").databases.values()


def active_endpoints(backend: Any) -> list[Any]:
    return [one for one in backend.vpc_end_points.values() if one.state not in ("deleted", "deleting")]


def active_nat_gateways(backend: Any) -> list[Any]:
    return [one for one in backend.nat_gateways.values() if one.state not in ("deleted", "failed")]


def balancer_subnets(balancer: Any) -> list[str]:
    return [getattr(subnet, "id", subnet) for subnet in balancer.subnets]


def database_subnets(database: Any) -> list[str]:
    """The subnets that the database's network interfaces can be in."""
    group = getattr(database, "db_subnet_group", None)
    if group is None:
        return []
    zone = None if database.multi_az else database.availability_zone
    return [subnet.id for subnet in group._subnets if zone is None or subnet.availability_zone == zone]
