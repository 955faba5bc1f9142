# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The controller's policies hold for what the runs of these tests have called, and IAM's enforcement lets them through.

moto checks the action of a call, not its resource or conditions: it asks about the resource `*` whatever is named. So
the policies are tried here with both taken off; tests/unit/scripts/test_iam_policy.py holds resources and conditions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.core import set_initial_no_auth_action_count

from scripts import iam_policy
from tests.integration.conftest import Built

REGION = "us-east-1"
OK, FORBIDDEN = 200, 403


def test_no_run_has_called_what_the_policies_do_not_know(prod: Built) -> None:
    known = set(iam_policy.operations(json.loads(iam_policy.CALLS.read_text(encoding="utf-8"))))
    called = prod.controller.operations
    assert len(called) > 100
    unknown = sorted(called - known)
    assert not unknown, f"add to docs/iam-calls.json, and run scripts/iam_policy.py: {unknown}"


REPLAYED: dict[str, tuple[str, Callable[[Any], object]]] = {
    "ec2:CreateVpc": ("ec2", lambda ec2: ec2.create_vpc(CidrBlock="10.20.0.0/16")),
    "ec2:DescribeVpcs": ("ec2", lambda ec2: ec2.describe_vpcs()),
    "ec2:AllocateAddress": ("ec2", lambda ec2: ec2.allocate_address(Domain="vpc")),
    "elasticloadbalancing:CreateTargetGroup": (
        "elbv2",
        lambda elb: elb.create_target_group(Name="acme-prod-app-blue", TargetType="lambda"),
    ),
    "elasticloadbalancing:DescribeLoadBalancers": ("elbv2", lambda elb: elb.describe_load_balancers()),
    "autoscaling:DescribeAutoScalingGroups": ("autoscaling", lambda asg: asg.describe_auto_scaling_groups()),
    "iam:CreateRole": (
        "iam",
        lambda iam: iam.create_role(RoleName="acme-prod-flow-logs-us-east-1", AssumeRolePolicyDocument="{}"),
    ),
    "iam:ListRoles": ("iam", lambda iam: iam.list_roles()),
    "kms:CreateKey": ("kms", lambda kms: kms.create_key()),
    "kms:ListAliases": ("kms", lambda kms: kms.list_aliases()),
    "logs:CreateLogGroup": ("logs", lambda logs: logs.create_log_group(logGroupName="/acme-prod/vpc-flow-logs")),
    "logs:DescribeLogGroups": ("logs", lambda logs: logs.describe_log_groups()),
    "rds:CreateDBParameterGroup": (
        "rds",
        lambda rds: rds.create_db_parameter_group(
            DBParameterGroupName="acme-prod-mysql8-4", DBParameterGroupFamily="mysql8.4", Description="-"
        ),
    ),
    "rds:DescribeDBInstances": ("rds", lambda rds: rds.describe_db_instances()),
    "sns:CreateTopic": ("sns", lambda sns: sns.create_topic(Name="acme-prod-alarms")),
    "sns:ListTopics": ("sns", lambda sns: sns.list_topics()),
    "acm:RequestCertificate": ("acm", lambda acm: acm.request_certificate(DomainName="shop.acme.example")),
    "acm:ListCertificates": ("acm", lambda acm: acm.list_certificates()),
}
"""Of each service whose prefix moto takes for its own, a writing call and a reading one."""


@pytest.fixture
def administrator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """IAM of an account of this test's own, which nothing guards yet."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        yield boto3.client("iam", region_name=REGION)


def outcomes(administrator: Any, without: frozenset[str] = frozenset()) -> dict[str, int]:
    """The status of each call for somebody who has the policies, but for some actions."""
    administrator.create_user(UserName="controller")
    for name, policy in json.loads(iam_policy.POLICIES.read_text(encoding="utf-8")).items():
        made = administrator.create_policy(PolicyName=name, PolicyDocument=json.dumps(actions_only(policy, without)))
        administrator.attach_user_policy(UserName="controller", PolicyArn=made["Policy"]["Arn"])
    key = administrator.create_access_key(UserName="controller")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name=REGION)
    clients = {service: session.client(service) for service, _ in REPLAYED.values()}

    @set_initial_no_auth_action_count(0)  # type: ignore[untyped-decorator]
    def replay() -> dict[str, int]:
        return {action: outcome(call, clients[service]) for action, (service, call) in REPLAYED.items()}

    found: dict[str, int] = replay()
    return found


def outcome(call: Callable[[Any], object], client: Any) -> int:
    """Not the error's code: moto has no good one for the services that speak JSON."""
    try:
        call(client)
    except ClientError as error:
        return int(error.response["ResponseMetadata"]["HTTPStatusCode"])
    return OK


def actions_only(policy: dict[str, Any], without: frozenset[str]) -> dict[str, Any]:
    granted = {action for statement in policy["Statement"] for action in statement["Action"]}
    statement = {"Effect": "Allow", "Action": sorted(granted - without), "Resource": "*"}
    return {"Version": policy["Version"], "Statement": [statement]}


def test_the_calls_go_through_with_the_policies(administrator: Any) -> None:
    assert outcomes(administrator) == dict.fromkeys(REPLAYED, OK)


def test_each_call_is_refused_without_its_action(administrator: Any) -> None:
    assert outcomes(administrator, without=frozenset(REPLAYED)) == dict.fromkeys(REPLAYED, FORBIDDEN)


def test_an_action_does_not_stand_in_for_another(administrator: Any) -> None:
    found = outcomes(administrator, without=frozenset({"kms:CreateKey"}))
    assert found == {**dict.fromkeys(REPLAYED, OK), "kms:CreateKey": FORBIDDEN}
