# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's IAM roles and instance profiles."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.core import Found, Value
from .._model.names import HASH_LENGTH
from .._model.policy import canonical
from .context import Context, tags_of

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""

GONE = "NoSuchEntity"
"""Listed a moment ago, and removed since or not yet known everywhere."""

BEGINNING = 64 - HASH_LENGTH - 1
"""How much of a name of 64 characters stays when it is cut."""


def roles(context: Context) -> list[Found]:
    """The stack's roles with their policies. Names begin with the stack's; the tag says whether they are its own."""
    listed: Any = context.pages("iam", "list_roles", "Roles")
    names = [role["RoleName"] for role in listed if _named(context, role["RoleName"])]
    return [found for found in context.each(lambda name: _role(context, name), names) if found]


def _named(context: Context, name: str) -> bool:
    return name.startswith(f"{context.stack.name}-"[:BEGINNING])


def _role(context: Context, name: str) -> Found | None:
    iam = context.client("iam")
    try:
        role = iam.get_role(RoleName=name)["Role"]
        tags = tags_of(role.get("Tags"))
        if not context.owns("iam_role", name, tags):
            return None
        attached = context.pages("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name)
        inline: Any = context.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
        policies = {
            policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"] for policy in inline
        }
    except is_boto3_error_code(GONE):
        return None
    return Found(
        key=context.key("iam_role", name, tags),
        type="iam_role",
        name=name,
        id=name,
        arn=role["Arn"],
        attributes={
            "description": role.get("Description", ""),
            "trust": canonical(role["AssumeRolePolicyDocument"]),
            "policies": {policy: canonical(document) for policy, document in policies.items()},
            "managed_policies": sorted(str(policy["PolicyArn"]) for policy in attached),
            "tags": tags,
        },
    )


def instance_profiles(context: Context) -> list[Found]:
    """The stack's instance profiles; a role of the layer is named by its key."""
    listed: Any = context.pages("iam", "list_instance_profiles", "InstanceProfiles")
    names = [profile["InstanceProfileName"] for profile in listed if _named(context, profile["InstanceProfileName"])]
    return [found for found in context.each(lambda name: _instance_profile(context, name), names) if found]


def _instance_profile(context: Context, name: str) -> Found | None:
    try:
        profile: Answer = context.client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    except is_boto3_error_code(GONE):
        return None
    tags = tags_of(profile.get("Tags"))
    if not context.owns("instance_profile", name, tags):
        return None
    held = profile["Roles"][0] if profile["Roles"] else None
    return Found(
        key=context.key("instance_profile", name, tags),
        type="instance_profile",
        name=name,
        id=name,
        arn=profile["Arn"],
        attributes={"role": _role_key(context, held) if held else None, "tags": tags},
    )


def _role_key(context: Context, role: Answer) -> str:
    """The answer about a profile holds its role without the role's tags, so the role is known by its name."""
    return context.key("iam_role", str(role["RoleName"]), {})


def service_linked_roles(context: Context) -> list[Found]:
    """The account's role of a service, where the model asks for it. It is no stack's, so a reading by name has none."""
    wanted = [resource for resource in context.wanted.values() if resource.type == "service_linked_role"]
    answers = context.each(lambda resource: _linked(context, resource.key, resource.name), wanted)
    return [found for found in answers if found]


def _linked(context: Context, key: str, name: str) -> Found | None:
    try:
        role: Answer = context.client("iam").get_role(RoleName=name)["Role"]
    except is_boto3_error_code(GONE):
        return None
    attributes: dict[str, Value] = {"service": role["Path"].removeprefix("/aws-service-role/").strip("/")}
    return Found(key, "service_linked_role", name, name, attributes, arn=role["Arn"])
