# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch, SNS, quotas, and the tagging API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import quotas

Clients = Callable[..., Any]
Refused = Callable[..., Any]
ALARM: dict[str, Any] = {
    "AlarmName": "one",
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 80,
    "ComparisonOperator": "GreaterThanThreshold",
}
ALARM_ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"


def state(clients: Clients) -> str:
    clients("cloudwatch").put_metric_alarm(**ALARM)
    return str(clients("cloudwatch").describe_alarms()["MetricAlarms"][0]["StateValue"])


def test_a_new_alarm_knows_nothing_yet(aws: Clients) -> None:
    assert state(aws) == "INSUFFICIENT_DATA"
    aws("cloudwatch").set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="test")
    assert state(aws) == "ALARM"


def test_canary_moto_calls_a_new_alarm_ok(bare: Clients) -> None:
    assert state(bare) == "OK"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AlarmActions": ["nonsense"]}, "Invalid arn syntax: nonsense"),
        ({"OKActions": ["arn:aws:sns"]}, "Invalid arn syntax"),
        ({"Period": 61}, "multiple of 60"),
        ({"DatapointsToAlarm": 4}, "Datapoints to alarm"),
        ({"Period": 3600, "EvaluationPeriods": 25}, "more than a day"),
        ({"Metrics": [{"Id": "one", "Expression": "1"}]}, "not both"),
    ],
    ids=["action", "short arn", "period", "datapoints", "day", "both"],
)
def test_impossible_alarms_are_refused(aws: Clients, refused: Refused, changes: dict[str, Any], message: str) -> None:
    with refused("ValidationError", message):
        aws("cloudwatch").put_metric_alarm(**{**ALARM, **changes})
    assert aws("cloudwatch").describe_alarms()["MetricAlarms"] == []


def test_canary_moto_takes_any_action_and_period(bare: Clients) -> None:
    bare("cloudwatch").put_metric_alarm(**{**ALARM, "AlarmActions": ["nonsense"], "Period": 61, "DatapointsToAlarm": 4})


def test_alarms_carry_tags_and_history(aws: Clients, refused: Refused) -> None:
    cloudwatch, tags = aws("cloudwatch"), [{"Key": "Name", "Value": "one"}]
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.tag_resource(ResourceARN=f"{ALARM_ARN}one", Tags=tags)
    assert cloudwatch.list_tags_for_resource(ResourceARN=f"{ALARM_ARN}one")["Tags"] == tags
    with refused("ResourceNotFoundException"):
        cloudwatch.list_tags_for_resource(ResourceARN=f"{ALARM_ARN}none")
    cloudwatch.set_alarm_state(AlarmName="one", StateValue="ALARM", StateReason="test")
    newest, created = cloudwatch.describe_alarm_history(AlarmName="one")["AlarmHistoryItems"]
    assert newest["HistorySummary"] == "Alarm updated from INSUFFICIENT_DATA to ALARM"
    assert created["HistoryItemType"] == "ConfigurationUpdate"


def test_canary_moto_has_no_history(bare: Clients) -> None:
    with pytest.raises(ClientError):
        bare("cloudwatch").describe_alarm_history()


def test_canary_moto_cannot_make_composites(bare: Clients) -> None:
    with pytest.raises(ClientError):
        bare("cloudwatch").put_composite_alarm(AlarmName="one", AlarmRule="TRUE")


def median(clients: Clients) -> Any:
    cloudwatch, now = clients("cloudwatch"), datetime.now(UTC)
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "M", "Values": [1, 2, 9]}])
    stat = {"Metric": {"Namespace": "Shop", "MetricName": "M"}, "Period": 60, "Stat": "p50"}
    (found,) = cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "one", "MetricStat": stat}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
    )["MetricDataResults"]
    return found["Values"]


def test_metric_data_have_percentiles(aws: Clients) -> None:
    assert median(aws) == [2]


def error_rate(clients: Clients) -> Any:
    cloudwatch, now = clients("cloudwatch"), datetime.now(UTC)
    for name, value in (("errors", 5), ("requests", 50)):
        cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": name, "Value": value}])
    queries = [{"Id": "rate", "Expression": "half * 2", "Period": 60}]
    queries.append({"Id": "half", "Expression": "errors / requests / 2", "Period": 60, "ReturnData": False})
    for name in ("errors", "requests"):
        stat = {"Metric": {"Namespace": "Shop", "MetricName": name}, "Period": 60, "Stat": "Sum"}
        queries.append({"Id": name, "MetricStat": stat, "ReturnData": False})
    found = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(minutes=5), EndTime=now + timedelta(minutes=1)
    )["MetricDataResults"]
    return {one["Id"]: one["Values"] for one in found}


