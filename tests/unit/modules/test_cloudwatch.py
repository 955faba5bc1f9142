# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""cloudwatch_alarms, cloudwatch_dashboard, sns_topic_attributes and ssm_parameter_info against the local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import (
    cloudwatch_alarms,
    cloudwatch_dashboard,
    sns_topic_attributes,
    ssm_parameter_info,
)
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]
BODY = {"widgets": [{"type": "text", "x": 0, "y": 0, "width": 24, "height": 2, "properties": {"markdown": "hello"}}]}


def alarm(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": "AWS/EC2",
        "metric": "CPUUtilization",
        "dimensions": {"AutoScalingGroupName": "one"},
        "statistic": "Average",
        "comparison": "GreaterThanOrEqualToThreshold",
        "threshold": 90,
        "period": 300,
        "evaluation_periods": 3,
        "treat_missing_data": "notBreaching",
        "tags": {"CostCenter": "web"},
        **changes,
    }


def writes(cloud: LocalCloud, mark: int) -> list[str]:
    return [call["operation"] for call in cloud.control.calls(since=mark, access="write")]


def described(cloud: LocalCloud, name: str) -> dict[str, Any]:
    found: dict[str, Any] = cloud.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"][0]
    return found


def test_alarms_are_written_once(cloud: LocalCloud, run: Run) -> None:
    both = [alarm("once-1"), alarm("once-2", statistic="p95", low_samples="ignore")]
    first, second = run(cloudwatch_alarms.main, alarms=both), run(cloudwatch_alarms.main, alarms=both)
    assert (first["alarms"], first["changed"]) == (["once-1", "once-2"], True)
    assert (second["alarms"], second["changed"]) == ([], False)
    assert described(cloud, "once-2")["ExtendedStatistic"] == "p95"
    arn = described(cloud, "once-1")["AlarmArn"]
    assert cloud.client("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"] == [
        {"Key": "CostCenter", "Value": "web"}
    ]


def test_only_alarms_that_differ_are_written(cloud: LocalCloud, run: Run) -> None:
    run(cloudwatch_alarms.main, alarms=[alarm("differ-1"), alarm("differ-2"), alarm("differ-3")])
    cloud.client("cloudwatch").disable_alarm_actions(AlarmNames=["differ-2"])
    mark = cloud.control.mark()
    tags = {"CostCenter": "other"}
    result = run(cloudwatch_alarms.main, alarms=[alarm("differ-1"), alarm("differ-2"), alarm("differ-3", tags=tags)])
    assert result["alarms"] == ["differ-2", "differ-3"]
    assert sorted(writes(cloud, mark)) == ["PutMetricAlarm", "TagResource"]
    assert described(cloud, "differ-2")["ActionsEnabled"] is True


def test_check_mode_writes_nothing_and_shows_what_it_would(cloud: LocalCloud, run: Run) -> None:
    mark = cloud.control.mark()
    result = run(cloudwatch_alarms.main, check=True, alarms=[alarm("unmade")])
    assert (result["changed"], result["diff"]["before"], list(result["diff"]["after"])) == (True, {}, ["unmade"])
    dashboard = run(cloudwatch_dashboard.main, check=True, name="unmade", body=BODY)
    assert (dashboard["changed"], dashboard["dashboard_arn"]) == (True, None)
    assert writes(cloud, mark) == []


def test_alarms_are_removed_once(run: Run) -> None:
    run(cloudwatch_alarms.main, alarms=[alarm("removed")])
    absent = {"alarms": [{"name": "removed"}], "state": "absent"}
    assert [run(cloudwatch_alarms.main, **absent)["changed"] for _ in range(2)] == [True, False]


def test_an_alarm_without_a_metric_is_refused_by_name(run: Run) -> None:
    result = run(cloudwatch_alarms.main, alarms=[{"name": "half", "metric": "CPUUtilization"}])
    assert "alarm half has no namespace, statistic" in result["msg"]


