# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Load balancers, listeners, target groups."""

from __future__ import annotations

from local_cloud.services.elbv2 import attributes, balancers, listeners, targets

__all__ = ["attributes", "balancers", "listeners", "targets"]
