# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What load balancers have served, counted by minute, and the metrics that they publish of it.

Names, dimensions and when a metric is reported: "CloudWatch metrics for your Application Load Balancer" in the
User Guide. Most are reported only where there is something to count.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

from local_cloud.services.cloudwatch.metrics import stores
from local_cloud.watching.store import Metric

MINUTE = 60
NAMESPACE = "AWS/ApplicationELB"
# A latency is kept to the millisecond's tenth, so that equal ones are counted together.
DIGITS = 4

Scope = tuple[str, str]
Point = tuple[str, dict[str, str], dict[float, float]]


@dataclass(frozen=True)
class Route:
    """A load balancer and the target group that it chose, None where it answered by itself. Names as in dimensions."""

    scope: Scope
    balancer: str
    group: str | None


@dataclass
class Tally:
    """Of one route and minute."""

    statuses: Counter[int] = field(default_factory=Counter)
    own_errors: int = 0
    latencies: Counter[float] = field(default_factory=Counter)


class Traffic:
    def __init__(self) -> None:
        self._tallies: dict[tuple[int, Route], Tally] = {}
        self._lock = threading.Lock()

    def answered(self, at: float, route: Route, status: int, seconds: float) -> None:
        """By a target. ``at``: AWS's time."""
        with self._lock:
            tally = self._tally(at, route)
            tally.statuses[status] += 1
            tally.latencies[round(seconds, DIGITS)] += 1

    def failed(self, at: float, route: Route) -> None:
        """The load balancer answered with an error of its own."""
        with self._lock:
            self._tally(at, route).own_errors += 1

    def over(self, until: float) -> list[tuple[int, Route, Tally]]:
        """Every minute that is over by then, once."""
        with self._lock:
            keys = [key for key in self._tallies if key[0] + MINUTE <= until]
            return [(*key, self._tallies.pop(key)) for key in keys]

    def reset(self) -> None:
        with self._lock:
            self._tallies.clear()

    def _tally(self, at: float, route: Route) -> Tally:
        return self._tallies.setdefault((int(at // MINUTE * MINUTE), route), Tally())


class Publishing:
    """Brings the counts of each minute into CloudWatch, once it is over."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    def step(self, at: float) -> None:
        for minute, route, tally in self._traffic.over(at):
            for name, dimensions, counts in points(route, tally):
                stores[route.scope].add(Metric.of(NAMESPACE, name, dimensions), minute, counts.items())


def points(route: Route, tally: Tally) -> Iterator[Point]:
    """Name, dimensions, and values with how often each was seen."""
    of_balancer = {"LoadBalancer": route.balancer}
    everywhere = [of_balancer, {**of_balancer, "TargetGroup": route.group}] if route.group else []
    # only requests for which a target was chosen are counted, those that it failed to answer among them
    chosen = tally.statuses.total() + (tally.own_errors if route.group else 0)
    for dimensions in everywhere:
        yield "RequestCount", dimensions, {1.0: float(chosen)}
        for hundreds, count in _by_hundreds(tally.statuses).items():
            yield f"HTTPCode_Target_{hundreds}XX_Count", dimensions, {1.0: float(count)}
        if tally.latencies:
            yield "TargetResponseTime", dimensions, {value: float(count) for value, count in tally.latencies.items()}
    if tally.own_errors:
        yield "HTTPCode_ELB_5XX_Count", of_balancer, {1.0: float(tally.own_errors)}


def _by_hundreds(statuses: Counter[int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for status, count in statuses.items():
        found[status // HTTPStatus.CONTINUE] += count
    return found
