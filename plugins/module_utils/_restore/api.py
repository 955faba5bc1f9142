# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The calls that a restore makes, one small function each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._rds.api import find as find_instance
from .._secrets import fields_of
from .kinds import CLUSTER, INSTANCE, Kind
from .requests import Write
from .snapshot import Snapshot, snapshot_of

ALREADY = (
    "DBInstanceAlreadyExists",
    "DBClusterAlreadyExistsFault",
    "DBSnapshotAlreadyExists",
    "DBClusterSnapshotAlreadyExistsFault",
)
ABSENT = (*INSTANCE.snapshot_absent, *CLUSTER.snapshot_absent, INSTANCE.absent, CLUSTER.absent)
BUSY = ("InvalidDBInstanceState", "InvalidDBInstanceStateFault", "InvalidDBClusterStateFault", "InvalidDBSnapshotState")
"""States move on between a look and a call, and AWS shows what is new late; the next look knows more."""

MEMORY = 24 * 60
"""Minutes of events that are asked for."""
MESSAGES = 5
AUTOMATED = {"rds": "automated", "awsbackup": "awsbackup"}
"""AWS wants the type beside the name of such a snapshot."""


class NoPassword(CutoverError):
    """The secret does not have what is needed; the text never has the value."""


def find_database(client: Any, kind: Kind, identifier: str) -> dict[str, Any] | None:
    """The instance or cluster as AWS describes it, None where there is none."""
    if kind is INSTANCE:
        return find_instance(client, identifier)
    try:
        return dict(client.describe_db_clusters(DBClusterIdentifier=identifier)["DBClusters"][0])
    except is_boto3_error_code(kind.absent):
        return None


def find_snapshot(client: Any, kind: Kind, name: str, *, foreign: bool = False) -> Snapshot | None:
    """By name, or by ARN where it is another account's."""
    asked: dict[str, Any] = {kind.snapshot_identifier: name}
    prefix = name.partition(":")[0]
    if foreign:
        asked["IncludeShared"] = True
    elif prefix in AUTOMATED:
        asked["SnapshotType"] = AUTOMATED[prefix]
    try:
        found = getattr(client, f"describe_db{kind.suffix}_snapshots")(**asked)[f"{kind.snapshot}s"]
    except is_boto3_error_code(list(kind.snapshot_absent)):
        return None
    return snapshot_of(kind, found[0]) if found else None


def snapshots_of(client: Any, kind: Kind, database: str) -> list[Snapshot]:
    """All manual and automated snapshots of a database, and all copies of them, in the client's account and region."""
    pages = client.get_paginator(f"describe_db{kind.suffix}_snapshots").paginate(**{kind.identifier: database})
    return [snapshot_of(kind, item) for page in pages for item in page[f"{kind.snapshot}s"]]


def shared_with(client: Any, kind: Kind, name: str) -> frozenset[str]:
    """The accounts that may restore a snapshot, nobody where AWS does not show it (yet)."""
    ask = getattr(client, f"describe_db{kind.suffix}_snapshot_attributes")
    try:
        answer = ask(**{kind.snapshot_identifier: name})
    except is_boto3_error_code(list(kind.snapshot_absent)):
        return frozenset()
    attributes = answer[f"{kind.snapshot}AttributesResult"][f"{kind.snapshot}Attributes"]
    return frozenset(
        account for one in attributes if one["AttributeName"] == "restore" for account in one["AttributeValues"]
    )


def carry_out(client: Any, write: Write, password: Callable[[str], str]) -> str | None:
    """Makes the call. AWS's words where it says that this is not the moment for it, or that it was made before.

    Whether what exists is ours, and what does not will come, is for the next look to say.
    """
    request = _known(client, write) if write.step == "restore" else dict(write.request)
    if write.secret:
        request["MasterUserPassword"] = password(write.secret)
    try:
        getattr(client, write.operation)(**request)
    except is_boto3_error_code([*ALREADY, *ABSENT, *BUSY]) as error:
        return str(error)
    return None


def _known(client: Any, write: Write) -> dict[str, Any]:
    """Without what an older botocore does not know of a restore yet: it is compared and changed afterwards."""
    operation = client.meta.method_to_api_mapping[write.operation]
    known = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in write.request.items() if name in known}


def events(client: Any, kind: str, name: str) -> list[str]:
    """What RDS said of something lately, oldest first."""
    pages = client.get_paginator("describe_events").paginate(SourceIdentifier=name, SourceType=kind, Duration=MEMORY)
    found = sorted((item["Date"], item["Message"]) for page in pages for item in page["Events"])
    return [message for _date, message in found[-MESSAGES:]]


