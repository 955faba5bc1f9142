# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What metric data say: statistics, percentiles and math by period. moto knows neither percentiles nor math."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import CRASHED, Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.services.cloudwatch.metrics import metric_of, samples_of
from local_cloud.time.aws_time import seconds_of, utc
from local_cloud.watching.math import Series, UnknownExpression, compute
from local_cloud.watching.statistics import Samples, UnknownStatistic, statistic
from local_cloud.watching.store import STANDARD, Metric

# API reference: at most so many data points in one answer
MOST_DATAPOINTS = {"GetMetricData": 100_800, "GetMetricStatistics": 1440}

Query = dict[str, Any]


class Span:
    """From when to when is asked, in callers' time."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._ahead = request.cloud.aws_time.ahead()
        self._start, self._end = (seconds_of(request.parameters[one]) for one in ("StartTime", "EndTime"))
        if self._start >= self._end:
            code = "InvalidParameterValue" if request.operation == "GetMetricStatistics" else "ValidationError"
            raise AwsError(code, "The parameter StartTime must be less than the parameter EndTime.")

    def times(self, period: int) -> list[float]:
        """When each period begins, the oldest first."""
        first = self._start // period * period
        number = int(-((first - self._end) // period))
        if number > MOST_DATAPOINTS[self._request.operation]:
            raise AwsError("InvalidParameterCombination", "You have requested too many datapoints")
        return [first + place * period for place in range(number)]

    def series(self, metric: Metric, period: int, stat: str) -> Series:
        """The periods that have data."""
        found: Series = {}
        for begin in self.times(period):
            try:
                value = statistic(self._samples(metric, begin, begin + period), stat)
            except UnknownStatistic as error:
                raise _not_known(str(error)) from error
            if value is not None:
                found[begin] = value
        return found

    def _samples(self, metric: Metric, start: float, end: float) -> Samples:
        by_minutes = start + self._ahead, end + self._ahead
        return samples_of(self._request.scope, metric, by_minutes, (start, end))


class Questions:
    """The queries of one call, which may refer to each other."""

    def __init__(self, queries: list[Query], span: Span) -> None:
        self._queries = {query["Id"]: query for query in queries}
        self._span = span
        self._known: dict[str, Series] = {}

    def series(self, identifier: str) -> Series:
        """KeyError for an id that there is not, and for one that is needed for itself."""
        if identifier not in self._known:
            query = self._queries.pop(identifier)
            self._known[identifier] = self._of_metric(query) if "MetricStat" in query else self._of_expression(query)
        return self._known[identifier]

    def _of_metric(self, query: Query) -> Series:
        stat = query["MetricStat"]
        asked = stat["Metric"]
        metric = metric_of(asked["Namespace"], asked["MetricName"], asked.get("Dimensions", []))
        return self._span.series(metric, int(stat["Period"]), stat["Stat"])

    def _of_expression(self, query: Query) -> Series:
        times = self._span.times(int(query.get("Period", STANDARD)))
        try:
            return compute(query["Expression"], self.series, times)
        except UnknownExpression as error:
            raise _not_known(str(error)) from error


@handles("cloudwatch", "GetMetricData")
def get_data(request: Request, _: Next) -> Response:
    queries: list[Query] = request.parameters.get("MetricDataQueries", [])
    if any("MetricStat" not in query and "Expression" not in query for query in queries):
        raise AwsError("ValidationError", "The parameter MetricDataQueries.member.1.MetricStat is required.\n")
    questions = Questions(queries, Span(request))
    newest_first = request.parameters.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = []
    for query in queries:
        if query.get("ReturnData", True):
            points = sorted(questions.series(query["Id"]).items(), reverse=newest_first)
            results.append(
                {
                    "Id": query["Id"],
                    "Label": query.get("Label") or _label(query),
                    "Timestamps": [utc(begin) for begin, _ in points],
                    "Values": [value for _, value in points],
                    "StatusCode": "Complete",
                }
            )
    return request.answer({"MetricDataResults": results, "Messages": []})


def _label(query: Query) -> str:
    return str(query["MetricStat"]["Metric"]["MetricName"] if "MetricStat" in query else query["Id"])


@handles("cloudwatch", "GetMetricStatistics")
def get_statistics(request: Request, _: Next) -> Response:
    parameters = request.parameters
    plain, extended = parameters.get("Statistics", []), parameters.get("ExtendedStatistics", [])
    if not plain and not extended:
        message = "Must specify either Statistics or ExtendedStatistics"
        raise AwsError("InvalidParameterCombination", message)
    metric = metric_of(parameters["Namespace"], parameters["MetricName"], parameters.get("Dimensions", []))
    span, period = Span(request), int(parameters["Period"])
    found = {name: span.series(metric, period, name) for name in [*plain, *extended]}
    shown = []
    for begin in sorted({begin for series in found.values() for begin in series}):
        values = {name: series[begin] for name, series in found.items() if begin in series}
        point: dict[str, Any] = {"Timestamp": utc(begin)}
        point |= {name: value for name, value in values.items() if name in plain}
        if extended:
            point["ExtendedStatistics"] = {name: value for name, value in values.items() if name in extended}
        shown.append(point)
    return request.answer({"Label": parameters["MetricName"], "Datapoints": shown})


def _not_known(message: str) -> AwsError:
    return AwsError("NotImplementedByLocalCloud", message, CRASHED)
