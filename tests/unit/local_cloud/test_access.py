# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import pytest

from local_cloud.access import access_of


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("ec2", "DescribeVpcs", "read"),
        ("ec2", "CreateVpc", "write"),
        ("s3", "HeadBucket", "read"),
        ("dynamodb", "Query", "read"),
        ("dynamodb", "TransactGetItems", "read"),
        ("dynamodb", "TransactWriteItems", "write"),
        ("sts", "AssumeRole", "read"),
        ("sts", "AssumeRoot", "write"),
        ("kms", "Decrypt", "read"),
        ("kms", "CreateGrant", "write"),
        ("iam", "SimulatePrincipalPolicy", "read"),
        ("elasticache", "TestFailover", "write"),
        ("route53", "TestDNSAnswer", "read"),
        ("lambda", "CheckpointDurableExecution", "write"),
        ("lambda", "Invoke", "write"),
        ("sqs", "ReceiveMessage", "write"),
        ("anything", "", "write"),
    ],
)
def test_access(service: str, operation: str, expected: str) -> None:
    assert access_of(service, operation) == expected


def test_a_dry_run_changes_nothing() -> None:
    assert access_of("ec2", "RunInstances", dry_run=True) == "read"
