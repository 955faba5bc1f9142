# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is refused before anything is asked: all mistakes at once, each with what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils import _extras
from ansible_collections.cutover.aws.plugins.modules import traffic_gate
from local_cloud.testing import LocalCloud
from tests.unit.module_utils._gate.asking import FIT, GREEN, LATENCY

Run = Callable[..., dict[str, Any]]

SUM = {"namespace": "n", "metric": "m"}
LONG = "a" * 64

# kind or whole gate -> options -> what is said
WRONG: Mapping[str, tuple[str, dict[str, Any], str]] = {
    "unknown kind": ("alram", {}, "type: there is no alram; give one of alarm, metric, health_check"),
    "another kind's option": ("alarm", {"url": "http://x"}, "url: no option of alarm; it takes alarm"),
    "alarm, nothing": ("alarm", {"alarm": None}, "alarm: missing; alarm cannot be asked without"),
    "alarm, empty": ("alarm", {"alarm": ""}, "alarm: missing"),
    "alarm, an ARN": ("alarm", {"alarm": "arn:aws:cloudwatch:x:1:alarm:a"}, "alarm: this is an ARN; give the alarm's"),
    "alarm, long": ("alarm", {"alarm": "a" * 256}, "alarm: a name has at most 255 characters, this has 256"),
    "budget": ("alarm", {"failures": -1}, "failures: -1 is less than nothing; give 0 or more looks"),
    "error budget": ("alarm", {"errors": -2}, "errors: -2 is less than nothing"),
    "period": ("metric", {"period": 45}, "period: CloudWatch has no period of 45 s; give 1, 5, 10, 20, 30, or a"),
    "no period": ("metric", {"period": 0}, "period: CloudWatch has no period of 0 s"),
    "period of two days": ("metric", {"period": 172800, "window": 172800}, "period: 172800 s is more than a day"),
    "window": ("metric", {"window": 90}, "window: 90 s is no multiple of the period (60 s)"),
    "no window": ("metric", {"window": 0}, "window: 0 s is no multiple of the period"),
    "long window": ("metric", {"window": 86460}, "window: 86460 s has 1441 periods of 60 s; give 1440 or less"),
    "old seconds": ("metric", {"period": 10, "window": 10800}, "window: CloudWatch keeps periods of 10 s for 10800 s"),
    "delay": ("metric", {"delay": -1}, "delay: -1 s is in the future; give 0 or more"),
    "statistic": ("metric", {"statistic": "p101"}, "statistic: CloudWatch has no statistic p101; give such as"),
    "no metric": ("metric", {"metric": None}, "metric: give namespace and metric, or expression and metrics"),
    "no condition": ("metric", {"success": None}, "success: neither success nor failure is given, so nothing could"),
    "odd condition": ("metric", {"success": "0.5"}, "success: '0.5' is no condition; give an operator and a number"),
    "odd failure": ("metric", {"failure": "> high"}, "failure: '> high' is no condition"),
    "endless condition": ("metric", {"failure": "> nan"}, "failure: '> nan' is no condition"),
    "over": ("metric", {"over": "all"}, "over: there is no all; give each, latest, average, sum, minimum, maximum"),
    "minimum": ("metric", {"minimum": 6}, "minimum: 6 is not within 1 and the 5 periods of the window"),
    "minimum of none": ("metric", {"minimum": 0}, "minimum: 0 is not within 1 and"),
    "metrics alone": ("metric", {"metrics": {"m1": SUM}}, "metrics: without expression they are of no use"),
    "expression alone": ("metric", {"expression": "m1"}, "metrics: an expression is of 1 to 20 metrics, these are 0"),
    "expression and metric": (
        "metric",
        {"expression": "m1", "metrics": {"m1": SUM}},
        "expression: the metric stands beside it; put namespace, metric and dimensions below metrics",
    ),
    "an id": ("metric", {"expression": "M1", "metrics": {"M1": SUM}}, "metrics.M1: an id begins with a small letter"),
    "a metric of an expression": ("metric", {"expression": "m1", "metrics": {"m1": {}}}, "metrics.m1: give namespace"),
    "a statistic of an expression": (
        "metric",
        {"expression": "m1", "metrics": {"m1": {**SUM, "statistic": "total"}}},
        "metrics.m1.statistic: CloudWatch has no statistic total",
    ),
    "a word of an expression": (
        "metric",
        {"expression": "m1", "metrics": {"m1": {**SUM, "stat": "Sum"}}},
        "metrics.m1: stat is not known; give dimensions, metric, namespace, statistic",
    ),
    "health check, nothing": ("health_check", {"health_check": None}, "health_check: missing"),
    "health check, window": ("health_check", {"window": 90}, "window: 90 s is no multiple of the period (60 s)"),
    "health check, period": ("health_check", {"period": 60}, "period: no option of health_check"),
    "target group": ("target_health", {"target_group": "green"}, "target_group: green is no ARN of a target group"),
    "healthy targets": ("target_health", {"minimum": 0}, "minimum: 0 healthy targets prove nothing; give 1 or more"),
    "url": ("http", {"url": "www.example.com"}, "url: this is no address; give such as https://"),
    "url of another kind": ("http", {"url": "ftp://www.example.com"}, "url: this is no address"),
    "url with a blank": ("http", {"url": "http://www.example.com/a b"}, "url: this is no address"),
    "url with a line": ("http", {"url": "http://www.example.com/a\r\nX: y"}, "url: this is no address"),
    "url with a letter that is none": ("http", {"url": "http://www.example.com/ä"}, "url: this is no address"),
    "url with a long label": ("http", {"url": f"http://{LONG}.example.com"}, "url: this is no address"),
    "url with a port": ("http", {"url": "http://www.example.com:99999/"}, "url: this is no address"),
    "url with a password": ("http", {"url": "https://me:s3cret@x.com/"}, "url: it holds a user or a password"),
    "connect_to": ("http", {"connect_to": "http://x"}, "connect_to: http://x is neither a host nor host:port"),
    "connect_to, port": ("http", {"connect_to": "x:y"}, "connect_to: x:y is neither a host nor host:port"),
    "method": ("http", {"method": "POST"}, "method: POST is not among GET, HEAD, OPTIONS, which change nothing"),
    "body of HEAD": ("http", {"method": "HEAD", "body": "x"}, "body: the answer to HEAD has none; give GET"),
    "empty body": ("http", {"body": ""}, "body: every body has nothing in it"),
    "status": ("http", {"status": [200, 20]}, "status: [200, 20] are no codes of HTTP"),
    "no status": ("http", {"status": []}, "status: [] are no codes of HTTP"),
    "header": ("http", {"headers": {"X Y": "z"}}, "headers: 'X Y' is no header; names have no blanks"),
    "header of two lines": ("http", {"headers": {"X": "z\r\nY: z"}}, "headers: 'X' is no header"),
    "requests": ("http", {"requests": 0}, "requests: 0 requests prove nothing; give 1 or more"),
    "may_fail": ("http", {"may_fail": 5}, "may_fail: 5 is not less than the 5 requests"),
    "timeout": ("http", {"timeout": 0}, "timeout: 0.0 s is no time; give such as 5"),
    "patience": ("http", {"requests": 13}, "requests: 13 of 5 s may take more than 60 s; make fewer, or wait less"),
    "latency": ("http", {"latency_max": 6}, "latency_max: 6.0 s is not between 0 and the timeout (5 s)"),
    "percentile": ("http", {"latency_percentile": 101}, "latency_percentile: 101 is not within 1 and 100"),
    "ca_file": ("http", {"ca_file": "/no/such/file"}, "ca_file: /no/such/file cannot be read"),
    "ca_file for nothing": (
        "http",
        {"ca_file": __file__, "validate_certs": False},
        "ca_file: it is of no use where certificates are not validated",
    ),
    "weight": ("share", {"weight": 101}, "weight: 101.0 is not within 0 and 100; give the side's part in percent"),
    "no weight": ("share", {"weight": None}, "weight: missing; share cannot be asked without"),
    "no others": ("share", {"others": []}, "others: missing"),
    "others": ("share", {"others": [GREEN]}, "others: the side's own dimensions are among them"),
    "share's tolerance": ("share", {"tolerance": 0}, "tolerance: 0.0 is not between 0 and 100"),
    "share's minimum": ("share", {"minimum": 0}, "minimum: 0 requests prove nothing"),
    "since": ("share", {"since": "2026-12-01 02:00"}, "since: 2026-12-01 02:00 is no moment; give ISO 8601 with its"),
    "share's period": ("share", {"period": 61}, "period: CloudWatch has no period of 61 s"),
    "baseline": ("compare", {"baseline": GREEN}, "baseline: these are the side's own dimensions"),
    "no baseline": ("compare", {"baseline": None}, "baseline: missing; compare cannot be asked without"),
    "worse": ("compare", {"worse": "more"}, "worse: there is no more; give higher, lower, different"),
    "tolerance": ("compare", {"tolerance": -1}, "tolerance: -1.0 is less than nothing"),
    "absolute": ("compare", {"tolerance_absolute": -1}, "tolerance_absolute: -1.0 is less than nothing"),
    "confidence": ("compare", {"confidence": 1}, "confidence: 1.0 is not between 0 and 1"),
    "sample": ("compare", {"minimum": 5}, "minimum: with 5 data points no difference is ever certain to 0.999"),
    "sample of none": ("compare", {"minimum": 0}, "minimum: with 0 data points no difference"),
    "sample beyond the window": ("compare", {"minimum": 16}, "minimum: the window has 15 periods, and 16 are asked"),
    "too many dimensions": (
        "compare",
        {"dimensions": {f"d{number}": "x" for number in range(31)}},
        "dimensions: a metric has 30 dimensions at most, these are 31",
    ),
    "result": ("sql_compare", {"result": {}}, "result: missing; sql_compare cannot be asked without"),
    "max_age": ("sql_compare", {"max_age": 0}, "max_age: a verdict is older than 0 s when it gets here"),
}


