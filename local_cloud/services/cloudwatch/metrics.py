# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metrics and their data, kept by metric and time: moto keeps single values, and mixes metrics up."""

from __future__ import annotations

from typing import Any

from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles
from local_cloud.state import Store
from local_cloud.time.aws_time import seconds_of
from local_cloud.watching.statistics import Samples, StatisticSet, merged
from local_cloud.watching.store import STANDARD, Metric, MetricStore

PAGE = 500

Scope = tuple[str, str]
Stretch = tuple[float, float]
"""From, inclusive, to, exclusive; seconds since 1970."""

stores: Store[MetricStore] = Store(MetricStore)
"""Of standard resolution, in AWS's time."""
fine: Store[MetricStore] = Store(MetricStore)
"""Of high resolution, in callers' time, whatever the time scale."""


def metric_of(namespace: str, name: str, dimensions: list[dict[str, str]]) -> Metric:
    return Metric.of(namespace, name, {one["Name"]: one["Value"] for one in dimensions})


def samples_of(scope: Scope, metric: Metric, in_aws: Stretch, real: Stretch) -> Samples:
    """All data of one stretch of time, as it is in AWS's time and in callers'."""
    return merged([stores[scope].between(metric, *in_aws), fine[scope].between(metric, *real)])


@handles("cloudwatch", "PutMetricData")
def keep_data(request: Request, next_handler: Next) -> Response:
    """moto checks; its own copy is only ever asked by itself."""
    response = next_handler(request)
    if response.ok:
        for datum in request.parameters.get("MetricData", []):
            _keep(request, datum)
    return response


def _keep(request: Request, datum: dict[str, Any]) -> None:
    time, resolution = request.cloud.aws_time, int(datum.get("StorageResolution", STANDARD))
    metric = metric_of(request.parameters["Namespace"], datum["MetricName"], datum.get("Dimensions", []))
    given = datum.get("Timestamp")
    if resolution == STANDARD:
        store, moment = stores[request.scope], time.asked(given) if given else time.now()
    else:
        store, moment = fine[request.scope], seconds_of(given) if given else time.wall()
    if summary := datum.get("StatisticValues"):
        of_set = StatisticSet(summary["SampleCount"], summary["Sum"], summary["Minimum"], summary["Maximum"])
        store.add_set(metric, moment, of_set, resolution)
        return
    values = datum.get("Values") or [datum.get("Value", 0.0)]
    counts = datum.get("Counts") or [1.0] * len(values)
    store.add(metric, moment, zip(map(float, values), map(float, counts), strict=True), resolution)


@handles("cloudwatch", "ListMetrics")
def list_metrics(request: Request, _: Next) -> Response:
    parameters = request.parameters
    known = dict.fromkeys([*stores[request.scope].metrics(), *fine[request.scope].metrics()])
    found = [one for one in known if _is_asked(one, parameters)]
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
