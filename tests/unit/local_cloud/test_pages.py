# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import boto3
import pytest

from local_cloud.layers.pages import paginator_of
from local_cloud.testing import LocalCloud

PAGES = [{"kind": "pages", "size": 2}]


def _topics(cloud: LocalCloud, name: str) -> list[str]:
    sns = cloud.client("sns")
    return sorted(sns.create_topic(Name=f"{name}-{number}")["TopicArn"] for number in range(5))


def test_off_by_default(cloud: LocalCloud, name: str) -> None:
    made = _topics(cloud, name)
    answer = cloud.client("sns").list_topics()
    assert {topic["TopicArn"] for topic in answer["Topics"]} >= set(made)
    assert "NextToken" not in answer


def test_a_caller_that_reads_one_page_misses_the_rest(cloud: LocalCloud, name: str) -> None:
    _topics(cloud, name)
    cloud.control.faults(PAGES)
    answer = cloud.client("sns").list_topics()
    assert len(answer["Topics"]) == 2
    assert answer["NextToken"]


def test_a_paginator_sees_all_once(cloud: LocalCloud, name: str) -> None:
    made = _topics(cloud, name)
    cloud.control.faults(PAGES)
    pages = list(cloud.client("sns").get_paginator("list_topics").paginate())
    seen = [topic["TopicArn"] for page in pages for topic in page["Topics"]]
    assert all(len(page["Topics"]) <= 2 for page in pages)
    assert len(seen) == len(set(seen))
    assert set(seen) >= set(made)


def test_the_last_full_page_is_the_last(cloud: LocalCloud, name: str) -> None:
    logs = cloud.client("logs")
    for number in range(4):
        logs.create_log_group(logGroupName=f"{name}-{number}")
    cloud.control.faults(PAGES)
    pages = list(logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"{name}-"))
    assert [len(page["logGroups"]) for page in pages] == [2, 2]


def test_tokens_stay_good_when_the_rule_goes(cloud: LocalCloud, name: str) -> None:
    _topics(cloud, name)
    cloud.control.faults(PAGES)
    token = cloud.client("sns").list_topics()["NextToken"]
    cloud.control.faults([])
    assert len(cloud.client("sns").list_topics(NextToken=token)["Topics"]) == 2


def test_ec2_gives_all_unless_asked_for_pages(cloud: LocalCloud, cidr: str) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    base = cidr.rsplit(".", 2)[0]
    for number in range(3):
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"{base}.{number}.0/24")
    own = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}
    cloud.control.faults(PAGES)
    assert len(ec2.describe_subnets(**own)["Subnets"]) == 3
    asked = ec2.describe_subnets(**own, MaxResults=100)
    assert (len(asked["Subnets"]), bool(asked["NextToken"])) == (2, True)
    assert len(ec2.describe_subnets(**own, MaxResults=100, NextToken=asked["NextToken"])["Subnets"]) == 1
    cloud.control.faults([{**PAGES[0], "unasked": True}])
    assert len(ec2.describe_subnets(**own)["Subnets"]) == 2


