# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Route 53's health checks: by probes, by an alarm's data, calculated; as records, the API and the metric show them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.live.checks import is_success, observation
from local_cloud.live.probe import Outcome
from local_cloud.live.world import World
from local_cloud.testing import LocalCloud

Minutes = Callable[[float], None]
ACCOUNT = "123456789012"


class Checks:
    def __init__(self, cloud: LocalCloud, world: World, name: str) -> None:
        self._api, self._cloudwatch, self._now = cloud.client("route53"), cloud.client("cloudwatch"), cloud.now
        self._world, self._name, self._number = world, name, 0

    def make(self, **config: Any) -> str:
        self._number += 1
        reference = f"{self._name}{self._number}"
        made = self._api.create_health_check(CallerReference=reference, HealthCheckConfig=config)
        return str(made["HealthCheck"]["Id"])

    def healthy(self, *checks: str) -> list[bool]:
        return [self._world.checks.is_healthy(ACCOUNT, one) for one in checks]

    def update(self, check: str, **changes: Any) -> None:
        self._api.update_health_check(HealthCheckId=check, **changes)

    def reports(self, check: str) -> set[str]:
        found = self._api.get_health_check_status(HealthCheckId=check)["HealthCheckObservations"]
        return {one["StatusReport"]["Status"] for one in found}

    def last_failures(self, check: str) -> set[str]:
        found = self._api.get_health_check_last_failure_reason(HealthCheckId=check)["HealthCheckObservations"]
        return {one["StatusReport"]["Status"] for one in found}

    def metric(self, check: str, stat: str = "Minimum") -> list[float]:
        """The newest last."""
        now = self._now()
        dimensions = [{"Name": "HealthCheckId", "Value": check}]
        metric = {"Namespace": "AWS/Route53", "MetricName": "HealthCheckStatus", "Dimensions": dimensions}
        query = {"Id": "one", "MetricStat": {"Metric": metric, "Period": 60, "Stat": stat}}
        found = self._cloudwatch.get_metric_data(
            MetricDataQueries=[query],
            StartTime=now - timedelta(minutes=30),
            EndTime=now + timedelta(minutes=1),
            ScanBy="TimestampAscending",
        )["MetricDataResults"][0]
        return list(found["Values"])


@pytest.fixture
def checks(cloud: LocalCloud, world: World, name: str) -> Checks:
    return Checks(cloud, world, name)


def endpoint(shop: Any, side: str, **changes: Any) -> dict[str, Any]:
    config = {"Type": "HTTP", "FullyQualifiedDomainName": shop.balancers[side]["DNSName"], "ResourcePath": "/health"}
    return {**config, "RequestInterval": 10, "FailureThreshold": 2, **changes}


def test_probes_decide_and_are_shown(checks: Checks, shop: Any, world: World, minutes: Minutes) -> None:
    check = checks.make(**endpoint(shop, "green"))
    assert checks.healthy(check) == [True]
    minutes(0.5)
    assert checks.reports(check) == {"Success: HTTP Status Code 200, OK"}
    world.behaviours.set("*-green", {"unhealthy": True})
    minutes(1 / 6)
    assert checks.healthy(check) == [True]
    minutes(1 / 6)
    assert checks.healthy(check) == [False]
    assert checks.reports(check) == {"Failure: HTTP Status Code 503, Service Unavailable."}
    world.behaviours.set("*-green", {})
    minutes(0.5)
    assert checks.healthy(check) == [True]
    assert checks.reports(check) == {"Success: HTTP Status Code 200, OK"}
    assert checks.last_failures(check) == {"Failure: HTTP Status Code 503, Service Unavailable."}
    minutes(2)
    assert checks.metric(check)[-1] == 1.0
    assert 0.0 not in checks.metric(check)[-1:]


def test_the_metric_shows_each_minute(checks: Checks, shop: Any, world: World, minutes: Minutes) -> None:
    check = checks.make(**endpoint(shop, "green"))
    minutes(2)
    world.behaviours.set("*-green", {"down": True})
    minutes(2)
    found = checks.metric(check)
    assert found[0] == 1.0
    assert found[-1] == 0.0


@pytest.mark.parametrize("side", ["internal", "nobody", "address"])
def test_what_checkers_cannot_reach_is_unhealthy(checks: Checks, shop: Any, minutes: Minutes, side: str) -> None:
    config: dict[str, Any] = endpoint(shop, "green", RequestInterval=10)
    config |= {
        "internal": {"FullyQualifiedDomainName": shop.internal["DNSName"]},
        "nobody": {"FullyQualifiedDomainName": "nobody.invalid"},
        "address": {"IPAddress": "192.0.2.1"},
    }[side]
    check = checks.make(**config)
    minutes(1)
    assert checks.healthy(check) == [False]
    assert checks.reports(check) == {"Failure: The health checker could not connect to the endpoint."}


def test_tcp_and_strings(checks: Checks, shop: Any, world: World, minutes: Minutes) -> None:
    tcp = checks.make(**{**endpoint(shop, "green", Type="TCP", Port=80), "ResourcePath": ""})
    right = checks.make(**endpoint(shop, "green", Type="HTTP_STR_MATCH", SearchString=f"{shop.name}-green"))
    wrong = checks.make(**endpoint(shop, "green", Type="HTTP_STR_MATCH", SearchString="blue"))
    world.behaviours.set("*-green", {"errors": 1})
    minutes(1)
    assert checks.healthy(tcp, right, wrong) == [True, True, False]
    assert checks.reports(wrong) == {"Failure: HTTP Status Code 200, OK. The search string was not found."}


