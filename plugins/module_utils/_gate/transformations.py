# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Between the shapes of AWS and ours."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .finding import Unknown
from .question import Alarm, Metric, Query, Series

QUERIES_OF_ONE_CALL = 500
"""Of GetMetricData; metrics below an expression count too
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html)."""

_words = re.compile(r"'[^']*'|\"[^\"]*\"|\b[a-z]\w*", re.ASCII)

Raw = Mapping[str, Any]


@dataclass(frozen=True)
class Batch:
    """One call of GetMetricData: queries by their place, in AWS's shape, and the time around all their windows."""

    queries: tuple[Query, ...]
    asked: tuple[Raw, ...]
    start: datetime
    end: datetime


def batches_of(queries: Iterable[Query]) -> Iterator[Batch]:
    """As few calls as there can be; the metrics of an expression stay together."""
    some: list[Query] = []
    for query in dict.fromkeys(queries):
        if sum(map(_size, [*some, query])) > QUERIES_OF_ONE_CALL:
            yield _batch(some)
            some = []
        some.append(query)
    if some:
        yield _batch(some)


def _size(query: Query) -> int:
    return len(query.metrics) + (query.expression is not None)


def _batch(queries: Sequence[Query]) -> Batch:
    # CloudWatch counts periods from the start of the call where that is not at the edge of one.
    step = math.lcm(*(query.period for query in queries))
    start = min(query.start for query in queries).timestamp() // step * step
    asked = tuple(item for number, query in enumerate(queries) for item in _asked(f"q{number}", query))
    return Batch(tuple(queries), asked, datetime.fromtimestamp(start, UTC), max(query.end for query in queries))


def _asked(own: str, query: Query) -> Iterator[Raw]:
    if query.expression is None:
        yield {"Id": own, "MetricStat": _stat(query.metrics[0][1], query.period)}
        return
    names = {name: f"{own}_{name}" for name in dict(query.metrics)}
    for name, metric in query.metrics:
        yield {"Id": names[name], "MetricStat": _stat(metric, query.period), "ReturnData": False}
    # Ids are unique in a call, and several gates may use the same one.
    expression = _words.sub(lambda word: names.get(word[0], word[0]), query.expression)
    yield {"Id": own, "Expression": expression, "Period": query.period}


def _stat(metric: Metric, period: int) -> Raw:
    dimensions = [{"Name": name, "Value": value} for name, value in metric.dimensions]
    named = {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}
    return {"Metric": named, "Period": period, "Stat": metric.statistic}


def series_of(batch: Batch, results: Iterable[Raw]) -> Mapping[Query, Series | Unknown]:
    """From the results of all pages; a query may be on several of them."""
    parts: dict[str, list[Raw]] = {}
    for item in results:
        parts.setdefault(item["Id"], []).append(item)
    return {query: _series(query, parts.get(f"q{number}", [])) for number, query in enumerate(batch.queries)}


def _series(query: Query, parts: Sequence[Raw]) -> Series | Unknown:
    if not parts:
        return Unknown("CloudWatch gave no answer to this query")
    said = "; ".join(message.get("Value", "") for part in parts for message in part.get("Messages", []))
    bad = {part["StatusCode"] for part in parts if part.get("StatusCode") in ("InternalError", "Forbidden")}
    if bad or parts[-1].get("StatusCode") != "Complete":
        status = ", ".join(sorted(bad)) or str(parts[-1].get("StatusCode"))
        return Unknown(f"CloudWatch answered {status}{f': {said}' if said else ''}")
    if len({part.get("Label") for part in parts}) > 1:
        return Unknown("the expression gives several series; let it give one, such as with SUM or MAX")
    points = [point for part in parts for point in zip(part["Timestamps"], part["Values"], strict=True)]
    known = [(time, value) for time, value in points if query.start <= time < query.end and math.isfinite(value)]
    return Series(tuple(sorted(known)))


def alarm_of(item: Raw) -> Alarm:
    """From an answer of DescribeAlarms."""
    rule = item.get("AlarmRule")
    period = item.get("Period") or max(_periods(item), default=0)
    looked_at = item.get("EvaluationPeriods") or 0
    return Alarm(
        name=item["AlarmName"],
        state=item["StateValue"],
        reason=item.get("StateReason") or "no reason given",
        updated=item["StateUpdatedTimestamp"],
        configured=item.get("AlarmConfigurationUpdatedTimestamp"),
        missing=item.get("TreatMissingData") or "missing",
        evaluation=item.get("EvaluationState"),
        rule=rule,
        window=period * looked_at,
        fastest=period * (item.get("DatapointsToAlarm") or looked_at),
    )


def _periods(item: Raw) -> Iterator[int]:
    """Of an alarm on metric math."""
    for part in item.get("Metrics") or []:
        yield int(part.get("Period") or part.get("MetricStat", {}).get("Period") or 0)


def states_of(descriptions: Iterable[Raw]) -> Mapping[str, int]:
    """How many targets are in which state."""
    return dict(Counter(item["TargetHealth"]["State"] for item in descriptions))
