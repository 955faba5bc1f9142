# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state machine of a shift: from what is seen to what is done next. No AWS, no clock, no Ansible.

Its driver looks, asks decide what to do, does it, and tells progress.written what became of it. RULES, read from top to
bottom, are the whole of it: the first that has something to say decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from . import freeze
from .course import (
    NOTHING,
    Command,
    Control,
    Course,
    Finish,
    Move,
    Prepare,
    Reason,
    Seen,
    Share,
    Since,
    State,
    Status,
    Wait,
)
from .judge import Fitness, closed, fitness
from .progress import looked

Decision = tuple[State, Command]

SHORTEST = 1.0
"""Seconds between two looks, at the least."""


@dataclass(frozen=True)
class Turn:
    """One look, and what is known after it. old and new are the fitness of the sides; closed: whether the gates that
    close a bake have passed."""

    course: Course
    state: State
    seen: Seen
    old: Fitness
    new: Fitness
    closed: bool

    @property
    def old_will_do(self) -> bool:
        """Whether the old side is fit enough for a step forward."""
        return self.course.force_forward or self.old is Fitness.FIT

    @property
    def late(self) -> bool:
        """Whether the shift has taken all the time that it may."""
        return self.state.time >= self.course.max_duration


def decide(course: Course, state: State, seen: Seen) -> Decision:
    """What to do after a look, and the state with which to go on."""
    state = looked(course, state, seen)
    turn = Turn(
        course,
        state,
        seen,
        fitness(course.gates, state.tallies, course.old),
        fitness(course.gates, state.tallies, course.new),
        all(closed(course.gates, state.tallies, side) for side in _asked_sides(course)),
    )
    return next(decision for rule in RULES if (decision := rule(turn)))


def _asked_sides(course: Course) -> tuple[str, ...]:
    return (course.new,) if course.force_forward else (course.old, course.new)


# Rules. Each decides, or leaves it to the next.


def _refused(turn: Turn) -> Decision | None:
    """Before it begins there can be a reason not to."""
    verdict = turn.state.verdict
    if verdict is Reason.ALREADY_THERE:
        return turn.state, Finish(Status.COMPLETED, verdict)
    return (turn.state, Finish(Status.REFUSED, verdict)) if verdict else None


def _foreign_change(turn: Turn) -> Decision | None:
    """Somebody else moves this traffic: whatever is written now would be written over their change."""
    shares = turn.seen.shares
    if shares is None or set(shares) <= turn.state.allowed:
        return None
    status = Status.REFUSED if turn.state.at_start else Status.HELD
    return replace(turn.state, allowed=frozenset(shares)), Finish(status, Reason.FOREIGN_CHANGE)


def _returned(turn: Turn) -> Decision | None:
    """Back is written; it is over when nobody uses the new side any more."""
    state = turn.state
    if not (state.returned and state.back):
        return None
    if state.time < state.settled:
        return state, _wait(turn, state.settled)
    return state, Finish(Status.ROLLED_BACK, state.back.reason)


def _stop(turn: Turn) -> Decision | None:
    """The operator wants nothing to be moved, back neither."""
    if turn.seen.control is not Control.STOP:
        return None
    if turn.state.at_start:
        return turn.state, Finish(Status.REFUSED, Reason.EMERGENCY_STOP)
    return _hold(turn, Reason.EMERGENCY_STOP)


def _ordered_back(turn: Turn) -> Decision | None:
    """The operator's order needs no proof that the old side is fit."""
    back = turn.state.back
    if turn.seen.control is Control.ROLLBACK or (back and back.reason is Reason.OPERATOR):
        return _back(turn, Reason.OPERATOR)
    return None


def _going_back(turn: Turn) -> Decision | None:
    """What has begun to go back does so, whatever the gates say now."""
    return _back(turn, turn.state.back.reason) if turn.state.back else None


def _new_side_unfit(turn: Turn) -> Decision | None:
    return _back(turn, Reason.GATE_FAILED) if turn.new is Fitness.UNFIT else None


def _out_of_time(turn: Turn) -> Decision | None:
    return _back(turn, Reason.MAX_DURATION) if turn.late else None


def _writes_fail(turn: Turn) -> Decision | None:
    failing = turn.state.failing
    if failing is None or turn.state.time - failing < turn.course.hold_timeout:
        return None
    return _back(turn, Reason.WRITE_FAILED)


def _old_side_unfit(turn: Turn) -> Decision | None:
    """There is no way back, so there is no way forward."""
    if turn.old is not Fitness.UNFIT or turn.course.force_forward:
        return None
    if turn.state.at_start:
        return turn.state, Finish(Status.REFUSED, Reason.OLD_SIDE_UNFIT)
    return _hold(turn, Reason.OLD_SIDE_UNFIT)


def _settling(turn: Turn) -> Decision | None:
    """Until everybody follows the weights, nothing can be proven of them."""
    state = turn.state
    if state.time >= state.settled:
        return None
    return replace(state, held=None, baking=None), _wait(turn, state.settled)


def _unknown(turn: Turn) -> Decision | None:
    """Unknown is never good."""
    if turn.seen.control is not Control.RUN:
        return _hold(turn, Reason.CONTROL_UNREADABLE)
    if turn.seen.shares is None:
        return _hold(turn, Reason.WEIGHTS_UNREADABLE)
    old = Fitness.FIT if turn.course.force_forward else turn.old
    return _hold(turn, Reason.INCONCLUSIVE) if Fitness.UNKNOWN in (old, turn.new) else None


