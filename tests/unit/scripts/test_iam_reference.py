# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The controller's policies against AWS's own reference of actions, and every recorded operation under moto's IAM.

What is not tried here: conditions, which moto does not look at (they are held against the reference), and the actions
that AWS asks for in the course of others (iam:PassRole), which moto does not know (their reasons stand in docs/iam.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

import pytest

from local_cloud import arns
from local_cloud.actions import action_names
from local_cloud.cloud import Cloud
from local_cloud.layers.authorization import Identity
from local_cloud.request import Request
from local_cloud.wire import service_model
from scripts import iam_policy
from tests.unit import aws_reference
from tests.unit.aws_reference import Kind, as_documented

CALLS: dict[str, list[str]] = json.loads(iam_policy.CALLS.read_text(encoding="utf-8"))
POLICIES: dict[str, Any] = json.loads(iam_policy.POLICIES.read_text(encoding="utf-8"))
STATEMENTS = [statement for policy in POLICIES.values() for statement in policy["Statement"]]
GRANTS = {action: statement for statement in reversed(STATEMENTS) for action in statement["Action"]}
"""By action; the first that grants it; others stand besides."""
OPERATIONS = iam_policy.operations(CALLS)

ON_ANYTHING_ALTHOUGH = {
    "ec2:RunInstances": "it works on images and networks too, which belong to others; its condition names a template",
    "sns:Unsubscribe": "the reference asks for the topic, and what is given is a subscription whose topic may be gone",
}
"""What writes, and could be granted on an ARN."""

NAMES = {
    "Alias": "acme-prod",
    "LogGroupName": "/acme-prod/app/access",
    "OptionGroupName": "default:mysql-8-4",
    "ParameterNameWithoutLeadingSlash": "acme/prod/vpc/vpc_id",
    "SecretId": "rds!db-0a1b2c3d",
    "ServiceName": "autoscaling.amazonaws.com",
    "RoleNameWithPath": "acme-prod-instance-us-east-1",
}
"""Names that the stack gives, where they are not simply <stack>-<what>."""

PUBLISHED_BY_AWS = "aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
"""The parameters that are only read have no account in their ARN."""


def arn_of(action: str, kind: Kind) -> str:
    names = dict(NAMES)
    if action == "iam:CreateServiceLinkedRole":
        names["RoleNameWithPath"] = "aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS"
    if action == "secretsmanager:GetSecretValue":
        names["SecretId"] = "acme-prod-database-a1b2c3"
    if action in ("ssm:GetParameter", "ssm:GetParameters"):
        names |= {"Account": "", "ParameterNameWithoutLeadingSlash": PUBLISHED_BY_AWS}
    return kind.filled(names, "acme-prod-app")


def granted_kinds(action: str) -> list[Kind]:
    """The kinds of resources on which the policies grant an action."""
    return [kind for kind in aws_reference.action(action).kinds if matches(GRANTS[action], arn_of(action, kind))]


def matches(statement: Mapping[str, Any], arn: str) -> bool:
    return any(fnmatchcase(arn, pattern) for pattern in statement["Resource"])


@pytest.mark.parametrize("action", sorted(GRANTS))
def test_aws_knows_the_action(action: str) -> None:
    assert aws_reference.exists(action)


@pytest.mark.parametrize("action", aws_reference.NEWER)
def test_canary_the_reference_is_older_than_the_action(action: str) -> None:
    assert not aws_reference.is_in_package(action)


@pytest.mark.parametrize("action", sorted(a for a, statement in GRANTS.items() if statement["Resource"] == ["*"]))
def test_anything_is_granted_only_where_aws_takes_no_arn_or_to_look(action: str) -> None:
    known = aws_reference.action(action)
    assert not known.kinds or known.only_looks or action in ON_ANYTHING_ALTHOUGH


@pytest.mark.parametrize("action", sorted(a for a, statement in GRANTS.items() if statement["Resource"] != ["*"]))
def test_an_arn_is_granted_only_where_aws_asks_for_one_of_its_kind(action: str) -> None:
    """A statement that misses a kind which the action needs would refuse every call."""
    granted = {kind.family for kind in granted_kinds(action)}
    assert granted, "none of the kinds that the action works on"
    assert {kind.family for kind in aws_reference.action(action).kinds if kind.required} <= granted


CONDITIONS = [
    (statement, action, key)
    for statement in STATEMENTS
    for action in statement["Action"]
    for keys in statement.get("Condition", {}).values()
    for key in keys
]


@pytest.mark.parametrize(("statement", "action", "key"), CONDITIONS)
def test_a_condition_has_a_key_that_aws_gives_with_the_action(
    statement: Mapping[str, Any], action: str, key: str
) -> None:
    """A key that does not come with the request makes the condition false: the call is refused for ever."""
    wanted = as_documented(key)
    if wanted not in aws_reference.action(action).condition_keys:
        kinds = [kind for kind in aws_reference.action(action).kinds if matches(statement, arn_of(action, kind))]
        needed = [kind for kind in kinds if kind.required] or kinds
        assert [kind.name for kind in needed if wanted not in kind.condition_keys] == []


ON_ARNS = [
    operation
    for operation in OPERATIONS
    if any(GRANTS[action]["Resource"] != ["*"] for action in action_names(operation))
]


@pytest.mark.parametrize("operation", ON_ARNS)
def test_the_local_cloud_knows_what_an_operation_works_on(operation: str) -> None:
    """Whatever its parameters call it; or else a run would be refused what AWS allows."""
    service, _, name = operation.partition(":")
    request = Request({}, b"", service, name, "us-east-1", "123456789012", "", "", {}, Cloud())
    shape = service_model(service).operation_model(name).input_shape
    request.__dict__["parameters"] = {member: sample(service, member, inner) for member, inner in shape.members.items()}
    assert arns.resources(request) != [arns.ANYTHING]


def sample(service: str, name: str, shape: Any, depth: int = 2) -> Any:
    """A value of a parameter, with everything in it down to a depth."""
    if shape.type_name == "structure":
        return {member: sample(service, member, inner, depth - 1) for member, inner in shape.members.items() if depth}
    if shape.type_name == "list":
        return [sample(service, name, shape.member, depth)]
    if getattr(shape, "enum", None):
        return shape.enum[0]
    if name.lower().endswith(("arn", "arns", "resourcename")):
        return f"arn:aws:{arns.PREFIXES.get(service, service)}:us-east-1:123456789012:acme-prod-app"
    return "acme-prod-app" if shape.type_name == "string" else None


def needed(operation: str) -> Iterator[tuple[str, str]]:
    """Each action of an operation with a resource of each kind that it works on."""
    for action in action_names(operation):
        arns = [arn_of(action, kind) for kind in granted_kinds(action)]
        yield from ((action, arn) for arn in arns or ["*"])


@cache
def holder(without: str | None = None) -> Identity:
    """Somebody who has the policies, but for one action."""
    from moto.iam.access_control import IAMPolicy  # noqa: PLC0415  (imports moto)

    policies = []
    for policy in POLICIES.values():
        left = [{**s, "Action": [action for action in s["Action"] if action != without]} for s in policy["Statement"]]
        policies.append(IAMPolicy(json.dumps({**policy, "Statement": left})))
    return Identity("arn:aws:iam::123456789012:user/controller", policies)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_recorded_operation_is_let_through_and_is_refused_without_its_action(operation: str) -> None:
    for action, arn in needed(operation):
        assert holder().may(action, arn), arn
        assert not holder(without=action).may(action, arn), f"{arn}: another statement lets it through"
