# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch's own rules, pure: statistics of samples, the verdict of an alarm, the rule of a composite one.

Answers and states are in `services/cloudwatch`; when alarms are looked at is the business of `live`.
"""

from __future__ import annotations
