# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the state of a shift goes on: by a look, and by what became of a command."""

from __future__ import annotations

from dataclasses import replace

from .course import Course, Move, Outcome, Prepare, Reason, Seen, Since, State
from .judge import tallied


def looked(course: Course, state: State, seen: Seen) -> State:
    """Time has passed. What was not watched is not proven: after a gap, by either clock, the bake begins anew."""
    passed = 0.0 if state.at is None else max(0.0, seen.at - state.at)
    by_day = 0.0 if state.wall is None else (seen.wall - state.wall).total_seconds()
    unseen = passed > course.gap or abs(by_day - passed) > course.gap
    return replace(
        state,
        time=state.time + passed,
        at=seen.at,
        wall=seen.wall,
        tallies=tallied(course.gates, state.tallies, seen.verdicts),
        baking=None if unseen else state.baking,
        proven=state.proven and not unseen,
    )


def written(state: State, command: Prepare | Move, outcome: Outcome, took: float) -> State:
    """The state after a command was carried out, or was not. took: seconds from the look that decided it until then."""
    if not outcome.done:
        return _unwritten(state, command, outcome)
    # The change is in sync only now, and only now do caches begin to forget what was there before.
    settled = max(state.settled, state.time + took + outcome.wait)
    if isinstance(command, Prepare):
        return replace(state, prepared=True, settled=settled, failing=None)
    state = replace(
        state,
        allowed=frozenset({command.share}),
        settled=settled,
        baking=None,
        proven=False,
        moved=True,
        failing=None,
        held=None,
        waiting=None,
    )
    return replace(state, returned=True) if command.back else replace(state, index=state.index + 1)


def _unwritten(state: State, command: Prepare | Move, outcome: Outcome) -> State:
    failing = state.time if state.failing is None else state.failing
    state = replace(state, failing=failing)
    if isinstance(command, Prepare):
        return replace(state, verdict=Reason.PREPARATION_FAILED) if state.at_start else state
    if not outcome.touched:
        return state
    back = state.back or Since(Reason.WRITE_INCOMPLETE, state.time)
    return replace(state, allowed=state.allowed | {command.share}, moved=True, back=back, baking=None, proven=False)
