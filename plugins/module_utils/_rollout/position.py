# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where a shift stands, from nothing but the weights: what a run begins with, whatever became of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .course import NOTHING, Course, Finish, Reason, Share, Since, State, Status


def share_of(weights: Mapping[str, int], course: Course) -> Share:
    """The new side's share of a place. All weights 0 mean equal shares; a third side with traffic makes it -1, which is
    no step of any shift."""
    old, new = weights.get(course.old, 0), weights.get(course.new, 0)
    if any(weight for side, weight in weights.items() if side not in (course.old, course.new)):
        return Share(-1)
    return Share(100 * new, old + new) if old + new else Share(50)


def is_over(finish: Finish, state: State) -> bool:
    """Whether nothing of the shift is left to guard, and what it has prepared may go.

    Nothing is written under an emergency stop, nor where somebody else writes.
    """
    if finish.status is Status.REFUSED:
        return state.at_start and finish.reason not in (Reason.EMERGENCY_STOP, Reason.FOREIGN_CHANGE)
    return finish.status in (Status.COMPLETED, Status.ROLLED_BACK)


def begin(course: Course, shares: Iterable[Share], ttl: float = 0, *, back: bool = False, over: bool = False) -> State:
    """The state in which a run begins.

    shares: of each place. ttl: for so long clients may follow what was before, since nobody knows when the weights were
    written. back: the operator wants to go back, from wherever it is. over: nothing of a shift is under way, so that
    weights of the last step are the end of an earlier one.
    """
    found = frozenset(shares)
    if back:
        state = State(allowed=found, moved=True, back=Since(Reason.OPERATOR, 0))
        return replace(state, returned=found == {NOTHING})
    stations = [NOTHING, *(Share(step.weight) for step in course.steps)]
    for number, station in enumerate(stations):
        last = number + 1 == len(stations)
        if found == {station}:
            state = State(index=number - 1, allowed=found, settled=ttl if number else 0)
            return replace(state, verdict=Reason.ALREADY_THERE) if last and over else state
        if not last and found == {station, stations[number + 1]}:
            # A run died between two zones, or two listeners: the step that it was writing is written again.
            return State(index=number - 1, allowed=found, settled=ttl)
    return State(allowed=found, verdict=Reason.UNKNOWN_POSITION)
