# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric queries: conditions, windows, and how they are asked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Unknown
from ansible_collections.cutover.aws.plugins.module_utils._gate.question import Metric, Query, Series
from ansible_collections.cutover.aws.plugins.module_utils._gate.transformations import (
    QUERIES_OF_ONE_CALL,
    Batch,
    batches_of,
    series_of,
)
from tests.unit.module_utils._gate.asking import asked_one, judged, of_series

UNDER, OVER = {"success": "<= 0.5"}, {"success": None, "failure": "> 1"}
BOTH = {"success": "<= 0.5", "failure": "> 1"}
CASES: dict[str, tuple[dict[str, Any], list[float | None], str]] = {
    "all succeed": (UNDER, [0.1, 0.5, 0.2, 0.3, 0.1], "pass"),
    "one does not": (UNDER, [0.1, 0.5, 0.6, 0.3, 0.1], "fail"),
    "none fails": (OVER, [0.1, 1, 0.2, 0.3, 0.1], "pass"),
    "one fails": (OVER, [0.1, 1.1, 0.2, 0.3, 0.1], "fail"),
    "neither success nor failure": (BOTH, [0.1, 0.7, 0.2, 0.3, 0.1], "inconclusive"),
    "failure goes before": (BOTH, [0.1, 0.7, 2, 0.3, 0.1], "fail"),
    "both conditions, success": (BOTH, [0.1, 0.2, 0.3, 0.4, 0.5], "pass"),
    "one may be late": (UNDER, [0.1, 0.1, 0.1, 0.1, None], "pass"),
    "two are missing": (UNDER, [0.1, None, 0.1, 0.1, None], "inconclusive"),
    "nothing": (UNDER, [], "inconclusive"),
    "nothing, and no failure": (OVER, [], "inconclusive"),
    "fewer are asked for": ({**UNDER, "minimum": 1}, [0.1], "pass"),
    "latest": ({**UNDER, "over": "latest"}, [9, 9, 9, 9, 0.1], "pass"),
    "average": ({**UNDER, "over": "average"}, [0, 0, 0, 0, 2], "pass"),
    "sum": ({**UNDER, "over": "sum"}, [0.2, 0.2, 0.2, 0, 0], "fail"),
    "minimum": ({**UNDER, "over": "minimum"}, [9, 9, 0, 9, 9], "pass"),
    "maximum": ({**UNDER, "over": "maximum"}, [0, 0, 9, 0, 0], "fail"),
}


@pytest.mark.parametrize(("options", "values", "verdict"), CASES.values(), ids=list(CASES))
def test_verdicts(options: dict[str, Any], values: list[float | None], verdict: str) -> None:
    one = asked_one("metric", **options)
    found = judged(one, of_series(one, values))
    assert found.verdict == verdict, found.reason
    assert found.evidence["values"] == [pytest.approx(value) for value in values if value is not None]


def test_what_is_not_answered_is_inconclusive() -> None:
    one = asked_one("metric")
    assert judged(one, of_series(one, Unknown("denied"))).verdict == "inconclusive"


@pytest.mark.parametrize(
    ("values", "verdict"), [([1, 1, 1], "pass"), ([1, 0, 1], "fail"), ([], "inconclusive"), ([1, 1], "pass")]
)
def test_a_health_check_is_asked_where_route53_publishes(values: list[float | None], verdict: str) -> None:
    one = asked_one("health_check")
    assert judged(one, of_series(one, values)).verdict == verdict
    (query,) = one.question.queries
    dimensions = (("HealthCheckId", "0b1e6cd7-52f2-4ed4-8a5e-7e4a1a5c54f6"),)
    assert (query.region, query.metrics[0][1]) == (
        "us-east-1",
        Metric("AWS/Route53", "HealthCheckStatus", dimensions, "Minimum"),
    )
    assert asked_one("health_check", region="us-gov-west-1").question.region == "us-gov-west-1"


def test_a_window_is_of_whole_periods_and_ends_before_what_may_be_late() -> None:
    (query,) = asked_one("metric", period=60, window=300, delay=60).question.queries
    assert (query.start, query.end) == (at("02:08:00"), at("02:13:00"))
    (query,) = asked_one("metric", period=300, window=600, delay=0).question.queries
    assert (query.start, query.end) == (at("02:00:00"), at("02:10:00"))


