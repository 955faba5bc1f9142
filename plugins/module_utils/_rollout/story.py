# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What happened between two looks, as people are told: on the screen, by SNS and webhook, in the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .course import Course, Finish, Move, Outcome, Prepare, Reason, Share, State
from .judge import unfit_gates


class What(StrEnum):
    """Kinds of transitions."""

    STARTED = "started"
    PREPARED = "prepared"
    STEP = "step"
    HOLDING = "holding"
    WAITING = "waiting"
    GOING_ON = "going_on"
    GOING_BACK = "going_back"
    BACK = "back"
    WRITE_FAILED = "write_failed"
    ENDED = "ended"


@dataclass(frozen=True)
class Transition:
    """One line of the story. share: the new side's, None while it is not known."""

    what: What
    text: str
    share: Share | None
    reason: Reason | None = None


WORDS = {
    Reason.DONE: "every step is proven",
    Reason.ALREADY_THERE: "the weights are those of the last step, and no shift is under way",
    Reason.GATE_FAILED: "a gate failed",
    Reason.INCONCLUSIVE: "a gate gives no answer, or not enough data",
    Reason.OLD_SIDE_UNFIT: "the side to go back to is not fit, or not known to be",
    Reason.FOREIGN_CHANGE: "somebody else has moved the weights; nothing is written over that",
    Reason.UNKNOWN_POSITION: "the weights are those of no step",
    Reason.EMERGENCY_STOP: "the control parameter says stop",
    Reason.CONTROL_UNREADABLE: "the control parameter cannot be read, or says neither run, stop nor rollback",
    Reason.WEIGHTS_UNREADABLE: "the weights cannot be read",
    Reason.OPERATOR: "the operator wants it",
    Reason.MAX_DURATION: "the shift has taken all the time that it may",
    Reason.FROZEN: "a freeze window",
    Reason.APPROVAL: "the next step needs an approval",
    Reason.PREPARATION_FAILED: "health checks or TTL could not be made ready",
    Reason.WRITE_FAILED: "the weights could not be written",
    Reason.WRITE_INCOMPLETE: "only a part of the weights was written, or nobody knows how much",
    Reason.ROLLBACK_FAILED: "the way back could not be written",
    Reason.UNFIT: "what is asked for cannot be done",
}


def decided(course: Course, before: State, after: State, command: object) -> Iterator[Transition]:
    """What a decision changes."""
    share = share_now(after)
    if after.held and (before.held is None or before.held.reason is not after.held.reason):
        yield Transition(What.HOLDING, _because("holding", course, after, after.held.reason), share, after.held.reason)
    if after.waiting and after.waiting is not before.waiting:
        yield Transition(What.WAITING, _because("waiting", course, after, after.waiting), share, after.waiting)
    ended = isinstance(command, Finish)
    resumed = (before.held and not after.held) or (before.waiting and not after.waiting)
    if resumed and not ended and not after.back:
        yield Transition(What.GOING_ON, "going on: everything that was asked has passed", share)
    if after.back and not before.back:
        text = _because("going back", course, after, after.back.reason)
        yield Transition(What.GOING_BACK, text, share, after.back.reason)
    if isinstance(command, Finish):
        text = _because(command.status.replace("_", " "), course, after, command.reason)
        yield Transition(What.ENDED, text, share, command.reason)


def done(course: Course, after: State, command: Prepare | Move, outcome: Outcome, error: str) -> Transition:
    """What became of a command. error: why it failed."""
    share = share_now(after)
    if not outcome.done:
        what = "preparation" if isinstance(command, Prepare) else "weights"
        return Transition(What.WRITE_FAILED, f"{what} could not be written: {error}", share, Reason.WRITE_FAILED)
    follow = f"clients follow within {outcome.wait:.0f} s" if outcome.wait else "in force"
    if isinstance(command, Prepare):
        return Transition(What.PREPARED, "health checks and TTL are ready; no traffic has moved", share)
    if command.back:
        return Transition(What.BACK, f"back to {course.old} 100, {course.new} 0: {follow}", share)
    number, bake = after.index + 1, course.steps[after.index].bake
    weights = f"{course.old} {100 - command.share}, {course.new} {command.share}"
    return Transition(What.STEP, f"step {number} of {len(course.steps)}: {weights}; {follow}, bake {bake:.0f} s", share)


def share_now(state: State) -> Share | None:
    """The new side's share, None while places differ or nobody knows."""
    return next(iter(state.allowed)) if len(state.allowed) == 1 else None


def _because(what: str, course: Course, state: State, reason: Reason) -> str:
    side = {Reason.OLD_SIDE_UNFIT: course.old}.get(reason, course.new)
    asked = reason in (Reason.GATE_FAILED, Reason.INCONCLUSIVE, Reason.OLD_SIDE_UNFIT)
    gates = unfit_gates(course.gates, state.tallies, side) if asked else []
    if reason is Reason.INCONCLUSIVE and not gates:
        gates = unfit_gates(course.gates, state.tallies, course.old)
    named = f" ({', '.join(gates)})" if gates else ""
    return f"{what}: {WORDS[reason]}{named}{_approve(course, state) if reason is Reason.APPROVAL else ''}"


def _approve(course: Course, state: State) -> str:
    weight = course.step(state.index + 1).weight
    return f"; to agree to {weight} %: {course.approve.format(weight=weight)}" if course.approve else ""
