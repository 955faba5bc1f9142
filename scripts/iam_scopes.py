# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""On what an action may work, and under which condition.

A condition stands only where the AWS Service Authorization Reference gives the key for every resource of the action.
EC2 names resources by ids, so there nothing but a tag says whose they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What plugins/module_utils/_model/names.py cuts names to; the end of a cut name is a dash and six characters.
LOAD_BALANCER_LIMIT = 32
NAME_LIMIT = 63
HASH = 7

MANAGED_POLICIES = (
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "service-role/AmazonRDSEnhancedMonitoringRole",
)


@dataclass(frozen=True)
class Target:
    """Whose policies they are. stack is `<project>-<environment>`, parameters the inventory's parameters_path."""

    stack: str
    account: str
    partition: str
    parameters: str | None = None

    def arn(self, service: str, resource: str, region: str = "*", account: str | None = None) -> str:
        owner = self.account if account is None else account
        return f"arn:{self.partition}:{service}:{region}:{owner}:{resource}"

    def names(self, limit: int = NAME_LIMIT) -> str:
        """A pattern for the stack's names in a service that takes `limit` characters."""
        return f"{self.stack}-"[: limit - HASH] + "*"


@dataclass(frozen=True)
class Scope:
    """patterns are of actions; the first scope that takes an action in has it. One that stands besides grants actions
    in addition to that.
    """

    policy: str
    sid: str
    patterns: Sequence[str]
    resources: Sequence[str]
    condition: Mapping[str, Any] = field(default_factory=dict)
    besides: bool = False


def scopes(target: Target) -> tuple[Scope, ...]:
    """All of them, the narrow before the wide."""
    return (
        *_network(target),
        *_compute(target),
        *_identity(target),
        *_keys(target),
        *_database(target),
        *_storage(target),
        *_watching(target),
        *_names(target),
        *_parameters(target),
    )


def _owned(target: Target) -> dict[str, Any]:
    return {"StringEquals": {"aws:ResourceTag/cutover:stack": target.stack}}


def _making(target: Target) -> dict[str, Any]:
    """What has no ARN before it is made is at least made with the stack's tag, by which it can be removed again."""
    return {"StringEquals": {"aws:RequestTag/cutover:stack": target.stack}}


def _network(target: Target) -> tuple[Scope, ...]:
    anything = [target.arn("ec2", "*/*")]
    # A launch template tells what is started; the image and, by its tags, whatever else it names belong to others too.
    from_template = {"ArnLike": {"ec2:LaunchTemplate": target.arn("ec2", "launch-template/*")}}
    return (
        Scope("network", "Ec2Read", ["ec2:Describe*"], ["*"]),
        Scope("network", "Ec2Start", ["ec2:RunInstances"], ["*"], from_template),
        Scope("network", "Ec2RemoveOwn", ["ec2:Delete*", "ec2:ReleaseAddress"], anything, _owned(target)),
        Scope("network", "Ec2Write", ["ec2:*"], anything),
    )


def _compute(target: Target) -> tuple[Scope, ...]:
    name = target.names(LOAD_BALANCER_LIMIT)
    kinds = ("loadbalancer/app", "listener/app", "listener-rule/app", "targetgroup")
    balancers = [f"{kind}/{name}" for kind in kinds]
    group = f"autoScalingGroup:*:autoScalingGroupName/{target.stack}-*"
    return (
        Scope("compute", "ElbRead", ["elasticloadbalancing:Describe*"], ["*"]),
        Scope(
            "compute",
            "ElbOwn",
            ["elasticloadbalancing:*"],
            [target.arn("elasticloadbalancing", resource) for resource in balancers],
        ),
        Scope("compute", "AutoScalingRead", ["autoscaling:Describe*"], ["*"]),
        Scope("compute", "AutoScalingOwn", ["autoscaling:*"], [target.arn("autoscaling", group)]),
    )


