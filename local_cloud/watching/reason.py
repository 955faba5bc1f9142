# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why an alarm is in its state, in CloudWatch's words and as its JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from local_cloud.watching.evaluate import Condition, State, Verdict

FILLED_AS = {
    "missing": "Missing",
    "ignore": "Ignore",
    "breaching": "Breaching",
    "notBreaching": "NonBreaching",
}
WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanOrEqualToThreshold": "less than or equal to",
    "LessThanThreshold": "less than",
}


@dataclass(frozen=True)
class Evaluated:
    """A verdict with what it was made of: data points and when each begins, the oldest first."""

    condition: Condition
    verdict: Verdict
    points: Sequence[float | None]
    begins: Sequence[datetime]
    statistic: str
    period: int


def reason(what: Evaluated, before: State) -> str:
    verdict, condition = what.verdict, what.condition
    if verdict.state == "INSUFFICIENT_DATA":
        return f"Insufficient Data: {_counted(verdict.filled)} {_were(verdict.filled)} unknown."
    filled = f"{verdict.filled} missing {_noun(verdict.filled)} {_were(verdict.filled)} treated as"
    filled = f"{filled} [{FILLED_AS[condition.missing]}]"
    if not verdict.judged:
        return (
            f"Threshold Crossed: no datapoints were received for {condition.periods} "
            f"{'period' if condition.periods == 1 else 'periods'} and {filled}."
        )
    values = [what.points[place] for place in verdict.judged]
    breaching = [place for place in verdict.judged if condition.breaches(what.points[place] or 0.0)]
    places = breaching if verdict.state == "ALARM" else verdict.judged
    shown = ", ".join(f"{what.points[place]} ({what.begins[place]:%d/%m/%y %H:%M:%S})" for place in reversed(places))
    negation = "" if verdict.state == "ALARM" else "not "
    crossed = (
        f"{len(places)} out of the last {len(values)} datapoints [{shown}] {_were(len(places))} "
        f"{negation}{WORDS[condition.comparison]} the threshold ({condition.threshold})"
    )
    more = f" and {filled}" if verdict.filled else ""
    at_least = condition.to_alarm if verdict.state == "ALARM" else condition.periods - condition.to_alarm + 1
    minimum = f"minimum {_counted(at_least)} for {before} -> {verdict.state} transition"
    return f"Threshold Crossed: {crossed}{more} ({minimum})."


def reason_data(what: Evaluated, at: datetime) -> str:
    judged = [what.points[place] for place in what.verdict.judged]
    begins = [_iso(what.begins[place]) for place in what.verdict.judged]
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": _iso(at),
            **({"startDate": begins[0]} if begins else {}),
            "statistic": what.statistic,
            "period": what.period,
            "recentDatapoints": judged,
            "threshold": what.condition.threshold,
            "evaluatedDatapoints": [
                {"timestamp": begin, "value": value} for begin, value in zip(begins, judged, strict=True)
            ][::-1],
        }
    )


def _counted(number: int) -> str:
    return f"{number} {_noun(number)}"


def _noun(number: int) -> str:
    return "datapoint" if number == 1 else "datapoints"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"
