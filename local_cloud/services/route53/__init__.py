# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Route 53: change batches as AWS takes them, health checks with all that they hold, protections, zones."""

from __future__ import annotations

from local_cloud.services.route53 import health_checks, health_status, protections, record_sets, zones

__all__ = ["health_checks", "health_status", "protections", "record_sets", "zones"]
