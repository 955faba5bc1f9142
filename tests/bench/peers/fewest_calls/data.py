# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Database and buckets."""

from __future__ import annotations

import secrets
from typing import Any

from tests.bench.peers.fewest_calls.environment import HOME, REPLICA, Environment
from tests.bench.peers.fewest_calls.network import DATABASE_SUBNETS
from tests.bench.peers.fewest_calls.steps import Action, Steps

NOTHING_PUBLIC = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


class Data:
    def __init__(self, environment: Environment) -> None:
        self._env = environment
        self._ids = environment.ids
        self._buckets = {HOME: f"{environment.name}-data-peers", REPLICA: f"{environment.name}-replica-peers"}

    @property
    def _rds(self) -> Any:
        return self._env.aws("rds")

    def build(self, steps: Steps) -> None:
        steps.add("dbsn", self._make_subnet_group, needs=tuple(f"subnet-{subnet}" for subnet in DATABASE_SUBNETS))
        steps.add("dbpg", self._make_parameter_group)
        needs = ("dbsn", "dbpg", "kms", "sg-db", "role-rdsmon", "policy-rdsmon")
        steps.add("rds", self._make_database, needs=needs)
        steps.add("s3data", self._make_data_bucket, needs=("kms",))
        steps.add("s3rep", lambda: self._make_bucket(REPLICA, {"SSEAlgorithm": "AES256"}))
        steps.add("s3repl", self._replicate, needs=("s3data", "s3rep", "role-repl"))

    def checks(self) -> dict[str, Action]:
        rds, s3, name, bucket = self._rds, self._env.aws("s3"), self._env.name, {"Bucket": self._buckets[HOME]}
        group = {"DBParameterGroupName": name}
        found: dict[str, Action] = {
            "dbsn": lambda: len(rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]) == 1,
            "dbpg": lambda: len(rds.describe_db_parameter_groups(**group)["DBParameterGroups"]) == 1,
            "parameters": lambda: bool(rds.describe_db_parameters(**group, Source="user")),
            "rds": lambda: rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["MultiAZ"],
            "lifecycle": lambda: len(s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]) == 1,
            "replication": lambda: len(s3.get_bucket_replication(**bucket)["ReplicationConfiguration"]["Rules"]) == 1,
        }
        for region in self._buckets:
            found |= self._bucket_checks(region)
        return found

    def remove(self, steps: Steps) -> None:
        rds, name = self._rds, self._env.name
        steps.add(
            "rds",
            lambda: rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True),
            lambda: rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=name),
        )
        steps.add("dbsn", lambda: rds.delete_db_subnet_group(DBSubnetGroupName=name), needs=("rds",))
        steps.add("dbpg", lambda: rds.delete_db_parameter_group(DBParameterGroupName=name), needs=("rds",))
        steps.add(
            "s3", *(lambda r=r: self._env.aws("s3", r).delete_bucket(Bucket=self._buckets[r]) for r in (HOME, REPLICA))
        )

    def _make_subnet_group(self) -> None:
        self._rds.create_db_subnet_group(
            DBSubnetGroupName=self._env.name,
            DBSubnetGroupDescription="db",
            SubnetIds=[self._ids[subnet] for subnet in DATABASE_SUBNETS],
            Tags=self._env.tags,
        )

    def _make_parameter_group(self) -> None:
        name = {"DBParameterGroupName": self._env.name}
        self._rds.create_db_parameter_group(
            **name, DBParameterGroupFamily="mysql8.4", Description="db", Tags=self._env.tags
        )
        parameter = {"ParameterName": "max_connections", "ParameterValue": "200", "ApplyMethod": "immediate"}
        self._rds.modify_db_parameter_group(**name, Parameters=[parameter])

    def _make_database(self) -> None:
        name = self._env.name
        self._rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="mysql",
            EngineVersion="8.4.7",
            DBInstanceClass="db.t3.medium",
            AllocatedStorage=20,
            StorageType="gp2",
            MultiAZ=True,
            StorageEncrypted=True,
            KmsKeyId=self._ids["kms-arn"],
            MasterUsername="admin",
            MasterUserPassword=secrets.token_urlsafe(24),
            DBSubnetGroupName=name,
            DBParameterGroupName=name,
            VpcSecurityGroupIds=[self._ids["sg-db"]],
            MonitoringInterval=60,
            MonitoringRoleArn=self._ids["role-rdsmon"],
            BackupRetentionPeriod=7,
            Tags=self._env.tags,
        )
        self._rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name)
        made = self._rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
        self._ids["db-endpoint"] = made["Endpoint"]["Address"]

    def _make_data_bucket(self) -> None:
        self._make_bucket(HOME, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self._ids["kms-arn"]})
        rule = {
            "ID": "old",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 90},
        }
        self._env.aws("s3").put_bucket_lifecycle_configuration(
            Bucket=self._buckets[HOME], LifecycleConfiguration={"Rules": [rule]}
        )

    def _make_bucket(self, region: str, encryption: dict[str, str]) -> None:
        s3, bucket = self._env.aws("s3", region), {"Bucket": self._buckets[region]}
        # The oldest region is the one that must not be named.
        place = {} if region == HOME else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(**bucket, **place)
        s3.put_bucket_tagging(**bucket, Tagging={"TagSet": self._env.tags})
        s3.put_bucket_versioning(**bucket, VersioningConfiguration={"Status": "Enabled"})
        rules = [{"ApplyServerSideEncryptionByDefault": encryption}]
        s3.put_bucket_encryption(**bucket, ServerSideEncryptionConfiguration={"Rules": rules})
        s3.put_public_access_block(**bucket, PublicAccessBlockConfiguration=NOTHING_PUBLIC)

    def _replicate(self) -> None:
        rule = {
            "ID": "all",
            "Status": "Enabled",
            "Priority": 1,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{self._buckets[REPLICA]}"},
        }
        self._env.aws("s3").put_bucket_replication(
            Bucket=self._buckets[HOME],
            ReplicationConfiguration={"Role": self._ids["role-repl"], "Rules": [rule]},
        )

    def _bucket_checks(self, region: str) -> dict[str, Action]:
        s3, bucket = self._env.aws("s3", region), {"Bucket": self._buckets[region]}
        return {
            f"{region} versions": lambda: s3.get_bucket_versioning(**bucket)["Status"] == "Enabled",
            f"{region} encrypted": lambda: bool(
                s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]
            ),
            f"{region} private": lambda: s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"][
                "BlockPublicAcls"
            ],
        }