def _identity(target: Target) -> tuple[Scope, ...]:
    def iam(resource: str, account: str | None = None) -> str:
        return target.arn("iam", resource, region="", account=account)

    roles, profiles = iam(f"role/{target.names()}"), iam(f"instance-profile/{target.names()}")
    passed = ["ec2", "vpc-flow-logs", "monitoring.rds", "s3"]
    linked = ["autoscaling", "elasticloadbalancing", "rds"]
    managed = [iam(f"policy/{name}", account="aws") for name in MANAGED_POLICIES]
    endings = [".amazonaws.com", ".amazonaws.com.cn"] if target.partition == "aws-cn" else [".amazonaws.com"]
    to_services = {
        "StringEquals": {"iam:PassedToService": [f"{name}{ending}" for name in passed for ending in endings]}
    }
    of_services = {"StringEquals": {"iam:AWSServiceName": [f"{name}.amazonaws.com" for name in linked]}}
    return (
        Scope("identity", "IamList", ["iam:ListRoles", "iam:ListInstanceProfiles"], ["*"]),
        Scope("identity", "IamRead", ["iam:Get*", "iam:List*"], [iam("role/*"), iam("instance-profile/*")]),
        Scope("identity", "IamPass", ["iam:PassRole"], [roles], to_services),
        Scope(
            "identity",
            "IamServiceRoles",
            ["iam:CreateServiceLinkedRole"],
            [iam("role/aws-service-role/*")],
            of_services,
        ),
        Scope(
            "identity",
            "IamAttach",
            ["iam:AttachRolePolicy"],
            [roles],
            {"ArnEquals": {"iam:PolicyARN": managed}},
        ),
        Scope("identity", "IamOwn", ["iam:*"], [roles, profiles]),
    )


def _keys(target: Target) -> tuple[Scope, ...]:
    keys, alias = target.arn("kms", "key/*"), target.arn("kms", f"alias/{target.stack}")
    through = {"kms:ViaService": ["rds.*.amazonaws.com*", "secretsmanager.*.amazonaws.com*"]}
    told = {"kms:ViaService": [*through["kms:ViaService"], "sns.*.amazonaws.com*"]}
    granting = {"StringLike": through, "Bool": {"kms:GrantIsForAWSResource": "true"}}
    return (
        Scope("identity", "KmsMake", ["kms:CreateKey"], ["*"], _making(target)),
        Scope("identity", "KmsList", ["kms:ListAliases"], ["*"]),
        Scope("identity", "KmsAlias", ["kms:*Alias"], [alias, keys]),
        Scope("identity", "KmsGrant", ["kms:CreateGrant"], [keys], granting),
        Scope("identity", "KmsUse", ["kms:Decrypt", "kms:GenerateDataKey"], [keys], {"StringLike": told}),
        Scope("identity", "KmsRemoveOwn", ["kms:ScheduleKeyDeletion"], [keys], _owned(target)),
        Scope("identity", "KmsKeys", ["kms:*"], [keys]),
    )


def _database(target: Target) -> tuple[Scope, ...]:
    names = target.names()
    kinds = ("db", "pg", "subgrp", "snapshot", "cluster", "cluster-pg", "cluster-snapshot")
    # A database that names no option group gets the engine's default one, and that is asked for as well.
    own = [target.arn("rds", kind) for kind in [*(f"{kind}:{names}" for kind in kinds), "og:default:*"]]
    # What a restore begins with is often not the stack's: its name, its account.
    sources = [target.arn("rds", f"{kind}:*", account="*") for kind in ("snapshot", "cluster-snapshot")]
    secrets = [target.arn("secretsmanager", f"secret:{name}") for name in ("rds!db-*", "rds!cluster-*")]
    given = target.arn("secretsmanager", f"secret:{target.stack}-*")
    # While a deployment is made, switched over or removed, its members have names of RDS's own, and only tags tell
    # whose they are: RDS user guide, "Authorizing access to Amazon RDS blue/green deployment operations".
    deployments, members = target.arn("rds", "deployment:*"), target.arn("rds", "db:*")
    made = ["rds:AddTagsToResource", "rds:CreateDBInstanceReadReplica"]
    changed = ["rds:DeleteDBInstance", "rds:ModifyDBInstance", "rds:PromoteReadReplica"]
    return (
        Scope("data", "RdsRead", ["rds:Describe*"], ["*"]),
        Scope("data", "RdsRestore", ["rds:CopyDB*Snapshot", "rds:RestoreDB*"], [*own, *sources]),
        Scope("upgrade", "RdsCopy", ["rds:CreateBlueGreenDeployment"], [*own, deployments]),
        Scope("upgrade", "RdsSwitchOwn", ["rds:*BlueGreenDeployment"], [deployments, members], _owned(target)),
        Scope("upgrade", "RdsMakeMembers", made, [deployments, members], _making(target), besides=True),
        Scope("upgrade", "RdsChangeMembers", changed, [members], _owned(target), besides=True),
        Scope("data", "RdsOwn", ["rds:*"], own),
        Scope("data", "GivenSecret", ["secretsmanager:GetSecretValue"], [given]),
        Scope("data", "DatabaseSecret", ["secretsmanager:*"], secrets),
    )


