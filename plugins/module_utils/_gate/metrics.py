# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates on a metric, or on an expression over several, with conditions of success and failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from statistics import fmean
from typing import Any

from .conditions import Unreadable, condition_of
from .finding import Finding, Unknown, failed, passed, unknown
from .queries import (
    WINDOW,
    listed,
    metric_of,
    query_of,
    shown_query,
    shown_series,
    window_of,
    wrong_dimensions,
    wrong_statistic,
    wrong_window,
)
from .question import Answers, Metric, Options, Query, Question

SETTINGS: Mapping[str, Any] = {
    **WINDOW,
    "namespace": None,
    "metric": None,
    "dimensions": {},
    "statistic": "Average",
    "expression": None,
    "metrics": None,
    "success": None,
    "failure": None,
    "over": "each",
    "minimum": None,
}
HEALTH_CHECK_SETTINGS: Mapping[str, Any] = {"health_check": None, "window": 180, "delay": 60, "minimum": None}

OVER: Mapping[str, Callable[[tuple[float, ...]], tuple[float, ...]]] = {
    "each": lambda values: values,
    "latest": lambda values: values[-1:],
    "average": lambda values: (fmean(values),),
    "sum": lambda values: (sum(values),),
    "minimum": lambda values: (min(values),),
    "maximum": lambda values: (max(values),),
}
"""What of the values of a window the conditions are about."""

ROUTE53_REGION = "us-east-1"
MOST_METRICS = 20
_id = re.compile(r"[a-z]\w{0,99}", re.ASCII)


def wrong(options: Options) -> Iterator[str]:
    """Mistakes."""
    yield from wrong_window(options)
    yield from _wrong_subject(options)
    if options["over"] not in OVER:
        yield f"over: there is no {options['over']}; give {', '.join(OVER)}"
    if options["success"] is None and options["failure"] is None:
        yield "success: neither success nor failure is given, so nothing could be told; give one, or both"
    for name in ("success", "failure"):
        try:
            condition_of(options[name] or "> 0")
        except Unreadable as error:
            yield f"{name}: {error}"
    yield from wrong_minimum(options)


def wrong_minimum(options: Options) -> Iterator[str]:
    """A minimum of data points that the window cannot have, or that asks for nothing."""
    minimum, periods = options["minimum"], options["window"] // max(options["period"], 1)
    if minimum is not None and not 1 <= minimum <= periods:
        yield f"minimum: {minimum} is not within 1 and the {periods} periods of the window"


def _wrong_subject(options: Options) -> Iterator[str]:
    if options["expression"] is None:
        if not (options["namespace"] and options["metric"]):
            yield "metric: give namespace and metric, or expression and metrics"
        if options["metrics"]:
            yield "metrics: without expression they are of no use; give one"
        yield from wrong_statistic(options["statistic"])
        yield from wrong_dimensions("dimensions", options["dimensions"])
        return
    if options["namespace"] or options["metric"] or options["dimensions"]:
        yield "expression: the metric stands beside it; put namespace, metric and dimensions below metrics"
    metrics = options["metrics"] or {}
    if not 1 <= len(metrics) <= MOST_METRICS:
        yield f"metrics: an expression is of 1 to {MOST_METRICS} metrics, these are {len(metrics)}"
    for name, metric in metrics.items():
        yield from _wrong_metric(str(name), metric)


def _wrong_metric(name: str, metric: object) -> Iterator[str]:
    where, known = f"metrics.{name}", {"namespace", "metric", "dimensions", "statistic"}
    if not _id.fullmatch(name):
        yield f"{where}: an id begins with a small letter, and has letters, digits and _ only"
    if not isinstance(metric, Mapping) or not metric.get("namespace") or not metric.get("metric"):
        yield f"{where}: give namespace, metric, dimensions and statistic"
        return
    if extra := sorted(set(metric) - known):
        yield f"{where}: {', '.join(extra)} is not known; give {', '.join(sorted(known))}"
    yield from (f"{where}.{text}" for text in wrong_dimensions("dimensions", metric.get("dimensions", {})))
    yield from (f"{where}.{text}" for text in wrong_statistic(str(metric.get("statistic", "Average"))))


def wrong_health_check(options: Options) -> Iterator[str]:
    """Mistakes in a gate on a health check, which has periods of a minute."""
    whole = {**options, "period": WINDOW["period"]}
    yield from wrong_window(whole)
    yield from wrong_minimum(whole)


class MetricQuestion(Question):
    """Whether conditions hold of a series."""

    def __init__(self, options: Options, now: datetime) -> None:
        self.region: str = options["region"]
        self.query = _query(options, window_of(options, now))
        self.queries = (self.query,)
        periods = options["window"] // options["period"]
        # The data of the newest period may be late.
        self.minimum: int = options["minimum"] or max(1, periods - 1)
        self.success = condition_of(options["success"]) if options["success"] else None
        self.failure = condition_of(options["failure"]) if options["failure"] else None
        self.over: str = options["over"]

    def judge(self, answers: Answers) -> Finding:
        """A failure of any value fails; success of all passes; what is neither is inconclusive."""
        series, asked = answers.series[self.query], self._asked()
        if isinstance(series, Unknown):
            return unknown(series.reason, asked)
        evidence = {**asked, **shown_series(series)}
        if len(series.points) < self.minimum:
            return unknown(f"{len(series.points)} data points, and {self.minimum} are needed", evidence)
        values = OVER[self.over](series.values)
        evidence = {**evidence, "judged": list(values)}
        return self._judged(values, evidence)

    def _judged(self, values: tuple[float, ...], evidence: Mapping[str, object]) -> Finding:
        if self.failure and (bad := [value for value in values if self.failure.holds(value)]):
            return failed(f"failure {self.failure.text} holds of {listed(bad)}", evidence)
        if self.success and (odd := [value for value in values if not self.success.holds(value)]):
            reason = f"success {self.success.text} does not hold of {listed(odd)}"
            if self.failure:
                return unknown(f"{reason}, and neither does failure", evidence)
            return failed(reason, evidence)
        return passed(listed(values), evidence)

    def _asked(self) -> dict[str, object]:
        conditions = {"success": self.success, "failure": self.failure}
        said = {name: condition.text for name, condition in conditions.items() if condition}
        return {**shown_query(self.query), **said, "over": self.over, "minimum": self.minimum}


def _query(options: Options, window: tuple[datetime, datetime]) -> Query:
    if options["expression"] is None:
        return query_of(options, metric_of(options, options["dimensions"]), window)
    metrics = tuple((str(name), _metric(metric)) for name, metric in sorted(options["metrics"].items()))
    return Query(options["region"], metrics, options["expression"], options["period"], *window)


def _metric(given: Mapping[str, Any]) -> Metric:
    return metric_of({"statistic": "Average", **given}, given.get("dimensions") or {})


def health_check_question(options: Options, now: datetime) -> MetricQuestion:
    """HealthCheckStatus is 1 while Route 53 takes the endpoint for healthy, and is published in one region only
    (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-health-checks.html)."""
    return MetricQuestion(
        {
            **SETTINGS,
            **options,
            "region": options["own_region"] or ROUTE53_REGION,
            "namespace": "AWS/Route53",
            "metric": "HealthCheckStatus",
            "dimensions": {"HealthCheckId": options["health_check"]},
            "statistic": "Minimum",
            "success": ">= 1",
        },
        now,
    )
