# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What one look at one gate comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .._rollout.judge import FAIL, INCONCLUSIVE, PASS

Evidence = Mapping[str, object]
"""What was asked and what was seen: numbers, words, lists and mappings of them, never a header or a body."""


@dataclass(frozen=True)
class Finding:
    """One verdict. seen_at: when, in ISO 8601, where that was at another moment than the look."""

    verdict: str
    reason: str
    evidence: Evidence = field(default_factory=dict)
    seen_at: str | None = None


@dataclass(frozen=True)
class Unknown:
    """A question that was not answered, and why."""

    reason: str


def passed(reason: str, evidence: Evidence) -> Finding:
    """What was seen is good."""
    return Finding(PASS, reason, evidence)


def failed(reason: str, evidence: Evidence) -> Finding:
    """What was seen is bad."""
    return Finding(FAIL, reason, evidence)


def unknown(reason: str, evidence: Evidence) -> Finding:
    """Nothing was seen that proves anything."""
    return Finding(INCONCLUSIVE, reason, evidence)
