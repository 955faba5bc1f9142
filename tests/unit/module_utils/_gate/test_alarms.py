# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Alarms: OK passes only where it can be relied on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._gate.alarms import named_by, slowest
from ansible_collections.cutover.aws.plugins.module_utils._gate.finding import Unknown
from ansible_collections.cutover.aws.plugins.module_utils._gate.question import Alarm, Answers
from tests.unit.module_utils._gate.asking import NOW, REGION, alarm, asked_one, judged, of_alarms

CHANGED = {"configured": NOW - timedelta(seconds=299), "updated": NOW - timedelta(hours=1)}


def composite(state: str, rule: str, **changes: Any) -> Alarm:
    return alarm(state, rule=rule, window=0, fastest=0, **changes)


CASES = {
    "ok": ([alarm("OK")], "pass", "green-5xx is OK"),
    "alarm": ([alarm("ALARM")], "fail", "green-5xx is in ALARM: because"),
    "insufficient data": ([alarm("INSUFFICIENT_DATA")], "inconclusive", "is in INSUFFICIENT_DATA: because"),
    "a state that is new to us": ([alarm("MAYBE")], "inconclusive", "is in MAYBE"),
    "missing": ([alarm("OK", name="other")], "inconclusive", "no metric or composite alarm green-5xx in eu-west-1"),
    "not evaluated": ([alarm(evaluation="EVALUATION_FAILURE")], "inconclusive", "(EVALUATION_FAILURE)"),
    "keeps its state": ([alarm(missing="ignore")], "inconclusive", "keeps its state when data are missing"),
    "keeps its state, in alarm": ([alarm("ALARM", missing="ignore")], "fail", "is in ALARM"),
    "good without data": ([alarm(missing="notBreaching")], "pass", "is OK"),
    "just changed": ([alarm(**CHANGED)], "inconclusive", "was changed within its 300 s"),
    "changed, and evaluated since": ([alarm(**CHANGED | {"updated": NOW})], "pass", "is OK"),
    "changed long enough ago": ([alarm(**CHANGED | {"configured": NOW - timedelta(seconds=300)})], "pass", "is OK"),
    "composite": ([composite("OK", "ALARM(a) OR ALARM(b)"), alarm(name="a"), alarm(name="b")], "pass", "is OK"),
    "composite in alarm": ([composite("ALARM", "ALARM(a)"), alarm("ALARM", name="a")], "fail", "is in ALARM"),
    "composite, one may be in alarm": (
        [composite("OK", "ALARM(a) AND ALARM(b)"), alarm("ALARM", name="a"), alarm(name="b")],
        "pass",
        "is OK",
    ),
    "composite over the unknown": (
        [composite("OK", "ALARM(a) OR ALARM(b)"), alarm("INSUFFICIENT_DATA", name="a"), alarm(name="b")],
        "inconclusive",
        "a is in INSUFFICIENT_DATA",
    ),
    "composite over a missing one": (
        [composite("OK", "ALARM(a) OR ALARM(b)"), alarm(name="b")],
        "inconclusive",
        "a, which green-5xx depends on, cannot be found",
    ),
    "composite over a composite over the unknown": (
        [
            composite("OK", 'NOT ALARM("in between")'),
            composite("OK", "ALARM(a)", name="in between"),
            alarm("INSUFFICIENT_DATA", name="a"),
        ],
        "inconclusive",
        "a is in INSUFFICIENT_DATA",
    ),
    "composites in a circle": (
        [composite("OK", "ALARM(b)"), composite("OK", "ALARM(green-5xx)", name="b")],
        "pass",
        "is OK",
    ),
}


@pytest.mark.parametrize(("alarms", "verdict", "reason"), CASES.values(), ids=list(CASES))
def test_verdicts(alarms: list[Alarm], verdict: str, reason: str) -> None:
    found = judged(asked_one("alarm"), of_alarms(*alarms))
    assert (found.verdict, reason in found.reason) == (verdict, True), found.reason
    assert found.evidence["alarm"] == "green-5xx"


def test_what_is_not_answered_is_inconclusive() -> None:
    found = judged(asked_one("alarm"), Answers(NOW, alarms={REGION: Unknown("AWS says no")}))
    assert (found.verdict, found.reason) == ("inconclusive", "AWS says no")


RULES = {
    "ALARM(a)": ["a"],
    'ALARM("a b") AND NOT (OK(c) OR INSUFFICIENT_DATA( d ))': ["a b", "c", "d"],
    r'ALARM("say \"no\"")': ['say "no"'],
    "ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:a) OR ALARM(a)": ["a"],
    "AT_LEAST(2, ALARM, (ALARM(a), ALARM(b)))": ["a", "b"],
    "TRUE": [],
}


@pytest.mark.parametrize(("rule", "names"), RULES.items())
def test_names_in_rules(rule: str, names: list[str]) -> None:
    assert named_by(rule) == names


def test_the_slowest_alarm_counts_down_to_the_leaves() -> None:
    known = [composite("OK", "ALARM(a) OR ALARM(b)"), alarm(name="a", fastest=60), alarm(name="b", fastest=900)]
    question = asked_one("alarm").question
    assert slowest(question, {one.name: one for one in known}) == ("b", 900)
    assert slowest(question, {}) == ("", 0)
