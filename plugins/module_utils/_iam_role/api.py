# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The IAM calls about roles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .._model.policy import canonical
from .plan import Role, RolePlan

NOT_FOUND = "NoSuchEntity"

known_soon = AWSRetry.jittered_backoff(retries=8, delay=1, max_delay=5, catch_extra_error_codes=[NOT_FOUND])
"""For calls about a role that was made a moment ago: IAM answers from many places, and not all know it at once."""


def find(client: Any, name: str) -> Role | None:
    """The role with all that it carries, None where there is none."""
    try:
        role = client.get_role(RoleName=name)["Role"]
        policies = {policy: _policy(client, name, policy) for policy in _own_policies(client, name)}
        managed = attached(client, name)
    except is_boto3_error_code(NOT_FOUND):
        return None
    tags = {tag["Key"]: tag["Value"] for tag in role.get("Tags", [])}
    return Role(role.get("Description", ""), canonical(role["AssumeRolePolicyDocument"]), policies, managed, tags)


def arn(client: Any, name: str) -> str:
    """The ARN of a role that exists, or has just been made."""
    return str(known_soon(client.get_role)(RoleName=name)["Role"]["Arn"])


def apply(client: Any, name: str, wanted: Role, plan: RolePlan) -> None:
    """Carries the plan out."""
    if plan.create:
        client.create_role(
            RoleName=name,
            Description=wanted.description,
            AssumeRolePolicyDocument=json.dumps(wanted.trust),
            Tags=_pairs(wanted.tags),
        )
    if plan.trust is not None:
        client.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(plan.trust))
    if plan.description is not None:
        client.update_role(RoleName=name, Description=plan.description)
    if plan.tags:
        client.tag_role(RoleName=name, Tags=_pairs(plan.tags))
    _write_policies(client, name, plan)


def _write_policies(client: Any, name: str, plan: RolePlan) -> None:
    for policy, document in plan.put.items():
        put = known_soon(client.put_role_policy)
        put(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    for policy in plan.attach:
        known_soon(client.attach_role_policy)(RoleName=name, PolicyArn=policy)
    for policy in plan.delete:
        client.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in plan.detach:
        client.detach_role_policy(RoleName=name, PolicyArn=policy)


def delete(client: Any, name: str, role: Role) -> None:
    """Takes the role out of all that holds it, and removes it."""
    for profile in _all(client, "list_instance_profiles_for_role", "InstanceProfiles", RoleName=name):
        client.remove_role_from_instance_profile(InstanceProfileName=profile["InstanceProfileName"], RoleName=name)
    for policy in role.policies:
        client.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy in role.managed:
        client.detach_role_policy(RoleName=name, PolicyArn=policy)
    client.delete_role(RoleName=name)


def attached(client: Any, name: str) -> list[str]:
    """ARNs of the attached policies, sorted."""
    return sorted(
        policy["PolicyArn"] for policy in _all(client, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    )


def _own_policies(client: Any, name: str) -> list[str]:
    return list(_all(client, "list_role_policies", "PolicyNames", RoleName=name))


def _policy(client: Any, name: str, policy: str) -> Mapping[str, Any]:
    return canonical(client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])


def _all(client: Any, operation: str, result: str, **arguments: str) -> list[Any]:
    return [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[result]]


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]
