# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The verdict of a metric alarm on its data points: M out of N, and what is missing.

Source: CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data". The tests hold its tables.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
Missing = Literal["missing", "ignore", "breaching", "notBreaching"]

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}
# CloudWatch looks at more data points than it needs, how many it does not say: its examples have five for three.
FURTHER_POINTS = 2


@dataclass(frozen=True)
class Condition:
    """``to_alarm`` (M) of ``periods`` (N) data points have to be beyond the threshold."""

    comparison: str
    threshold: float
    periods: int
    to_alarm: int
    missing: Missing = "missing"

    @property
    def looked_at(self) -> int:
        """How many data points are asked for."""
        return self.periods + FURTHER_POINTS

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True)
class Verdict:
    """``judged``: places (0 is the oldest) of the real data points that decided; ``filled``: how many were made up."""

    state: State
    judged: tuple[int, ...]
    filled: int


def verdict(condition: Condition, points: Sequence[float | None], current: State) -> Verdict:
    """``points``: the data points of the evaluation range, the oldest first; None is missing."""
    real = tuple(place for place, value in enumerate(points) if value is not None)
    judged = real[-condition.periods :]
    return Verdict(_state(condition, points, judged, current), judged, condition.periods - len(judged))


def _state(condition: Condition, points: Sequence[float | None], judged: Sequence[int], current: State) -> State:
    stays_open = condition.missing in ("missing", "ignore")
    in_doubt: State = "INSUFFICIENT_DATA" if condition.missing == "missing" else current
    if not judged and stays_open:
        return in_doubt
    missing = condition.periods - len(judged)
    breaching = [place for place in judged if condition.breaches(points[place] or 0.0)]
    if len(breaching) + (missing if condition.missing == "breaching" else 0) >= condition.to_alarm:
        return "ALARM"
    # All that there is breaches, and has done so for as long as it takes: an alarm, although points are missing.
    only_breaching = (
        len(breaching) == len(judged) and len(points) - judged[0] >= condition.to_alarm if judged else False
    )
    if stays_open and missing and only_breaching:
        return "ALARM" if condition.missing == "missing" else current
    return "OK"
