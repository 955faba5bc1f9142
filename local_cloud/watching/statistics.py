# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What CloudWatch makes of the samples of a period."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

# "p" and up to ten decimals: API reference, PutMetricAlarm, ExtendedStatistic
_percentile = re.compile(r"p(100|\d{1,2}(?:\.\d{1,10})?)")
STATISTICS = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")


class UnknownStatistic(ValueError):
    """A statistic that is not one, or that the local cloud does not compute."""


@dataclass(frozen=True)
class StatisticSet:
    """Samples of which only this is known."""

    count: float
    total: float
    minimum: float
    maximum: float


@dataclass
class Samples:
    """Values with how often each was seen, and sets of which only the summary is known."""

    counts: dict[float, float] = field(default_factory=dict)
    sets: list[StatisticSet] = field(default_factory=list)

    def add(self, value: float, count: float = 1) -> None:
        self.counts[value] = self.counts.get(value, 0) + count

    def count(self) -> float:
        return sum(self.counts.values()) + sum(one.count for one in self.sets)


def merged(parts: Iterable[Samples]) -> Samples:
    whole = Samples()
    for part in parts:
        for value, count in part.counts.items():
            whole.add(value, count)
        whole.sets += part.sets
    return whole


def check_statistic(name: str) -> None:
    """Raises UnknownStatistic."""
    if name not in STATISTICS and not _percentile.fullmatch(name):
        raise UnknownStatistic(f"the local cloud does not compute the statistic {name}")


def statistic(samples: Samples, name: str) -> float | None:
    """None where there are no samples, and for a percentile of which the samples themselves would be needed."""
    check_statistic(name)
    count = samples.count()
    if not count:
        return None
    if name == "SampleCount":
        return count
    if name in ("Sum", "Average"):
        total = sum(value * times for value, times in samples.counts.items()) + sum(one.total for one in samples.sets)
        return total if name == "Sum" else total / count
    if name == "Minimum":
        return min([*samples.counts, *(one.minimum for one in samples.sets)])
    if name == "Maximum":
        return max([*samples.counts, *(one.maximum for one in samples.sets)])
    return _nearest_rank(samples, percentile_of(name))


def percentile_of(name: str) -> Fraction | None:
    """``p99.9`` as a share of one; None for a statistic that is no percentile."""
    found = _percentile.fullmatch(name)
    return Fraction(found[1]) / 100 if found else None


def _nearest_rank(samples: Samples, share: Fraction | None) -> float | None:
    """The smallest value with at least this share of all at or below it. Sets count only if all in them is equal."""
    if share is None or any(one.minimum != one.maximum for one in samples.sets):
        return None
    alike = merged([samples])
    for one in alike.sets:
        alike.add(one.minimum, one.count)
    wanted, seen = share * Fraction(samples.count()), 0.0
    for value, count in sorted(alike.counts.items()):
        seen += count
        if seen >= wanted:
            return value
    return None


def is_too_few(count: float, name: str) -> bool:
    """Whether a percentile of so few samples says nothing.

    Percentiles from 50 on need 10 / (1 - percentile) samples, those below 10 / percentile: User Guide,
    "Percentile-based alarms and low data samples".
    """
    share = percentile_of(name)
    if share is None:
        return False
    tail = min(share, 1 - share)
    return tail == 0 or count < 10 / tail