@pytest.mark.parametrize(("kind", "options", "said"), WRONG.values(), ids=list(WRONG))
def test_a_mistake(cloud: LocalCloud, run: Run, kind: str, options: dict[str, Any], said: str) -> None:
    given = {name: value for name, value in {**FIT.get(kind, {}), **options}.items() if value is not None}
    mark = cloud.control.mark()
    result = run(traffic_gate.main, gates=[{"name": "one", "type": kind, **given}])
    assert result["failed"] and f"gates[0] (one): {said}" in result["msg"], result["msg"]
    assert cloud.control.calls(since=mark) == []
    assert "s3cret" not in result["msg"]


@pytest.mark.parametrize("kind", FIT)
def test_the_same_without_the_mistake_is_asked(run: Run, kind: str) -> None:
    options = {"connect_to": "127.0.0.1:9"} if kind == "http" else {}
    result = run(traffic_gate.main, gates=[{"name": "one", "type": kind, **FIT[kind], **options}])
    assert "failed" not in result and result["verdicts"][0]["type"] == kind


CALLS: Mapping[str, tuple[dict[str, Any], str]] = {
    "no gates": ({"gates": []}, "gates: there is none, and where nothing is asked nothing is known. Name one."),
    "no name": ({"gates": [{"type": "alarm", "alarm": "a"}]}, "gates[0]: name: it has none; give one"),
    "no kind": ({"gates": [{"name": "a"}]}, "gates[0] (a): type: there is no type given; give one of alarm"),
    "names twice": (
        {"gates": [{"name": "a", "type": "alarm", "alarm": "a"}, {"name": "a", "type": "alarm", "alarm": "b"}]},
        "gates: 2 are called a. Give each a name of its own.",
    ),
    "bake": ({"bake": -1}, "bake: -1 s is less than nothing"),
    "delivery": ({"delivery": -1}, "delivery: -1 s is less than nothing"),
    "tally": ({"tallies": {"a": {"failures": 1}}}, "tallies.a: {'failures': 1} is no tally. Give what an earlier"),
    "tally below zero": ({"tallies": {"a": {"failures": -1, "errors": 0}}}, "tallies.a: "),
}


