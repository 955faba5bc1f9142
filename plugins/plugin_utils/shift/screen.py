# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A shift on the screen: a line a transition, and on a terminal one more that says how it stands, live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...module_utils._rollout.course import Course, State
from ...module_utils._rollout.story import Transition, share_now
from .driver import Clock, Verdicts

CLEAR = "\r\033[K"
SIGNS = {"pass": "+", "fail": "x"}
MINUTE = 60


@dataclass
class Screen:
    """show(text, newline) prints. live: there is a terminal that nobody else writes to."""

    course: Course
    show: Callable[[str, bool], None]
    clock: Clock
    live: bool
    width: int = 79

    def __post_init__(self) -> None:
        self._verdicts: Verdicts = {}
        self._drawn = False

    def look(self, _state: State, verdicts: Verdicts) -> None:
        """Remembers what the live line says."""
        self._verdicts = verdicts

    def tell(self, transition: Transition) -> None:
        """What has happened."""
        self.say(transition.text)

    def say(self, text: str) -> None:
        """A line."""
        self._wipe()
        self.show(f"  {self.clock.wall():%H:%M:%SZ}  {text}", True)

    def pause(self, state: State, seconds: float) -> None:
        """On a terminal the live line counts down meanwhile."""
        if not self.live:
            self.clock.sleep(seconds)
            return
        until = self.clock.now() + seconds
        begun = self.clock.now()
        while (left := until - self.clock.now()) > 0:
            text = status_line(self.course, state, self._verdicts, self.clock.now() - begun)
            self.show(f"{CLEAR}  {text[: self.width - 3]}", False)
            self._drawn = True
            self.clock.sleep(min(1.0, left))
        self._wipe()

    def _wipe(self) -> None:
        if self._drawn:
            self.show(CLEAR, False)
            self._drawn = False


def status_line(course: Course, state: State, verdicts: Verdicts, since_look: float = 0) -> str:
    """Weights, what is being waited for and for how long, and each gate: + passes, x fails, ? is not known."""
    share = share_now(state)
    weights = "weights differ" if share is None else f"{course.old} {100 - share} {course.new} {share}"
    word, left = stage(course, state)
    remaining = "" if left is None else f" {_minutes(left - since_look)} left"
    gates = " ".join(f"{SIGNS.get(_verdict(verdicts, gate.name), '?')}{gate.name}" for gate in course.gates)
    return f"{weights} | {word}{remaining} | {gates}"


def stage(course: Course, state: State) -> tuple[str, float | None]:
    """What the shift is waiting for, and the seconds that are left of it; None where nobody knows."""
    if state.held:
        return f"holding, {state.held.reason}", course.hold_timeout - (state.time - state.held.time)
    if state.returned or state.time < state.settled:
        return ("back, " if state.returned else "") + "clients follow", state.settled - state.time
    if state.waiting:
        return f"waiting, {state.waiting}", course.max_duration - state.time
    if state.baking is not None:
        return "baking", state.baking + course.step(state.index).bake - state.time
    return "looking", None


def _verdict(verdicts: Verdicts, gate: str) -> Any:
    return verdicts.get(gate, {}).get("verdict")


def _minutes(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole // MINUTE}:{whole % MINUTE:02}"
