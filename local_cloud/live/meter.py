# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What clients were answered by, as a metric of their own: each side's requests, second by second.

As an application publishes what it counts itself: in high resolution, at the real times of the requests. What load
balancers count is there by minutes of AWS's time, which a shift of real seconds is not told by.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

NAMESPACE = "LocalCloud/Load"
METRIC = "Requests"
DIMENSION = "Side"
"""The target group that answered."""

# API reference, PutMetricData: at most so many in one call
MOST_DATA = 1000


class Meter:
    """``cloudwatch``: a client."""

    def __init__(self, cloudwatch: Any) -> None:
        self._cloudwatch = cloudwatch
        self._published = -1

    def publish(self, report: dict[str, Any]) -> None:
        """Every second of a load's report that is over, once."""
        over = [one for one in report["seconds"][:-1] if one["second"] > self._published]
        data = [datum for second in over for datum in _data(report["began"], second)]
        for begin in range(0, len(data), MOST_DATA):
            self._cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=data[begin : begin + MOST_DATA])
        if over:
            self._published = over[-1]["second"]


def _data(began: float, second: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for side, requests in second["sides"].items():
        yield {
            "MetricName": METRIC,
            "Dimensions": [{"Name": DIMENSION, "Value": side}],
            "Timestamp": datetime.fromtimestamp(began + second["second"], UTC),
            "Value": float(requests),
            "Unit": "Count",
            "StorageResolution": 1,
        }
