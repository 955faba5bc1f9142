# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a user or a role of IAM may do, by action and by resource; and who is not asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_cloud import arns, guard
from local_cloud.testing import LocalCloud
from tests.unit.aws_reference import REFERENCE

Clients = Callable[[str], Any]


def document(*actions: str, resource: str = "*", effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": list(actions), "Resource": resource}


def policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def clients(cloud: LocalCloud, key: Mapping[str, str]) -> Clients:
    session = boto3.Session(
        key["AccessKeyId"], key["SecretAccessKey"], key.get("SessionToken"), region_name=guard.REGION
    )
    return lambda service: session.client(service, endpoint_url=cloud.endpoint)


@pytest.fixture
def user(cloud: LocalCloud, name: str) -> Callable[..., Clients]:
    """Clients of a new user with an inline policy of these statements."""

    def make(*statements: Mapping[str, Any]) -> Clients:
        iam = cloud.client("iam")
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
        return clients(cloud, iam.create_access_key(UserName=name)["AccessKey"])

    return make


REFUSED: dict[str, tuple[str, int, str, Callable[[Any], object]]] = {
    "ec2": ("UnauthorizedOperation", 403, "ec2:DescribeVpcs", lambda c: c.describe_vpcs()),
    "s3": ("AccessDenied", 403, "s3:ListAllMyBuckets", lambda c: c.list_buckets()),
    "elbv2": (
        "AccessDenied",
        403,
        "elasticloadbalancing:DescribeLoadBalancers",
        lambda c: c.describe_load_balancers(),
    ),
    "route53": ("AccessDenied", 403, "route53:ListHostedZones", lambda c: c.list_hosted_zones()),
    "kms": ("AccessDeniedException", 400, "kms:ListAliases", lambda c: c.list_aliases()),
    "resourcegroupstaggingapi": ("AccessDeniedException", 400, "tag:GetResources", lambda c: c.get_resources()),
    "sns": ("AuthorizationError", 403, "sns:ListTopics", lambda c: c.list_topics()),
}


@pytest.mark.parametrize("service", REFUSED)
def test_whoever_has_no_policy_may_do_nothing(service: str, user: Callable[..., Clients], name: str) -> None:
    code, status, action, call = REFUSED[service]
    with pytest.raises(ClientError) as refused:
        call(user()(service))
    error = refused.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    said = f"arn:aws:iam::123456789012:user/{name} is not authorized to perform: {action} on resource: "
    assert said in error["Error"]["Message"]


@pytest.mark.parametrize("service", REFUSED)
def test_the_action_lets_the_call_through(service: str, user: Callable[..., Clients]) -> None:
    _, _, action, call = REFUSED[service]
    call(user(document(action))(service))


def test_a_refused_call_does_nothing_and_is_in_the_log(cloud: LocalCloud, user: Callable[..., Clients]) -> None:
    before = cloud.control.mark()
    with pytest.raises(ClientError):
        user(document("kms:ListAliases"))("kms").create_key()
    (call,) = cloud.control.calls(since=before, service="kms")
    assert (call["operation"], call["error_code"]) == ("CreateKey", "AccessDeniedException")


def test_who_one_is_one_may_always_ask(user: Callable[..., Clients], name: str) -> None:
    assert user()("sts").get_caller_identity()["Arn"].endswith(f":user/{name}")


def test_a_denial_counts_more_than_a_permission(user: Callable[..., Clients]) -> None:
    mine = user(document("sns:*"), document("sns:CreateTopic", effect="Deny"))
    mine("sns").list_topics()
    with pytest.raises(ClientError, match="AuthorizationError"):
        mine("sns").create_topic(Name="alarms")


def test_a_resource_is_reached_by_its_arn_only(user: Callable[..., Clients], name: str) -> None:
    s3 = user(document("s3:*", resource=f"arn:aws:s3:::{name}-logs*"))("s3")
    s3.create_bucket(Bucket=f"{name}-logs")
    s3.put_object(Bucket=f"{name}-logs", Key="a", Body=b"")
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.create_bucket(Bucket=f"{name}-assets")


def test_every_resource_of_a_call_is_asked_for(cloud: LocalCloud, user: Callable[..., Clients], name: str) -> None:
    key = cloud.client("kms").create_key()["KeyMetadata"]["KeyId"]
    own = f"arn:aws:kms:us-east-1:123456789012:alias/{name}"
    kms = user(document("kms:CreateAlias", resource=own))("kms")
    with pytest.raises(ClientError, match=f"on resource: arn:aws:kms:us-east-1:123456789012:key/{key} "):
        kms.create_alias(AliasName=f"alias/{name}", TargetKeyId=key)


def test_attached_policies_and_those_of_groups_count(
    cloud: LocalCloud, user: Callable[..., Clients], name: str
) -> None:
    mine = user()
    iam = cloud.client("iam")
    arn = iam.create_policy(PolicyName=name, PolicyDocument=policy(document("sns:ListTopics")))["Policy"]["Arn"]
    iam.attach_user_policy(UserName=name, PolicyArn=arn)
    iam.create_group(GroupName=name)
    iam.put_group_policy(GroupName=name, PolicyName="own", PolicyDocument=policy(document("kms:ListAliases")))
    iam.add_user_to_group(GroupName=name, UserName=name)
    mine("sns").list_topics()
    mine("kms").list_aliases()


def test_a_role_that_is_assumed_has_its_own_policies(cloud: LocalCloud, name: str) -> None:
    iam = cloud.client("iam")
    trust = policy({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy(document("sns:ListTopics")))
    keys = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    mine = clients(cloud, keys)
    mine("sns").list_topics()
    with pytest.raises(ClientError, match=rf"assumed-role/{name}/test is not authorized to perform: kms:ListAliases"):
        mine("kms").list_aliases()


def test_the_administrator_and_roles_that_iam_does_not_know_are_not_asked(cloud: LocalCloud) -> None:
    cloud.client("sns").list_topics()
    role = "arn:aws:iam::222222222222:role/other"
    keys = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    clients(cloud, keys)("sns").list_topics()


ENDS = [(service, end) for service, names in arns.NAMED.items() for end in names.values()]


@pytest.mark.parametrize(("service", "end"), [*ENDS, *(("route53", end) for end in arns.OF_TAGS.values())])
def test_arns_are_as_aws_writes_them(service: str, end: str) -> None:
    prefix = arns.PREFIXES.get(service, service)
    value = {"{region}:{account}:{}": "alias/app", "{region}:{account}:parameter{}": "/acme/app"}.get(end, "app")
    arn = f"arn:aws:{prefix}:{end.format(value, region='us-east-1', account='123456789012')}"
    formats = [
        REFERENCE.resources.get_resource_type_details(prefix, kind)["arn"]
        for kind in REFERENCE.resources.get_resource_types_for_service(prefix)
    ]
    fitting = [re.sub(r"\\\$\\\{\w+\\\}", r"[^:]+", re.escape(one)) for one in formats]
    assert any(re.fullmatch(one, arn) for one in fitting), formats
