# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Answers of AWS that the local cloud does not give: expressions, troubles within an answer, states of evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ansible_collections.cutover.aws.plugins.module_utils._gate import api
from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Unknown
from ansible_collections.cutover.aws.plugins.module_utils._gate.question import Series
from tests.unit.module_utils._gate.asking import asked_one

WHEN = datetime(2026, 12, 1, 2, 10, tzinfo=UTC)
RATIO = {
    "namespace": None,
    "metric": None,
    "dimensions": None,
    "expression": "FILL(errors, 0) / requests",
    "metrics": {
        name: {
            "namespace": "AWS/ApplicationELB",
            "metric": metric,
            "dimensions": {"LoadBalancer": "a"},
            "statistic": "Sum",
        }
        for name, metric in (("errors", "HTTPCode_Target_5XX_Count"), ("requests", "RequestCount"))
    },
}


@pytest.fixture
def cloudwatch() -> Iterator[tuple[Any, Stubber]]:
    client = boto3.client("cloudwatch", "eu-west-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def result(*values: float, status: str = "Complete", **more: Any) -> dict[str, Any]:
    times = [WHEN.replace(minute=10 + number) for number in range(len(values))]
    return {"Id": "q0", "Label": "q0", "Timestamps": times, "Values": list(values), "StatusCode": status, **more}


def stat(identifier: str, metric: str) -> dict[str, Any]:
    named = {
        "Namespace": "AWS/ApplicationELB",
        "MetricName": metric,
        "Dimensions": [{"Name": "LoadBalancer", "Value": "a"}],
    }
    return {"Id": identifier, "MetricStat": {"Metric": named, "Period": 60, "Stat": "Sum"}, "ReturnData": False}


def test_an_expression_is_asked_with_its_metrics(cloudwatch: tuple[Any, Stubber]) -> None:
    client, stub = cloudwatch
    (query,) = asked_one("metric", **RATIO).question.queries
    asked = {
        "MetricDataQueries": [
            stat("q0_errors", "HTTPCode_Target_5XX_Count"),
            stat("q0_requests", "RequestCount"),
            {"Id": "q0", "Expression": "FILL(q0_errors, 0) / q0_requests", "Period": 60},
        ],
        "ScanBy": "TimestampAscending",
        "StartTime": query.start,
        "EndTime": query.end,
    }
    stub.add_response("get_metric_data", {"MetricDataResults": [result(0.1, 0.2)]}, asked)
    assert api.series(client, [query]) == {query: Series(((WHEN, 0.1), (WHEN.replace(minute=11), 0.2)))}


def test_pages_are_read_to_the_end(cloudwatch: tuple[Any, Stubber]) -> None:
    client, stub = cloudwatch
    (query,) = asked_one("metric").question.queries
    first = {"MetricDataResults": [result(0.1, status="PartialData")], "NextToken": "more"}
    stub.add_response("get_metric_data", first, None)
    stub.add_response(
        "get_metric_data", {"MetricDataResults": [result(0.2, Timestamps=[WHEN.replace(minute=11)])]}, None
    )
    found = api.series(client, [query])[query]
    assert isinstance(found, Series) and found.values == (0.1, 0.2)


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "InternalServiceFault"])
def test_a_later_page_that_is_not_answered_takes_the_first_with_it(cloudwatch: tuple[Any, Stubber], code: str) -> None:
    client, stub = cloudwatch
    (query,) = asked_one("metric").question.queries
    stub.add_response("get_metric_data", {"MetricDataResults": [result(0.1)], "NextToken": "more"}, None)
    stub.add_client_error("get_metric_data", code)
    found = api.series(client, [query])[query]
    assert isinstance(found, Unknown) and code in found.reason


def test_one_call_that_fails_leaves_the_others(cloudwatch: tuple[Any, Stubber]) -> None:
    client, stub = cloudwatch
    queries = [asked_one("metric", metric=f"m{number}").question.queries[0] for number in range(501)]
    stub.add_client_error("get_metric_data", "Throttling")
    stub.add_response("get_metric_data", {"MetricDataResults": [result(0.1)]}, None)
    found = api.series(client, queries)
    assert [isinstance(found[query], Unknown) for query in queries] == [True] * 500 + [False]


def test_alarms_that_rules_name_are_asked_for(cloudwatch: tuple[Any, Stubber]) -> None:
    client, stub = cloudwatch
    shown = {"StateValue": "OK", "StateReason": "fine", "StateUpdatedTimestamp": WHEN}
    types = {"AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
    composite = {"AlarmName": "all", "AlarmRule": "ALARM(a) OR ALARM(b)", **shown}
    stub.add_response("describe_alarms", {"CompositeAlarms": [composite]}, {"AlarmNames": ["all"], **types})
    leaf = {
        "AlarmName": "a",
        **shown,
        "EvaluationState": "PARTIAL_DATA",
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "AlarmConfigurationUpdatedTimestamp": WHEN,
        "Metrics": [
            {"Id": "e", "Expression": "m / 2"},
            {"Id": "m", "MetricStat": {"Metric": {"MetricName": "x"}, "Period": 300, "Stat": "Sum"}},
        ],
    }
    stub.add_response("describe_alarms", {"MetricAlarms": [leaf]}, {"AlarmNames": ["a", "b"], **types})
    found = api.alarms(client, ["all"])
    assert set(found) == {"all", "a"}
    assert (found["a"].evaluation, found["a"].window, found["a"].fastest) == ("PARTIAL_DATA", 900, 600)