def test_a_dashboard_is_compared_by_what_it_says(cloud: LocalCloud, run: Run) -> None:
    wanted = {"name": "one", "body": BODY, "tags": {"CostCenter": "web"}}
    assert run(cloudwatch_dashboard.main, **wanted)["changed"]
    client = cloud.client("cloudwatch")
    client.put_dashboard(DashboardName="one", DashboardBody=json.dumps(BODY, indent=4, sort_keys=True))
    again = run(cloudwatch_dashboard.main, **wanted)
    assert not again["changed"]
    client.put_dashboard(DashboardName="one", DashboardBody='{"widgets": []}')
    repaired = run(cloudwatch_dashboard.main, **wanted)
    assert (repaired["changed"], repaired["diff"]["before"]["body"]) == (True, {"widgets": []})
    tags = client.list_tags_for_resource(ResourceARN=repaired["dashboard_arn"])["Tags"]
    assert tags == [{"Key": "CostCenter", "Value": "web"}]


@pytest.mark.parametrize(
    "expected", [["PutDashboard"], ["PutDashboard", "TagResource"]], ids=["this botocore", "an older one"]
)
def test_a_dashboard_has_its_tags_as_early_as_botocore_can(
    cloud: LocalCloud, run: Run, monkeypatch: pytest.MonkeyPatch, expected: list[str]
) -> None:
    def without_tags(client: Any, name: str, body: dict[str, Any], _tags: dict[str, str]) -> bool:
        client.put_dashboard(DashboardName=name, DashboardBody=json.dumps(body))
        return False

    if len(expected) > 1:
        monkeypatch.setattr(cloudwatch_dashboard.api, "create_dashboard", without_tags)
    mark = cloud.control.mark()
    made = run(cloudwatch_dashboard.main, name=f"tagged-{len(expected)}", body=BODY, tags={"CostCenter": "web"})
    assert writes(cloud, mark) == expected
    tags = cloud.client("cloudwatch").list_tags_for_resource(ResourceARN=made["dashboard_arn"])["Tags"]
    assert tags == [{"Key": "CostCenter", "Value": "web"}]


def test_a_dashboard_is_removed_once(run: Run) -> None:
    run(cloudwatch_dashboard.main, name="gone", body=BODY)
    assert [run(cloudwatch_dashboard.main, name="gone", state="absent")["changed"] for _ in range(2)] == [True, False]


def test_a_topic_is_encrypted_once_and_not_in_check_mode(cloud: LocalCloud, run: Run) -> None:
    client = cloud.client("sns")
    topic = client.create_topic(Name="one")["TopicArn"]
    wanted = {"topic_arn": topic, "attributes": {"KmsMasterKeyId": "alias/aws/sns"}}
    assert run(sns_topic_attributes.main, check=True, **wanted)["changed"]
    assert "KmsMasterKeyId" not in client.get_topic_attributes(TopicArn=topic)["Attributes"]
    assert [run(sns_topic_attributes.main, **wanted)["changed"] for _ in range(2)] == [True, False]
    assert client.get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"] == "alias/aws/sns"


def test_plain_parameters_are_read(cloud: LocalCloud, run: Run) -> None:
    names = [f"/plain/{number}" for number in range(12)]
    for name in names:
        cloud.client("ssm").put_parameter(Name=name, Value=name.upper(), Type="String")
    result = run(ssm_parameter_info.main, names=names)
    assert (result["changed"], result["values"]) == (False, {name: name.upper() for name in names})


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("/missing", "there is no parameter /missing in region us-east-1"), ("/secret", "/secret is a secret")],
)
def test_missing_and_secret_parameters_are_refused(cloud: LocalCloud, run: Run, name: str, complaint: str) -> None:
    cloud.client("ssm").put_parameter(Name="/secret", Value="hidden", Type="SecureString", Overwrite=True)
    result = run(ssm_parameter_info.main, names=[name])
    assert result["failed"]
    assert complaint in result["msg"]
    assert "hidden" not in json.dumps(result)
