# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Numbers that AWS allows only within limits, and lists of which only certain values are allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..._model.core import Value
from ..findings import Finding, finding


@dataclass(frozen=True)
class Limits:
    """From lowest to highest, both included; zero says that 0 is allowed besides, and switches the feature off."""

    lowest: float
    highest: float
    unit: str = ""
    zero: bool = False

    def allows(self, value: float) -> bool:
        """Whether AWS would take it."""
        return self.lowest <= value <= self.highest or (self.zero and value == 0)

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        also = ", or 0" if self.zero else ""
        return f"{self.lowest} to {self.highest}{unit}{also}"


PORT = Limits(1, 65535)
# Sources, all in the service models of botocore: CreateDBInstance (RDS); LaunchTemplateEbsBlockDeviceRequest and
# InstanceMetadataOptions (EC2); CreateTargetGroup,
# TargetGroupAttribute and LoadBalancerAttribute (Elastic Load Balancing v2); ScheduleKeyDeletion (KMS).
LIMITS: Mapping[str, Limits] = {
    "database_port": Limits(1150, 65535),
    "database_allocated_storage": Limits(20, 65536, "GiB"),
    "database_max_allocated_storage": Limits(22, 65536, "GiB"),
    "database_backup_retention": Limits(0, 35, "days"),
    "security_application_port": PORT,
    "security_database_port": Limits(1150, 65535),
    "security_key_deletion_window": Limits(7, 30, "days"),
    "vpc_database_port": Limits(1150, 65535),
    "compute_port": PORT,
    "compute_volume_size": Limits(1, 65536, "GiB"),
    "compute_volume_iops": Limits(3000, 80000),
    "compute_volume_throughput": Limits(125, 2000, "MiB/s"),
    "compute_metadata_hop_limit": Limits(1, 64),
    "compute_health_check_interval": Limits(5, 300, "seconds"),
    "compute_health_check_timeout": Limits(2, 120, "seconds"),
    "compute_health_check_healthy_threshold": Limits(2, 10),
    "compute_health_check_unhealthy_threshold": Limits(2, 10),
    "compute_health_check_grace": Limits(0, 7200, "seconds"),
    "compute_deregistration_delay": Limits(0, 3600, "seconds"),
    "compute_slow_start": Limits(30, 900, "seconds", zero=True),
    "compute_idle_timeout": Limits(1, 4000, "seconds"),
    "compute_scaling_target_cpu": Limits(1, 100, "percent"),
    "cutover_settle": Limits(0, 3600, "seconds"),
    "cutover_planned_minutes": Limits(0, 43200, "minutes"),
}

LOG_RETENTION = re.compile(r"\w*log\w*_retention")
"""Variables that hold the retention of a log group, in whichever role."""
LOG_DAYS = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""PutRetentionPolicy (CloudWatch Logs)."""


def limit_findings(typed: Mapping[str, Value]) -> Iterator[Finding]:
    """Every number of the inventory that has limits."""
    for name, value in typed.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        limits = LIMITS.get(name)
        if limits and not limits.allows(value):
            yield finding(name, value, f"lies outside what AWS allows: {limits}", "Take a number between them")
        if LOG_RETENTION.fullmatch(name) and value not in LOG_DAYS:
            near = min(LOG_DAYS, key=lambda days: abs(days - value))
            yield finding(
                name,
                value,
                "CloudWatch Logs keeps logs for certain numbers of days only",
                f"Take {near}, the nearest; allowed are {', '.join(map(str, LOG_DAYS))}",
            )
