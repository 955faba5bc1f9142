# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls about blue/green deployments, one small function each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .plan import DELETING, Item
from .requests import Write

NOT_NOW = (
    "BlueGreenDeploymentAlreadyExistsFault",
    "BlueGreenDeploymentNotFoundFault",
    "DBInstanceNotFound",
    "InvalidBlueGreenDeploymentStateFault",
    "InvalidDBInstanceState",
    "InvalidDBInstanceStateFault",
)
"""States move on between a look and a call, and AWS shows what is new late; the next look knows more."""

METRIC_PERIOD = 60
METRIC_SPAN = timedelta(minutes=5)
"""RDS writes its metrics every minute; what is older says nothing about now."""


def find_deployment(client: Any, name: str) -> Item | None:
    """By its name, None where there is none. One that is on its way out does not hide one that is not."""
    found = _deployments(client, "blue-green-deployment-name", name)
    return min(found, key=lambda one: one["Status"] == DELETING, default=None)


def deployments_of(client: Any, arn: str) -> list[str]:
    """The names of the deployments that a database is the source of."""
    return [one["BlueGreenDeploymentName"] for one in _deployments(client, "source", arn)]


def _deployments(client: Any, key: str, value: str) -> list[Item]:
    pages = client.get_paginator("describe_blue_green_deployments").paginate(Filters=[{"Name": key, "Values": [value]}])
    return [one for page in pages for one in page["BlueGreenDeployments"]]


def carry_out(client: Any, write: Write) -> str | None:
    """Makes the call. AWS's words where it says that this is not the moment for it, or that it was made before."""
    try:
        getattr(client, write.operation)(**write.request)
    except is_boto3_error_code(list(NOT_NOW)) as error:
        return str(error)
    return None


def final_snapshots(client: Any, old: str, prefix: str) -> dict[str, str]:
    """The states, by name, of the manual snapshots of a database whose names begin so."""
    pages = client.get_paginator("describe_db_snapshots").paginate(DBInstanceIdentifier=old, SnapshotType="manual")
    found = [one for page in pages for one in page["DBSnapshots"]]
    return {
        one["DBSnapshotIdentifier"]: one["Status"] for one in found if one["DBSnapshotIdentifier"].startswith(prefix)
    }


def newest(client: Any, metric: str, instance: str, now: datetime) -> float | None:
    """The latest value of a metric of an instance, None where there is none of the last minutes; client is
    CloudWatch's.
    """
    stat = {
        "Metric": {
            "Namespace": "AWS/RDS",
            "MetricName": metric,
            "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": instance}],
        },
        "Period": METRIC_PERIOD,
        "Stat": "Maximum",
    }
    answer = client.get_metric_data(
        MetricDataQueries=[{"Id": "value", "MetricStat": stat}],
        StartTime=now - METRIC_SPAN,
        EndTime=now + timedelta(seconds=METRIC_PERIOD),
        ScanBy="TimestampDescending",
    )
    values = answer["MetricDataResults"][0]["Values"]
    return float(values[0]) if values else None


def proxy_targets(client: Any, instance: str) -> list[tuple[str, str, str]]:
    """(proxy, state, reason) for each RDS Proxy that an instance is the target of."""
    proxies = [one for page in client.get_paginator("describe_db_proxies").paginate() for one in page["DBProxies"]]
    return [
        (proxy["DBProxyName"], *_health(target))
        for proxy in proxies
        for target in _targets(client, proxy["DBProxyName"])
        if target.get("RdsResourceId") == instance
    ]


def _targets(client: Any, proxy: str) -> Iterable[Item]:
    for page in client.get_paginator("describe_db_proxy_targets").paginate(DBProxyName=proxy):
        yield from page["Targets"]


def _health(target: Item) -> tuple[str, str]:
    health = target.get("TargetHealth") or {}
    return str(health.get("State", "unknown")), str(health.get("Description") or health.get("Reason") or "")


def integrations_of(client: Any, arn: str) -> list[str]:
    """The names of the zero-ETL integrations that a database is the source of."""
    pages = client.get_paginator("describe_integrations").paginate()
    return [one["IntegrationName"] for page in pages for one in page["Integrations"] if one["SourceArn"] == arn]
