# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""RDS: what it offers, parameter and subnet groups, instances, clusters, snapshots, restores and blue/green
deployments."""

from __future__ import annotations

from local_cloud.services.rds import (
    blue_green,
    clusters,
    deletion,
    details,
    instances,
    offers,
    parameter_groups,
    pending,
    proxies,
    restores,
    snapshots,
    subnet_groups,
)

__all__ = [
    "blue_green",
    "clusters",
    "deletion",
    "details",
    "instances",
    "offers",
    "parameter_groups",
    "pending",
    "proxies",
    "restores",
    "snapshots",
    "subnet_groups",
]
