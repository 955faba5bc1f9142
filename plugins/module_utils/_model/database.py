# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The database that a stack ought to have: its groups, the log groups that it writes to, and the instance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, TypedDict

from .._rds.versions import ENGINES, family
from .core import UNKNOWN, Model, ModelError, Resource, Stack, Value, known, model_of
from .names import rds_characters, rds_name
from .restore import NO_DATABASE, RESTORED, SOURCES, RestoreConfig, restored_from

DATABASE_TYPES = ("subnet_group", "parameter_group", "log_group", "db_instance", "db_snapshot", "automated_backup")
INSTANCE = "instance"
SUBNET_GROUP = "subnet_group"
INSTANCE_NAME_LIMIT = 63
GROUP_NAME_LIMIT = 255

Parameter: TypeAlias = "str | int | float | bool"


class DatabaseConfig(TypedDict):
    """The database role's inputs.

    source is new, snapshot or instance (restored from what restore says), or none (groups only). parameter_family and
    port are the engine's own where they are None. Storage is in GiB, storage_throughput in MiB/s, retentions in days,
    monitoring_interval in seconds. max_allocated_storage None turns storage autoscaling off; iops and
    storage_throughput None leave them to AWS. reboot says whether a run may reboot the instance for parameters that
    wait for it.
    """

    source: str
    restore: RestoreConfig
    engine: str
    engine_version: str
    parameter_family: str | None
    parameters: Mapping[str, Parameter]
    instance_class: str
    storage_type: str
    allocated_storage: int
    max_allocated_storage: int | None
    iops: int | None
    storage_throughput: int | None
    multi_az: bool
    port: int | None
    name: str | None
    username: str
    key_arn: str | None
    subnet_ids: Sequence[str] | None
    security_group_ids: Sequence[str] | None
    deletion_protection: bool
    backup_retention: int
    backup_window: str
    maintenance_window: str
    copy_tags_to_snapshot: bool
    auto_minor_version_upgrade: bool
    option_group: str | None
    ca_certificate: str
    iam_authentication: bool
    performance_insights: bool
    performance_insights_retention: int
    monitoring_interval: int
    monitoring_role_arn: str | None
    log_exports: Sequence[str]
    log_retention: int
    reboot: bool


def database_model(stack: Stack, config: DatabaseConfig) -> Model:
    """The layer's resources in the order in which they are made."""
    if config["engine"] not in ENGINES:
        raise ModelError(f"database_engine is {config['engine']}; it can be {', '.join(ENGINES)}")
    if config["source"] not in SOURCES:
        raise ModelError(f"database_source is {config['source']}; it can be {', '.join(SOURCES)}")
    parameter_group = _parameter_group(stack, config)
    return model_of(
        [
            _subnet_group(stack, config),
            parameter_group,
            *_log_groups(stack, config),
            *([_instance(stack, config, parameter_group.key)] if config["source"] != NO_DATABASE else []),
        ]
    )


def instance_name(stack: Stack) -> str:
    """The identifier of the stack's instance, which its endpoint and its log groups begin with."""
    return rds_name(f"{stack.name}-database", INSTANCE_NAME_LIMIT)


def log_group_prefix(stack: Stack) -> str:
    """RDS decides where it writes: /aws/rds/instance/<identifier>/<log>."""
    return f"/aws/rds/instance/{instance_name(stack)}/"


def group_prefix(stack: Stack) -> str:
    """What the names of the stack's RDS groups begin with."""
    return f"{rds_characters(stack.name)}-"


def _subnet_group(stack: Stack, config: DatabaseConfig) -> Resource:
    name = rds_name(f"{stack.name}-database", GROUP_NAME_LIMIT)
    return Resource(
        SUBNET_GROUP,
        "subnet_group",
        name,
        {
            "description": f"Database subnets of {stack.name}",
            "subnets": _ids(config["subnet_ids"]),
            "tags": stack.tagged(SUBNET_GROUP, name),
        },
    )


def _parameter_group(stack: Stack, config: DatabaseConfig) -> Resource:
    """The family is part of the name, because AWS cannot change it: another family is another group, to which the
    instance then moves."""
    chosen = config["parameter_family"] or family(config["engine"], config["engine_version"])
    key = f"parameter_group/{chosen}"
    name = rds_name(f"{stack.name}-{chosen.replace('.', '-')}", GROUP_NAME_LIMIT)
    return Resource(
        key,
        "parameter_group",
        name,
        {
            "family": chosen,
            "description": f"Database parameters of {stack.name}",
            "parameters": {parameter: _text(value) for parameter, value in sorted(config["parameters"].items())},
            "tags": stack.tagged(key, name),
        },
    )


