# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS checks before it makes a DB instance."""

from __future__ import annotations

import json
import re
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.kms.keys import find_key
from local_cloud.services.rds.catalogue import ENGINES, Engine

# botocore's rds model, CreateDBInstanceMessage
IDENTIFIER = re.compile(r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,62}(?<!-)")
PASSWORD = re.compile(r"[\x21-\x7e]+")
PASSWORD_WITHOUT = set("/@\"' ")
SHORTEST_PASSWORD = 8
STORAGE_MINIMUM = {"gp2": 20, "gp3": 20, "io1": 100, "io2": 100}
RETENTION_DAYS = range(36)


@handles("rds", "CreateDBInstance")
def check_new_instance(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    engine = ENGINES.get(parameters.get("Engine", ""))
    check_identifier(parameters.get("DBInstanceIdentifier", ""))
    if engine is None:
        # moto names the engines that exist
        return next_handler(request)
    version = _check_offer(engine, parameters)
    if not engine.is_aurora:
        _check_credentials(engine, parameters)
        _check_storage(engine, parameters)
        parameters = {**parameters, "EngineVersion": version}
    check_surroundings(request, engine, version)
    return next_handler(request.with_parameters(parameters))


@handles("rds", "ModifyDBInstance")
def check_changes(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    database = request.backend().databases.get(parameters.get("DBInstanceIdentifier", ""))
    engine = ENGINES.get(database.engine) if database is not None else None
    if database is None or engine is None:
        return next_handler(request)
    wanted_class = parameters.get("DBInstanceClass")
    if wanted_class and wanted_class not in engine.classes:
        raise no_such_combination(engine, wanted_class, database.engine_version)
    if "MasterUserPassword" in parameters:
        check_password(engine, parameters["MasterUserPassword"])
    if parameters.get("AllocatedStorage", database.allocated_storage) < database.allocated_storage:
        message = f"Invalid storage size for engine name {engine.name} and storage type: storage cannot be reduced."
        raise AwsError("InvalidParameterCombination", message)
    _check_monitoring_role(request)
    _check_retention(parameters)
    return next_handler(request)


def check_identifier(identifier: str) -> None:
    if not IDENTIFIER.fullmatch(identifier):
        message = (
            "The parameter DBInstanceIdentifier is not a valid identifier. Identifiers must begin with a letter; "
            "must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two "
            "consecutive hyphens."
        )
        raise AwsError("InvalidParameterValue", message)


def _check_offer(engine: Engine, parameters: dict[str, Any]) -> str:
    wanted = parameters.get("EngineVersion")
    found = engine.resolve(wanted)
    if found is None:
        raise AwsError("InvalidParameterCombination", f"Cannot find version {wanted} for {engine.name}")
    instance_class = parameters.get("DBInstanceClass", "")
    if instance_class not in engine.classes:
        raise no_such_combination(engine, instance_class, found[1])
    if parameters.get("EnablePerformanceInsights") and not engine.supports_insights(instance_class):
        raise AwsError("InvalidParameterCombination", "Performance Insights not supported for this configuration.")
    return found[1]


def no_such_combination(engine: Engine, instance_class: str, version: str) -> AwsError:
    message = (
        "RDS does not support creating a DB instance with the following combination: "
        f"DBInstanceClass={instance_class}, Engine={engine.name}, EngineVersion={version}, "
        f"LicenseModel={engine.licence}. For supported combinations of instance class and database engine version, "
        "see the documentation."
    )
    return AwsError("InvalidParameterCombination", message)


def _check_credentials(engine: Engine, parameters: dict[str, Any]) -> None:
    user = parameters.get("MasterUsername")
    managed = parameters.get("ManageMasterUserPassword", False)
    password = parameters.get("MasterUserPassword")
    if not user:
        raise _missing("MasterUsername")
    if user.lower() in engine.reserved_users:
        message = f"MasterUsername {user} cannot be used as it is a reserved word used by the engine"
        raise AwsError("InvalidParameterValue", message)
    if managed and password:
        message = "You can't specify MasterUserPassword for an instance with ManageMasterUserPassword enabled."
        raise AwsError("InvalidParameterCombination", message)
    if not managed and not password:
        raise _missing("MasterUserPassword")
    if password:
        check_password(engine, password)


def check_password(engine: Engine, password: str) -> None:
    if not PASSWORD.fullmatch(password) or PASSWORD_WITHOUT & set(password):
        reason = "Only printable ASCII characters besides '/', '@', '\"', ' ' may be used."
    elif len(password) < SHORTEST_PASSWORD:
        reason = f"because it is shorter than {SHORTEST_PASSWORD} characters."
    elif len(password) > engine.longest_password:
        reason = f"because it is longer than {engine.longest_password} characters."
    else:
        return
    message = f"The parameter MasterUserPassword is not a valid password. {reason}"
    raise AwsError("InvalidParameterValue", message)


def _missing(name: str) -> AwsError:
    return AwsError("InvalidParameterValue", f"The parameter {name} must be provided and must not be blank.")


def _check_storage(engine: Engine, parameters: dict[str, Any]) -> None:
    size, kind = parameters.get("AllocatedStorage"), parameters.get("StorageType", "gp2")
    if size is None:
        raise _missing("AllocatedStorage")
    if size < STORAGE_MINIMUM.get(kind, 0):
        message = f"Invalid storage size for engine name {engine.name} and storage type {kind}: {size}"
        raise AwsError("InvalidParameterValue", message)
    if parameters.get("KmsKeyId") and not parameters.get("StorageEncrypted"):
        message = "You can't specify KmsKeyId for an unencrypted DB instance."
        raise AwsError("InvalidParameterCombination", message)


def _check_retention(parameters: dict[str, Any]) -> None:
    if parameters.get("BackupRetentionPeriod", 0) not in RETENTION_DAYS:
        message = f"Invalid backup retention period: {parameters['BackupRetentionPeriod']}. Must be between 0 and 35."
        raise AwsError("InvalidParameterValue", message)


def check_surroundings(request: Request, engine: Engine, version: str) -> None:
    parameters = request.parameters
    _check_retention(parameters)
    _check_monitoring_role(request)
    _check_family(request, engine, version)
    check_network(request)
    check_keys(request)
    strange = sorted(set(parameters.get("EnableCloudwatchLogsExports", [])) - set(engine.logs))
    if strange:
        message = f"You cannot use the log types '{', '.join(strange)}' with engine version {engine.name} {version}."
        raise AwsError("InvalidParameterCombination", message)


def _check_monitoring_role(request: Request) -> None:
    arn = request.parameters.get("MonitoringRoleArn")
    if arn:
        roles = request.backend("iam", "aws").roles.values()
        role = next((one for one in roles if one.arn == arn), None)
        if role is None or "monitoring.rds.amazonaws.com" not in json.dumps(role.assume_role_policy_document):
            message = (
                "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING"
            )
            raise AwsError("InvalidParameterValue", message)


def _check_family(request: Request, engine: Engine, version: str) -> None:
    name = request.parameters.get("DBParameterGroupName", "")
    group = request.backend().db_parameter_groups.get(name)
    family = next(one for one, found in engine.all_versions() if found == version)
    if group is not None and group.family != family:
        message = (
            f"The parameter group {name} with DBParameterGroupFamily {group.family} can't be used for this instance. "
            f"Please use a parameter group with DBParameterGroupFamily {family}."
        )
        raise AwsError("InvalidParameterCombination", message)


def check_network(request: Request) -> None:
    parameters = request.parameters
    group = request.backend().subnet_groups.get(parameters.get("DBSubnetGroupName", "").lower())
    for group_id in parameters.get("VpcSecurityGroupIds", []):
        found = request.backend("ec2").get_security_group_from_id(group_id)
        if found is None:
            message = f"Invalid security group , groupId= {group_id}, groupName=."
            raise AwsError("InvalidParameterValue", message)
        if group is not None and found.vpc_id != group.vpc_id:
            message = (
                "The DB instance and EC2 security group are in different VPCs. "
                f"The DB instance is in {group.vpc_id} and the EC2 security group is in {found.vpc_id}"
            )
            raise AwsError("InvalidParameterCombination", message)


def check_keys(request: Request) -> None:
    for name in ("KmsKeyId", "PerformanceInsightsKMSKeyId", "MasterUserSecretKmsKeyId"):
        key_id = request.parameters.get(name)
        key = find_key(request, key_id) if key_id else None
        if key_id and (key is None or key.key_state != "Enabled"):
            message = (
                f"The specified KMS key [{key_id}] does not exist, is not enabled or you do not have permissions "
                "to access it."
            )
            raise AwsError("KMSKeyNotAccessibleFault", message)
