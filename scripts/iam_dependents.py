# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS asks for in the course of an operation: actions that no call log shows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Dependent:
    """An action that no call of ours is named after, but that AWS asks for in the course of these operations."""

    action: str
    operations: tuple[str, ...]
    reason: str


RESTORING = (
    "rds:RestoreDBClusterFromSnapshot",
    "rds:RestoreDBClusterToPointInTime",
    "rds:RestoreDBInstanceFromDBSnapshot",
    "rds:RestoreDBInstanceToPointInTime",
)
COPYING = ("rds:CopyDBClusterSnapshot", "rds:CopyDBSnapshot")
MANAGED = ("rds:CreateDBInstance", "rds:ModifyDBCluster", "rds:ModifyDBInstance")
COPIED, SWAPPED = "rds:CreateBlueGreenDeployment", "rds:SwitchoverBlueGreenDeployment"
KEYED = (COPIED, *COPYING, *MANAGED, *RESTORING)
TOLD = "sns:Publish"

DEPENDENT = (
    Dependent(
        "iam:PassRole",
        (
            "autoscaling:CreateAutoScalingGroup",
            "ec2:CreateFlowLogs",
            "rds:CreateDBInstance",
            "s3:PutBucketReplication",
        ),
        "the caller hands a role to a service: to instances, to flow logs, to enhanced monitoring, to replication",
    ),
    Dependent(
        "iam:CreateServiceLinkedRole",
        ("autoscaling:CreateAutoScalingGroup", "elbv2:CreateLoadBalancer", "rds:CreateDBInstance"),
        "the first group, load balancer or database of an account makes the service's own role, in the caller's name",
    ),
    Dependent("iam:TagRole", ("iam:CreateRole",), "roles are created with their tags"),
    Dependent("iam:TagInstanceProfile", ("iam:CreateInstanceProfile",), "the profile is created with its tags"),
    Dependent(
        "ec2:RunInstances",
        ("autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup"),
        "whoever gives a group a launch template must be allowed to start what it describes (Amazon EC2 Auto Scaling "
        "User Guide, launch template support)",
    ),
    Dependent(
        "ec2:CreateTags",
        ("ec2:CreateVpc", "ec2:CreateSubnet", "ec2:AllocateAddress", "autoscaling:CreateAutoScalingGroup"),
        "resources are created with their tags; the launch templates tag instances and volumes",
    ),
    Dependent("elasticloadbalancing:AddTags", ("elbv2:CreateLoadBalancer",), "load balancers are created with tags"),
    Dependent(
        "autoscaling:CreateOrUpdateTags", ("autoscaling:CreateAutoScalingGroup",), "groups are created with tags"
    ),
    Dependent("acm:AddTagsToCertificate", ("acm:RequestCertificate",), "the certificate is requested with its tags"),
    Dependent("cloudwatch:TagResource", ("cloudwatch:PutMetricAlarm",), "alarms are created with their tags"),
    Dependent("kms:TagResource", ("kms:CreateKey",), "keys are created with their tags"),
    Dependent("logs:TagResource", ("logs:CreateLogGroup",), "log groups are created with their tags"),
    Dependent("sns:TagResource", ("sns:CreateTopic",), "the topic is created with its tags"),
    Dependent("ssm:AddTagsToResource", ("ssm:PutParameter",), "parameters are created with their tags"),
    Dependent(
        "rds:AddTagsToResource",
        (COPIED, *COPYING, "rds:CreateDBInstance", "rds:CreateDBSnapshot", "rds:DeleteDBInstance", *RESTORING),
        "databases and snapshots are made with their tags, and an instance's are copied to its final snapshot",
    ),
    Dependent(
        "rds:CreateDBSnapshot", ("rds:DeleteDBInstance",), "the final snapshot is taken in the name of who deletes"
    ),
    Dependent("rds:CreateDBInstanceReadReplica", (COPIED,), "the copy is made as a replica"),
    Dependent("rds:ModifyDBInstance", (SWAPPED,), "both sides are renamed"),
    Dependent("rds:PromoteReadReplica", (SWAPPED,), "the copy becomes production"),
    Dependent("rds:DeleteDBInstance", ("rds:DeleteBlueGreenDeployment",), "the copies go with their deployment"),
    Dependent(
        "kms:CreateGrant",
        KEYED,
        "RDS goes on using the stack's key for storage, Performance Insights and the password when the caller has gone",
    ),
    Dependent(
        "kms:Decrypt",
        (*KEYED, TOLD),
        "snapshots are read and written anew, Secrets Manager encrypts the managed password in the caller's name "
        "(Amazon RDS User Guide, permissions required for Secrets Manager integration), and SNS a message to an "
        "encrypted topic",
    ),
    Dependent("kms:GenerateDataKey", (*KEYED, TOLD), "the same"),
    Dependent("kms:DescribeKey", KEYED, "RDS checks that the key is there and can be used"),
    Dependent(
        "secretsmanager:CreateSecret", MANAGED, "RDS makes the secret of the managed password in the caller's name"
    ),
    Dependent("secretsmanager:TagResource", MANAGED, "RDS tags that secret"),
)