def _text(value: Parameter) -> str:
    """Parameters are text to RDS, switches 0 and 1."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _log_groups(stack: Stack, config: DatabaseConfig) -> Iterator[Resource]:
    """They exist, encrypted and with a retention, before the database writes to them; RDS itself would set neither."""
    for log in config["log_exports"]:
        key, name = f"log_group/{log}", f"{log_group_prefix(stack)}{log}"
        yield Resource(
            key,
            "log_group",
            name,
            {
                "retention": config["log_retention"],
                "key_arn": known(config["key_arn"]),
                "tags": stack.tagged(key, name),
            },
        )


def _instance(stack: Stack, config: DatabaseConfig, parameter_group: str) -> Resource:
    name = instance_name(stack)
    key_arn = known(config["key_arn"])
    waits_for_reboot: Mapping[str, Value] = {"pending_reboot": False}
    return Resource(
        INSTANCE,
        "db_instance",
        name,
        {
            "engine": config["engine"],
            "engine_version": config["engine_version"],
            "instance_class": config["instance_class"],
            **_storage(config),
            "encrypted": True,
            "key_arn": key_arn,
            "multi_az": config["multi_az"],
            "subnet_group": SUBNET_GROUP,
            "parameter_group": parameter_group,
            **({"option_group": config["option_group"]} if config["option_group"] else {}),
            "security_groups": _ids(config["security_group_ids"]),
            "port": config["port"] or ENGINES[config["engine"]].port,
            **_content(config, name),
            "username": config["username"],
            "password_managed": True,
            "password_key_arn": key_arn,
            "publicly_accessible": False,
            "deletion_protection": config["deletion_protection"],
            "backup_retention": config["backup_retention"],
            "backup_window": config["backup_window"],
            "maintenance_window": config["maintenance_window"].lower(),
            "copy_tags_to_snapshot": config["copy_tags_to_snapshot"],
            "auto_minor_version_upgrade": config["auto_minor_version_upgrade"],
            "ca_certificate": config["ca_certificate"],
            "iam_authentication": config["iam_authentication"],
            **_insights(config, key_arn),
            **_monitoring(config),
            "log_exports": sorted(config["log_exports"]),
            "state": "running",
            "tags": stack.tagged(INSTANCE, name),
            **(waits_for_reboot if config["reboot"] else {}),
        },
        # Only reported where no reboot is allowed: static parameters wait for one that somebody asks for.
        initial={} if config["reboot"] else waits_for_reboot,
    )


def _content(config: DatabaseConfig, identifier: str) -> dict[str, Value]:
    """What is in the database at first. A restored one has the names that its source has."""
    if config["source"] in RESTORED:
        return {"restored_from": restored_from(config["source"], config["restore"], identifier)}
    return {"database_name": config["name"]} if config["name"] else {}


def _storage(config: DatabaseConfig) -> dict[str, Value]:
    provisioned = {"iops": config["iops"], "storage_throughput": config["storage_throughput"]}
    return {
        "storage_type": config["storage_type"],
        "allocated_storage": config["allocated_storage"],
        "max_allocated_storage": config["max_allocated_storage"],
        **{name: value for name, value in provisioned.items() if value is not None},
    }


def _insights(config: DatabaseConfig, key_arn: str) -> dict[str, Value]:
    if not config["performance_insights"]:
        return {
            "performance_insights": False,
            "performance_insights_key_arn": None,
            "performance_insights_retention": None,
        }
    return {
        "performance_insights": True,
        "performance_insights_key_arn": key_arn,
        "performance_insights_retention": config["performance_insights_retention"],
    }


def _monitoring(config: DatabaseConfig) -> dict[str, Value]:
    interval = config["monitoring_interval"]
    return {
        "monitoring_interval": interval,
        "monitoring_role_arn": known(config["monitoring_role_arn"]) if interval else None,
    }


def _ids(ids: Sequence[str] | None) -> Value:
    return sorted(ids) if ids else UNKNOWN
