# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Alarms that go off by themselves, what they set off, and what is remembered of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.testing import LocalCloud


class Watched:
    """One alarm and its metric, minute by minute."""

    def __init__(self, cloud: LocalCloud, minutes: Callable[[float], None], name: str) -> None:
        self.cloudwatch, self.now = cloud.client("cloudwatch"), cloud.now
        self.name = name
        self._minutes = minutes

    def put(self, **changes: Any) -> None:
        settings: dict[str, Any] = {
            "AlarmName": self.name,
            "Namespace": "Shop",
            "MetricName": self.name,
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 3,
            "DatapointsToAlarm": 2,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
            **changes,
        }
        self.cloudwatch.put_metric_alarm(**{key: value for key, value in settings.items() if value is not None})

    def minute(self, *values: float) -> str:
        """A minute with these samples; the state after it."""
        if values:
            data = [{"MetricName": self.name, "Value": value} for value in values]
            self.cloudwatch.put_metric_data(Namespace="Shop", MetricData=data)
        self._minutes(1)
        return self.state

    @property
    def alarm(self) -> dict[str, Any]:
        found: dict[str, Any] = self.cloudwatch.describe_alarms(AlarmNames=[self.name])["MetricAlarms"][0]
        return found

    @property
    def state(self) -> str:
        return str(self.alarm["StateValue"])

    def history(self, name: str | None = None) -> list[tuple[str, str]]:
        """Kind and summary, the oldest first."""
        items = self.cloudwatch.describe_alarm_history(AlarmName=name or self.name, ScanBy="TimestampAscending")
        return [(one["HistoryItemType"], one["HistorySummary"]) for one in items["AlarmHistoryItems"]]


@pytest.fixture
def watched(cloud: LocalCloud, minutes: Callable[[float], None], name: str) -> Iterator[Watched]:
    made = Watched(cloud, minutes, name)
    yield made
    found = made.cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    names = [one["AlarmName"] for key in ("MetricAlarms", "CompositeAlarms") for one in found[key]]
    made.cloudwatch.delete_alarms(AlarmNames=names)


def test_two_of_three_minutes_set_it_off_and_it_comes_back(watched: Watched) -> None:
    watched.put()
    assert watched.state == "INSUFFICIENT_DATA"
    assert [watched.minute(1), watched.minute(3, 3), watched.minute(1)] == ["OK", "OK", "OK"]
    assert watched.minute(9) == "ALARM"
    reason = watched.alarm["StateReason"]
    assert reason.startswith("Threshold Crossed: 2 out of the last 3 datapoints [9.0 (")
    assert reason.endswith("were greater than the threshold (5.0) (minimum 2 datapoints for OK -> ALARM transition).")
    assert json.loads(watched.alarm["StateReasonData"])["recentDatapoints"] == [6.0, 1.0, 9.0]
    assert [watched.minute(1), watched.minute(1)] == ["OK", "OK"]
    assert [summary for kind, summary in watched.history() if kind == "StateUpdate"] == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]


def test_minutes_in_one_go_are_looked_at_one_by_one(watched: Watched, minutes: Callable[[float], None]) -> None:
    watched.put(EvaluationPeriods=1, DatapointsToAlarm=1, TreatMissingData="notBreaching")
    watched.minute(9)
    minutes(3)
    assert [summary for kind, summary in watched.history() if kind == "StateUpdate"] == [
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        "Alarm updated from ALARM to OK",
    ]
    assert watched.alarm["StateReason"].startswith("Threshold Crossed: no datapoints were received for 1 period")


@pytest.mark.parametrize(
    ("missing", "expected"),
    [("missing", "INSUFFICIENT_DATA"), ("notBreaching", "OK"), ("breaching", "ALARM"), ("ignore", "OK")],
)
def test_silence_means_what_the_alarm_says(watched: Watched, missing: str, expected: str) -> None:
    watched.put(TreatMissingData=missing)
    watched.minute(1)
    assert [watched.minute() for _ in range(6)][-1] == expected


