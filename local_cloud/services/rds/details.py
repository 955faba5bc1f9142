# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What moto loses or makes up about an instance: Performance Insights, zones, keys, the managed password.

moto serializes whatever its objects carry, so the true values are put there.
"""

from __future__ import annotations

import json
import secrets
import string
from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.kms.keys import find_key
from local_cloud.services.rds.offers import zones_of

AUTHORITY = "rds-ca-rsa2048-g1"
INSIGHTS_DAYS = 7
# "gp3 storage" in the RDS user guide: IOPS and MiB/s
GP3, GP3_STRIPED, GP3_STRIPED_FROM = (3000, 125), (12000, 500), 400
RESOURCE_ALPHABET = string.ascii_uppercase + "234567"
# What RDS itself generates with: no character that an engine or a shell trips over
PASSWORD_ALPHABET = string.ascii_letters + string.digits + "!#$%&()*+-.:;<=>?[]^_{|}~"
PASSWORD_LENGTH = 32
# "Amazon RDS endpoints": the hosted zone of the region's instance names
ENDPOINT_ZONES = {"us-east-1": "Z2R2ITUGPM61AM", "us-east-2": "Z2XHWR1WZ565X2", "us-west-2": "Z1PVIF0B656C1W"}

CREATING = (
    "CreateDBInstance",
    "CreateDBInstanceReadReplica",
    "RestoreDBInstanceFromDBSnapshot",
    "RestoreDBInstanceToPointInTime",
)


def database_of(request: Request) -> Any:
    parameters = request.parameters
    name = parameters.get("NewDBInstanceIdentifier") or parameters.get("TargetDBInstanceIdentifier")
    return request.backend().databases.get(name or parameters.get("DBInstanceIdentifier", ""))


@handles("rds", *CREATING)
def complete_new_instance(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    database = database_of(request)
    if not response.ok or database is None:
        return response
    suffix = "".join(secrets.choice(RESOURCE_ALPHABET) for _ in range(26))
    database.dbi_resource_id = f"db-{suffix}"
    if database.ca_certificate_identifier == "rds-ca-default":
        database.ca_certificate_identifier = AUTHORITY
    _set_baseline(database)
    _place(request, database)
    _name_key(request, database)
    _set_insights(request, database)
    randomize_password(database)
    return _read_again(request, response, database)


@handles("rds", "ModifyDBInstance")
def complete_modified_instance(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    database = database_of(request)
    if not response.ok or database is None:
        return response
    _set_insights(request, database)
    if request.parameters.get("ManageMasterUserPassword") or request.parameters.get("RotateMasterUserPassword"):
        randomize_password(database)
    return _read_again(request, response, database)


def _set_baseline(database: Any) -> None:
    """What gp3 gives without being asked: more from 400 GiB on."""
    if getattr(database, "storage_type", None) == "gp3":
        iops, throughput = GP3_STRIPED if database.allocated_storage >= GP3_STRIPED_FROM else GP3
        database.iops = database.iops or iops
        database.storage_throughput = database.storage_throughput or throughput


def _place(request: Request, database: Any) -> None:
    """A zone of the subnet group, and another one for the standby."""
    group = getattr(database, "db_subnet_group", None)
    zones = sorted({one.availability_zone for one in group._subnets}) if group is not None else zones_of(request)
    if "AvailabilityZone" not in request.parameters:
        database.availability_zone = zones[0]
    others = [zone for zone in zones if zone != database.availability_zone]
    database.secondary_availability_zone = others[0] if database.multi_az and others else None


def _name_key(request: Request, database: Any) -> None:
    if database.db_cluster_identifier is None and database.storage_encrypted:
        wanted = request.parameters.get("KmsKeyId") or database.kms_key_id
        wanted = "alias/aws/rds" if wanted in (None, "default_kms_key_id") else wanted
        key = find_key(request, wanted)
        database.kms_key_id = key.arn if key is not None else wanted


def _set_insights(request: Request, database: Any) -> None:
    parameters = request.parameters
    if "EnablePerformanceInsights" in parameters:
        database.performance_insights_enabled = parameters["EnablePerformanceInsights"]
    if not getattr(database, "performance_insights_enabled", False):
        database.performance_insights_enabled = False
        database.performance_insights_kms_key_id = database.performance_insights_retention_period = None
        return
    current = getattr(database, "performance_insights_kms_key_id", None)
    key = find_key(request, parameters.get("PerformanceInsightsKMSKeyId") or current or "alias/aws/rds")
    database.performance_insights_kms_key_id = key.arn if key is not None else None
    days = parameters.get("PerformanceInsightsRetentionPeriod")
    if days or getattr(database, "performance_insights_retention_period", None) is None:
        database.performance_insights_retention_period = days or INSIGHTS_DAYS


def new_password() -> str:
    return "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(PASSWORD_LENGTH))


def randomize_password(database: Any) -> None:
    """moto gives every managed secret the same password, and the user name admin."""
    managed = getattr(database, "master_user_secret", None)
    if managed is not None:
        version = managed.secret.versions[managed.secret.default_version_id]
        version["secret_string"] = json.dumps({"username": database.master_username, "password": new_password()})


def _read_again(request: Request, response: Response, database: Any) -> Response:
    """The answer with what has been put right; moto's own state machine has made its step already."""
    result = request.read(response)
    instance = result["DBInstance"]
    instance["DbiResourceId"] = database.dbi_resource_id
    instance["CACertificateIdentifier"] = database.ca_certificate_identifier
    instance["AvailabilityZone"] = database.availability_zone
    instance["PerformanceInsightsEnabled"] = database.performance_insights_enabled
    if database.iops:
        instance["Iops"] = int(database.iops)
    if getattr(database, "storage_throughput", None):
        instance["StorageThroughput"] = database.storage_throughput
    if database.performance_insights_enabled:
        instance["PerformanceInsightsKMSKeyId"] = database.performance_insights_kms_key_id
        instance["PerformanceInsightsRetentionPeriod"] = database.performance_insights_retention_period
    if getattr(database, "secondary_availability_zone", None):
        instance["SecondaryAvailabilityZone"] = database.secondary_availability_zone
    if instance.get("StorageEncrypted") and database.kms_key_id:
        instance["KmsKeyId"] = database.kms_key_id
    return request.answer(result)


@amends("rds", "DescribeDBInstances")
def describe_default_surroundings(request: Request, result: dict[str, Any]) -> None:
    for instance in result.get("DBInstances", []):
        if "Endpoint" in instance:
            instance["Endpoint"].setdefault("HostedZoneId", ENDPOINT_ZONES.get(request.region, "Z2R2ITUGPM61AM"))
        if "DBSubnetGroup" not in instance:
            instance["DBSubnetGroup"] = _default_group(request)


def _default_group(request: Request) -> dict[str, Any]:
    """An instance that names no subnet group is in the one of the default VPC."""
    vpc = request.backend("ec2").default_vpc
    subnets = request.backend("ec2").describe_subnets(filters={"vpc-id": [vpc.id]}) if vpc is not None else []
    return {
        "DBSubnetGroupName": "default",
        "DBSubnetGroupDescription": "default",
        "VpcId": vpc.id if vpc is not None else "",
        "SubnetGroupStatus": "Complete",
        "Subnets": [
            {
                "SubnetIdentifier": one.id,
                "SubnetAvailabilityZone": {"Name": one.availability_zone},
                "SubnetStatus": "Active",
            }
            for one in subnets
        ],
    }