def password_of(client: Any, arn: str) -> tuple[str, str | None]:
    """Password and user name of a secret as Secrets Manager and RDS lay it out. Raises NoPassword."""
    try:
        fields = fields_of(client, arn) or {}
    except is_boto3_error_code("ResourceNotFoundException") as error:
        raise NoPassword(f"{arn} does not exist, or has no value") from error
    if not isinstance(fields.get("password"), str):
        raise NoPassword(f"{arn} has no password: its text has to be JSON with password, and username where you like")
    return fields["password"], fields.get("username")


def orderable(client: Any, engine: str, version: str, instance_class: str) -> list[dict[str, Any]]:
    """How an instance class can be had with a version of an engine."""
    pages = client.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine=engine, EngineVersion=version, DBInstanceClass=instance_class
    )
    return [item for page in pages for item in page["OrderableDBInstanceOptions"]]


def engine_version(client: Any, engine: str, version: str, *, withdrawn: bool = False) -> dict[str, Any] | None:
    """What RDS says of a version, None where it does not offer it (any more); with withdrawn of one that it does not
    offer for new databases any more, too.
    """
    every = {"IncludeAll": True} if withdrawn else {}
    found = client.describe_db_engine_versions(Engine=engine, EngineVersion=version, **every)["DBEngineVersions"]
    return dict(found[0]) if found else None


def subnet_group_network(client: Any, name: str) -> str | None:
    """The VPC of a subnet group, None where there is none of the name."""
    try:
        return str(client.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]["VpcId"])
    except is_boto3_error_code("DBSubnetGroupNotFoundFault"):
        return None


def parameter_group_family(client: Any, kind: Kind, name: str) -> str | None:
    """The family of a parameter group, None where there is none of the name."""
    operation = getattr(client, f"describe_db{kind.suffix}_parameter_groups")
    key = "DBParameterGroup" if kind is INSTANCE else "DBClusterParameterGroup"
    try:
        found = operation(**{f"{key}Name": name})[f"{key}s"]
    except is_boto3_error_code(["DBParameterGroupNotFound", "DBClusterParameterGroupNotFound"]):
        return None
    return str(found[0]["DBParameterGroupFamily"]) if found else None


def has_option_group(client: Any, name: str) -> bool:
    """Whether there is an option group of the name."""
    try:
        return bool(client.describe_option_groups(OptionGroupName=name)["OptionGroupsList"])
    except is_boto3_error_code("OptionGroupNotFoundFault"):
        return False


def networks_of(client: Any, groups: Iterable[str]) -> dict[str, str]:
    """The VPC of each of the security groups that exists."""
    pages = client.get_paginator("describe_security_groups").paginate(
        Filters=[{"Name": "group-id", "Values": sorted(groups)}]
    )
    return {item["GroupId"]: item["VpcId"] for page in pages for item in page["SecurityGroups"]}


def key_state(client: Any, arn: str) -> tuple[str, str] | None:
    """State and manager (AWS or CUSTOMER) of a key, None where it is not there or its policy does not let us see it."""
    try:
        key = client.describe_key(KeyId=arn)["KeyMetadata"]
    except is_boto3_error_code(["NotFoundException", "AccessDeniedException"]):
        return None
    return str(key["KeyState"]), str(key.get("KeyManager", ""))


def has_role(client: Any, arn: str) -> bool:
    """Whether the role exists; client is IAM's."""
    try:
        return bool(client.get_role(RoleName=arn.rpartition("/")[2])["Role"]["Arn"] == arn)
    except is_boto3_error_code("NoSuchEntity"):
        return False


def restore_window(client: Any, identifier: str) -> tuple[datetime | None, datetime | None]:
    """From when until when an instance can be restored to a point in time."""
    pages = client.get_paginator("describe_db_instance_automated_backups").paginate(DBInstanceIdentifier=identifier)
    for page in pages:
        for item in page["DBInstanceAutomatedBackups"]:
            window = item.get("RestoreWindow") or {}
            return window.get("EarliestTime"), window.get("LatestTime")
    return None, None


def account_of(client: Any) -> tuple[str, str]:
    """Account and partition of the caller; client is STS's."""
    arn = client.get_caller_identity()["Arn"]
    return arn.split(":")[4], arn.split(":")[1]


def assumed(client: Any, role: str, session: str) -> dict[str, str]:
    """Credentials of a role, as AnsibleAWSModule.client takes them; client is STS's."""
    found = client.assume_role(RoleArn=role, RoleSessionName=session)["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }
