# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates that compare a side with the other one, over the same window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median
from typing import Any

from .finding import Finding, Unknown, failed, passed, unknown
from .queries import (
    WINDOW,
    metric_of,
    number,
    query_of,
    shown_query,
    shown_series,
    window_of,
    wrong_dimensions,
    wrong_statistic,
    wrong_window,
)
from .question import Answers, Options, Question
from .significance import best_possible, missing, tends_higher

SETTINGS: Mapping[str, Any] = {
    **WINDOW,
    "window": 900,
    "namespace": None,
    "metric": None,
    "dimensions": None,
    "baseline": None,
    "statistic": "Average",
    "worse": "higher",
    "tolerance": 0.25,
    "tolerance_absolute": 0.0,
    "confidence": 0.999,
    "minimum": 10,
}

SIGNS: Mapping[str, tuple[int, ...]] = {"higher": (1,), "lower": (-1,), "different": (1, -1)}
"""In which directions what is worse lies."""


def wrong(options: Options) -> Iterator[str]:
    """Mistakes."""
    yield from wrong_window(options)
    yield from wrong_statistic(options["statistic"])
    for name in ("dimensions", "baseline"):
        yield from wrong_dimensions(name, options[name])
    if options["dimensions"] == options["baseline"]:
        yield "baseline: these are the side's own dimensions; give those of the side to compare with"
    if options["worse"] not in SIGNS:
        yield f"worse: there is no {options['worse']}; give {', '.join(SIGNS)}"
    for name in ("tolerance", "tolerance_absolute"):
        if options[name] < 0:
            yield f"{name}: {options[name]} is less than nothing; give 0 or more"
    yield from _wrong_sample(options)
    if reason := missing():
        yield f"type: {reason}"


def _wrong_sample(options: Options) -> Iterator[str]:
    minimum, confidence = options["minimum"], options["confidence"]
    if not 0 < confidence < 1:
        yield f"confidence: {confidence} is not between 0 and 1; give such as 0.999"
        return
    if minimum < 1 or best_possible(minimum, minimum) >= 1 - confidence:
        yield f"minimum: with {minimum} data points no difference is ever certain to {confidence}; ask for more"
    periods = options["window"] // max(options["period"], 1)
    if minimum > periods:
        yield f"minimum: the window has {periods} periods, and {minimum} are asked for; make it longer"


class ComparisonQuestion(Question):
    """Whether a side is worse than the other one by more than the tolerance."""

    def __init__(self, options: Options, now: datetime) -> None:
        self.region: str = options["region"]
        window = window_of(options, now)
        self.own = query_of(options, metric_of(options, options["dimensions"]), window)
        self.baseline = query_of(options, metric_of(options, options["baseline"]), window)
        self.queries = (self.own, self.baseline)
        self.options = options

    def judge(self, answers: Answers) -> Finding:
        """Fails where worse is certain, passes where the medians are within the tolerance; between is inconclusive."""
        asked = self._asked()
        own, baseline = answers.series[self.own], answers.series[self.baseline]
        if isinstance(own, Unknown):
            return unknown(own.reason, asked)
        if isinstance(baseline, Unknown):
            return unknown(baseline.reason, asked)
        evidence = {**asked, **shown_series(own), "baseline_values": shown_series(baseline)["values"]}
        fewest, minimum = min(len(own.points), len(baseline.points)), self.options["minimum"]
        if fewest < minimum:
            counted = f"{len(own.points)} data points and {len(baseline.points)} of the baseline"
            return unknown(f"{counted}, and {minimum} of each are needed", evidence)
        return self._judged(own.values, baseline.values, evidence)

    def _judged(self, own: Sequence[float], baseline: Sequence[float], evidence: dict[str, object]) -> Finding:
        worse = self.options["worse"]
        signs = SIGNS[worse]
        chances = [self._chance(own, baseline, sign) for sign in signs]
        # Two tests have twice the chance of one.
        chance = min(1.0, min(chances) * len(signs))
        seen = f"median {number(median(own))}, of the baseline {number(median(baseline))}"
        evidence = {**evidence, "probability": chance, "median": median(own), "baseline_median": median(baseline)}
        if chance < 1 - self.options["confidence"]:
            return failed(f"{seen}: {worse} by more than the tolerance, and not by chance", evidence)
        if any(self._beyond(own, baseline, sign) for sign in signs):
            return unknown(f"{seen}: beyond the tolerance, but that may be chance", evidence)
        return passed(f"{seen}: within the tolerance", evidence)

    def _chance(self, own: Sequence[float], baseline: Sequence[float], sign: int) -> float:
        """How likely this is where the side is like the baseline at the edge of what is tolerated."""
        edge = [value + sign * self._tolerated(value) for value in baseline]
        return tends_higher([sign * value for value in own], [sign * value for value in edge])

    def _beyond(self, own: Sequence[float], baseline: Sequence[float], sign: int) -> bool:
        middle = median(baseline)
        return sign * (median(own) - middle) > self._tolerated(middle)

    def _tolerated(self, value: float) -> float:
        return max(float(self.options["tolerance_absolute"]), float(self.options["tolerance"]) * abs(value))

    def _asked(self) -> dict[str, object]:
        names = ("worse", "tolerance", "tolerance_absolute", "confidence", "minimum")
        baseline = dict(self.baseline.metrics[0][1].dimensions)
        return {**shown_query(self.own), "baseline": baseline, **{name: self.options[name] for name in names}}
