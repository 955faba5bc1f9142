# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The keys and roles that a stack ought to have. They come first, because everything else is encrypted with the one and
runs as the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypedDict

from .core import Model, ModelError, Resource, Stack, Value, model_of
from .key_policy import AUTO_SCALING_ROLE, AUTO_SCALING_SERVICE, home_key_policy, replica_key_policy
from .roles import HOME_KEY, REPLICA_KEY, Role, flow_logs_role, instance_role, rds_monitoring_role, replication_role

KEYS_TYPES = ("service_linked_role", "kms_key", "kms_alias", "iam_role", "instance_profile")
ENABLED = "Enabled"
ROLES = ("instance", "flow_logs", "replication", "rds_monitoring")


class KeysConfig(TypedDict):
    """The inputs of the security role's entry point keys. Buckets are named by what they hold (assets, logs); roles are
    of ROLES."""

    services: Sequence[str]
    replica_services: Sequence[str]
    policy_statements: Sequence[Mapping[str, Value]]
    roles: Sequence[str]
    read_buckets: Sequence[str]
    write_buckets: Sequence[str]
    replicated_buckets: Sequence[str]


def keys_model(stack: Stack, config: KeysConfig) -> Model:
    """The layer's resources in the order in which they are made."""
    return model_of([_auto_scaling_role(), *_keys(stack, config), *_roles(stack, config)])


def alias_name(stack: Stack) -> str:
    """The alias of the stack's key in each of its regions."""
    return f"alias/{stack.name}"


def _auto_scaling_role() -> Resource:
    """The account's, not the stack's: made where it does not exist yet, because a key policy can only name roles that
    exist. It stays when the stack goes."""
    return Resource(
        "service_linked_role/autoscaling", "service_linked_role", AUTO_SCALING_ROLE, {"service": AUTO_SCALING_SERVICE}
    )


def _keys(stack: Stack, config: KeysConfig) -> Iterator[Resource]:
    home = home_key_policy(stack, config["services"], config["policy_statements"])
    yield from _key(stack, HOME_KEY, stack.region, stack.named("key"), home)
    if stack.replica_region:
        replica = replica_key_policy(stack, config["replica_services"], stack.replica_region)
        yield from _key(stack, REPLICA_KEY, stack.replica_region, stack.named("key", "replica"), replica)


def _key(stack: Stack, key: str, region: str, name: str, policy: Mapping[str, Value]) -> Iterator[Resource]:
    yield Resource(
        key,
        "kms_key",
        name,
        {
            "region": region,
            "description": f"Encrypts what belongs to {stack.name}",
            "state": ENABLED,
            "rotation": True,
            "policy": policy,
            "tags": stack.tagged(key, name),
        },
    )
    yield Resource(key.replace("kms_key", "kms_alias"), "kms_alias", alias_name(stack), {"region": region, "key": key})


def _roles(stack: Stack, config: KeysConfig) -> Iterator[Resource]:
    for what in config["roles"]:
        role = _role(stack, config, what)
        if role is None:
            continue
        key, name = f"iam_role/{what}", stack.named_globally(what.replace("_", "-"))
        yield Resource(
            key,
            "iam_role",
            name,
            {
                "description": role.description,
                "trust": role.trust,
                "policies": role.policies,
                "managed_policies": sorted(role.managed),
                "tags": stack.tagged(key, name),
            },
        )
    if "instance" in config["roles"]:
        key, name = "instance_profile/instance", stack.named_globally("instance")
        yield Resource(key, "instance_profile", name, {"role": "iam_role/instance", "tags": stack.tagged(key, name)})


def _role(stack: Stack, config: KeysConfig, what: str) -> Role | None:
    """None for the replication role of a stack that replicates nothing."""
    match what:
        case "instance":
            return instance_role(stack, config["read_buckets"], config["write_buckets"])
        case "flow_logs":
            return flow_logs_role(stack)
        case "rds_monitoring":
            return rds_monitoring_role(stack)
        case "replication":
            if not (stack.replica_region and config["replicated_buckets"]):
                return None
            return replication_role(stack, stack.replica_region, config["replicated_buckets"])
        case _:
            raise ModelError(f"security_roles: {what} is not one of {', '.join(ROLES)}")
