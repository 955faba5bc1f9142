# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's KMS keys, in the shape of their model. The layer's roles are read in roles.py."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.core import KEY_TAG, STACK_TAG, Found, Reality, Value, distinct, reality_of
from .._model.keys import alias_name
from .._model.policy import canonical
from .._model.roles import HOME_KEY, REPLICA_KEY
from .context import Context
from .roles import instance_profiles, roles, service_linked_roles

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""

PENDING = "PendingDeletion"


def read_keys(context: Context) -> Reality:
    """The layer's resources by key. Policies name keys of the layer by their keys, as the model does."""
    found = context.together(
        keys=lambda: _keys(context),
        roles=lambda: roles(context),
        profiles=lambda: instance_profiles(context),
        linked=lambda: service_linked_roles(context),
    )
    keys = distinct(found["keys"])
    arns = {item.id: item.key for item in keys if item.type == "kms_key"}
    named = [_with_keys(item, arns) for item in found["roles"]]
    return reality_of((*found["linked"], *keys, *named, *found["profiles"]))


def _keys(context: Context) -> list[Found]:
    answers = context.each(lambda key: _region(context, key), _regions(context))
    return [item for answer in answers for item in answer]


def _regions(context: Context) -> list[tuple[str, str]]:
    """The layer's key in each region of the stack, by its key in the model."""
    replica = context.stack.replica_region
    return [(HOME_KEY, context.stack.region), *([(REPLICA_KEY, replica)] if replica else [])]


def _region(context: Context, key_and_region: tuple[str, str]) -> list[Found]:
    """The key and the alias of one region.

    A key belongs to the stack by its tags; one without them only while the alias points to it. One that waits for its
    deletion and has lost the alias is
    gone: a build beside it makes another.
    """
    key, region = key_and_region
    name = alias_name(context.stack)
    target = _described(context, name, region)
    tagged = [answer for arn in _tagged(context, key, region) if (answer := _described(context, arn, region))]
    ours = _ours(target, tagged)
    if ours is None:
        return [_alias(key, name, region, target["Arn"])] if target else []
    found = [_key(context, key, region, ours)]
    if target:
        found.append(_alias(key, name, region, key if target["Arn"] == ours["Arn"] else target["Arn"]))
    others = [one for one in tagged if one["Arn"] != ours["Arn"] and one["KeyState"] != PENDING]
    return found + [_key(context, f"{key}@{one['KeyId']}", region, one) for one in others]


def _ours(target: Answer | None, tagged: list[Answer]) -> Answer | None:
    """Which key is the stack's: the alias's target if it is tagged, else the oldest tagged one, else the target."""
    arns = [one["Arn"] for one in tagged]
    if target and target["Arn"] in arns:
        return target
    usable = [one for one in tagged if one["KeyState"] != PENDING]
    return min(usable, key=lambda one: (one["CreationDate"], one["Arn"])) if usable else target


def _tagged(context: Context, key: str, region: str) -> list[str]:
    """ARNs of keys that carry the stack's tag: a run that died between making a key and its alias leaves no other
    trace."""
    filters = [{"Key": STACK_TAG, "Values": [context.stack.name]}, {"Key": KEY_TAG, "Values": [key]}]
    search = {"ResourceTypeFilters": ["kms:key"], "TagFilters": filters}
    answers = context.pages("resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", region, **search)
    return [str(answer["ResourceARN"]) for answer in answers]


def _described(context: Context, key_id: str, region: str) -> Answer | None:
    try:
        metadata: Answer = context.client("kms", region).describe_key(KeyId=key_id)["KeyMetadata"]
    except is_boto3_error_code("NotFoundException"):
        return None
    return metadata


def _key(context: Context, key: str, region: str, metadata: Answer) -> Found:
    kms, arn = context.client("kms", region), metadata["Arn"]
    answers: dict[str, Any] = context.together(
        rotation=lambda: _rotation(context, region, arn),
        policy=lambda: canonical(kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"]),
        tags=lambda: _tags(context, region, arn),
    )
    tags = answers["tags"]
    return Found(
        key=key,
        type="kms_key",
        name=str(tags.get("Name", metadata["KeyId"])),
        id=arn,
        arn=arn,
        attributes={
            "region": region,
            "description": metadata.get("Description", ""),
            "state": metadata["KeyState"],
            "rotation": answers["rotation"],
            "policy": answers["policy"],
            "tags": tags,
        },
        facts={"key_id": metadata["KeyId"], "region": region},
    )


def _rotation(context: Context, region: str, arn: str) -> bool:
    try:
        return bool(context.client("kms", region).get_key_rotation_status(KeyId=arn)["KeyRotationEnabled"])
    except is_boto3_error_code("KMSInvalidStateException"):
        return False


def _tags(context: Context, region: str, arn: str) -> dict[str, Value]:
    pairs: Iterable[Answer] = context.pages("kms", "list_resource_tags", "Tags", region, KeyId=arn)
    return {pair["TagKey"]: pair["TagValue"] for pair in pairs if not pair["TagKey"].startswith("aws:")}


def _alias(key: str, name: str, region: str, target: str) -> Found:
    attributes: dict[str, Value] = {"region": region, "key": target}
    return Found(key.replace("kms_key", "kms_alias"), "kms_alias", name, name, attributes, facts={"region": region})


def _with_keys(role: Found, arns: dict[str, str]) -> Found:
    """The role with the layer's keys in the place of their ARNs in its policies."""
    policies: Any = _replaced(role.attributes["policies"], arns)
    in_order = {name: canonical(policy) for name, policy in policies.items()}
    return Found(
        role.key, role.type, role.name, role.id, {**role.attributes, "policies": in_order}, role.arn, role.facts
    )


def _replaced(value: Value, arns: dict[str, str]) -> Value:
    if isinstance(value, str):
        return arns.get(value, value)
    if isinstance(value, dict):
        return {name: _replaced(part, arns) for name, part in value.items()}
    return [_replaced(part, arns) for part in value] if isinstance(value, list) else value


def keys_outputs(found: Reality) -> dict[str, Value]:
    """What other layers need of keys and roles; absent is null."""
    home, replica = found.get(HOME_KEY), found.get(REPLICA_KEY)
    alias, profile = found.get("kms_alias/home"), found.get("instance_profile/instance")
    made = {key.removeprefix("iam_role/"): f for key, f in found.items() if f.type == "iam_role"}
    return {
        "key_arn": home.arn if home else None,
        "key_id": home.facts["key_id"] if home else None,
        "key_alias": alias.name if alias else None,
        "replica_key_arn": replica.arn if replica else None,
        "replica_key_id": replica.facts["key_id"] if replica else None,
        "roles": {
            what: {"name": made[what].name, "arn": made[what].arn} if what in made else {"name": None, "arn": None}
            for what in ("instance", "flow_logs", "replication", "rds_monitoring")
        },
        "instance_profile_arn": profile.arn if profile else None,
        "instance_profile_name": profile.name if profile else None,
    }
