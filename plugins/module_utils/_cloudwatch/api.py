# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The CloudWatch calls about alarms and dashboards."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .alarm import AlarmPlan, arguments, tag_pairs

if TYPE_CHECKING:
    from botocore.client import BaseClient

THREADS = 8
"""Writes of alarms are allowed three a second; a few at a time hide the latency and let botocore slow the rest."""
DASHBOARD_UNKNOWN = ["ResourceNotFound", "DashboardNotFoundError"]
"""The same error under the name of the older and of the newer protocol."""
NAMES_OF_ONE_CALL = 100
"""Of DescribeAlarms and DeleteAlarms; https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html"""

T = TypeVar("T")
R = TypeVar("R")


def find_alarms(client: BaseClient, names: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The metric alarms of these names that exist, by name."""
    found = {}
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        batch = list(names[start : start + NAMES_OF_ONE_CALL])
        pages = client.get_paginator("describe_alarms").paginate(AlarmNames=batch, AlarmTypes=["MetricAlarm"])
        found.update({item["AlarmName"]: item for page in pages for item in page["MetricAlarms"]})
    return found


def tags_of(client: BaseClient, arns: Sequence[str]) -> dict[str, dict[str, str]]:
    """The tags of each ARN."""
    answers = _each(lambda arn: client.list_tags_for_resource(ResourceARN=arn)["Tags"], arns)
    return {arn: {tag["Key"]: tag["Value"] for tag in tags} for arn, tags in zip(arns, answers, strict=True)}


def apply_alarms(
    client: BaseClient, plans: Sequence[AlarmPlan], wanted: Mapping[str, Mapping[str, Any]], arns: Mapping[str, str]
) -> None:
    """Carries the plans out, several at a time. wanted and arns are by the alarm's name."""
    _each(lambda plan: _apply_alarm(client, plan, wanted[plan.name], arns.get(plan.name)), plans)


def _apply_alarm(client: BaseClient, plan: AlarmPlan, wanted: Mapping[str, Any], arn: str | None) -> None:
    if plan.put:
        # Tags are only taken at creation.
        tags = {"Tags": tag_pairs(wanted["tags"])} if plan.create and wanted["tags"] else {}
        client.put_metric_alarm(**arguments(plan.name, wanted), **tags)
    if plan.tags and arn:
        client.tag_resource(ResourceARN=arn, Tags=tag_pairs(plan.tags))


def delete_alarms(client: BaseClient, names: Sequence[str]) -> None:
    """Removes alarms; names that do not exist are passed over by AWS."""
    for start in range(0, len(names), NAMES_OF_ONE_CALL):
        client.delete_alarms(AlarmNames=list(names[start : start + NAMES_OF_ONE_CALL]))


def find_dashboard(client: BaseClient, name: str) -> dict[str, Any] | None:
    """Body and ARN of the dashboard, None where there is none."""
    try:
        answer = client.get_dashboard(DashboardName=name)
    except is_boto3_error_code(DASHBOARD_UNKNOWN):
        return None
    return {"body": json.loads(answer["DashboardBody"]), "arn": answer["DashboardArn"]}


def create_dashboard(client: BaseClient, name: str, body: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
    """Makes the dashboard. Whether it has its tags from the start: botocore learnt in 2026 to send them along."""
    takes_tags = "Tags" in client.meta.service_model.operation_model("PutDashboard").input_shape.members
    more = {"Tags": tag_pairs(tags)} if takes_tags and tags else {}
    client.put_dashboard(DashboardName=name, DashboardBody=json.dumps(body), **more)
    return takes_tags


def put_dashboard(client: BaseClient, name: str, body: Mapping[str, Any]) -> None:
    """Gives a dashboard that exists another body; AWS would ignore tags here."""
    client.put_dashboard(DashboardName=name, DashboardBody=json.dumps(body))


def tag(client: BaseClient, arn: str, tags: Mapping[str, str]) -> None:
    """Sets these tags and leaves the others."""
    client.tag_resource(ResourceARN=arn, Tags=tag_pairs(tags))


def delete_dashboard(client: BaseClient, name: str) -> None:
    """Removes the dashboard; the metrics stay."""
    client.delete_dashboards(DashboardNames=[name])


def _each(function: Callable[[R], T], items: Iterable[R]) -> list[T]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(function, items))
