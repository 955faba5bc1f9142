# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gates on alarms of CloudWatch, metric and composite."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from .finding import Evidence, Finding, Unknown, failed, passed, unknown
from .question import Alarm, Alarms, Answers, Options, Question

SETTINGS: Mapping[str, Any] = {"alarm": None}
LONGEST_NAME = 255

_named = re.compile(r'\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()"]+))\s*\)')
"""PutCompositeAlarm, AlarmRule: a function of a state, with the name or ARN of an alarm."""


def wrong(options: Options) -> Iterator[str]:
    """Mistakes."""
    if len(options["alarm"]) > LONGEST_NAME:
        yield f"alarm: a name has at most {LONGEST_NAME} characters, this has {len(options['alarm'])}"
    if options["alarm"].startswith("arn:"):
        yield "alarm: this is an ARN; give the alarm's name, and region where it is in another one"


def named_by(rule: str) -> list[str]:
    """The alarms that the rule of a composite alarm names; of ARNs the last part."""
    names = (quoted.replace("\\", "") or plain for quoted, plain in _named.findall(rule))
    return list(dict.fromkeys(name.rpartition(":alarm:")[2] for name in names))


class AlarmQuestion(Question):
    """Whether an alarm is OK, and whether that can be relied on."""

    def __init__(self, options: Options, _now: datetime) -> None:
        self.region: str = options["region"]
        self.alarm: str = options["alarm"]
        self.alarms = (self.alarm,)

    def judge(self, answers: Answers) -> Finding:
        """OK passes only where nothing speaks against its being true, and being true now."""
        found = answers.alarms[self.region]
        asked = {"alarm": self.alarm, "region": self.region}
        if isinstance(found, Unknown):
            return unknown(found.reason, asked)
        alarm = found.get(self.alarm)
        if alarm is None:
            return unknown(f"there is no metric or composite alarm {self.alarm} in {self.region}", asked)
        evidence = {**asked, **_shown(alarm)}
        if alarm.state == "ALARM":
            return failed(f"{self.alarm} is in ALARM: {alarm.reason}", evidence)
        doubts = dict(_doubts(alarm, found, answers.now, frozenset()))
        if doubts:
            return unknown("; ".join(doubts.values()), {**evidence, "doubted": sorted(doubts)})
        return passed(f"{self.alarm} is OK", evidence)


def _shown(alarm: Alarm) -> Evidence:
    rule = {"rule": alarm.rule} if alarm.rule is not None else {}
    return {"state": alarm.state, "since": alarm.updated.isoformat(), "state_reason": alarm.reason, **rule}


def _doubts(alarm: Alarm, known: Alarms, now: datetime, above: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Alarms whose state proves nothing, with the reason. Alarms that a rule names may be in ALARM."""
    if why := _doubt(alarm, now):
        yield alarm.name, f"{alarm.name} {why}"
    for name in named_by(alarm.rule or ""):
        if name in above:
            continue
        if name not in known:
            yield name, f"{name}, which {alarm.name} depends on, cannot be found"
        else:
            yield from _doubts(known[name], known, now, above | {alarm.name})


def _doubt(alarm: Alarm, now: datetime) -> str | None:
    if alarm.state not in ("OK", "ALARM"):
        return f"is in {alarm.state}: {alarm.reason}"
    if alarm.evaluation:
        return f"could not be evaluated ({alarm.evaluation}), so {alarm.state} may be old"
    if alarm.missing == "ignore":
        return f"keeps its state when data are missing, so {alarm.state} may be old: treat missing data otherwise"
    # PutMetricAlarm leaves the state of an alarm as it was, until it is evaluated.
    changed = alarm.configured if alarm.configured and alarm.configured > alarm.updated else None
    if changed and now - changed < timedelta(seconds=alarm.window):
        return f"was changed within its {alarm.window} s, so {alarm.state} may be of the time before"
    return None


def slowest(question: Question, alarms: Alarms) -> tuple[str, int]:
    """The alarm that needs the longest to go off among a gate's own and those that it depends on; 0 without any."""
    left, seen = list(question.alarms), set[str]()
    while left:
        name = left.pop()
        if name in alarms and name not in seen:
            left += named_by(alarms[name].rule or "")
            seen.add(name)
    return max(((name, alarms[name].fastest) for name in sorted(seen)), key=lambda one: one[1], default=("", 0))
