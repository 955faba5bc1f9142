# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What gates on metrics have in common: windows, statistics, and how a series is asked for and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from .finding import Evidence
from .question import Metric, Options, Query, Series

SECOND_PERIODS = (1, 5, 10, 20, 30)
MINUTE = 60
LONGEST_PERIOD = 86400
MOST_POINTS = 1440
"""In one window; there is no use in more, and GetMetricData shares 100,800 among all queries of a call."""
RETENTION = 3 * 3600
"""Seconds for which CloudWatch keeps data of less than a minute."""
MOST_DIMENSIONS = 30

WINDOW: Mapping[str, Any] = {"period": MINUTE, "window": 300, "delay": 60}

_statistic = re.compile(
    r"SampleCount|Average|Sum|Minimum|Maximum|IQM"
    r"|p(?:100|\d{1,2}(?:\.\d{1,10})?)"
    r"|(?:tm|wm|tc|ts)(?:100|\d{1,2}(?:\.\d{1,10})?)"
    r"|(?:PR|TM|WM|TC|TS)\([\d.]*%?:[\d.]*%?\)"
)
"""CloudWatch User Guide, "Statistics definitions"."""


def wrong_window(options: Options) -> Iterator[str]:
    """Mistakes in period, window and delay."""
    period, window, delay = options["period"], options["window"], options["delay"]
    if period not in SECOND_PERIODS and (period <= 0 or period % MINUTE):
        listed = ", ".join(map(str, SECOND_PERIODS))
        yield f"period: CloudWatch has no period of {period} s; give {listed}, or a multiple of {MINUTE}"
        return
    if period > LONGEST_PERIOD:
        yield f"period: {period} s is more than a day; give {LONGEST_PERIOD} or less"
    if window < period or window % period:
        yield f"window: {window} s is no multiple of the period ({period} s)"
    elif window // period > MOST_POINTS:
        yield f"window: {window} s has {window // period} periods of {period} s; give {MOST_POINTS} or less"
    if delay < 0:
        yield f"delay: {delay} s is in the future; give 0 or more"
    if period < MINUTE and window + delay > RETENTION:
        yield f"window: CloudWatch keeps periods of {period} s for {RETENTION} s only; look back less, or give {MINUTE}"


def wrong_statistic(statistic: str) -> Iterator[str]:
    """A mistake in a statistic."""
    if not _statistic.fullmatch(statistic):
        yield f"statistic: CloudWatch has no statistic {statistic}; give such as Average, Sum, Maximum, p95, tm99"


def wrong_dimensions(name: str, dimensions: object) -> Iterator[str]:
    """A mistake in dimensions."""
    if not isinstance(dimensions, Mapping):
        yield f"{name}: give names and values, such as {{LoadBalancer: app/shop/50dc6c495c0c9188}}"
    elif len(dimensions) > MOST_DIMENSIONS:
        yield f"{name}: a metric has {MOST_DIMENSIONS} dimensions at most, these are {len(dimensions)}"


def wrong_bake(options: Options, bake: int) -> Iterator[str]:
    """A bake that is over before the first of its data are there."""
    needed = options["period"] + options["delay"]
    if needed > bake:
        yield f"period: data of one period are there after {needed} s, but the bake is {bake} s; bake longer"


def window_of(options: Options, now: datetime) -> tuple[datetime, datetime]:
    """Start and end, both at the edges of periods."""
    period = options["period"]
    end = (now.timestamp() - options["delay"]) // period * period
    return datetime.fromtimestamp(end - options["window"], UTC), datetime.fromtimestamp(end, UTC)


def edge_after(moment: datetime, period: int) -> datetime:
    """The first edge of a period that is not before a moment."""
    return datetime.fromtimestamp(-(-moment.timestamp() // period) * period, UTC)


def metric_of(options: Options, dimensions: Mapping[str, Any]) -> Metric:
    """The metric of a gate with these dimensions."""
    pairs = tuple(sorted((name, str(value)) for name, value in dimensions.items()))
    return Metric(options["namespace"], options["metric"], pairs, options["statistic"])


def query_of(options: Options, metric: Metric, window: tuple[datetime, datetime]) -> Query:
    """A query of one metric."""
    return Query(options["region"], (("m", metric),), None, options["period"], *window)


def shown_query(query: Query) -> Evidence:
    """What is asked, for the report."""
    metrics = {name: _shown_metric(metric) for name, metric in query.metrics}
    what = {"expression": query.expression, "metrics": metrics} if query.expression else dict(metrics["m"])
    span = {"from": query.start.isoformat(), "to": query.end.isoformat(), "period": query.period}
    return {**what, "region": query.region, **span}


def _shown_metric(metric: Metric) -> dict[str, object]:
    return {
        "namespace": metric.namespace,
        "metric": metric.name,
        "dimensions": dict(metric.dimensions),
        "statistic": metric.statistic,
    }


def shown_series(series: Series) -> Evidence:
    """What was seen, for the report."""
    return {"values": [round(value, 6) for value in series.values]}


def number(value: float) -> str:
    """For people: six digits that tell."""
    return f"{value:.6g}"


def listed(values: Iterable[float]) -> str:
    """Numbers for people."""
    return ", ".join(map(number, values))
