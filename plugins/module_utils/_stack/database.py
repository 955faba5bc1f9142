# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a stack's database, in the shape of its model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from .._model.core import STACK_TAG, Found, Reality, Stack, Value, reality_of
from .._model.database import INSTANCE, SUBNET_GROUP, group_prefix, instance_name, log_group_prefix
from .._rds.instance import AS_WANTED, as_wanted, instance_attributes, instance_facts
from .._rds.parameters import user_parameters
from .._restore import api
from .._restore.kinds import INSTANCE as INSTANCE_KIND
from .._restore.plan import origin_of
from .._restore.provenance import provenance
from .._restore.snapshot import FROM_TAG, Snapshot, is_copy, snapshot_of
from .context import Context, tags_of
from .logs import log_groups

Answer = dict[str, Any]
"""One item of an AWS answer, as botocore parsed it."""
COMING = ("copying", "creating")
"""States of a snapshot that end by themselves."""
DATABASE_HINTS = {"db_instance": (*AS_WANTED, "restored_from")}


def read_database(context: Context) -> Reality:
    """The layer's resources by key.

    Snapshots and backups are read only for those who ask by name: the model knows none, and destroy has to list what it
    leaves.
    """
    calls: dict[str, Callable[[], list[Found]]] = {
        "subnet_groups": lambda: _groups(context, "describe_db_subnet_groups", "DBSubnetGroups", _subnet_group),
        "parameter_groups": lambda: _groups(
            context, "describe_db_parameter_groups", "DBParameterGroups", _parameter_group
        ),
        "instances": lambda: _instances(context),
        "log_groups": lambda: log_groups(context, log_group_prefix(context.stack)),
    }
    if not context.wanted:
        calls["snapshots"] = lambda: _snapshots(context)
        calls["automated_backups"] = lambda: _automated_backups(context)
    found = reality_of(item for items in context.together(**calls).values() for item in items)
    return _with_keys(found)


def _groups(
    context: Context, operation: str, result: str, found: Callable[[Context, Answer], Found | None]
) -> list[Found]:
    """RDS tells a group's tags one by one, so only groups that are named as the stack's are asked for them."""
    groups = context.pages("rds", operation, result)
    named = [group for group in groups if str(group[NAMES[result]]).startswith(group_prefix(context.stack))]
    return [item for item in context.each(lambda group: found(context, group), named) if item]


NAMES = {"DBSubnetGroups": "DBSubnetGroupName", "DBParameterGroups": "DBParameterGroupName"}