def at(time: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-01T{time}+00:00")


def query_of(start: int, end: int, period: int = 60, metrics: int = 1, number: int = 0) -> Query:
    made = tuple((f"m{index}", Metric("n", f"m{number}-{index}", (), "Sum")) for index in range(metrics))
    times = (datetime.fromtimestamp(moment, UTC) for moment in (start, end))
    return Query("eu-west-1", made, "m0 + m0" if metrics > 1 else None, period, *times)


def test_ids_of_expressions_do_not_meet() -> None:
    ratio = {"namespace": None, "metric": None, "dimensions": None}
    metrics = {name: {"namespace": "n", "metric": name, "dimensions": {"a": "b"}} for name in ("m1", "m10")}
    expression = "IF(m10 > 0, FILL(m1, 0) / m10, 0) + SEARCH('m1 m10', 'Sum')"
    one = asked_one("metric", expression=expression, metrics=metrics, **ratio)
    (batch,) = batches_of([*one.question.queries, query_of(0, 60)])
    assert batch.asked[2] == {
        "Id": "q0",
        "Expression": "IF(q0_m10 > 0, FILL(q0_m1, 0) / q0_m10, 0) + SEARCH('m1 m10', 'Sum')",
        "Period": 60,
    }
    assert [(item["Id"], item.get("ReturnData", True)) for item in batch.asked] == [
        ("q0_m1", False),
        ("q0_m10", False),
        ("q0", True),
        ("q1", True),
    ]


@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from([60, 300, 420])), max_size=9), st.integers(0, 90))
def test_batches_are_within_the_limits_whole_and_few(kinds: list[tuple[int, int]], many: int) -> None:
    shapes = [*kinds, *[(20, 60)] * many]
    numbered = enumerate(shapes, 7)
    queries = [query_of(n * period, (n + 5) * period, period, size, n) for n, (size, period) in numbered]
    batches = list(batches_of(queries))
    assert [query for batch in batches for query in batch.queries] == queries
    for batch in batches:
        assert len(batch.asked) <= QUERIES_OF_ONE_CALL
        assert len({item["Id"] for item in batch.asked}) == len(batch.asked)
        assert all(batch.start <= query.start and query.end <= batch.end for query in batch.queries)
        assert all(batch.start.timestamp() % query.period == 0 for query in batch.queries)
    assert len(batches) <= 1 + sum(len(batch.asked) for batch in batches) // (QUERIES_OF_ONE_CALL - 20)


def read(*results: dict[str, Any]) -> Series | Unknown:
    query = query_of(600, 1200)
    batch = Batch((query,), (), query.start, query.end)
    return series_of(batch, results)[query]


def part(*moments: int, status: str = "Complete", label: str = "m", **more: Any) -> dict[str, Any]:
    times = [datetime.fromtimestamp(moment, UTC) for moment in moments]
    values = [float(moment) for moment in moments]
    return {"Id": "q0", "Label": label, "Timestamps": times, "Values": values, "StatusCode": status, **more}


def test_pages_are_put_together_and_cut_to_the_window() -> None:
    found = read(part(540, 600, status="PartialData"), part(1140, 1200))
    assert isinstance(found, Series) and found.values == (600, 1140)


def test_what_is_no_number_is_no_data() -> None:
    found = read({**part(600, 660), "Values": [float("nan"), 2.0]})
    assert isinstance(found, Series) and found.values == (2.0,)


UNREAD = {
    "no answer": ([], "no answer"),
    "denied": ([part(600, status="Forbidden")], "Forbidden"),
    "an error": ([part(600, status="InternalError", Messages=[{"Value": "try again"}])], "InternalError: try again"),
    "an error on the way": ([part(600, status="InternalError"), part(660)], "InternalError"),
    "a part": ([part(600), part(660, status="PartialData")], "PartialData"),
    "several series": ([part(600, label="a"), part(600, label="b")], "several series"),
}


@pytest.mark.parametrize(("results", "reason"), UNREAD.values(), ids=list(UNREAD))
def test_what_is_not_whole_is_not_known(results: list[dict[str, Any]], reason: str) -> None:
    found = read(*results)
    assert isinstance(found, Unknown) and reason in found.reason
