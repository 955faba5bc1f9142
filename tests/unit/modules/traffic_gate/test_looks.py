# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""traffic_gate against the local cloud: what it asks, what it sees, and every way in which it may not get an answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import traffic_gate
from local_cloud.testing import LocalCloud
from tests.unit.module_utils._gate.servers import says, serving

# moto's catalogue of images takes seconds to load, and no test here needs it.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

Run = Callable[..., dict[str, Any]]
Raw = dict[str, Any]

GREEN, BLUE = {"LoadBalancer": "app/green/1"}, {"LoadBalancer": "app/blue/1"}
REQUESTS = {"namespace": "AWS/ApplicationELB", "metric": "RequestCount", "statistic": "Sum"}
DENIED = {"kind": "error", "status": 403, "code": "AccessDenied"}
OUTAGE = {"kind": "error", "status": 503, "code": "ServiceUnavailable"}


@pytest.fixture(autouse=True)
def _calm(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """botocore does not wait between attempts; faults are over after each test."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    yield
    cloud.control.faults([])


@pytest.fixture(scope="module", autouse=True)
def world(cloud: LocalCloud) -> Raw:
    """Alarms, a quarter of an hour of requests, and a target group."""
    watch = cloud.client("cloudwatch")
    for name, state in (("fine", "OK"), ("loud", "ALARM"), ("silent", "INSUFFICIENT_DATA"), ("other", "OK")):
        put_alarm(cloud, name)
        watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason=f"it is {state}")
    watch.put_composite_alarm(AlarmName="both", AlarmRule="ALARM(fine) OR ALARM(silent)")
    watch.put_composite_alarm(AlarmName="one", AlarmRule="ALARM(fine) OR ALARM(other)")
    now = datetime.now(UTC)
    data = [
        {
            "MetricName": "RequestCount",
            "Dimensions": [{"Name": "LoadBalancer", "Value": side["LoadBalancer"]}],
            "Timestamp": now - timedelta(minutes=minute),
            "Value": count,
        }
        for minute in range(20)
        for side, count in ((GREEN, 100.0), (BLUE, 900.0))
    ]
    for start in range(0, len(data), 10):
        watch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=data[start : start + 10])
    vpc = cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = cloud.client("elbv2").create_target_group(Name="green", VpcId=vpc, Protocol="HTTP", Port=80)
    subnet = cloud.client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    return {"group": group["TargetGroups"][0]["TargetGroupArn"], "subnet": subnet}


def put_alarm(cloud: LocalCloud, name: str) -> None:
    cloud.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="n",
        MetricName="m",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )


@pytest.fixture
def ask(run: Run) -> Run:
    """ask(gate, gate, ..., **module's other parameters)"""

    def call(*gates: Raw, check: bool = False, **parameters: Any) -> Raw:
        named = [{"name": f"g{number}", **one} for number, one in enumerate(gates)]
        return run(traffic_gate.main, check=check, gates=named, **parameters)

    return call


def alarm(name: str, **more: Any) -> Raw:
    return {"type": "alarm", "alarm": name, **more}


def metric(success: str = ">= 100", **more: Any) -> Raw:
    return {"type": "metric", **REQUESTS, "dimensions": GREEN, "success": success, **more}


def verdicts(result: Raw) -> list[str]:
    return [one["verdict"] for one in result["verdicts"]]


def called(cloud: LocalCloud, since: int) -> list[str]:
    return [call["operation"] for call in cloud.control.calls(since=since)]


class TestLooks:
    def test_alarms(self, ask: Run) -> None:
        found = ask(*map(alarm, ("fine", "loud", "silent", "missing", "both", "one")))
        assert verdicts(found) == ["pass", "fail", "inconclusive", "inconclusive", "inconclusive", "pass"]
        assert found["verdicts"][1]["reason"] == "loud is in ALARM: it is ALARM"
        assert found["verdicts"][4]["evidence"]["doubted"] == ["silent"]
        assert (found["verdict"], found["sides"], found["changed"]) == ("fail", {"green": "unfit"}, False)

    def test_an_alarm_that_was_changed_after_it_was_evaluated(self, cloud: LocalCloud, ask: Run) -> None:
        put_alarm(cloud, "moved")
        cloud.client("cloudwatch").set_alarm_state(AlarmName="moved", StateValue="OK", StateReason="fine")
        assert verdicts(ask(alarm("moved"))) == ["pass"]
        put_alarm(cloud, "moved")
        found = ask(alarm("moved"))
        assert verdicts(found) == ["inconclusive"] and "was changed within its 120 s" in found["reason"]

    def test_metrics(self, ask: Run) -> None:
        nothing = metric(dimensions={"LoadBalancer": "app/nobody/1"})
        found = ask(metric(), metric("> 100"), nothing, metric("> 100", failure="< 50"))
        assert verdicts(found) == ["pass", "fail", "inconclusive", "inconclusive"]
        assert found["verdicts"][0]["evidence"]["values"] == [100.0] * 5
        assert found["verdicts"][2]["reason"] == "0 data points, and 4 are needed"

    def test_shares_and_comparisons(self, ask: Run) -> None:
        share = {"type": "share", "dimensions": GREEN, "others": [BLUE]}
        comparison = {"type": "compare", **REQUESTS, "dimensions": GREEN, "baseline": BLUE}
        lower, higher = ({**comparison, "worse": worse} for worse in ("lower", "higher"))
        found = ask({**share, "weight": 10}, {**share, "weight": 50}, lower, higher)
        assert verdicts(found) == ["pass", "fail", "fail", "pass"]
        assert found["verdicts"][1]["evidence"]["share"] == 10.0

    def test_health_checks(self, cloud: LocalCloud, ask: Run) -> None:
        checks = {"well": 1.0, "ill": 0.0}
        for check_id, value in checks.items():
            point = {"MetricName": "HealthCheckStatus", "Dimensions": [{"Name": "HealthCheckId", "Value": check_id}]}
            data = [{**point, "Timestamp": datetime.now(UTC) - timedelta(minutes=m), "Value": value} for m in range(6)]
            cloud.client("cloudwatch", "us-east-1").put_metric_data(Namespace="AWS/Route53", MetricData=data)
        gates = [{"type": "health_check", "health_check": check_id} for check_id in (*checks, "unknown")]
        assert verdicts(ask(*gates, region="eu-west-1")) == ["pass", "fail", "inconclusive"]

    def test_targets(self, cloud: LocalCloud, ask: Run, world: Raw) -> None:
        gate = {"type": "target_health", "target_group": world["group"]}
        missing = {**gate, "target_group": world["group"].replace("green", "gone")}
        found = ask(gate, missing)
        assert verdicts(found) == ["fail", "inconclusive"]
        assert "TargetGroupNotFound" in found["verdicts"][1]["reason"]
        made = {"ImageId": "ami-12345678", "MinCount": 1, "MaxCount": 1, "SubnetId": world["subnet"]}
        instances = cloud.client("ec2").run_instances(**made)["Instances"]
        ids = [{"Id": one["InstanceId"]} for one in instances]
        cloud.client("elbv2").register_targets(TargetGroupArn=world["group"], Targets=ids)
        states = ask(gate)["verdicts"][0]["evidence"]["targets"]
        assert sum(states.values()) == 1

    def test_headers_are_in_no_result(self, ask: Run) -> None:
        with serving(says()) as server:
            probe = {"type": "http", "url": f"http://127.0.0.1:{server.port}/", "headers": {"X-Token": "t0ps3cret"}}
            found = ask(probe, {**probe, "body": "nothing of it"})
        assert verdicts(found) == ["pass", "fail"]
        assert server.requests[0]["headers"]["X-Token"] == "t0ps3cret"
        assert "t0ps3cret" not in str(found)

    def test_one_call_for_all_that_a_call_can_hold(self, cloud: LocalCloud, ask: Run) -> None:
        gates = [metric(window=60 * number) for number in range(1, 7)]
        mark = cloud.control.mark()
        found = ask(*gates, alarm("fine"), alarm("loud"), alarm("fine", dry_run=True), metric(region="eu-west-1"))
        assert sorted(called(cloud, mark)) == ["DescribeAlarms", "GetMetricData", "GetMetricData"]
        assert found["calls"] == {"DescribeAlarms": 1, "GetMetricData": 2}
        assert [len(one["evidence"]["values"]) for one in found["verdicts"][:6]] == [1, 2, 3, 4, 5, 6]

    def test_as_many_alarms_as_there_are(self, cloud: LocalCloud, ask: Run) -> None:
        mark = cloud.control.mark()
        found = ask(*(alarm(f"missing-{number}") for number in range(250)), alarm("fine"))
        assert called(cloud, mark) == ["DescribeAlarms"] * 3
        assert verdicts(found) == ["inconclusive"] * 250 + ["pass"]

    def test_check_mode_looks_too_and_nothing_is_written(self, cloud: LocalCloud, ask: Run) -> None:
        mark = cloud.control.mark()
        looks = [ask(alarm("fine"), metric(), check=check) for check in (True, False)]
        assert [one["verdicts"][0]["evidence"] for one in looks] == [looks[0]["verdicts"][0]["evidence"]] * 2
        assert [one["verdict"] for one in looks] == ["pass", "pass"]
        assert cloud.control.calls(since=mark, access="write") == []

    def test_tallies_go_from_look_to_look(self, ask: Run) -> None:
        first = ask(alarm("loud", failures=1))
        second = ask(alarm("loud", failures=1), tallies=first["tallies"])
        as_text = {"g0": {name: str(count) for name, count in first["tallies"]["g0"].items()}}
        assert [first["verdict"], second["verdict"]] == ["inconclusive", "fail"]
        assert ask(alarm("loud", failures=1), tallies=as_text)["tallies"] == second["tallies"]

    def test_what_is_only_measured_is_seen_and_does_not_decide(self, ask: Run) -> None:
        found = ask(alarm("fine"), alarm("loud", dry_run=True), alarm("loud", side="blue", dry_run=True))
        assert (found["verdict"], verdicts(found)) == ("pass", ["pass", "fail", "fail"])
        assert found["sides"] == {"green": "fit", "blue": "unknown"}


class TestTrouble:
    """Whatever AWS does not answer is inconclusive, with the reason, and the other gates are answered all the same."""

    @pytest.mark.parametrize(
        ("fault", "said"),
        [
            (DENIED, "AccessDenied"),
            (OUTAGE, "ServiceUnavailable"),
            ({"kind": "throttle"}, "Throttling"),
            ({"kind": "reset_before"}, "Connection was closed"),
        ],
        ids=["denied", "outage", "throttled", "no connection"],
    )
    @pytest.mark.parametrize("operation", ["DescribeAlarms", "GetMetricData", "DescribeTargetHealth"])
    def test_no_answer(self, cloud: LocalCloud, ask: Run, world: Raw, operation: str, fault: Raw, said: str) -> None:
        gates = {
            "DescribeAlarms": alarm("fine"),
            "GetMetricData": metric(),
            "DescribeTargetHealth": {"type": "target_health", "target_group": world["group"], "minimum": 9},
        }
        cloud.control.faults([{**fault, "match": {"operation": operation}}])
        found = ask(*gates.values())
        by_operation = dict(zip(gates, found["verdicts"], strict=True))
        unanswered = by_operation.pop(operation)
        assert unanswered["verdict"] == "inconclusive" and said in unanswered["reason"], unanswered["reason"]
        answered = {"DescribeAlarms": "pass", "GetMetricData": "pass", "DescribeTargetHealth": "fail"}
        assert {name: one["verdict"] for name, one in by_operation.items()} == {
            name: answered[name] for name in by_operation
        }

    def test_who_is_denied_is_told_what_to_allow(self, cloud: LocalCloud, ask: Run) -> None:
        cloud.control.faults([{**DENIED, "match": {"operation": "GetMetricData"}}])
        assert "(allow GetMetricData to the controller, see docs/iam.md)" in ask(metric())["reason"]

    def test_a_brief_throttling_is_outlasted(self, cloud: LocalCloud, ask: Run) -> None:
        cloud.control.faults([{"kind": "throttle", "times": 2}])
        assert verdicts(ask(alarm("fine"))) == ["pass"]

    def test_nobody_waits_for_a_long_one(self, cloud: LocalCloud, ask: Run) -> None:
        cloud.control.faults([{"kind": "throttle", "match": {"operation": "DescribeAlarms"}}])
        mark = cloud.control.mark()
        assert verdicts(ask(alarm("fine"))) == ["inconclusive"]
        assert len(called(cloud, mark)) == 3

    def test_the_second_page_fails(self, cloud: LocalCloud, ask: Run) -> None:
        pages = {"kind": "pages", "match": {"operation": "DescribeAlarms"}, "unasked": True}
        cloud.control.faults([pages])
        assert verdicts(ask(*map(alarm, ("fine", "loud", "silent", "other")))) == [
            "pass",
            "fail",
            "inconclusive",
            "pass",
        ]
        cloud.control.faults([pages, {**DENIED, "match": {"operation": "DescribeAlarms"}, "after": 1}])
        assert verdicts(ask(*map(alarm, ("fine", "loud", "silent", "other")))) == ["inconclusive"] * 4

    def test_a_bake_is_not_refused_over_what_is_not_known(self, cloud: LocalCloud, ask: Run) -> None:
        cloud.control.faults([{**DENIED, "match": {"operation": "DescribeAlarms"}}])
        assert verdicts(ask(alarm("fine"), bake=1)) == ["inconclusive"]
