# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift leaves for programs and people: reports/<migration>.json, and the page of the same name beside it.

Both are written anew whenever there is something new, so that they are there when the controller is not any more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ...module_utils._rollout.course import Course, Share, State
from ...module_utils._rollout.story import Transition, share_now
from .driver import Verdicts
from .hands import MOMENT, SHARE
from .page import shift_page

Document = dict[str, Any]


def percent(share: Share | None) -> int | float | None:
    """A share as JSON has it."""
    if share is None:
        return None
    return int(share) if share.denominator == 1 else round(float(share), 2)


def weights_of(course: Course, share: Share | None) -> dict[str, int | float] | None:
    """By side, in percent; None while places differ or nobody knows."""
    if share is None:
        return None
    return {course.old: percent(100 - share) or 0, course.new: percent(share) or 0}


class Report:
    """The document, and the file that it is in. wall says the time; write(path, text) writes.

    head: migration, stack, router, and who runs it. failure: why a file could not be written, None where all were.
    """

    def __init__(
        self,
        path: Path,
        course: Course,
        head: Document,
        wall: Callable[[], datetime],
        write: Callable[[Path, str], None],
    ) -> None:
        self.path = path
        self.failure: str | None = None
        self._course = course
        self._wall = wall
        self._write = write
        self._last: dict[str, Any] = {}
        self._places: dict[str, int] = {}
        self._sides = {gate.name: gate.side for gate in course.gates}
        self.document: Document = {
            **head,
            "sides": {"old": course.old, "new": course.new},
            "gates": [{"name": g.name, "side": g.side, "decides": g.decides} for g in course.gates],
            "steps": [{"weight": s.weight, "bake": s.bake, "approval": s.approval} for s in course.steps],
            "began": self._now(),
            "written": None,
            "ended": None,
            "status": None,
            "reason": None,
            "weights": None,
            "timeline": [],
            "shares": [],
            "traffic": [],
            "verdicts": [],
        }

    def look(self, state: State, verdicts: Verdicts) -> None:
        """Requests as they are counted, and each verdict that is another than its gate's last, with the evidence."""
        news = [self._weigh(state), *(self._count(name, verdict) for name, verdict in verdicts.items())]
        news += [self._judge(name, verdict, state) for name, verdict in verdicts.items()]
        if any(news):
            self.save()

    def _weigh(self, state: State) -> bool:
        """The new side's share, where it is another than before."""
        share, shares = percent(share_now(state)), self.document["shares"]
        if shares and shares[-1]["share"] == share:
            return False
        shares.append({"at": self._now(), "share": share})
        self.document["weights"] = weights_of(self._course, share_now(state))
        return True

    def _count(self, name: str, verdict: Mapping[str, Any]) -> bool:
        """The requests of each side in the last period, by the first gate that counts them. A period that is counted
        again is replaced."""
        evidence, traffic = verdict.get("evidence") or {}, self.document["traffic"]
        counts = verdict.get("type") == SHARE and name in self._sides and "latest" in evidence
        if not counts or (traffic and traffic[-1]["gate"] != name):
            return False
        side, latest = self._sides[name], evidence["latest"]
        other = self._course.old if side == self._course.new else self._course.new
        requests = {side: latest["requests"], other: sum(latest["requests_of_others"])}
        counted = {"gate": name, "from": latest["from"], "to": latest["to"], "requests": requests}
        if traffic and traffic[-1] == counted:
            return False
        if traffic and traffic[-1]["to"] == counted["to"]:
            traffic.pop()
        traffic.append(counted)
        return True

    def _judge(self, name: str, verdict: Mapping[str, Any], state: State) -> bool:
        said = (verdict.get("verdict"), verdict.get("reason") if verdict.get("verdict") != "pass" else None)
        if self._last.get(name) == said:
            return False
        self._last[name] = said
        shown = {part: verdict.get(part) for part in ("gate", "verdict", "reason", "evidence", "observed_at")}
        entry = {**shown, "gate": name, "side": self._sides.get(name), "share": percent(share_now(state))}
        self._places[name] = len(self.document["verdicts"])
        self.document["verdicts"].append(entry)
        return True

    def tell(self, transition: Transition, state: State) -> None:
        """A line of the timeline, with the places of the verdicts that decided it, and the files."""
        self._weigh(state)
        self.document["timeline"].append(
            {
                "at": self._now(),
                "what": transition.what.value,
                "text": transition.text,
                "reason": transition.reason and transition.reason.value,
                "share": percent(transition.share),
                "verdicts": [self._places[gate] for gate in transition.gates if gate in self._places],
            }
        )
        self.save()

    def end(self, status: str, reason: str) -> None:
        """The last of it."""
        self.document.update(ended=self._now(), status=status, reason=reason)
        self.save()

    def save(self) -> None:
        """A report that cannot be written stops no shift."""
        self.document["written"] = self._now()
        try:
            self._write(self.path, f"{json.dumps(self.document, indent=2, ensure_ascii=False)}\n")
            self._write(self.path.with_suffix(".html"), shift_page(self.document, self.path.name))
        except OSError as error:
            self.failure = f"the report {self.path} could not be written: {error.strerror}"
        except Exception as error:
            # Whatever the page stumbles over: traffic is on its way, and the document is there.
            self.failure = f"the page beside {self.path} could not be made: {type(error).__name__}: {error}"

    def _now(self) -> str:
        return self._wall().strftime(MOMENT)
