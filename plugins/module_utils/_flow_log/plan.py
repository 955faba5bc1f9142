# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether a flow log must be made anew: AWS cannot change one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FlowLog:
    """A flow log to CloudWatch Logs. traffic is ALL, ACCEPT or REJECT; destination the log group's ARN without the
    trailing star.
    """

    resource_id: str
    traffic: str
    destination: str
    role_arn: str


@dataclass(frozen=True)
class FlowLogPlan:
    """replace is the id of the one that has to go first, because its destination is the wanted one and AWS allows no
    second.
    """

    create: bool
    replace: str | None
    tags: Mapping[str, str]


def seen(item: Mapping[str, Any]) -> FlowLog:
    """The flow log of an answer of DescribeFlowLogs."""
    destination = item.get("LogDestination") or ""
    return FlowLog(
        item["ResourceId"],
        item["TrafficType"],
        destination.removesuffix(":*"),
        item.get("DeliverLogsPermissionArn") or "",
    )


def flow_log_plan(wanted: FlowLog, tags: Mapping[str, str], existing: Mapping[str, Any] | None) -> FlowLogPlan:
    """existing is the one to the same destination, or the one of the same name, None where there is neither."""
    if existing is None:
        return FlowLogPlan(create=True, replace=None, tags={})
    if seen(existing) != wanted:
        return FlowLogPlan(create=True, replace=existing["FlowLogId"], tags={})
    present = {tag["Key"]: tag["Value"] for tag in existing.get("Tags", [])}
    return FlowLogPlan(
        create=False, replace=None, tags={name: value for name, value in tags.items() if present.get(name) != value}
    )
