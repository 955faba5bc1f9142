# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the layers see of a call, for every protocol, and what they can make of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_cloud import wire
from local_cloud.errors import AwsError
from local_cloud.names import known_services, service_of
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.testing import LocalCloud

CALLS: list[tuple[str, str, dict[str, Any], str, dict[str, Any]]] = [
    ("ec2", "describe_vpcs", {"Filters": [{"Name": "tag:a", "Values": ["1", "2"]}]}, "DescribeVpcs", {}),
    ("elbv2", "describe_load_balancers", {}, "DescribeLoadBalancers", {}),
    ("rds", "describe_db_instances", {"MaxRecords": 20}, "DescribeDBInstances", {}),
    ("iam", "list_roles", {"PathPrefix": "/a/"}, "ListRoles", {}),
    ("autoscaling", "describe_auto_scaling_groups", {"AutoScalingGroupNames": ["a"]}, "DescribeAutoScalingGroups", {}),
    ("cloudwatch", "describe_alarms", {"AlarmNames": ["a"]}, "DescribeAlarms", {}),
    ("dynamodb", "list_tables", {"Limit": 3}, "ListTables", {}),
    ("kms", "list_keys", {"Limit": 3}, "ListKeys", {}),
    ("logs", "describe_log_groups", {"logGroupNamePrefix": "a"}, "DescribeLogGroups", {}),
    ("ssm", "get_parameters", {"Names": ["a"]}, "GetParameters", {}),
    ("stepfunctions", "list_state_machines", {"maxResults": 2}, "ListStateMachines", {}),
    ("resourcegroupstaggingapi", "get_resources", {}, "GetResources", {}),
    ("lambda", "list_functions", {"MaxItems": 4}, "ListFunctions", {}),
    ("backup", "list_backup_vaults", {}, "ListBackupVaults", {}),
    ("route53", "list_hosted_zones", {"MaxItems": "5"}, "ListHostedZones", {}),
    ("s3", "list_buckets", {}, "ListBuckets", {}),
    ("sesv2", "list_email_identities", {}, "ListEmailIdentities", {}),
    ("service-quotas", "list_service_quotas", {"ServiceCode": "vpc"}, "ListServiceQuotas", {}),
    ("sts", "get_caller_identity", {}, "GetCallerIdentity", {}),
]


@pytest.mark.parametrize(("service", "method", "arguments", "operation", "_"), CALLS, ids=[c[0] for c in CALLS])
def test_calls_are_understood(
    cloud: LocalCloud, service: str, method: str, arguments: dict[str, Any], operation: str, _: dict[str, Any]
) -> None:
    mark = cloud.control.mark()
    with suppress(ClientError):  # it is the log that counts
        getattr(cloud.client(service, "eu-west-1"), method)(**arguments)
    (call,) = cloud.control.calls(since=mark)
    seen = (call["service"], call["operation"], call["region"], call["access"], call["account"])
    assert seen == (service, operation, "eu-west-1", "read", "123456789012")
    assert call["parameters"].items() >= arguments.items()


def test_a_role_of_another_account_counts_there(cloud: LocalCloud) -> None:
    role = cloud.client("sts").assume_role(RoleArn="arn:aws:iam::222222222222:role/other", RoleSessionName="test")
    keys = role["Credentials"]
    other = boto3.client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=cloud.endpoint,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    mark = cloud.control.mark()
    other.describe_vpcs()
    assert [call["account"] for call in cloud.control.calls(since=mark)] == ["222222222222"]


@pytest.mark.parametrize(
    ("signed", "details", "expected"),
    [
        ("elasticloadbalancing", {"version": "2015-12-01"}, "elbv2"),
        ("elasticloadbalancing", {"version": "2012-06-01"}, "elb"),
        ("monitoring", {}, "cloudwatch"),
        ("states", {}, "stepfunctions"),
        ("dynamodb", {"target": "DynamoDBStreams_20120810.ListStreams"}, "dynamodbstreams"),
        ("rds", {}, "rds"),
        ("ec2", {}, "ec2"),
    ],
)
def test_service_names(signed: str, details: dict[str, str], expected: str) -> None:
    assert service_of(signed, **details) == expected
    assert expected in known_services()