def _pending(turn: Turn) -> Decision | None:
    """A gate has not passed, within its budget: no proof of anything yet."""
    if turn.new is Fitness.FIT and turn.old_will_do:
        return None
    return turn.state, _wait(turn)


def _open(turn: Turn) -> Decision | None:
    """A step's bake that is over, with gates that close it and cannot tell yet: nothing is lost of it by waiting."""
    state = turn.state
    if turn.closed or state.proven or state.index < 0 or _left_of_the_bake(turn):
        return None
    held, command = _hold(turn, Reason.INCONCLUSIVE)
    return (replace(held, baking=state.baking) if isinstance(command, Wait) else held), command


# From here on everything that can be asked has passed.


def _closed_at_start(turn: Turn) -> Decision | None:
    """Nothing begins that cannot be finished before a freeze."""
    state, course = turn.state, turn.course
    if not state.at_start or state.prepared:
        return None
    if freeze.closed_within(course.windows, turn.seen.wall, course.bakes) is None:
        return None
    return state, Finish(Status.REFUSED, Reason.FROZEN)


def _unprepared(turn: Turn) -> Decision | None:
    return None if turn.state.prepared else (replace(turn.state, held=None), Prepare())


def _baking(turn: Turn) -> Decision | None:
    """The whole bake has to be seen to be fit."""
    state, left = turn.state, _left_of_the_bake(turn)
    if state.proven or not left:
        return None
    since = state.time if state.baking is None else state.baking
    return replace(state, baking=since, held=None), _wait(turn, state.time + left)


def _completed(turn: Turn) -> Decision | None:
    if turn.state.index + 1 < len(turn.course.steps):
        return None
    return _proven(turn), Finish(Status.COMPLETED, Reason.DONE)


def _closed(turn: Turn) -> Decision | None:
    """Where a freeze has begun on the way, it is waited for, watching."""
    if freeze.closed_until(turn.course.windows, turn.seen.wall) is None:
        return None
    return replace(_proven(turn), waiting=Reason.FROZEN), _wait(turn)


def _unapproved(turn: Turn) -> Decision | None:
    step = turn.course.step(turn.state.index + 1)
    if not step.approval or turn.seen.approved >= step.weight:
        return None
    state = replace(_proven(turn), waiting=Reason.APPROVAL)
    return state, Finish(Status.HELD, Reason.APPROVAL) if turn.course.approval_ends else _wait(turn)


def _step(turn: Turn) -> Decision | None:
    state = replace(_proven(turn), waiting=None)
    before = Share(turn.course.step(state.index).weight)
    return state, Move(Share(turn.course.step(state.index + 1).weight), before)


RULES: tuple[Callable[[Turn], Decision | None], ...] = (
    _refused,
    _foreign_change,
    _returned,
    _stop,
    _ordered_back,
    _going_back,
    _new_side_unfit,
    _out_of_time,
    _writes_fail,
    _old_side_unfit,
    _settling,
    _unknown,
    _pending,
    _open,
    _closed_at_start,
    _unprepared,
    _baking,
    _completed,
    _closed,
    _unapproved,
    _step,
)


def _proven(turn: Turn) -> State:
    return replace(turn.state, proven=True, held=None)


def _left_of_the_bake(turn: Turn) -> float:
    """Seconds; 0 where it is over."""
    state = turn.state
    since = state.time if state.baking is None else state.baking
    return max(0.0, since + turn.course.step(state.index).bake - state.time)


def _wait(turn: Turn, until: float | None = None) -> Wait:
    """Till the next look, which is not later than the moment that something is over."""
    left = turn.course.interval if until is None else min(turn.course.interval, until - turn.state.time)
    return Wait(max(SHORTEST, left))


def _hold(turn: Turn, reason: Reason) -> Decision:
    """Moves nothing, and keeps watching until the time for that is over; then back, but for an emergency stop."""
    held = replace(turn.state.held, reason=reason) if turn.state.held else Since(reason, turn.state.time)
    state = replace(turn.state, held=held, baking=None, proven=False, waiting=None)
    if state.time - held.time < turn.course.hold_timeout and not turn.late:
        return state, _wait(turn)
    if state.at_start:
        return state, Finish(Status.REFUSED, reason)
    if reason is Reason.EMERGENCY_STOP or turn.old is not Fitness.FIT:
        return state, Finish(Status.HELD, reason)
    return _back(replace(turn, state=state), reason)


def _back(turn: Turn, reason: Reason) -> Decision:
    """The way back, where there is one."""
    state = turn.state
    if state.at_start:
        return state, Finish(Status.REFUSED, reason)
    back = state.back if state.back else Since(reason, state.time)
    if reason is Reason.OPERATOR:
        back = replace(back, reason=reason)
    state = replace(state, back=back, baking=None, proven=False, waiting=None)
    if not (turn.old is Fitness.FIT or reason is Reason.OPERATOR):
        since = state.held.time if state.held else state.time
        state = replace(state, held=Since(Reason.OLD_SIDE_UNFIT, since))
        over = state.time - since >= turn.course.hold_timeout
        return state, Finish(Status.HELD, Reason.OLD_SIDE_UNFIT) if over else _wait(turn)
    state = replace(state, held=None)
    failing = state.time if state.failing is None else max(state.failing, back.time)
    if state.time - failing >= turn.course.hold_timeout:
        return state, Finish(Status.HELD, Reason.ROLLBACK_FAILED)
    expected = next(iter(state.allowed)) if len(state.allowed) == 1 else None
    return state, Move(NOTHING, expected, back=True)
