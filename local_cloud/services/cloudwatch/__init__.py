# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch: alarms and dashboards."""

from __future__ import annotations

from local_cloud.services.cloudwatch import alarms, dashboards

__all__ = ["alarms", "dashboards"]
