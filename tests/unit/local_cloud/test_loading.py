# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A fresh local cloud that many services are asked of at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from local_cloud.client import Client
from local_cloud.testing import boto3_client, daemon

FIRST_CALLS = {
    "ec2": "describe_vpcs",
    "rds": "describe_db_instances",
    "elbv2": "describe_load_balancers",
    "autoscaling": "describe_auto_scaling_groups",
    "iam": "list_roles",
    "kms": "list_keys",
    "route53": "list_hosted_zones",
    "cloudwatch": "describe_alarms",
}


def test_first_calls_to_all_services_at_once_are_answered() -> None:
    """Service modules are imported on their first call, and import each other's parts: this once was a deadlock."""

    def ask(control: Client, service: str, operation: str) -> int:
        answer = getattr(boto3_client(control.endpoint, service), operation)()
        return int(answer["ResponseMetadata"]["HTTPStatusCode"])

    with daemon() as control, ThreadPoolExecutor(len(FIRST_CALLS)) as pool:
        answers = pool.map(lambda call: ask(control, *call), FIRST_CALLS.items())
        assert list(answers) == [200] * len(FIRST_CALLS)
