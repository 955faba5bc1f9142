# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""EC2: networks, addresses, groups, launch templates."""

from __future__ import annotations

from local_cloud.services.ec2 import (
    account,
    acls,
    addresses,
    dependencies,
    endpoints,
    gateways,
    groups,
    rules,
    tags,
    templates,
)

__all__ = [
    "account",
    "acls",
    "addresses",
    "dependencies",
    "endpoints",
    "gateways",
    "groups",
    "rules",
    "tags",
    "templates",
]
