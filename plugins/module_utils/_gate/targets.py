# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates on the health of the targets of a target group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from .finding import Finding, Unknown, failed, passed, unknown
from .question import Answers, Options, Question, TargetGroup

SETTINGS: Mapping[str, Any] = {"target_group": None, "minimum": 1}

HEALTHY = "healthy"
UNDECIDED = ("initial", "unavailable")
"""States in which the load balancer does not know yet, or cannot tell (DescribeTargetHealth, TargetHealth)."""

_arn = re.compile(r"arn:[\w-]+:elasticloadbalancing:([a-z0-9-]+):\d{12}:targetgroup/\S+")


def wrong(options: Options) -> Iterator[str]:
    """Mistakes."""
    if not _arn.fullmatch(options["target_group"]):
        yield f"target_group: {options['target_group']} is no ARN of a target group"
    if options["minimum"] < 1:
        yield f"minimum: {options['minimum']} healthy targets prove nothing; give 1 or more"


class TargetQuestion(Question):
    """Whether so many targets are healthy."""

    def __init__(self, options: Options, _now: datetime) -> None:
        found = _arn.fullmatch(options["target_group"])
        self.region: str = found[1] if found else options["region"]
        self.minimum: int = options["minimum"]
        self.asked = TargetGroup(self.region, options["target_group"])
        self.group = self.asked

    def judge(self, answers: Answers) -> Finding:
        """Targets of which the load balancer knows nothing yet are neither healthy nor against it."""
        states = answers.health[self.asked]
        asked = {"target_group": self.asked.arn, "minimum": self.minimum}
        if isinstance(states, Unknown):
            return unknown(states.reason, asked)
        evidence = {**asked, "targets": dict(sorted(states.items()))}
        healthy, total = states.get(HEALTHY, 0), sum(states.values())
        seen = f"{healthy} of {total} targets are healthy, and {self.minimum} are needed"
        if healthy >= self.minimum:
            return passed(f"{healthy} of {total} targets are healthy", evidence)
        undecided = sum(states.get(state, 0) for state in UNDECIDED)
        if healthy + undecided >= self.minimum:
            return unknown(f"{seen}; of {undecided} it is not known", evidence)
        return failed(seen, evidence)
