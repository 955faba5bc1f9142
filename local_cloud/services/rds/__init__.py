# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""RDS: what it offers, parameter and subnet groups, instances."""

from __future__ import annotations

from local_cloud.services.rds import deletion, details, instances, offers, parameter_groups, pending, subnet_groups

__all__ = ["deletion", "details", "instances", "offers", "parameter_groups", "pending", "subnet_groups"]
