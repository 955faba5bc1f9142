# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Metric data by metric and time. Times are seconds since 1970."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from local_cloud.watching.statistics import Samples, StatisticSet, merged

STANDARD = 60
# CloudWatch keeps a minute's data for 15 days, those of seconds for three hours. Nobody here asks for more than a day.
SECONDS_KEPT = 86400 + 3600


@dataclass(frozen=True)
class Metric:
    """Metrics with other dimensions are other metrics; CloudWatch does not sum them up."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, namespace: str, name: str, dimensions: Mapping[str, str]) -> Metric:
        return cls(namespace, name, frozenset(dimensions.items()))


class MetricStore:
    """Of one account and region."""

    def __init__(self) -> None:
        self._data: dict[Metric, dict[float, Samples]] = {}
        self._lock = threading.Lock()

    def add(self, metric: Metric, moment: float, values: Iterable[tuple[float, float]], resolution: int = 60) -> None:
        """``values``: (value, how often). Of standard resolution they count for the whole minute in which they lie."""
        with self._lock:
            samples = self._samples(metric, moment, resolution)
            for value, count in values:
                samples.add(value, count)

    def add_set(self, metric: Metric, moment: float, summary: StatisticSet, resolution: int = 60) -> None:
        with self._lock:
            self._samples(metric, moment, resolution).sets.append(summary)

    def between(self, metric: Metric, start: float, end: float) -> Samples:
        """All samples from ``start`` on and before ``end``."""
        with self._lock:
            times = self._data.get(metric, {})
            return merged(samples for moment, samples in times.items() if start <= moment < end)

    def metrics(self) -> list[Metric]:
        return list(self._data)

    def first(self, metric: Metric) -> float | None:
        """When its data begin."""
        with self._lock:
            return min(self._data.get(metric, {}), default=None)

    def _samples(self, metric: Metric, moment: float, resolution: int) -> Samples:
        start = moment if resolution < STANDARD else moment // resolution * resolution
        times = self._data.setdefault(metric, {})
        if start not in times:
            for old in [one for one in times if one < start - SECONDS_KEPT]:
                del times[old]
            times[start] = Samples()
        return times[start]