def _tags(context: Context, arn: str) -> dict[str, Value]:
    return tags_of(context.client("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


def _subnet_group(context: Context, item: Answer) -> Found | None:
    name, tags = item["DBSubnetGroupName"], _tags(context, item["DBSubnetGroupArn"])
    if not context.owns("subnet_group", name, tags):
        return None
    return Found(
        key=context.key("subnet_group", name, tags),
        type="subnet_group",
        name=name,
        id=name,
        arn=item["DBSubnetGroupArn"],
        attributes={
            "description": item["DBSubnetGroupDescription"],
            "subnets": sorted(subnet["SubnetIdentifier"] for subnet in item["Subnets"]),
            "tags": tags,
        },
    )


def _parameter_group(context: Context, item: Answer) -> Found | None:
    name, tags = item["DBParameterGroupName"], _tags(context, item["DBParameterGroupArn"])
    if not context.owns("parameter_group", name, tags):
        return None
    parameters = context.pages("rds", "describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user")
    return Found(
        key=context.key("parameter_group", name, tags),
        type="parameter_group",
        name=name,
        id=name,
        arn=item["DBParameterGroupArn"],
        attributes={
            "family": item["DBParameterGroupFamily"],
            "description": item["Description"],
            "parameters": dict(user_parameters(parameters)),
            "tags": tags,
        },
    )


def _instances(context: Context) -> list[Found]:
    found = [_instance(context, item) for item in context.pages("rds", "describe_db_instances", "DBInstances")]
    return [item for item in found if item]


def _instance(context: Context, item: Answer) -> Found | None:
    name, tags = item["DBInstanceIdentifier"], tags_of(item.get("TagList"))
    if not context.owns("db_instance", name, tags):
        return None
    key = context.key("db_instance", name, tags)
    wanted = context.wanted.get(key)
    asked: Mapping[str, Value] = wanted.attributes if wanted else {}
    return Found(
        key=key,
        type="db_instance",
        name=name,
        id=name,
        arn=item["DBInstanceArn"],
        attributes={
            **as_wanted(instance_attributes(item), asked),
            "restored_from": provenance(context.stack, INSTANCE_KIND, item, asked.get("restored_from")),
        },
        facts={**instance_facts(item), "restored_from": origin_of(INSTANCE_KIND, item)},
    )


def _snapshots(context: Context) -> list[Found]:
    """Manual snapshots of the stack's instance, the final ones among them, whether or not it is still there, and those
    that were made to restore it: the one that was taken of its source, and copies that a restore has left behind.
    """
    name, stack = instance_name(context.stack), context.stack.name
    items: list[Answer] = context.pages("rds", "describe_db_snapshots", "DBSnapshots", SnapshotType="manual")
    return [
        _snapshot(context, item)
        for item in items
        if item["DBInstanceIdentifier"] == name or tags_of(item.get("TagList")).get(STACK_TAG) == stack
    ]


def _snapshot(context: Context, item: Answer) -> Found:
    """Only what this stack's restore has made on its way goes, and only while its data are somewhere else too."""
    made = snapshot_of(INSTANCE_KIND, item)
    reason = f"snapshot of {made.database}, kept until somebody deletes it"
    goes = _is_own_copy(context.stack, made) and _is_there(context, str(made.tags[FROM_TAG]))
    return _kept("db_snapshot", item, made.name, made.arn, None if goes else {"reason": reason})


def _is_own_copy(stack: Stack, made: Snapshot) -> bool:
    """A copy keeps the database of its source, so that another stack's may be of this stack's database."""
    own = made.tags.get(STACK_TAG) == stack.name and made.name.startswith(f"{instance_name(stack)}-restore-")
    return own and is_copy(made)


def _is_there(context: Context, arn: str) -> bool:
    """Whether the snapshot can be restored. Another account's is known only while it is shared with this one."""
    _arn, _partition, _rds, region, account, _kind, name = arn.split(":", 6)
    foreign = account != context.stack.account_id
    found = api.find_snapshot(context.client("rds", region), INSTANCE_KIND, arn if foreign else name, foreign=foreign)
    return found is not None and found.ready


def _automated_backups(context: Context) -> list[Found]:
    """What AWS keeps of instances that are gone, for as long as their backups were to be kept."""
    name = instance_name(context.stack)
    wanted = {"db-instance-id": name, "status": "retained"}
    filters = [{"Name": key, "Values": [value]} for key, value in wanted.items()]
    items = context.pages(
        "rds", "describe_db_instance_automated_backups", "DBInstanceAutomatedBackups", Filters=filters
    )
    return [
        _automated_backup(item)
        for item in items
        if item["DBInstanceIdentifier"] == name and item["Status"] == "retained"
    ]


def _automated_backup(item: Answer) -> Found:
    name = item["DBInstanceIdentifier"]
    latest = item.get("RestoreWindow", {}).get("LatestTime")
    last_day = (latest + timedelta(days=item.get("BackupRetentionPeriod") or 0)).date().isoformat() if latest else None
    retained = {"reason": f"automated backup of {name}", "until": last_day}
    return _kept("automated_backup", item, name, item.get("DBInstanceAutomatedBackupsArn"), retained)


def _kept(kind: str, item: Answer, name: str, arn: str | None, retained: Mapping[str, Value] | None) -> Found:
    """What outlives the instance. Its key is not the one that its tags name: they are copied from the instance.

    retained says why it stays, and until when; None that a destroy takes it.
    """
    return Found(
        key=f"{kind}/{arn or name}",
        type=kind,
        name=name,
        id=arn or name,
        arn=arn,
        attributes={
            "encrypted": item.get("Encrypted"),
            "key_arn": item.get("KmsKeyId"),
            "tags": tags_of(item.get("TagList")),
        },
        facts={
            "status": item["Status"],
            "changing": item["Status"] in COMING,
            **({"retained": {"type": kind, "name": name, "arn": arn, "until": None, **retained}} if retained else {}),
        },
    )


def _with_keys(found: Reality) -> Reality:
    """The instance refers to its groups by their keys, as the model does."""
    keys = {(item.type, item.name): item.key for item in found.values()}

    def referring(item: Found) -> Found:
        if item.type != "db_instance":
            return item
        groups = {
            kind: keys.get((kind, str(item.attributes[kind])), item.attributes[kind])
            for kind in ("subnet_group", "parameter_group")
        }
        return replace(item, attributes={**item.attributes, **groups})

    return {key: referring(item) for key, item in found.items()}


def database_outputs(found: Reality) -> dict[str, Value]:
    """What other layers and other tools need of the database; absent is null, and a secret is only named."""
    instance = found.get(INSTANCE)
    attributes: Mapping[str, Value] = instance.attributes if instance else {}
    facts: Mapping[str, Value] = instance.facts if instance else {}
    return {
        "identifier": instance.id if instance else None,
        "arn": instance.arn if instance else None,
        "resource_id": facts.get("resource_id"),
        "engine": attributes.get("engine"),
        "engine_version": facts.get("engine_version"),
        "instance_class": attributes.get("instance_class"),
        "endpoint": facts.get("endpoint"),
        "port": facts.get("port"),
        "name": attributes.get("database_name"),
        "username": attributes.get("username"),
        "secret_arn": facts.get("secret_arn"),
        "subnet_group": found[SUBNET_GROUP].name if SUBNET_GROUP in found else None,
        "parameter_group": _parameter_group_name(found, attributes),
        "log_groups": {key.split("/", 1)[1]: item.name for key, item in found.items() if item.type == "log_group"},
        "multi_az": attributes.get("multi_az"),
        "restored_from": facts.get("restored_from"),
        "pending_reboot": attributes.get("pending_reboot"),
    }


def _parameter_group_name(found: Reality, instance: Mapping[str, Value]) -> str | None:
    """The group that the instance uses; while there is no instance, the one that it will use."""
    groups = {key: item.name for key, item in found.items() if item.type == "parameter_group"}
    return groups.get(str(instance.get("parameter_group"))) or next(iter(groups.values()), None)