def test_metrics_can_be_reckoned_with(aws: Clients, refused: Refused) -> None:
    assert error_rate(aws) == {"rate": [0.1]}
    now = datetime.now(UTC)
    asked = {"StartTime": now - timedelta(minutes=5), "EndTime": now}
    itself = [{"Id": "one", "Expression": "one + 1", "Period": 60}]
    with refused("NotImplementedByLocalCloud", "cannot be read"):
        aws("cloudwatch").get_metric_data(MetricDataQueries=itself, **asked)


def test_canary_moto_cannot_reckon(bare: Clients) -> None:
    assert error_rate(bare)["rate"] == []


def test_canary_moto_knows_no_percentiles(bare: Clients) -> None:
    with pytest.raises(ClientError):
        median(bare)


def test_dimensions_are_part_of_a_metric(aws: Clients) -> None:
    cloudwatch = aws("cloudwatch")
    side = [{"Name": "Side", "Value": "green"}]
    cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "M", "Value": 9, "Dimensions": side}])
    assert median(aws) == [2]
    found = cloudwatch.list_metrics(Namespace="Shop", Dimensions=[{"Name": "Side"}])["Metrics"]
    assert found == [{"Namespace": "Shop", "MetricName": "M", "Dimensions": side}]


def mail_subscription(clients: Clients) -> str:
    sns = clients("sns")
    topic = sns.create_topic(Name="one")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="one@example.com")
    return str(sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"][0]["SubscriptionArn"])


def test_mail_subscriptions_wait_for_their_owner(aws: Clients) -> None:
    assert mail_subscription(aws) == "PendingConfirmation"
    topic = aws("sns").list_topics()["Topics"][0]["TopicArn"]
    attributes = aws("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    assert (attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]) == ("1", "0")


def test_canary_moto_confirms_mail_by_itself(bare: Clients) -> None:
    assert mail_subscription(bare).startswith("arn:")


def test_topics_keep_their_key_and_read_policies(aws: Clients, refused: Refused) -> None:
    sns = aws("sns")
    topic = sns.create_topic(Name="one", Attributes={"KmsMasterKeyId": "alias/one"})["TopicArn"]
    assert sns.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"] == "alias/one"
    with refused("InvalidParameter", "Policy Error"):
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue="{")


def test_canary_moto_breaks_on_a_bad_policy(bare: Clients) -> None:
    topic = bare("sns").create_topic(Name="one")["TopicArn"]
    with pytest.raises(ClientError, match="Unknown"):
        bare("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue="{")


def test_quotas_have_defaults_and_can_be_set(aws: Clients, refused: Refused) -> None:
    service = aws("service-quotas")
    wanted = {"ServiceCode": "ec2", "QuotaCode": quotas.ELASTIC_ADDRESSES}
    assert service.get_service_quota(**wanted)["Quota"]["Value"] == 5
    quotas.set_value(("123456789012", "us-east-1"), "ec2", quotas.ELASTIC_ADDRESSES, 9)
    assert service.get_service_quota(**wanted)["Quota"]["Value"] == 9
    assert service.get_aws_default_service_quota(**wanted)["Quota"]["Value"] == 5
    assert aws("service-quotas", "us-west-2").get_service_quota(**wanted)["Quota"]["Value"] == 5
    pages = service.get_paginator("list_service_quotas").paginate(ServiceCode="vpc", PaginationConfig={"PageSize": 2})
    names = [one["QuotaName"] for page in pages for one in page["Quotas"]]
    assert "VPCs per Region" in names
    assert len(names) == len(set(names))
    with refused("NoSuchResourceException"):
        service.get_service_quota(ServiceCode="ec2", QuotaCode="L-00000000")
    with refused("NoSuchResourceException"):
        service.list_service_quotas(ServiceCode="none")
    with pytest.raises(ValueError, match="no quota"):
        quotas.set_value(("123456789012", "us-east-1"), "ec2", "L-00000000", 1)


def test_canary_moto_knows_no_address_quota(bare: Clients) -> None:
    with pytest.raises(ClientError):
        bare("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode=quotas.ELASTIC_ADDRESSES)


def test_no_quota_is_listed_twice() -> None:
    keys = [(one.service, one.code) for one in quotas.DEFAULTS]
    assert len(set(keys)) == len(keys)
