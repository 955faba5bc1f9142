# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch: metric data, alarms and what they set off, dashboards."""

from __future__ import annotations

from local_cloud.services.cloudwatch import alarms, composites, dashboards, history, metrics, reading, states

__all__ = ["alarms", "composites", "dashboards", "history", "metrics", "reading", "states"]