def test_pages_that_moto_cuts(cloud: LocalCloud, name: str) -> None:
    """Where the token is part of the data: keys of S3, names of records."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=f"bucket-{name}")
    for key in ("a", "b/c", "d e"):
        s3.put_object(Bucket=f"bucket-{name}", Key=key, Body=b"")
    dns = cloud.client("route53")
    zone = dns.create_hosted_zone(Name=f"{name}.test", CallerReference=name)["HostedZone"]["Id"]
    cloud.control.faults(PAGES)
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=f"bucket-{name}"))
    assert [len(page["Contents"]) for page in pages] == [2, 1]
    assert [item["Key"] for page in pages for item in page["Contents"]] == ["a", "b/c", "d e"]
    changes: list[Any] = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": f"{label}.{name}.test",
                "Type": "A",
                "TTL": 60,
                "ResourceRecords": [{"Value": "192.0.2.1"}],
            },
        }
        for label in ("one", "two", "three")
    ]
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    found = list(dns.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone))
    assert [len(page["ResourceRecordSets"]) for page in found] == [2, 2, 1]


def test_buckets_come_whole_unless_asked_for_pages(cloud: LocalCloud, name: str) -> None:
    s3 = cloud.client("s3")
    made = [s3.create_bucket(Bucket=f"{name}-{number}") and f"{name}-{number}" for number in range(5)]
    cloud.control.faults(PAGES)
    assert len(s3.list_buckets(Prefix=f"{name}-")["Buckets"]) == 5
    asked = s3.get_paginator("list_buckets").paginate(Prefix=f"{name}-", PaginationConfig={"PageSize": 1000})
    pages = [[bucket["Name"] for bucket in page["Buckets"]] for page in asked]
    assert (pages, [len(page) for page in pages]) == ([made[:2], made[2:4], made[4:]], [2, 2, 1])


@pytest.mark.parametrize(
    ("service", "method", "arguments", "key"),
    [
        ("iam", "list_policies", {"Scope": "AWS"}, "Policies"),
        ("rds", "describe_db_parameter_groups", {}, "DBParameterGroups"),
        ("kms", "list_aliases", {}, "Aliases"),
        ("cloudwatch", "describe_alarms", {}, "MetricAlarms"),
        ("ssm", "describe_parameters", {}, "Parameters"),
        ("dynamodb", "list_tables", {}, "TableNames"),
        ("logs", "describe_log_groups", {}, "logGroups"),
        ("lambda", "list_functions", {}, "Functions"),
        ("backup", "list_backup_vaults", {}, "BackupVaultList"),
        ("route53", "list_health_checks", {}, "HealthChecks"),
    ],
)
def test_every_protocol_can_be_paged(
    cloud: LocalCloud, service: str, method: str, arguments: dict[str, str], key: str
) -> None:
    client = cloud.client(service)
    _fill(client, service)
    whole = getattr(client, method)(**arguments).get(key, [])[:5]
    cloud.control.faults(PAGES)
    paged = []
    for number, page in enumerate(client.get_paginator(method).paginate(**arguments)):
        assert len(page.get(key, [])) <= 2
        paged += page.get(key, [])
        if number == 2:
            break
    assert _rounded(paged[:5]) == _rounded(whole)
    assert len(paged) > 2


def _rounded(items: list[Any]) -> list[Any]:
    """JSON has milliseconds, moto microseconds."""
    return [
        {key: str(value)[:19] if isinstance(value, datetime) else value for key, value in item.items()}
        if isinstance(item, dict)
        else item
        for item in items
    ]


def _fill(client: Any, service: str) -> None:
    """Three of what the service lists; IAM has policies of its own."""
    make = {
        "backup": lambda name: client.create_backup_vault(BackupVaultName=name),
        "cloudwatch": lambda name: client.put_metric_alarm(
            AlarmName=name,
            MetricName="m",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Statistic="Sum",
        ),
        "dynamodb": lambda name: client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        ),
        "kms": lambda name: client.create_alias(
            AliasName=f"alias/{name}", TargetKeyId=client.create_key()["KeyMetadata"]["KeyId"]
        ),
        "lambda": lambda name: client.create_function(
            FunctionName=name, Role=_role(name), Runtime="python3.13", Handler="f.f", Code={"ZipFile": _code()}
        ),
        "logs": lambda name: client.create_log_group(logGroupName=name),
        "rds": lambda name: client.create_db_parameter_group(
            DBParameterGroupName=name, DBParameterGroupFamily="mysql8.0", Description="d"
        ),
        "route53": lambda name: client.create_health_check(
            CallerReference=name, HealthCheckConfig={"Type": "TCP", "IPAddress": "192.0.2.1", "Port": 80}
        ),
        "ssm": lambda name: client.put_parameter(Name=name, Value="v", Type="String", Overwrite=True),
    }.get(service)
    for number in range(3 if make else 0):
        make(f"pages-{number}")


def _role(name: str) -> str:
    principal = {"Service": "lambda.amazonaws.com"}
    trust = {"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]}
    made = boto3.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    return str(made["Role"]["Arn"])


def _code() -> bytes:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("f.py", "")
    return code.getvalue()


def test_operations_without_a_paginator_come_whole() -> None:
    assert paginator_of("elbv2", "DescribeTags") is None
    assert paginator_of("wafv2", "ListWebACLs") is None
