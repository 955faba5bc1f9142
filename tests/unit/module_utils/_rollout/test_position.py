# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A run that follows another one, of which nothing is known but the weights; and whether anything is left to guard."""

from __future__ import annotations

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import (
    Control,
    Finish,
    Move,
    Outcome,
    Prepare,
    Share,
)
from ansible_collections.cutover.aws.plugins.module_utils._rollout.position import begin, is_over
from ansible_collections.cutover.aws.plugins.module_utils._rollout.progress import written
from tests.unit.module_utils._rollout.worlds import COURSE, TTL, Entry, Moment, World, end, from_on, moves, spread

MIDDLE = 15
"""A look at which green has 50 %, in a run that nothing disturbs."""


def resumed(shares: set[int], moments: list[Moment], *, back: bool = False, over: bool = False) -> list[Entry]:
    places = frozenset(map(Share, shares))
    return World(COURSE, places).run(begin(COURSE, places, TTL, back=back, over=over), moments)


RESUMED = {
    "at a step": ({10}, [], [50, 100], ("completed", "done")),
    "at the last step, in its bake": ({100}, [], [], ("completed", "done")),
    "at a step, and green fails": ({50}, from_on(0, Moment(new="fail")), [0], ("rolled_back", "gate_failed")),
    "at a step, and blue is gone": ({50}, from_on(0, Moment(old="fail")), [], ("held", "old_side_unfit")),
    "in the middle of a write": ({10, 50}, [], [50, 100], ("completed", "done")),
    "in the middle of the first write": ({0, 10}, [], [10, 50, 100], ("completed", "done")),
    "in the middle of the first write, and green fails": (
        {0, 10},
        from_on(0, Moment(new="fail")),
        [0],
        ("rolled_back", "gate_failed"),
    ),
    "somewhere else": ({30}, [], [], ("refused", "unknown_position")),
    "at two steps that do not follow each other": ({0, 50}, [], [], ("refused", "unknown_position")),
}


@pytest.mark.parametrize(("shares", "moments", "written_shares", "ends"), RESUMED.values(), ids=RESUMED)
def test_resumed(shares: set[int], moments: list[Moment], written_shares: list[int], ends: tuple[str, str]) -> None:
    log = resumed(shares, moments)
    assert (moves(log), end(log)) == (written_shares, ends)


def test_a_resumed_step_settles_and_bakes_whole() -> None:
    log = resumed({50}, [])
    step = next(entry for entry in log if isinstance(entry.command, Move))
    assert step.seen.at - log[0].seen.at >= TTL + COURSE.steps[1].bake


def test_what_is_over_is_over() -> None:
    log = resumed({100}, [], over=True)
    assert (moves(log), end(log), len(log)) == ([], ("completed", "already_there"), 1)


@pytest.mark.parametrize("shares", [{30}, {10, 50}, {100}, {7, 8, 9}], ids=str)
def test_the_operator_goes_back_from_anywhere(shares: set[int]) -> None:
    log = resumed(shares, from_on(0, Moment(old="fail", new="fail")), back=True)
    assert (moves(log), end(log)) == ([0], ("rolled_back", "operator"))


def test_going_back_from_where_it_began_writes_nothing() -> None:
    log = resumed({0}, [], back=True)
    assert (moves(log), end(log)) == ([], ("rolled_back", "operator"))


ENDS = {
    "completed": ([], True),
    "rolled back": (from_on(MIDDLE, Moment(new="fail")), True),
    "held": (from_on(MIDDLE, Moment(control=Control.STOP)), False),
    "refused when it was prepared": (from_on(1, Moment(new="fail")), True),
    "stopped when it was prepared": (from_on(1, Moment(control=Control.STOP)), False),
    "somebody else writes": (from_on(1, Moment(foreign=True)), False),
}


@pytest.mark.parametrize(("moments", "over"), ENDS.values(), ids=ENDS)
def test_what_is_prepared_goes_when_nothing_is_left_to_guard(moments: list[Moment], over: bool) -> None:
    last = World().run(begin(COURSE, {Share(0)}), moments)[-1]
    assert isinstance(last.command, Finish)
    assert is_over(last.command, last.state) is over


def test_weights_of_no_step_are_not_over() -> None:
    last = resumed({30}, [])[-1]
    assert isinstance(last.command, Finish)
    assert not is_over(last.command, last.state)


def test_a_half_written_step_is_left_with_no_expectation() -> None:
    """Some places have it, some have not: only the zone knows, and it is compared when it is written."""
    log = resumed({10, 50}, from_on(0, Moment(new="fail")))
    assert next(entry.command for entry in log if isinstance(entry.command, Move)) == Move(Share(0), None, back=True)


def test_a_failed_preparation_in_the_middle_is_tried_again() -> None:
    log = resumed({50}, spread({3: Moment(write="nothing"), 2: Moment(write="nothing")}))
    assert end(log) == ("completed", "done")
    assert sum(isinstance(entry.command, Prepare) for entry in log) >= 1


def test_a_move_whose_answer_is_lost_may_be_there() -> None:
    state = begin(COURSE, {Share(10)})
    after = written(state, Move(Share(50), Share(10)), Outcome(False, touched=True), 0)
    assert after.allowed == {Share(10), Share(50)}
    assert after.back is not None