@pytest.mark.parametrize(("call", "said"), CALLS.values(), ids=list(CALLS))
def test_a_mistake_of_the_call(cloud: LocalCloud, run: Run, call: dict[str, Any], said: str) -> None:
    mark = cloud.control.mark()
    result = run(traffic_gate.main, **{"gates": [{"name": "a", "type": "alarm", "alarm": "a"}], **call})
    assert result["failed"] and said in result["msg"], result["msg"]
    assert cloud.control.calls(since=mark) == []


def test_all_mistakes_at_once(run: Run) -> None:
    gates = [
        {"name": "a", "type": "alarm"},
        {"name": "b", "type": "metric", **LATENCY, "period": 45, "success": "high"},
        {"name": "a", "type": "http", "url": "x", "requests": 0},
    ]
    said = run(traffic_gate.main, gates=gates, bake=-1)["msg"].splitlines()
    assert said[0] == "Nothing was asked, since the gates are not fit:"
    assert [line.split(":")[0] for line in said[1:]] == [
        "gates",
        "bake",
        "gates[0] (a)",
        "gates[1] (b)",
        "gates[1] (b)",
        "gates[2] (a)",
        "gates[2] (a)",
    ]


def test_a_missing_library_is_told_before_anything_is_asked(
    cloud: LocalCloud, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_extras, "find_spec", lambda _name: None)
    gates = [{"name": kind, "type": kind, **FIT[kind]} for kind in ("share", "compare", "alarm")]
    mark = cloud.control.mark()
    said = run(traffic_gate.main, gates=gates)["msg"]
    assert said.count("scipy is missing for ") == 1 and "pip install scipy" in said
    assert cloud.control.calls(since=mark) == []


