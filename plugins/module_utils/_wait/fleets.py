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
UNSUCCESSFUL = ("Failed", "Cancelled")
"""How an attempt to launch ends that did not come to anything, as DescribeScalingActivities documents it."""


def group_state(client: BaseClient, group: Mapping[str, Any]) -> str:
    """ready once as many instances as the group wants are in service; failed, with the reason, if it tries in vain.

    One failed launch is not the end: where a zone has no capacity, Auto Scaling launches in another one
    (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/API_AvailabilityZoneDistribution.html). It tries in vain
    once nothing is on its way and the newest launches have all failed, more of them than are missing, which may all
    have been meant for one bad zone, and one for each zone besides.
    """
    wanted, instances = group["DesiredCapacity"], group.get("Instances", [])
    serving = sum(one["LifecycleState"] == "InService" and one["HealthStatus"] == "Healthy" for one in instances)
    if serving >= wanted:
        return READY
    enough = wanted - serving + len(group["AvailabilityZones"])
    newest = _newest_activities(client, group["AutoScalingGroupName"], enough)
    failures = [activity for activity in newest if activity["StatusCode"] in UNSUCCESSFUL]
    on_the_way = any(one["LifecycleState"].startswith("Pending") for one in instances)
    if len(failures) == enough and not on_the_way:
        return f"{FAILED}: {_reason(failures[0])}"
    seen = (
        f"; the newest failure, of {failures[0]['StartTime']:%H:%M:%S %Z}: {_reason(failures[0])}" if failures else ""
    )
    return f"{serving} of {wanted} in service{seen}"


def _newest_activities(client: BaseClient, name: str, number: int) -> list[Mapping[str, Any]]:
    """What is under way comes first, then what began last. A page may be short while there is more."""
    pages = client.get_paginator("describe_scaling_activities").paginate(
        AutoScalingGroupName=name, PaginationConfig={"MaxItems": number}
    )
    return [activity for page in pages for activity in page["Activities"]]


def _reason(activity: Mapping[str, Any]) -> str:
    return str(activity.get("StatusMessage") or activity["Cause"])


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
