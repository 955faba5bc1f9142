# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A world in which a shift runs without AWS and without waiting: what is seen and what becomes of writes is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import (
    Command,
    Control,
    Course,
    Finish,
    Move,
    Outcome,
    Prepare,
    Seen,
    Share,
    State,
    Step,
    Wait,
)
from ansible_collections.cutover.aws.plugins.module_utils._rollout.judge import Gate
from ansible_collections.cutover.aws.plugins.module_utils._rollout.machine import decide
from ansible_collections.cutover.aws.plugins.module_utils._rollout.progress import written

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
OLD, NEW = Gate("old", "blue"), Gate("new", "green")
CLOSING = Gate("closing", "green", closing=True)
COURSE = Course(
    "blue",
    "green",
    (Step(10, 60), Step(50, 60), Step(100, 120)),
    (OLD, NEW),
    interval=15,
    hold_timeout=300,
    max_duration=3000,
)
TTL = 30.0
FOREIGN = Share(33)


@dataclass(frozen=True)
class Moment:
    """What one look finds, and what becomes of a write after it. later: seconds that pass unwatched before the look, by
    the monotonic clock; jump: by the clock of the day alone; takes: seconds until the write is in sync."""

    old: str = "pass"
    new: str = "pass"
    closing: str = "pass"
    control: Control = Control.RUN
    readable: bool = True
    foreign: bool = False
    write: str = "done"
    later: float = 0
    jump: float = 0
    takes: float = 0
    approved: int = 100


@dataclass(frozen=True)
class Entry:
    """One turn: the look, the decision, and the state after it, with what became of the command, and when."""

    seen: Seen
    moment: Moment
    command: Command
    state: State
    outcome: Outcome | None = None
    shares: frozenset[Share] = frozenset()
    done_at: float = 0


@dataclass
class World:
    """Carries out what is decided. shares are the places' own."""

    course: Course = COURSE
    shares: frozenset[Share] = frozenset({Share(0)})
    now: float = 1000.0
    wall: datetime = MONDAY
    log: list[Entry] = field(default_factory=list)

    def run(self, state: State, moments: Iterable[Moment], longest: int = 3000) -> list[Entry]:
        """Until the end; after the last moment everything is well."""
        given: Iterator[Moment] = iter(moments)
        for _ in range(longest):
            state = self._turn(state, next(given, Moment()))
            if isinstance(self.log[-1].command, Finish):
                return self.log
        raise AssertionError("the shift does not end")

    def _turn(self, state: State, moment: Moment) -> State:
        self._pass(moment.later, moment.jump)
        if moment.foreign:
            self.shares = frozenset({FOREIGN})
        seen = Seen(
            self.now,
            self.wall,
            moment.control,
            {"old": moment.old, "new": moment.new, "closing": moment.closing},
            tuple(self.shares) if moment.readable else None,
            moment.approved,
        )
        state, command = decide(self.course, state, seen)
        outcome = self._do(command, moment.write)
        if outcome is not None and isinstance(command, Prepare | Move):
            self._pass(moment.takes)
            state = written(state, command, outcome, self.now - seen.at)
        self.log.append(Entry(seen, moment, command, state, outcome, self.shares, self.now))
        self._pass(command.seconds if isinstance(command, Wait) else self._pause(outcome))
        return state

    def _pause(self, outcome: Outcome | None) -> float:
        return self.course.interval if outcome and not outcome.done else 1.0

    def _do(self, command: Command, write: str) -> Outcome | None:
        if isinstance(command, Prepare):
            return Outcome(write == "done", wait=TTL)
        if not isinstance(command, Move):
            return None
        if write == "done":
            self.shares = frozenset({command.share})
            return Outcome(True, True, TTL)
        if write == "half":
            self.shares |= {command.share}
            return Outcome(False, True)
        return Outcome(False)

    def _pass(self, seconds: float, jump: float = 0) -> None:
        self.now += seconds
        self.wall += timedelta(seconds=seconds + jump)


def moves(log: Iterable[Entry]) -> list[int]:
    """The shares that were written, in percent."""
    return [int(e.command.share) for e in log if isinstance(e.command, Move) and e.outcome and e.outcome.done]


def end(log: list[Entry]) -> tuple[str, str]:
    """Status and reason of the end."""
    last = log[-1].command
    assert isinstance(last, Finish)
    return last.status, last.reason


def spread(at: Mapping[int, Moment], length: int = 400, rest: Moment | None = None) -> list[Moment]:
    """Moments by number; the rest are as given, or well."""
    return [at.get(number, rest or Moment()) for number in range(length)]


def from_on(number: int, moment: Moment, length: int = 400) -> list[Moment]:
    """Well at first; from a number on as given."""
    return [Moment()] * number + [moment] * (length - number)


def course(**changes: object) -> Course:
    """COURSE, but for some things."""
    return replace(COURSE, **changes)  # type: ignore[arg-type]