ROUND_TRIPS: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    ("ec2", "DescribeSubnets", {"SubnetIds": ["subnet-1", "subnet-2"]}, {"Subnets": [{"SubnetId": "subnet-1"}]}),
    ("rds", "DescribeDBInstances", {"DBInstanceIdentifier": "a&b <c>"}, {"DBInstances": [{"AllocatedStorage": 5}]}),
    ("kms", "ListKeys", {"Limit": 2}, {"Keys": [{"KeyId": "1"}], "Truncated": False}),
    ("lambda", "GetFunction", {"FunctionName": "a"}, {"Configuration": {"Timeout": 3}}),
    (
        "route53",
        "GetHostedZone",
        {"Id": "Z1"},
        {"HostedZone": {"Id": "/hostedzone/Z1", "Name": "a.", "CallerReference": "c"}},
    ),
    ("s3", "ListObjectsV2", {"Bucket": "b", "Prefix": "a b/ü"}, {"IsTruncated": False, "Contents": [{"Key": "a b/ü"}]}),
    ("cloudwatch", "DescribeAlarms", {"AlarmNames": ["a"]}, {"MetricAlarms": [{"Threshold": 1.5}]}),
]


@pytest.mark.parametrize(("service", "operation", "asked", "result"), ROUND_TRIPS, ids=[r[1] for r in ROUND_TRIPS])
def test_requests_and_answers_survive_being_remade(
    cloud: LocalCloud, service: str, operation: str, asked: dict[str, Any], result: dict[str, Any]
) -> None:
    request = _request(cloud, service, operation, asked)
    assert request.parameters.items() >= asked.items()
    assert _without_empty(request.read(request.answer(result))) == result


@pytest.mark.parametrize(("service", "operation", "asked", "_"), ROUND_TRIPS, ids=[r[1] for r in ROUND_TRIPS])
def test_errors_show_as_boto3_shows_them(
    cloud: LocalCloud, service: str, operation: str, asked: dict[str, Any], _: dict[str, Any]
) -> None:
    request = _request(cloud, service, operation, asked)
    error = wire.serialize_error(request.protocol, service, AwsError("Some.Code", "why & <how>", 409))
    read = request.read(error)["Error"]
    assert (error.status, read["Code"], read["Message"]) == (409, "Some.Code", "why & <how>")


def test_status_lines() -> None:
    assert Response(404).status_line == "404 Not Found"
    assert Response(299).status_line == "299 Unknown"


def test_what_moto_lacks_is_said_and_not_retried(cloud: LocalCloud) -> None:
    mark = cloud.control.mark()
    waf = cloud.client("iam", retries={"total_max_attempts": 4})
    with pytest.raises(ClientError) as caught:
        waf.generate_organizations_access_report(EntityPath="o-a1b2c3d4e5/r-f6g7h8i9j0")
    assert caught.value.response["Error"]["Code"] == "NotImplementedByLocalCloud"
    assert len(cloud.control.calls(since=mark)) == 1


def _request(cloud: LocalCloud, service: str, operation: str, parameters: dict[str, Any]) -> Request:
    model = wire.service_model(service)
    content_type = {"kms": "application/x-amz-json-1.1", "cloudwatch": "application/x-amz-json-1.0"}.get(service, "")
    blank = Request(
        environ={
            "wsgi.url_scheme": "http",
            "HTTP_HOST": "127.0.0.1",
            "SERVER_NAME": "x",
            "SERVER_PORT": "80",
            "SCRIPT_NAME": "",
        },
        body=b"",
        service=service,
        operation=operation,
        region="us-east-1",
        account="123456789012",
        access_key="",
        protocol=wire.protocol_of(service, content_type),
        uri_parameters={},
        cloud=cloud.cloud,
    )
    assert operation in model.operation_names
    return blank.with_parameters(parameters)


def _without_empty(value: Any) -> Any:
    """Parsers add empty lists and maps for what an answer does not have."""
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item not in ([], {})}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