def test_percentiles_wait_for_enough_samples(watched: Watched) -> None:
    watched.put(
        Statistic=None,
        ExtendedStatistic="p95",
        EvaluationPeriods=1,
        DatapointsToAlarm=1,
        EvaluateLowSampleCountPercentile="ignore",
    )
    assert watched.minute(*[1.0] * 200) == "OK"
    assert watched.minute(*[9.0] * 199) == "OK"
    assert watched.minute(*[9.0] * 189, *[1.0] * 11) == "ALARM"


def test_a_fast_alarm_sees_only_data_of_high_resolution(watched: Watched, minutes: Callable[[float], None]) -> None:
    watched.put(Period=10, EvaluationPeriods=1, DatapointsToAlarm=1)
    watched.cloudwatch.put_metric_data(
        Namespace="Shop", MetricData=[{"MetricName": watched.name, "Value": 9, "StorageResolution": 1}]
    )
    minutes(1 / 6)
    assert watched.state == "ALARM"


def test_topics_are_told_and_told_once(watched: Watched, cloud: LocalCloud) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    topic = sns.create_topic(Name=watched.name)["TopicArn"]
    queue = sqs.create_queue(QueueName=watched.name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    policy = "arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:one:autoScalingGroupName/a:policyName/b"
    watched.put(AlarmActions=[topic, f"{topic}-gone", policy], EvaluationPeriods=1, DatapointsToAlarm=1)
    watched.minute(9)
    watched.minute(9)
    messages = [json.loads(one["Body"]) for one in sqs.receive_message(QueueUrl=queue).get("Messages", [])]
    assert [(one["AlarmName"], one["NewStateValue"], one["OldStateValue"]) for one in messages] == [
        (watched.name, "ALARM", "INSUFFICIENT_DATA")
    ]
    assert messages[0]["Trigger"]["MetricName"] == watched.name
    assert [summary for kind, summary in watched.history() if kind == "Action"] == [
        f"Successfully executed action {topic}",
        f"Failed to execute action {topic}-gone: the topic does not exist",
        f"Action {policy} is left out: the local cloud only notifies topics",
    ]


def test_actions_can_be_turned_off(watched: Watched, cloud: LocalCloud) -> None:
    topic = cloud.client("sns").create_topic(Name=watched.name)["TopicArn"]
    watched.put(AlarmActions=[topic], ActionsEnabled=False, EvaluationPeriods=1, DatapointsToAlarm=1)
    assert watched.minute(9) == "ALARM"
    assert not [kind for kind, _ in watched.history() if kind == "Action"]


def test_a_state_set_by_hand_lasts_until_the_next_look(watched: Watched) -> None:
    watched.put()
    watched.minute(1)
    watched.cloudwatch.set_alarm_state(AlarmName=watched.name, StateValue="ALARM", StateReason="drill")
    assert watched.state == "ALARM"
    assert watched.minute(1) == "OK"


def test_a_state_set_again_sets_nothing_off(watched: Watched, cloud: LocalCloud) -> None:
    topic = cloud.client("sns").create_topic(Name=watched.name)["TopicArn"]
    watched.put(AlarmActions=[topic])
    for _ in range(2):
        watched.cloudwatch.set_alarm_state(AlarmName=watched.name, StateValue="ALARM", StateReason="drill")
    assert [kind for kind, _ in watched.history()].count("Action") == 1


def test_composites_follow_their_alarms(watched: Watched) -> None:
    watched.put(EvaluationPeriods=1, DatapointsToAlarm=1)
    cloudwatch, both, above = watched.cloudwatch, f"{watched.name}-both", f"{watched.name}-above"
    cloudwatch.put_composite_alarm(AlarmName=both, AlarmRule=f'ALARM("{watched.name}")')
    cloudwatch.put_composite_alarm(AlarmName=above, AlarmRule=f"NOT OK({both})")

    def states() -> dict[str, str]:
        found = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
        return {one["AlarmName"]: one["StateValue"] for one in found}

    assert states() == {both: "OK", above: "OK"}
    watched.minute(9)
    assert states() == {both: "ALARM", above: "ALARM"}
    watched.minute(1)
    assert states() == {both: "OK", above: "OK"}
    assert [summary for kind, summary in watched.history(above) if kind == "StateUpdate"] == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]
    found = cloudwatch.describe_alarms(AlarmNames=[above], AlarmTypes=["CompositeAlarm"])["CompositeAlarms"][0]
    assert found["StateReason"].split(" transitioned")[0].endswith(f":alarm:{both}")
    # as on AWS, they are not among the answers where nobody asks for them
    assert cloudwatch.describe_alarms(AlarmNames=[above])["CompositeAlarms"] == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"AlarmRule": "ALARM(nobody)"}, r"alarms \[nobody\] in the alarm rule do not exist"),
        ({"AlarmRule": "ALARM("}, "names no alarm"),
        ({"ActionsSuppressor": "one"}, "does not know ActionsSuppressor"),
    ],
    ids=["unknown", "unreadable", "suppressor"],
)
def test_composites_that_cannot_be(watched: Watched, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ClientError, match=message):
        watched.cloudwatch.put_composite_alarm(**{"AlarmName": watched.name, "AlarmRule": "TRUE", **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"ComparisonOperator": "LessThanLowerOrGreaterThanUpperThreshold"},
        {"Statistic": None, "ExtendedStatistic": "tm90"},
        {"Statistic": None, "MetricName": None, "Metrics": [{"Id": "one", "Expression": "1"}]},
    ],
    ids=["anomaly", "trimmed mean", "math"],
)
def test_what_would_never_go_off_is_refused(watched: Watched, changes: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="the local cloud does not"):
        watched.put(**changes)


