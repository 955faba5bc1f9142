# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""On which resources does a call work? As ARNs, by the formats of the AWS Service Authorization Reference.

Services name what they are to work on by parameters of their own. The table says which, for the services that an
environment is built of; parameters that hold ARNs of the service speak for themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from local_cloud.request import Request

PARTITION = "aws"
ANYTHING = "*"
"""What a call that names no resource asks for."""

# Service to parameter (of one operation: with the operation before it) to the ARN's end: region, account, resource.
# {} is the value, {region} and {account} the caller's. A list in the plural (AlarmNames) is looked up in the singular.
NAMED: dict[str, dict[str, str]] = {
    "autoscaling": {
        "AutoScalingGroupName": "{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{}",
        "Tags.ResourceId": "{region}:{account}:autoScalingGroup:*:autoScalingGroupName/{}",
    },
    "cloudwatch": {
        "AlarmName": "{region}:{account}:alarm:{}",
        "DashboardName": ":{account}:dashboard/{}",
    },
    "elbv2": {
        "CreateLoadBalancer.Name": "{region}:{account}:loadbalancer/app/{}/*",
        "CreateTargetGroup.Name": "{region}:{account}:targetgroup/{}/*",
    },
    "iam": {
        "RoleName": ":{account}:role/{}",
        "InstanceProfileName": ":{account}:instance-profile/{}",
        "AWSServiceName": ":{account}:role/aws-service-role/{}/*",
    },
    "kms": {
        "AliasName": "{region}:{account}:{}",
        "KeyId": "{region}:{account}:key/{}",
        "TargetKeyId": "{region}:{account}:key/{}",
    },
    "logs": {"logGroupName": "{region}:{account}:log-group:{}"},
    "rds": {
        "BlueGreenDeploymentIdentifier": "{region}:{account}:deployment:{}",
        "CreateBlueGreenDeployment.Source": "{region}:{account}:db:{}",
        "DBClusterIdentifier": "{region}:{account}:cluster:{}",
        "DBClusterParameterGroupName": "{region}:{account}:cluster-pg:{}",
        "DBClusterSnapshotIdentifier": "{region}:{account}:cluster-snapshot:{}",
        "DBInstanceIdentifier": "{region}:{account}:db:{}",
        "DBParameterGroupName": "{region}:{account}:pg:{}",
        "DBSnapshotIdentifier": "{region}:{account}:snapshot:{}",
        "DBSubnetGroupName": "{region}:{account}:subgrp:{}",
        "FinalDBSnapshotIdentifier": "{region}:{account}:snapshot:{}",
        "OptionGroupName": "{region}:{account}:og:{}",
        "SnapshotIdentifier": "{region}:{account}:cluster-snapshot:{}",
        "SourceDBClusterIdentifier": "{region}:{account}:cluster:{}",
        "SourceDBClusterSnapshotIdentifier": "{region}:{account}:cluster-snapshot:{}",
        "SourceDBInstanceIdentifier": "{region}:{account}:db:{}",
        "SourceDBSnapshotIdentifier": "{region}:{account}:snapshot:{}",
        "TargetDBClusterSnapshotIdentifier": "{region}:{account}:cluster-snapshot:{}",
        "TargetDBInstanceIdentifier": "{region}:{account}:db:{}",
        "TargetDBParameterGroupName": "{region}:{account}:pg:{}",
        "TargetDBSnapshotIdentifier": "{region}:{account}:snapshot:{}",
    },
    "route53": {
        "GetChange.Id": "::change/{}",
        "Id": "::hostedzone/{}",
        "HostedZoneId": "::hostedzone/{}",
        "HealthCheckId": "::healthcheck/{}",
    },
    "secretsmanager": {"SecretId": "{region}:{account}:secret:{}"},
    "sns": {"CreateTopic.Name": "{region}:{account}:{}"},
    "ssm": {
        "Name": "{region}:{account}:parameter{}",
        "Path": "{region}:{account}:parameter{}",
        "ResourceId": "{region}:{account}:parameter{}",
    },
}

PREFIXES = {"elbv2": "elasticloadbalancing"}

# EC2 names resources by ids of many kinds; that they are resources of EC2 is all that is said of them here.
OF_EC2 = "{region}:{account}:*/*"
OF_TAGS = {"hostedzone": "::hostedzone/{}", "healthcheck": "::healthcheck/{}"}


def resources(request: Request) -> list[str]:
    """The ARNs of a call, or `*`."""
    service = PREFIXES.get(request.service, request.service)
    if request.service == "ec2":
        return [_arn(request, service, OF_EC2)]
    named = list(_of_s3(request.parameters) if request.service == "s3" else _named(request, service))
    return named or list(_given(request, service)) or [ANYTHING]


def _named(request: Request, service: str) -> Iterator[str]:
    known = NAMED.get(request.service, {})
    for parameter, value in _flat(request.parameters):
        for name in (parameter, parameter.removesuffix("s")):
            end = known.get(f"{request.operation}.{name}") or known.get(name)
            if end is not None:
                yield value if _is_arn(value, service) else _arn(request, service, end, value)
                break
    if request.service == "route53" and "ResourceType" in request.parameters:
        ids = request.parameters.get("ResourceIds") or [request.parameters.get("ResourceId")]
        yield from (_arn(request, service, OF_TAGS[request.parameters["ResourceType"]], str(one)) for one in ids)


def _of_s3(parameters: dict[str, Any]) -> Iterator[str]:
    """The bucket, or the objects in it."""
    bucket = parameters.get("Bucket")
    if bucket:
        objects = [parameters, *parameters.get("Delete", {}).get("Objects", [])]
        keys = [f"/{one['Key']}" for one in objects if one.get("Key")]
        yield from (f"arn:{PARTITION}:s3:::{bucket}{key}" for key in keys or [""])


def _given(request: Request, service: str) -> Iterator[str]:
    return (value for _, value in _flat(request.parameters) if _is_arn(value, service))


def _flat(parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Parameters with a text, each text of a list of them, and one level of structures in lists."""
    for name, value in parameters.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield name, item
            elif isinstance(item, dict) and isinstance(value, list):
                yield from ((f"{name}.{inner}", text) for inner, text in item.items() if isinstance(text, str))


def _is_arn(value: str, service: str) -> bool:
    return value.startswith(f"arn:{PARTITION}:{service}:")


def _arn(request: Request, service: str, end: str, value: str = "") -> str:
    # Route 53 takes ids with their kind before them; the parameters that AWS publishes are no account's.
    name = value.rpartition("/")[-1] if service == "route53" else value
    account = "" if service == "ssm" and name.startswith("/aws/service/") else request.account
    return f"arn:{PARTITION}:{service}:{end.format(name, region=request.region, account=account)}"
