# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stack's IAM roles: who assumes each, and what it may do.

AWS documents aws:SourceAccount and aws:SourceArn for the trust of flow logs and of RDS monitoring. For instances and
for S3 replication it does not, and a condition that a
service does not fill in would leave them without credentials; there iam:PassRole, which works only within the account,
keeps strangers out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .core import Stack, Value
from .names import bucket_name
from .partitions import managed_policy, service_principal, via_service
from .policy import document

HOME_KEY = "kms_key/home"
REPLICA_KEY = "kms_key/replica"


@dataclass(frozen=True)
class Role:
    """One role. policies are its own, by name; managed are ARNs of AWS's. Keys of the model stand in for ARNs."""

    description: str
    trust: Mapping[str, Value]
    policies: Mapping[str, Value] = field(default_factory=dict)
    managed: Sequence[str] = ()


def instance_role(stack: Stack, read: Sequence[str], write: Sequence[str]) -> Role:
    """What runs on the instances: reads the buckets of read, writes under instances/ in those of write, is managed by
    SSM, ships metrics and logs."""
    statements: list[Mapping[str, Value]] = []
    if read:
        statements.append(_allow("ListBuckets", ["s3:ListBucket"], [bucket_arn(stack, bucket) for bucket in read]))
        statements.append(
            _allow("ReadObjects", ["s3:GetObject"], [f"{bucket_arn(stack, bucket)}/*" for bucket in read])
        )
    if write:
        statements.append(
            _allow("WriteObjects", ["s3:PutObject"], [f"{bucket_arn(stack, bucket)}/instances/*" for bucket in write])
        )
    if read or write:
        through = {"StringEquals": {"kms:ViaService": via_service(stack, "s3", stack.region)}}
        statements.append(_allow("UseTheBucketsKey", ["kms:Decrypt", "kms:GenerateDataKey"], [HOME_KEY], through))
    return Role(
        description=f"Instances of {stack.name}",
        trust=_trust(service_principal(stack, "ec2")),
        policies={"buckets": document(*statements)} if statements else {},
        managed=[
            managed_policy(stack, "AmazonSSMManagedInstanceCore"),
            managed_policy(stack, "CloudWatchAgentServerPolicy"),
        ],
    )


def flow_logs_role(stack: Stack) -> Role:
    """Writes the VPC's flow logs into their group, which exists beforehand, so it may not make groups."""
    group = stack.arn("logs", f"log-group:/{stack.name}/vpc-flow-logs")
    return Role(
        description=f"Flow logs of {stack.name}",
        trust=_trust(
            service_principal(stack, "vpc-flow-logs"),
            {
                "StringEquals": {"aws:SourceAccount": stack.account_id},
                "ArnLike": {"aws:SourceArn": stack.arn("ec2", "vpc-flow-log/*")},
            },
        ),
        policies={
            "log-group": document(
                _allow(
                    "WriteFlowLogs",
                    ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                    [group, f"{group}:*"],
                ),
                _allow("FindTheGroup", ["logs:DescribeLogGroups"], [stack.arn("logs", "log-group:*")]),
            )
        },
    )


def replication_role(stack: Stack, replica_region: str, buckets: Sequence[str]) -> Role:
    """Copies the objects of the buckets into those of the same name in the replica region, decrypting with one key and
    encrypting with the other."""
    sources = [bucket_arn(stack, bucket) for bucket in buckets]
    replicas = [bucket_arn(stack, bucket, replica_region) for bucket in buckets]
    read = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    write = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    return Role(
        description=f"Replication of {stack.name} to {replica_region}",
        trust=_trust(service_principal(stack, "s3")),
        policies={
            "replication": document(
                _allow("ReadTheRules", ["s3:GetReplicationConfiguration", "s3:ListBucket"], sources),
                _allow("ReadVersions", read, _objects(sources)),
                _allow("WriteReplicas", write, _objects(replicas)),
                _allow("Decrypt", ["kms:Decrypt"], [HOME_KEY], _for_objects(stack, stack.region, sources)),
                _allow(
                    "Encrypt",
                    ["kms:Encrypt", "kms:GenerateDataKey"],
                    [REPLICA_KEY],
                    _for_objects(stack, replica_region, replicas),
                ),
            )
        },
    )


def rds_monitoring_role(stack: Stack) -> Role:
    """Enhanced monitoring of the account's databases in this region."""
    return Role(
        description=f"Enhanced monitoring of {stack.name}",
        trust=_trust(
            service_principal(stack, "monitoring.rds"),
            {
                "StringEquals": {"aws:SourceAccount": stack.account_id},
                "ArnLike": {"aws:SourceArn": stack.arn("rds", "db:*")},
            },
        ),
        managed=[managed_policy(stack, "service-role/AmazonRDSEnhancedMonitoringRole")],
    )


def bucket_arn(stack: Stack, what: str, region: str | None = None) -> str:
    """The ARN of one of the stack's buckets, whether it exists or not."""
    return f"arn:{stack.partition}:s3:::{bucket_name(stack, what, region or stack.region)}"


def _objects(buckets: Sequence[str]) -> list[str]:
    return [f"{bucket}/*" for bucket in buckets]


def _for_objects(stack: Stack, region: str, buckets: Sequence[str]) -> dict[str, Value]:
    """Through S3 only, for these buckets: the context is the bucket's ARN with a bucket key, the object's without."""
    return {
        "StringEquals": {"kms:ViaService": via_service(stack, "s3", region)},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [*buckets, *_objects(buckets)]},
    }


def _trust(service: str, condition: Mapping[str, Value] | None = None) -> dict[str, Value]:
    statement: dict[str, Value] = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document({**statement, "Condition": condition} if condition else statement)


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], condition: Mapping[str, Value] | None = None
) -> dict[str, Value]:
    statement: dict[str, Value] = {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": resources}
    return {**statement, "Condition": condition} if condition else statement