def test_inverted_and_disabled(checks: Checks, shop: Any, minutes: Minutes) -> None:
    check = checks.make(**endpoint(shop, "green", Inverted=True))
    minutes(1)
    assert checks.healthy(check) == [False]
    checks.update(check, Disabled=True)
    assert checks.healthy(check) == [False]
    checks.update(check, Inverted=False)
    assert checks.healthy(check) == [True]


def test_calculated_ones_count_their_children(checks: Checks, shop: Any, world: World, minutes: Minutes) -> None:
    children = [checks.make(**endpoint(shop, side)) for side in ("blue", "green")]
    any_of, all_of, opposite = (
        checks.make(Type="CALCULATED", ChildHealthChecks=children, HealthThreshold=number, Inverted=inverted)
        for number, inverted in ((1, False), (2, False), (2, True))
    )
    minutes(1)
    assert checks.healthy(any_of, all_of, opposite) == [True, True, False]
    world.behaviours.set("*-green", {"down": True})
    minutes(1)
    assert checks.healthy(any_of, all_of, opposite) == [True, False, True]
    with pytest.raises(ClientError, match="calculated"):
        checks.reports(any_of)


class Alarm:
    """An alarm of one period on a metric of its own, and the check that follows it."""

    def __init__(self, cloud: LocalCloud, checks: Checks, name: str, choice: str, **changes: Any) -> None:
        self.cloudwatch, self.name = cloud.client("cloudwatch", "eu-west-1"), name
        settings: dict[str, Any] = {
            "AlarmName": name,
            "Namespace": "Shop",
            "MetricName": name,
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "ComparisonOperator": "GreaterThanThreshold",
            **changes,
        }
        self.cloudwatch.put_metric_alarm(**{key: value for key, value in settings.items() if value is not None})
        alarm = {"Region": "eu-west-1", "Name": name}
        self.check = checks.make(Type="CLOUDWATCH_METRIC", AlarmIdentifier=alarm, InsufficientDataHealthStatus=choice)

    def data(self, value: float) -> None:
        self.cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": self.name, "Value": value}])


@pytest.mark.parametrize(
    ("choice", "before", "after_alarm"),
    [("Healthy", True, True), ("Unhealthy", False, False), ("LastKnownStatus", True, False)],
)
def test_checks_follow_an_alarms_data(
    cloud: LocalCloud, checks: Checks, name: str, minutes: Minutes, choice: str, before: bool, after_alarm: bool
) -> None:
    alarm = Alarm(cloud, checks, name, choice)
    minutes(1)
    assert checks.healthy(alarm.check) == [before]
    alarm.data(1)
    minutes(1)
    assert checks.healthy(alarm.check) == [True]
    alarm.data(9)
    minutes(1)
    assert checks.healthy(alarm.check) == [False]
    assert checks.reports(alarm.check) == {f"Alarm {name} by its data: ALARM"}
    minutes(5)
    assert checks.healthy(alarm.check) == [after_alarm]


def test_ignored_data_are_no_data_for_a_check(cloud: LocalCloud, checks: Checks, name: str, minutes: Minutes) -> None:
    alarm = Alarm(cloud, checks, name, "Unhealthy", TreatMissingData="ignore")
    alarm.data(1)
    minutes(1)
    assert checks.healthy(alarm.check) == [True]
    minutes(5)
    assert alarm.cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"][0]["StateValue"] == "OK"
    assert checks.healthy(alarm.check) == [False]


def test_a_state_set_by_hand_moves_no_check(cloud: LocalCloud, checks: Checks, name: str, minutes: Minutes) -> None:
    alarm = Alarm(cloud, checks, name, "LastKnownStatus")
    alarm.data(1)
    alarm.cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="drill")
    minutes(1)
    assert checks.healthy(alarm.check) == [True]


@pytest.mark.parametrize(
    "changes",
    [{"Statistic": None, "ExtendedStatistic": "p50"}, {"EvaluationPeriods": 2, "DatapointsToAlarm": 1}],
    ids=["percentile", "m of n"],
)
def test_alarms_that_route_53_cannot_follow(
    cloud: LocalCloud, checks: Checks, name: str, minutes: Minutes, changes: dict[str, Any]
) -> None:
    alarm = Alarm(cloud, checks, name, "Unhealthy", **changes)
    alarm.data(1)
    minutes(1)
    assert checks.healthy(alarm.check) == [False]


@pytest.mark.parametrize(
    ("kind", "outcome", "passed", "words"),
    [
        ("HTTP", Outcome("answer", 302), True, "Success: HTTP Status Code 302, Found"),
        ("HTTP", Outcome("answer", 404), False, "Failure: HTTP Status Code 404, Not Found."),
        ("HTTP", Outcome("timeout"), False, "Failure: The health checker could not establish a connection"),
        ("TCP", Outcome("answer"), True, "Success: TCP connection established"),
        ("TCP", Outcome("refused"), False, "Failure: The health checker could not connect"),
    ],
)
def test_what_passes_and_how_it_is_told(kind: str, outcome: Outcome, passed: bool, words: str) -> None:
    assert is_success({"Type": kind}, outcome) is passed
    assert observation({"Type": kind}, outcome).startswith(words)
