# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The loop of a shift: look, decide, do, tell. Everything that touches the world is given to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ...module_utils._rollout.course import (
    Control,
    Course,
    Finish,
    Move,
    Outcome,
    Prepare,
    Seen,
    Share,
    State,
    Wait,
)
from ...module_utils._rollout.machine import SHORTEST, decide
from ...module_utils._rollout.progress import written
from ...module_utils._rollout.story import Transition, decided, done

Verdicts = Mapping[str, Mapping[str, Any]]
"""Verdicts by gate, each {gate, verdict, reason, evidence, observed_at}."""


@dataclass(frozen=True)
class Clock:
    """Time. now is monotonic; sleep takes seconds; wall is the time of day, UTC."""

    now: Callable[[], float]
    sleep: Callable[[float], None]
    wall: Callable[[], datetime]


@dataclass(frozen=True)
class Operator:
    """What somebody wants meanwhile: control, and the largest weight that is approved."""

    control: Control
    approved: int


class Hands(Protocol):
    """What the loop does to the world. error says why an outcome is not done."""

    error: str

    def shares(self) -> Sequence[Share] | None:
        """The new side's share of each place now; None where it cannot be read."""

    def operator(self) -> Operator:
        """What the operator's parameters say."""

    def verdicts(self, state: State) -> Verdicts:
        """One verdict of every gate."""

    def prepare(self) -> Outcome:
        """Health checks and TTL."""

    def move(self, command: Move) -> Outcome:
        """Weights."""


class Teller(Protocol):
    """Who is told what happens."""

    def look(self, state: State, verdicts: Verdicts) -> None:
        """After every look."""

    def tell(self, transition: Transition, state: State) -> None:
        """After every transition."""

    def pause(self, state: State, seconds: float) -> None:
        """While nothing happens; takes the time."""


def run(course: Course, state: State, hands: Hands, teller: Teller, clock: Clock) -> tuple[Finish, State]:
    """A shift from a state to its end."""
    while True:
        seen, verdicts = _look(state, hands, clock)
        before = state
        state, command = decide(course, before, seen)
        judged = state
        told = list(decided(course, before, judged, command))
        pause = course.interval
        if isinstance(command, Prepare | Move):
            # What is to be done comes first: a way back does not wait for those who are told of it.
            outcome = hands.prepare() if isinstance(command, Prepare) else hands.move(command)
            state = written(judged, command, outcome, clock.now() - seen.at)
            told += [done(course, state, command, outcome, hands.error), *decided(course, judged, state, None)]
            pause = SHORTEST if outcome.done else course.interval
        teller.look(judged, verdicts)
        for transition in told:
            teller.tell(transition, state)
        if isinstance(command, Finish):
            return command, state
        teller.pause(state, command.seconds if isinstance(command, Wait) else pause)


def _look(state: State, hands: Hands, clock: Clock) -> tuple[Seen, Verdicts]:
    """Verdicts last: they are what has to be fresh."""
    operator, shares, verdicts = hands.operator(), hands.shares(), hands.verdicts(state)
    said = {gate: str(verdict.get("verdict")) for gate, verdict in verdicts.items()}
    return Seen(clock.now(), clock.wall(), operator.control, said, shares, operator.approved), verdicts
