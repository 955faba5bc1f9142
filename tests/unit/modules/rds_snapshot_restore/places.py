# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where databases are restored from and to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import boto3

from local_cloud.testing import LocalCloud
from tests.networks import network

EAST, WEST = "us-east-1", "us-west-2"
OWN, OTHER = "123456789012", "222222222222"
ROLE = f"arn:aws:iam::{OTHER}:role/cutover-source"


@dataclass(frozen=True)
class Place:
    """What a region of our account has for a database."""

    region: str
    key: str
    another_key: str
    group: str
    network: str

    def wanted(self, identifier: str, source: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The options of an instance of MySQL."""
        return {
            "identifier": identifier,
            "source": source,
            "key_arn": self.key,
            "password_key_arn": self.key,
            "instance_class": "db.m7g.large",
            "subnet_group": "place",
            "parameter_group": "place-mysql",
            "security_groups": [self.group],
            "port": 3306,
            "max_allocated_storage": 200,
            "backup_window": "03:00-04:00",
            "maintenance_window": "sun:04:30-sun:05:30",
            "ca_certificate": "rds-ca-rsa2048-g1",
            "performance_insights_key_arn": self.key,
            "performance_insights_retention": 7,
            "monitoring_interval": 0,
            "log_exports": ["error", "slowquery"],
            "iam_authentication": True,
            "tags": {"Name": identifier},
            "region": self.region,
            **more,
        }

    def cluster(self, identifier: str, source: dict[str, Any], **more: Any) -> dict[str, Any]:
        """The options of a cluster of Aurora PostgreSQL with two instances."""
        kept = self.wanted(identifier, source)
        for option in ("instance_class", "max_allocated_storage"):
            del kept[option]
        return {
            **kept,
            "type": "cluster",
            "parameter_group": "place-aurora",
            "log_exports": ["postgresql"],
            "port": 5432,
            "instances": [
                {"identifier": f"{identifier}-{number}", "instance_class": "db.r7g.large"} for number in (1, 2)
            ],
            **more,
        }


def other(cloud: LocalCloud, service: str, region: str = EAST) -> Any:
    """A client of the other account."""
    answer = cloud.client("sts").assume_role(RoleArn=ROLE, RoleSessionName="test")["Credentials"]
    make: Any = boto3.client
    return make(
        service,
        region_name=region,
        endpoint_url=cloud.endpoint,
        aws_access_key_id=answer["AccessKeyId"],
        aws_secret_access_key=answer["SecretAccessKey"],
        aws_session_token=answer["SessionToken"],
    )


def place_in(cloud: LocalCloud, region: str) -> Place:
    ec2, rds, kms = (cloud.client(service, region) for service in ("ec2", "rds", "kms"))
    vpc, ids = network(ec2)
    rds.create_db_subnet_group(DBSubnetGroupName="place", DBSubnetGroupDescription="place", SubnetIds=ids)
    for engine, family in (("mysql", "mysql8.4"), ("postgres", "postgres17"), ("mariadb", "mariadb11.4")):
        rds.create_db_parameter_group(
            DBParameterGroupName=f"place-{engine}", DBParameterGroupFamily=family, Description="place"
        )
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="place-aurora", DBParameterGroupFamily="aurora-postgresql17", Description="place"
    )
    return Place(
        region=region,
        key=new_key(kms),
        another_key=new_key(kms),
        group=ec2.create_security_group(GroupName="place", Description="place", VpcId=vpc)["GroupId"],
        network=vpc,
    )


def new_key(kms: Any, *accounts: str) -> str:
    """A key that these accounts may use beside its own."""
    own = kms.create_key()["KeyMetadata"]["Arn"]
    if accounts:
        principals = [f"arn:aws:iam::{account}:root" for account in (own.split(":")[4], *accounts)]
        statement = {"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "kms:*", "Resource": "*"}
        kms.put_key_policy(KeyId=own, PolicyName="default", Policy=json.dumps({"Statement": [statement]}))
    return str(own)


def source(rds: Any, name: str, **changes: Any) -> None:
    """A database of MySQL with all that RDS does not restore."""
    wanted = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.m7g.xlarge",
        "Engine": "mysql",
        "EngineVersion": "8.4.6",
        "AllocatedStorage": 100,
        "MultiAZ": True,
        "MasterUsername": "dbadmin",
        "ManageMasterUserPassword": True,
        "BackupRetentionPeriod": 7,
        "DeletionProtection": True,
        "Tags": [{"Key": "Name", "Value": name}],
        **changes,
    }
    rds.create_db_instance(**{key: value for key, value in wanted.items() if value is not None})


def source_cluster(rds: Any, name: str, **changes: Any) -> None:
    """A cluster of Aurora PostgreSQL."""
    rds.create_db_cluster(
        **{
            "DBClusterIdentifier": name,
            "Engine": "aurora-postgresql",
            "EngineVersion": "17.4",
            "MasterUsername": "dbadmin",
            "ManageMasterUserPassword": True,
            "BackupRetentionPeriod": 7,
            **changes,
        }
    )


def instance(cloud: LocalCloud, name: str, region: str = EAST) -> dict[str, Any]:
    """As AWS shows it."""
    [item] = cloud.client("rds", region).describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return dict(item)


def cluster(cloud: LocalCloud, name: str, region: str = EAST) -> dict[str, Any]:
    """As AWS shows it."""
    [item] = cloud.client("rds", region).describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    return dict(item)


def unlike(cloud: LocalCloud, wanted: dict[str, Any]) -> dict[str, Any]:
    """What AWS shows of a restored database that is not as asked, read by its own words: (shown, asked)."""
    kind = wanted.get("type", "instance")
    item = (cluster if kind == "cluster" else instance)(cloud, wanted["identifier"], wanted["region"])
    expected = {
        "KmsKeyId": wanted["key_arn"],
        "StorageEncrypted": True,
        "DeletionProtection": True,
        "BackupRetentionPeriod": 7,
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
        "IAMDatabaseAuthenticationEnabled": True,
        "CopyTagsToSnapshot": True,
        "EnabledCloudwatchLogsExports": wanted["log_exports"],
        "MasterUsername": "dbadmin",
    }
    expected |= _of_cluster(wanted) if kind == "cluster" else _of_instance(wanted)
    if wanted.get("engine_version"):
        expected["EngineVersion"] = wanted["engine_version"]
    secret = item.get("MasterUserSecret")
    found = {key: (item.get(key), value) for key, value in expected.items() if item.get(key) != value}
    if bool(secret) != bool(wanted.get("password_key_arn")) or (
        secret and secret["KmsKeyId"] != wanted["password_key_arn"]
    ):
        found["MasterUserSecret"] = (secret, wanted.get("password_key_arn"))
    groups = [group["VpcSecurityGroupId"] for group in item["VpcSecurityGroups"]]
    if groups != wanted["security_groups"]:
        found["VpcSecurityGroups"] = (groups, wanted["security_groups"])
    for one in wanted.get("instances", []):
        member = instance(cloud, one["identifier"], wanted["region"])
        shown = (member["DBInstanceClass"], member["DBClusterIdentifier"], member["PerformanceInsightsEnabled"])
        if shown != (one["instance_class"], wanted["identifier"], True):
            found[one["identifier"]] = (shown, one)
    return found


def _of_instance(wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        "DBInstanceStatus": "available",
        "DBInstanceClass": "db.m7g.large",
        "MultiAZ": True,
        "StorageType": "gp3",
        "AllocatedStorage": wanted.get("allocated_storage", 100),
        "MaxAllocatedStorage": 200,
        "PerformanceInsightsEnabled": True,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "PubliclyAccessible": False,
    }


def _of_cluster(wanted: dict[str, Any]) -> dict[str, Any]:
    return {
        "Status": "available",
        "DBSubnetGroup": "place",
        "DBClusterParameterGroup": "place-aurora",
        "Engine": "aurora-postgresql",
        "EngineVersion": "17.4",
        "Port": 5432,
    }


def left_copies(cloud: LocalCloud, name: str) -> list[str]:
    """What is left in any account and region of the copies that a restore makes."""
    clients = [cloud.client("rds", region) for region in (EAST, WEST)]
    clients += [other(cloud, "rds", region) for region in (EAST, WEST)]
    return [one for rds in clients for one in snapshot_names(rds) if one.startswith(f"{name}-restore-")]


def snapshot_names(rds: Any) -> list[str]:
    """All manual snapshots of instances and clusters."""
    instances = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    clusters = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    names = [item["DBSnapshotIdentifier"] for item in instances]
    return names + [item["DBClusterSnapshotIdentifier"] for item in clusters]
