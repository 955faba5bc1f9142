# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift leaves for people and programs: reports/<migration>.json.

It is written anew at every transition, so that it is there when the controller is not any more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from ...module_utils._rollout.course import Course, Share, State
from ...module_utils._rollout.story import Transition, share_now
from .driver import Verdicts
from .hands import MOMENT

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
    """The document, and the file that it is in. wall says the time; write(path, text) writes; warn says what failed."""

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
        self.document: Document = {
            **head,
            "sides": {"old": course.old, "new": course.new},
            "steps": [{"weight": s.weight, "bake": s.bake, "approval": s.approval} for s in course.steps],
            "began": self._now(),
            "ended": None,
            "status": None,
            "reason": None,
            "weights": None,
            "timeline": [],
            "verdicts": [],
        }

    def look(self, state: State, verdicts: Verdicts) -> None:
        """Every verdict that is another than the last one of its gate, with its evidence."""
        sides = {gate.name: gate.side for gate in self._course.gates}
        for name, verdict in verdicts.items():
            said = (verdict.get("verdict"), verdict.get("reason") if verdict.get("verdict") != "pass" else None)
            if self._last.get(name) == said:
                continue
            self._last[name] = said
            shown = {part: verdict.get(part) for part in ("gate", "verdict", "reason", "evidence", "observed_at")}
            entry = {**shown, "gate": name, "side": sides.get(name), "share": percent(share_now(state))}
            self.document["verdicts"].append(entry)

    def tell(self, transition: Transition, state: State) -> None:
        """A line of the timeline, and the file."""
        self.document["timeline"].append(
            {
                "at": self._now(),
                "what": transition.what,
                "text": transition.text,
                "reason": transition.reason,
                "share": percent(transition.share),
            }
        )
        self.document["weights"] = weights_of(self._course, share_now(state))
        self.save()

    def end(self, status: str, reason: str) -> None:
        """The last of it."""
        self.document.update(ended=self._now(), status=status, reason=reason)
        self.save()

    def save(self) -> None:
        """A report that cannot be written stops no shift."""
        try:
            self._write(self.path, f"{json.dumps(self.document, indent=2, ensure_ascii=False)}\n")
        except OSError as error:
            self.failure = f"the report {self.path} could not be written: {error.strerror}"

    def _now(self) -> str:
        return self._wall().strftime(MOMENT)
