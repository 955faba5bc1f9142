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
    """One line of the story.

    share: the new side's, None while it is not known. gates: those whose verdicts are the reason.
    """

    what: What
    text: str
    share: Share | None
    reason: Reason | None = None
    gates: tuple[str, ...] = ()


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
WORDS_AT_START = {
    Reason.OPERATOR: "the control parameter says rollback, and there is nothing to go back from",
}
"""Where nothing has been moved yet."""


def opening(course: Course, state: State) -> str:
    """What a run says before its first look."""
    if state.back:
        return "going back, as it is asked for; the gates are asked, and do not decide"
    return f"{stands(course, state)}: asking {len(course.gates)} gates, which have to pass before traffic moves"


def stands(course: Course, state: State) -> str:
    """Where a run begins."""
    if state.verdict is Reason.UNKNOWN_POSITION:
        return "at none of the steps"
    if state.index < 0:
        return "before the first step"
    return f"at step {state.index + 1} of {len(course.steps)}"


def decided(course: Course, before: State, after: State, command: object) -> Iterator[Transition]:
    """What a decision changes."""
    if after.held and (before.held is None or before.held.reason is not after.held.reason):
        yield _told(What.HOLDING, "holding", course, after, after.held.reason)
    if after.waiting and after.waiting is not before.waiting:
        yield _told(What.WAITING, "waiting", course, after, after.waiting)
    ended = isinstance(command, Finish)
    resumed = (before.held and not after.held) or (before.waiting and not after.waiting)
    if resumed and not ended and not after.back:
        yield Transition(What.GOING_ON, "going on: everything that was asked has passed", share_now(after))
    if after.back and not before.back:
        yield _told(What.GOING_BACK, "going back", course, after, after.back.reason)
    if isinstance(command, Finish):
        yield _told(What.ENDED, command.status.replace("_", " "), course, after, command.reason)


def done(course: Course, after: State, command: Prepare | Move, outcome: Outcome, error: str) -> Transition:
    """What became of a command. error: why it failed."""
    share = share_now(after)
    if not outcome.done:
        what = "preparation" if isinstance(command, Prepare) else "weights"
        return Transition(What.WRITE_FAILED, f"{what} could not be written: {error}", share, Reason.WRITE_FAILED)
    follow = f"clients follow within {outcome.wait:.0f} s" if outcome.wait else "in force"
    if isinstance(command, Prepare):
        ready = f"health checks and TTL are ready, no traffic has moved; {follow}"
        return Transition(What.PREPARED, f"{ready}, then {_next(course, after)} if every gate passes", share)
    if command.back:
        return Transition(What.BACK, f"back to {course.old} 100, {course.new} 0: {follow}", share)
    number, bake = after.index + 1, course.steps[after.index].bake
    weights = f"{course.old} {100 - command.share}, {course.new} {command.share}"
    return Transition(What.STEP, f"step {number} of {len(course.steps)}: {weights}; {follow}, bake {bake:.0f} s", share)


def share_now(state: State) -> Share | None:
    """The new side's share, None while places differ or nobody knows."""
    return next(iter(state.allowed)) if len(state.allowed) == 1 else None


def _next(course: Course, state: State) -> str:
    """What comes when everything passes: a run that goes on bakes its step first."""
    return "step 1" if state.index < 0 else f"a bake of {course.step(state.index).bake:.0f} s"


def _told(what: What, word: str, course: Course, state: State, reason: Reason) -> Transition:
    """What has a reason: in words, with the gates that are it, and with what somebody can do about it."""
    gates = _gates(course, state, reason)
    words = WORDS_AT_START.get(reason, WORDS[reason]) if state.at_start else WORDS[reason]
    named = f" ({', '.join(gates)})" if gates else ""
    text = f"{word}: {words}{named}{_hint(course, state, reason)}"
    return Transition(what, text, share_now(state), reason, tuple(gates))


def _gates(course: Course, state: State, reason: Reason) -> list[str]:
    """The gates that are the reason."""
    if reason not in (Reason.GATE_FAILED, Reason.INCONCLUSIVE, Reason.OLD_SIDE_UNFIT):
        return []
    side = course.old if reason is Reason.OLD_SIDE_UNFIT else course.new
    gates = unfit_gates(course.gates, state.tallies, side)
    if reason is Reason.INCONCLUSIVE and not gates:
        gates = unfit_gates(course.gates, state.tallies, course.old)
    return gates


def _hint(course: Course, state: State, reason: Reason) -> str:
    if reason is Reason.APPROVAL and course.approve:
        weight = course.step(state.index + 1).weight
        return f"; to agree to {weight} %: {course.approve.format(weight=weight)}"
    ordered = reason is Reason.EMERGENCY_STOP or (reason is Reason.OPERATOR and state.at_start)
    return f"; to let it go on: {course.resume}" if ordered and course.resume else ""
