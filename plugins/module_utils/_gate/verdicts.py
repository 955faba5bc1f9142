# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates on the verdict of another module: sql_compare, which compares the data of two databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from .._rollout.judge import FAIL, INCONCLUSIVE, PASS
from .finding import Finding, unknown
from .question import Answers, Options, Question

SETTINGS: Mapping[str, Any] = {"result": None, "max_age": 3600}

AHEAD = timedelta(seconds=60)
"""Clocks of two machines may differ by so much."""


def wrong(options: Options) -> Iterator[str]:
    """Mistakes."""
    if options["max_age"] < 1:
        yield f"max_age: a verdict is older than {options['max_age']} s when it gets here; give 1 or more"


def moment_of(text: object) -> datetime | None:
    """A moment in ISO 8601 with its zone, None for anything else."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else None


class VerdictQuestion(Question):
    """Whether another module has said yes, and not too long ago."""

    def __init__(self, options: Options, _now: datetime) -> None:
        self.result: Mapping[str, Any] = options["result"]
        self.max_age: int = options["max_age"]

    def judge(self, answers: Answers) -> Finding:
        """Its verdict, reason and evidence are handed on; one that is old, or none, is inconclusive."""
        given, evidence = self.result.get("verdict"), self.result.get("evidence")
        seen = evidence if isinstance(evidence, Mapping) else {}
        moment = moment_of(self.result.get("observed_at"))
        if self.result.get("failed") or self.result.get("skipped"):
            said = self.result.get("msg") or self.result.get("skip_reason") or "no message"
            return unknown(f"the comparison failed or was skipped: {said}", {})
        if given not in (PASS, FAIL, INCONCLUSIVE):
            return unknown(f"result.verdict is {given!r}, and not {PASS}, {FAIL} or {INCONCLUSIVE}", {})
        if moment is None:
            return unknown("result.observed_at is no moment in ISO 8601 with its zone", seen)
        age = answers.now - moment
        at = moment.isoformat()
        if not -AHEAD <= age <= timedelta(seconds=self.max_age):
            told = f"seen {age.total_seconds():.0f} s ago, and {self.max_age} s is the most"
            return Finding(INCONCLUSIVE, f"the verdict {given} does not count: {told}", seen, at)
        return Finding(str(given), str(self.result.get("reason") or "no reason given"), seen, at)
