# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a fleet is: whether its group has its instances, and whether the load balancer finds them healthy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.client import BaseClient

READY = "ready"
FAILED = "failed"
LEAVING = ("draining",)


def group_state(client: BaseClient, group: Mapping[str, Any]) -> str:
    """ready once as many instances as the group wants are in service; failed, with the reason, if it tried in vain."""
    wanted = group["DesiredCapacity"]
    serving = sum(
        instance["LifecycleState"] == "InService" and instance["HealthStatus"] == "Healthy"
        for instance in group.get("Instances", [])
    )
    if serving >= wanted:
        return READY
    activities = client.describe_scaling_activities(AutoScalingGroupName=group["AutoScalingGroupName"], MaxRecords=1)[
        "Activities"
    ]
    if activities and activities[0]["StatusCode"] == "Failed":
        return f"{FAILED}: {activities[0].get('StatusMessage') or activities[0].get('Cause')}"
    return f"{serving} of {wanted} in service"


def target_group_state(client: BaseClient, group: Mapping[str, Any]) -> str:
    """ready once there are targets and all are healthy; those that are leaving do not count."""
    health = [
        target["TargetHealth"]
        for target in client.describe_target_health(TargetGroupArn=group["TargetGroupArn"])["TargetHealthDescriptions"]
    ]
    staying = [target for target in health if target["State"] not in LEAVING]
    if staying and all(target["State"] == "healthy" for target in staying):
        return READY
    counted = Counter(_described(target) for target in staying)
    return ", ".join(f"{number} {state}" for state, number in sorted(counted.items())) or "without targets"


def _described(target: Mapping[str, Any]) -> str:
    return f"{target['State']} ({target['Reason']})" if target.get("Reason") else str(target["State"])