def test_the_last_five_minutes_are_those_of_aws(watched: Watched) -> None:
    watched.put()
    for value in range(1, 9):
        watched.minute(value)
    now = watched.now()
    asked: dict[str, Any] = {"StartTime": now - timedelta(minutes=5), "EndTime": now}
    stat = {"Metric": {"Namespace": "Shop", "MetricName": watched.name}, "Period": 60, "Stat": "Maximum"}
    queries = [{"Id": "one", "MetricStat": stat}]
    (found,) = watched.cloudwatch.get_metric_data(MetricDataQueries=queries, **asked)["MetricDataResults"]
    assert found["Values"][0] == 8
    assert found["Values"] == sorted(found["Values"], reverse=True)
    assert len(found["Values"]) in (4, 5)
    assert all(one.second == 0 for one in found["Timestamps"])
    assert max(found["Timestamps"]) <= now
    points = watched.cloudwatch.get_metric_statistics(
        Namespace="Shop", MetricName=watched.name, Period=60, ExtendedStatistics=["p50"], **asked
    )["Datapoints"]
    assert [one["ExtendedStatistics"]["p50"] for one in points] == found["Values"][::-1]
    assert watched.cloudwatch.list_metrics(MetricName=watched.name)["Metrics"] == [
        {"Namespace": "Shop", "MetricName": watched.name, "Dimensions": []}
    ]


def test_data_of_high_resolution_are_found_at_the_times_at_which_they_were_put(
    watched: Watched, minutes: Callable[[float], None]
) -> None:
    """Real times, of which as many go by as the caller's clock says, and not as many as AWS's does here."""
    put = watched.now().replace(microsecond=0)
    datum = {"MetricName": watched.name, "Timestamp": put, "Value": 9, "StorageResolution": 1}
    watched.cloudwatch.put_metric_data(Namespace="Shop", MetricData=[datum])
    minutes(30)
    assert watched.now() - put < timedelta(seconds=5)
    stat = {"Metric": {"Namespace": "Shop", "MetricName": watched.name}, "Period": 1, "Stat": "Sum"}
    (found,) = watched.cloudwatch.get_metric_data(
        MetricDataQueries=[{"Id": "one", "MetricStat": stat}],
        StartTime=put - timedelta(seconds=60),
        EndTime=put + timedelta(seconds=60),
    )["MetricDataResults"]
    assert (found["Timestamps"], found["Values"]) == ([put], [9])
    assert watched.cloudwatch.list_metrics(MetricName=watched.name)["Metrics"] == [
        {"Namespace": "Shop", "MetricName": watched.name, "Dimensions": []}
    ]
