# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric data: kept by metric and minute, since moto knows no percentiles and mixes up metrics by their dimensions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import CRASHED, Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.state import Store
from local_cloud.watching.statistics import StatisticSet, UnknownStatistic, check_statistic, statistic
from local_cloud.watching.store import STANDARD, Metric, MetricStore

# API reference: GetMetricData and GetMetricStatistics give at most so many data points of one question
MOST_DATAPOINTS = {"GetMetricData": 100_800, "GetMetricStatistics": 1440}
PAGE = 500

stores: Store[MetricStore] = Store(MetricStore)


def metric_of(namespace: str, name: str, dimensions: list[dict[str, str]]) -> Metric:
    return Metric.of(namespace, name, {one["Name"]: one["Value"] for one in dimensions})


@handles("cloudwatch", "PutMetricData")
def keep_data(request: Request, next_handler: Next) -> Response:
    """moto checks; its own copy is only ever asked by itself."""
    response = next_handler(request)
    if response.ok:
        for datum in request.parameters.get("MetricData", []):
            _keep(request, datum)
    return response


def _keep(request: Request, datum: dict[str, Any]) -> None:
    time, store = request.cloud.aws_time, stores[request.scope]
    metric = metric_of(request.parameters["Namespace"], datum["MetricName"], datum.get("Dimensions", []))
    moment = time.asked(datum["Timestamp"]) if "Timestamp" in datum else time.now()
    resolution = int(datum.get("StorageResolution", STANDARD))
    if summary := datum.get("StatisticValues"):
        of_set = StatisticSet(summary["SampleCount"], summary["Sum"], summary["Minimum"], summary["Maximum"])
        store.add_set(metric, moment, of_set, resolution)
        return
    values = datum.get("Values") or [datum.get("Value", 0.0)]
    counts = datum.get("Counts") or [1.0] * len(values)
    store.add(metric, moment, zip(map(float, values), map(float, counts), strict=True), resolution)


@handles("cloudwatch", "GetMetricData")
def get_data(request: Request, _: Next) -> Response:
    newest_first = request.parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = []
    for query in request.parameters.get("MetricDataQueries", []):
        if not query.get("ReturnData", True):
            continue
        stat = _stat_of(query)
        asked = stat["Metric"]
        metric = metric_of(asked["Namespace"], asked["MetricName"], asked.get("Dimensions", []))
        points = list(_points(request, metric, int(stat["Period"]), [stat["Stat"]]))
        if newest_first:
            points.reverse()
        results.append(
            {
                "Id": query["Id"],
                "Label": query.get("Label") or asked["MetricName"],
                "Timestamps": [moment for moment, _ in points],
                "Values": [values[stat["Stat"]] for _, values in points],
                "StatusCode": "Complete",
            }
        )
    return request.answer({"MetricDataResults": results, "Messages": []})


def _stat_of(query: dict[str, Any]) -> dict[str, Any]:
    stat: dict[str, Any] | None = query.get("MetricStat")
    if stat is not None:
        return stat
    if "Expression" in query:
        message = f"the local cloud does not compute the expression {query['Expression']!r} of query {query['Id']}"
        raise AwsError("NotImplementedByLocalCloud", message, CRASHED)
    raise AwsError("ValidationError", "The parameter MetricDataQueries.member.1.MetricStat is required.\n")


@handles("cloudwatch", "GetMetricStatistics")
def get_statistics(request: Request, _: Next) -> Response:
    parameters = request.parameters
    plain, extended = parameters.get("Statistics", []), parameters.get("ExtendedStatistics", [])
    if not plain and not extended:
        message = "Must specify either Statistics or ExtendedStatistics"
        raise AwsError("InvalidParameterCombination", message)
    metric = metric_of(parameters["Namespace"], parameters["MetricName"], parameters.get("Dimensions", []))
    shown = []
    for moment, values in _points(request, metric, int(parameters["Period"]), [*plain, *extended]):
        point = {"Timestamp": moment, **{name: values[name] for name in plain}}
        if extended:
            point["ExtendedStatistics"] = {name: values[name] for name in extended}
        shown.append(point)
    return request.answer({"Label": parameters["MetricName"], "Datapoints": shown})


def _points(
    request: Request, metric: Metric, period: int, names: list[str]
) -> Iterator[tuple[datetime, dict[str, float]]]:
    """Times and values of the periods that have data, the oldest first."""
    time, store = request.cloud.aws_time, stores[request.scope]
    start, end = (time.asked(request.parameters[one]) for one in ("StartTime", "EndTime"))
    _check_question(request, names, start, end, period)
    moment = start // period * period
    while moment < end:
        samples = store.between(metric, moment, moment + period)
        values = {name: value for name in names if (value := statistic(samples, name)) is not None}
        if len(values) == len(names):
            yield time.shown(moment), values
        moment += period


def _check_question(request: Request, names: list[str], start: float, end: float, period: int) -> None:
    if start >= end:
        message = "The parameter StartTime must be less than the parameter EndTime."
        raise AwsError(
            "InvalidParameterValue" if request.operation == "GetMetricStatistics" else "ValidationError", message
        )
    if (end - start) / period > MOST_DATAPOINTS[request.operation]:
        raise AwsError("InvalidParameterCombination", "You have requested too many datapoints")
    for name in names:
        try:
            check_statistic(name)
        except UnknownStatistic as error:
            raise AwsError("NotImplementedByLocalCloud", str(error), CRASHED) from error


@handles("cloudwatch", "ListMetrics")
def list_metrics(request: Request, _: Next) -> Response:
    parameters = request.parameters
    found = [one for one in stores[request.scope].metrics() if _is_asked(one, parameters)]
    begin = int(parameters.get("NextToken", 0))
    result: dict[str, Any] = {
        "Metrics": [
            {
                "Namespace": one.namespace,
                "MetricName": one.name,
                "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(one.dimensions)],
            }
            for one in found[begin : begin + PAGE]
        ]
    }
    if found[begin + PAGE :]:
        result["NextToken"] = str(begin + PAGE)
    return request.answer(result)


def _is_asked(metric: Metric, parameters: dict[str, Any]) -> bool:
    own = dict(metric.dimensions)
    return (
        parameters.get("Namespace", metric.namespace) == metric.namespace
        and parameters.get("MetricName", metric.name) == metric.name
        and all(
            one["Name"] in own and one.get("Value", own[one["Name"]]) == own[one["Name"]]
            for one in parameters.get("Dimensions", [])
        )
    )