def _storage(target: Target) -> tuple[Scope, ...]:
    buckets = target.arn("s3", target.names(), region="", account="")
    return (
        Scope("data", "S3List", ["s3:ListAllMyBuckets"], ["*"]),
        Scope("data", "S3Own", ["s3:*"], [buckets, f"{buckets}/*"]),
    )


def _watching(target: Target) -> tuple[Scope, ...]:
    alarms = target.arn("cloudwatch", f"alarm:{target.stack}-*")
    dashboards = target.arn("cloudwatch", f"dashboard/{target.stack}-*", region="")
    groups = [f"log-group:/{target.stack}/*", f"log-group:/aws/rds/instance/{target.names()}"]
    return (
        Scope("services", "CloudWatchRead", ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], ["*"]),
        Scope("services", "CloudWatchOwn", ["cloudwatch:*"], [alarms, dashboards]),
        Scope("services", "LogsRead", ["logs:DescribeLogGroups"], ["*"]),
        Scope("services", "LogsOwn", ["logs:*"], [target.arn("logs", group) for group in groups]),
        Scope("services", "SnsList", ["sns:ListTopics", "sns:ListSubscriptions", "sns:Unsubscribe"], ["*"]),
        Scope("services", "SnsOwn", ["sns:*"], [target.arn("sns", f"{target.stack}-*")]),
    )


def _names(target: Target) -> tuple[Scope, ...]:
    zones = [target.arn("route53", f"{kind}/*", region="", account="") for kind in ("hostedzone", "healthcheck")]
    changes = target.arn("route53", "change/*", region="", account="")
    anywhere = ["route53:Create*", "route53:ListHealthChecks", "route53:ListHostedZones*"]
    return (
        Scope("services", "AcmMake", ["acm:RequestCertificate"], ["*"], _making(target)),
        Scope("services", "AcmList", ["acm:ListCertificates"], ["*"]),
        Scope(
            "services", "AcmRemoveOwn", ["acm:DeleteCertificate"], [target.arn("acm", "certificate/*")], _owned(target)
        ),
        Scope("services", "AcmCertificates", ["acm:*"], [target.arn("acm", "certificate/*")]),
        Scope("services", "DnsAny", anywhere, ["*"]),
        Scope("services", "DnsZones", ["route53:*"], [*zones, changes]),
        Scope("services", "Account", ["servicequotas:Get*", "sts:GetCallerIdentity", "tag:GetResources"], ["*"]),
    )


def _parameters(target: Target) -> tuple[Scope, ...]:
    # Without a path nothing is written; what is read then are the tags of parameters that there are not.
    path = f"parameter/{(target.parameters or target.stack).strip('/')}"
    control = target.arn("ssm", f"parameter/cutover/{target.stack}/*")
    own = [target.arn("ssm", path), target.arn("ssm", f"{path}/*"), control]
    return (
        Scope("services", "ParametersList", ["ssm:DescribeParameters"], ["*"]),
        # Images are looked up among the parameters that AWS publishes, which have no account.
        Scope(
            "services",
            "ParametersRead",
            ["ssm:GetParameter", "ssm:GetParameters"],
            [target.arn("ssm", "parameter/aws/service/*", account=""), *own],
        ),
        Scope("services", "ParametersOwn", ["ssm:*"], own),
    )