BAKES = {
    "metric": ({"period": 300, "window": 300}, 359, "data of one period are there after 360 s, but the bake is 359 s"),
    "health_check": ({}, 119, "data of one period are there after 120 s, but the bake is 119 s"),
    "share": ({}, 100, "data of one period are there after 120 s"),
    "compare": ({}, 100, "data of one period are there after 120 s"),
}


@pytest.mark.parametrize(("kind", "case"), BAKES.items())
def test_metrics_that_are_too_slow_for_the_bake(
    cloud: LocalCloud, run: Run, kind: str, case: tuple[dict[str, Any], int, str]
) -> None:
    options, bake, said = case
    gates = [{"name": "one", "type": kind, **FIT[kind], **options}]
    mark = cloud.control.mark()
    assert f"gates[0] (one): period: {said}" in run(traffic_gate.main, gates=gates, bake=bake)["msg"]
    assert cloud.control.calls(since=mark) == []
    assert "failed" not in run(traffic_gate.main, gates=gates, bake=bake + 20)


def test_an_alarm_that_is_too_slow_for_the_bake(cloud: LocalCloud, run: Run) -> None:
    put = cloud.client("cloudwatch").put_metric_alarm
    rule = {"Threshold": 1, "ComparisonOperator": "GreaterThanThreshold", "Statistic": "Sum", "Namespace": "n"}
    put(AlarmName="slow", MetricName="m", Period=60, EvaluationPeriods=5, **rule)
    put(AlarmName="quick", MetricName="m", Period=60, EvaluationPeriods=5, DatapointsToAlarm=2, **rule)
    cloud.client("cloudwatch").put_composite_alarm(AlarmName="both", AlarmRule="ALARM(quick) OR ALARM(slow)")
    gates = [{"name": name, "type": "alarm", "alarm": name} for name in ("quick", "slow", "both")]
    probe = {"name": "one", "type": "http", "url": "http://127.0.0.1:9/"}
    result = run(traffic_gate.main, gates=[*gates, probe], bake=419)
    assert result["failed"] and "quick:" not in result["msg"]
    assert result["msg"].splitlines()[1:] == [
        f"{name}: the alarm slow needs 300 s of bad data to go off, which take 120 s to arrive, but the bake is 419 s. "
        "Bake for 420 s or longer, or let the alarm go off sooner."
        for name in ("slow", "both")
    ]
    assert "failed" not in run(traffic_gate.main, gates=gates, bake=420)
    assert "failed" not in run(traffic_gate.main, gates=gates, bake=310, delivery=10)
