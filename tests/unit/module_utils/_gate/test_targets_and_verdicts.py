# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Healthy targets, and verdicts of other modules."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Unknown
from ansible_collections.cutover.aws.plugins.module_utils._gate.question import Answers
from tests.unit.module_utils._gate.asking import GROUP, NOW, asked_one, judged, of_targets

TARGETS = {
    "enough": (2, {"healthy": 2}, "pass"),
    "enough beside others": (2, {"healthy": 2, "unhealthy": 5, "draining": 1}, "pass"),
    "too few": (2, {"healthy": 1, "unhealthy": 1}, "fail"),
    "none": (1, {}, "fail"),
    "unused": (1, {"unused": 3}, "fail"),
    "draining": (1, {"draining": 3}, "fail"),
    "not known yet": (2, {"healthy": 1, "initial": 1}, "inconclusive"),
    "cannot be told": (1, {"unavailable": 1}, "inconclusive"),
    "not known, but too few anyway": (3, {"healthy": 1, "initial": 1}, "fail"),
    "not answered": (1, Unknown("denied"), "inconclusive"),
}


@pytest.mark.parametrize(("minimum", "states", "verdict"), TARGETS.values(), ids=list(TARGETS))
def test_targets(minimum: int, states: dict[str, int] | Unknown, verdict: str) -> None:
    one = asked_one("target_health", minimum=minimum)
    assert judged(one, of_targets(one, states)).verdict == verdict


def test_targets_are_asked_in_the_region_of_the_arn() -> None:
    arn = GROUP.replace("eu-west-1", "us-gov-west-1").replace("arn:aws:", "arn:aws-us-gov:")
    group = asked_one("target_health", target_group=arn).question.group
    assert group and (group.region, group.arn) == ("us-gov-west-1", arn)


SAID = {"verdict": "pass", "reason": "7 tables", "evidence": {"rows": 9}, "observed_at": "2026-12-01T02:00:00Z"}
VERDICTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "pass": ({}, "pass", "7 tables"),
    "fail": ({"verdict": "fail"}, "fail", "7 tables"),
    "inconclusive": ({"verdict": "inconclusive"}, "inconclusive", "7 tables"),
    "in another zone": ({"observed_at": "2026-12-01T04:00:00+02:00"}, "pass", "7 tables"),
    "old": ({"observed_at": "2026-12-01T01:14:06Z"}, "inconclusive", "seen 3601 s ago, and 3600 s is the most"),
    "just not old": ({"observed_at": "2026-12-01T01:14:07Z"}, "pass", "7 tables"),
    "of the future": ({"observed_at": "2026-12-01T03:00:00Z"}, "inconclusive", "does not count"),
    "of a clock that is a bit ahead": ({"observed_at": "2026-12-01T02:14:30Z"}, "pass", "7 tables"),
    "of no time": ({"observed_at": None}, "inconclusive", "no moment"),
    "of no zone": ({"observed_at": "2026-12-01T02:00:00"}, "inconclusive", "no moment"),
    "no verdict": ({"verdict": "PASS"}, "inconclusive", "result.verdict is 'PASS'"),
    "failed": ({"failed": True, "msg": "no route"}, "inconclusive", "failed or was skipped: no route"),
    "skipped": ({"skipped": True, "skip_reason": "Conditional"}, "inconclusive", "failed or was skipped: Conditional"),
    "old, and a fail": ({"verdict": "fail", "observed_at": "2026-11-01T00:00:00Z"}, "inconclusive", "does not count"),
}


@pytest.mark.parametrize(("changes", "verdict", "reason"), VERDICTS.values(), ids=list(VERDICTS))
def test_verdicts_of_others(changes: dict[str, Any], verdict: str, reason: str) -> None:
    one = asked_one("sql_compare", result={**SAID, **changes})
    found = judged(one, Answers(NOW))
    assert (found.verdict, reason in found.reason) == (verdict, True), found.reason


def test_evidence_of_others_is_handed_on_with_its_time() -> None:
    found = judged(asked_one("sql_compare", result=SAID), Answers(NOW))
    assert (found.evidence, found.seen_at) == ({"rows": 9}, "2026-12-01T02:00:00+00:00")
