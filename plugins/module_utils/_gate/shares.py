# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates on the share of requests that a side gets, beside its weight."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from .finding import Finding, Unknown, failed, passed, unknown
from .queries import WINDOW, edge_after, metric_of, query_of, shown_query, window_of, wrong_dimensions, wrong_window
from .question import Answers, Options, Query, Question, Series
from .significance import less_than, more_than
from .verdicts import moment_of

SETTINGS: Mapping[str, Any] = {
    **WINDOW,
    "namespace": "AWS/ApplicationELB",
    "metric": "RequestCount",
    "dimensions": None,
    "others": None,
    "weight": None,
    "since": None,
    "tolerance": 10.0,
    "minimum": None,
}

FALSE_ALARM = 1e-5
"""How often a look may take a share for wrong that is right."""
LEAST_REQUESTS = 100
STANDARD_ERRORS = 4
"""So many fit into the tolerance by default, so that chance alone does not leave it."""
ALL = 100.0


def wrong(options: Options) -> Iterator[str]:
    """Mistakes."""
    yield from wrong_window(options)
    yield from wrong_dimensions("dimensions", options["dimensions"])
    for index, dimensions in enumerate(options["others"]):
        yield from wrong_dimensions(f"others[{index}]", dimensions)
    if options["dimensions"] in options["others"]:
        yield "others: the side's own dimensions are among them; leave them out"
    if not 0 <= options["weight"] <= ALL:
        yield f"weight: {options['weight']} is not within 0 and 100; give the side's part in percent"
    if not 0 < options["tolerance"] < ALL:
        yield f"tolerance: {options['tolerance']} is not between 0 and 100; give points of percent"
    if options["minimum"] is not None and options["minimum"] < 1:
        yield f"minimum: {options['minimum']} requests prove nothing; give 1 or more"
    if options["since"] is not None and moment_of(options["since"]) is None:
        yield f"since: {options['since']} is no moment; give ISO 8601 with its zone, such as 2026-12-01T02:00:00Z"


class ShareQuestion(Question):
    """Whether a side gets the share of requests that its weight says."""

    def __init__(self, options: Options, now: datetime) -> None:
        self.region: str = options["region"]
        self.weight: float = options["weight"]
        self.since: str | None = options["since"]
        self.band = _band(self.weight, options["tolerance"])
        self.minimum: int = options["minimum"] or _requests_for(self.weight, self.band)
        window = window_of(options, now)
        self.start, self.end = window
        # A period that began under an earlier weight says nothing of this one.
        if since := moment_of(self.since):
            self.start = max(self.start, edge_after(since, options["period"]))
        sums = {**options, "statistic": "Sum"}
        sides = [options["dimensions"], *options["others"]]
        self.queries: tuple[Query, ...] = tuple(
            query_of(sums, metric_of(sums, dimensions), window) for dimensions in sides
        )

    def judge(self, answers: Answers) -> Finding:
        """What is outside of the tolerance fails where chance does not explain it, and is inconclusive where it may."""
        last = self.end - timedelta(seconds=self.queries[0].period)
        counts, latest = [], []
        for query in self.queries:
            series = answers.series[query]
            if isinstance(series, Unknown):
                return unknown(series.reason, self._asked())
            counts.append(_requests(series, self.start))
            latest.append(_requests(series, last))
        own, total = counts[0], sum(counts)
        evidence = {**self._asked(), "requests": own, "requests_of_others": counts[1:], "requests_in_all": total}
        span = {"from": last.isoformat(), "to": self.end.isoformat()}
        evidence["latest"] = {**span, "requests": latest[0], "requests_of_others": latest[1:]}
        if self.start >= self.end:
            return unknown(f"no whole period has passed since {self.since}", evidence)
        if total < self.minimum:
            reason = "no requests at all" if not total else f"{total} requests"
            return unknown(f"{reason}, and {self.minimum} are needed to tell", evidence)
        return self._judged(own, total, evidence)

    def _judged(self, own: int, total: int, evidence: dict[str, object]) -> Finding:
        lowest, highest = (edge / ALL for edge in self.band)
        share = own / total
        chance = min(more_than(own, total, highest), less_than(own, total, lowest))
        counted = f"{ALL * share:.2f} % of {total} requests since {self.start:%H:%M} UTC"
        seen = f"{counted}, where the weight says {self.weight:g} %"
        evidence = {**evidence, "share": round(ALL * share, 3), "probability": chance}
        if lowest <= share <= highest:
            return passed(seen, evidence)
        if chance < FALSE_ALARM / 2:
            return failed(f"{seen}; chance does not explain that", evidence)
        return unknown(f"{seen}; that may be chance", evidence)

    def _asked(self) -> dict[str, object]:
        others = [dict(query.metrics[0][1].dimensions) for query in self.queries[1:]]
        judged = {"from": min(self.start, self.end).isoformat(), "to": self.end.isoformat(), "since": self.since}
        said = {"weight": self.weight, "allowed": list(self.band), "minimum": self.minimum}
        return {**shown_query(self.queries[0]), **judged, "others": others, **said}


def _requests(series: Series, start: datetime) -> int:
    """A count of nothing is not published: CloudWatch metrics for your Application Load Balancer."""
    return round(sum(value for at, value in series.points if at >= start))


def _band(weight: float, tolerance: float) -> tuple[float, float]:
    """What a share may be, in percent. A side that ought to get something does not pass with nothing, nor with all."""
    if 0 < weight < ALL:
        tolerance = min(tolerance, weight / 2, (ALL - weight) / 2)
    return max(0.0, weight - tolerance), min(ALL, weight + tolerance)


def _requests_for(weight: float, band: tuple[float, float]) -> int:
    share, tolerance = weight / ALL, max(weight - band[0], band[1] - weight) / ALL
    return max(LEAST_REQUESTS, math.ceil(STANDARD_ERRORS**2 * share * (1 - share) / tolerance**2))
