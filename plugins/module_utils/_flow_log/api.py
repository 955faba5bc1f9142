# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The EC2 calls about flow logs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .._errors import CutoverError
from .plan import FlowLog, FlowLogPlan, seen

if TYPE_CHECKING:
    from botocore.client import BaseClient


class FlowLogRefused(CutoverError):
    """CreateFlowLogs answers 200 and lists what it could not make; the text is AWS's reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"AWS did not make the flow log: {message} ({code})")
        self.code = code


def find(client: BaseClient, name: str, wanted: FlowLog) -> dict[str, Any] | None:
    """The flow log of the resource with the wanted destination, else the one of this name."""
    pages = client.get_paginator("describe_flow_logs").paginate(
        Filters=[{"Name": "resource-id", "Values": [wanted.resource_id]}]
    )
    logs = [log for page in pages for log in page["FlowLogs"]]
    named = [log for log in logs if {"Key": "Name", "Value": name} in log.get("Tags", [])]
    same = [log for log in logs if seen(log).destination == wanted.destination]
    return next(iter(same + named), None)


def apply(
    client: BaseClient, wanted: FlowLog, tags: Mapping[str, str], plan: FlowLogPlan, existing: Mapping[str, Any] | None
) -> str:
    """Carries the plan out; the flow log's id."""
    if plan.replace:
        client.delete_flow_logs(FlowLogIds=[plan.replace])
    if plan.create:
        return _create(client, wanted, tags)
    identity = str(existing["FlowLogId"]) if existing else ""
    if plan.tags:
        client.create_tags(
            Resources=[identity], Tags=[{"Key": name, "Value": value} for name, value in plan.tags.items()]
        )
    return identity


def delete(client: BaseClient, identity: str) -> None:
    """Ends the flow log; the log group and what it holds stay."""
    client.delete_flow_logs(FlowLogIds=[identity])


def _create(client: BaseClient, wanted: FlowLog, tags: Mapping[str, str]) -> str:
    answer = client.create_flow_logs(
        ResourceIds=[wanted.resource_id],
        ResourceType="VPC",
        TrafficType=wanted.traffic,
        LogDestinationType="cloud-watch-logs",
        LogDestination=wanted.destination,
        DeliverLogsPermissionArn=wanted.role_arn,
        TagSpecifications=[
            {"ResourceType": "vpc-flow-log", "Tags": [{"Key": name, "Value": value} for name, value in tags.items()]}
        ],
    )
    for failure in answer.get("Unsuccessful", []):
        raise FlowLogRefused(failure["Error"]["Code"], failure["Error"]["Message"])
    return str(answer["FlowLogIds"][0])
