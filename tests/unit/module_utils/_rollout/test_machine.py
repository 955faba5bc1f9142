# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What becomes of a shift in each of the situations that the runbook names."""

from __future__ import annotations

from datetime import time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import (
    Control,
    Course,
    Move,
    Share,
    Step,
    Wait,
)
from ansible_collections.cutover.aws.plugins.module_utils._rollout.freeze import Once, Weekly
from ansible_collections.cutover.aws.plugins.module_utils._rollout.judge import Gate
from ansible_collections.cutover.aws.plugins.module_utils._rollout.position import begin
from tests.unit.module_utils._rollout.worlds import (
    CLOSING,
    COURSE,
    MONDAY,
    NEW,
    OLD,
    TTL,
    Moment,
    World,
    course,
    end,
    from_on,
    moves,
    spread,
)

MIDDLE = 15
"""A look at which green has 50 %, in a run that nothing disturbs."""
LONG_FREEZE = Once(MONDAY + timedelta(minutes=4), MONDAY + timedelta(days=3))
AT_10 = Weekly(frozenset({0}), time(9), time(11), ZoneInfo("UTC"))

Story = tuple[Course, list[Moment], list[int], tuple[str, str]]

STORIES: dict[str, Story] = {
    "nothing happens": (COURSE, [], [10, 50, 100], ("completed", "done")),
    "green fails at 50 %": (COURSE, from_on(MIDDLE, Moment(new="fail")), [10, 50, 0], ("rolled_back", "gate_failed")),
    "green fails once, without a budget": (
        COURSE,
        spread({MIDDLE: Moment(new="fail")}),
        [10, 50, 0],
        ("rolled_back", "gate_failed"),
    ),
    "green fails once, within its budget": (
        course(gates=(OLD, Gate("new", "green", failures=1))),
        spread({MIDDLE: Moment(new="fail")}),
        [10, 50, 100],
        ("completed", "done"),
    ),
    "green is never healthy": (COURSE, from_on(0, Moment(new="fail")), [], ("refused", "gate_failed")),
    "green is never known": (COURSE, from_on(0, Moment(new="inconclusive")), [], ("refused", "inconclusive")),
    "blue is unfit at first": (COURSE, from_on(0, Moment(old="fail")), [], ("refused", "old_side_unfit")),
    "blue dies in the middle": (COURSE, from_on(MIDDLE, Moment(old="fail")), [10, 50], ("held", "old_side_unfit")),
    "blue is away for a while": (
        COURSE,
        spread({number: Moment(old="fail") for number in range(MIDDLE, MIDDLE + 5)}),
        [10, 50, 100],
        ("completed", "done"),
    ),
    "blue dies, and forward is forced": (
        course(force_forward=True),
        from_on(MIDDLE, Moment(old="fail")),
        [10, 50, 100],
        ("completed", "done"),
    ),
    "both fail": (COURSE, from_on(MIDDLE, Moment(old="fail", new="fail")), [10, 50], ("held", "old_side_unfit")),
    "both fail, then blue is back": (
        COURSE,
        [*from_on(MIDDLE, Moment(old="fail", new="fail"), MIDDLE + 3), *[Moment(new="pass")] * 9],
        [10, 50, 0],
        ("rolled_back", "gate_failed"),
    ),
    "no traffic": (COURSE, from_on(MIDDLE, Moment(new="inconclusive")), [10, 50, 0], ("rolled_back", "inconclusive")),
    "no traffic, and blue is not known": (
        COURSE,
        from_on(MIDDLE, Moment(old="inconclusive", new="inconclusive")),
        [10, 50],
        ("held", "inconclusive"),
    ),
    "the alarm is missing for a while": (
        COURSE,
        spread({number: Moment(new="inconclusive") for number in range(MIDDLE, MIDDLE + 4)}),
        [10, 50, 100],
        ("completed", "done"),
    ),
    "what closes a bake cannot tell before its end": (
        course(gates=(OLD, NEW, CLOSING)),
        spread({number: Moment(closing="inconclusive") for number in range(MIDDLE, MIDDLE + 3)}),
        [10, 50, 100],
        ("completed", "done"),
    ),
    "what closes a bake never can tell": (
        course(gates=(OLD, NEW, CLOSING)),
        from_on(MIDDLE, Moment(closing="inconclusive")),
        [10, 50, 0],
        ("rolled_back", "inconclusive"),
    ),
    "what closes a bake fails before its end": (
        course(gates=(OLD, NEW, CLOSING)),
        from_on(MIDDLE, Moment(closing="fail")),
        [10, 50, 0],
        ("rolled_back", "gate_failed"),
    ),
    "what closes a bake never can tell, from the first": (
        course(gates=(OLD, NEW, CLOSING)),
        from_on(0, Moment(closing="inconclusive")),
        [10, 0],
        ("rolled_back", "inconclusive"),
    ),
    "what closes a bake fails before the first": (
        course(gates=(OLD, NEW, CLOSING)),
        from_on(0, Moment(closing="fail")),
        [],
        ("refused", "gate_failed"),
    ),
    "the emergency stop is pulled": (
        COURSE,
        from_on(MIDDLE, Moment(control=Control.STOP)),
        [10, 50],
        ("held", "emergency_stop"),
    ),
    "stopped while green fails": (
        COURSE,
        from_on(MIDDLE, Moment(control=Control.STOP, new="fail")),
        [10, 50],
        ("held", "emergency_stop"),
    ),
    "stopped from the first": (COURSE, [Moment(control=Control.STOP)], [], ("refused", "emergency_stop")),
    "the operator goes back, to a side that fails": (
        COURSE,
        from_on(MIDDLE, Moment(control=Control.ROLLBACK, old="fail")),
        [10, 50, 0],
        ("rolled_back", "operator"),
    ),
    "the control parameter is gone": (
        COURSE,
        from_on(MIDDLE, Moment(control=Control.UNKNOWN)),
        [10, 50, 0],
        ("rolled_back", "control_unreadable"),
    ),
    "green fails while the control parameter is gone": (
        COURSE,
        from_on(MIDDLE, Moment(control=Control.UNKNOWN, new="fail")),
        [10, 50, 0],
        ("rolled_back", "gate_failed"),
    ),
    "the weights cannot be read": (
        COURSE,
        from_on(MIDDLE, Moment(readable=False)),
        [10, 50, 0],
        ("rolled_back", "weights_unreadable"),
    ),
    "somebody else moves the weights": (
        COURSE,
        spread({MIDDLE: Moment(foreign=True)}),
        [10, 50],
        ("held", "foreign_change"),
    ),
    "somebody else moves them before the first step": (
        COURSE,
        [Moment(), Moment(foreign=True)],
        [],
        ("refused", "foreign_change"),
    ),
    "it takes too long": (course(max_duration=100), [], [10, 0], ("rolled_back", "max_duration")),
    "nothing can be written": (COURSE, from_on(0, Moment(write="nothing")), [], ("refused", "preparation_failed")),
    "steps cannot be written": (COURSE, from_on(1, Moment(write="nothing")), [], ("refused", "write_failed")),
    "half of a step is written": (
        COURSE,
        spread({3: Moment(write="half")}),
        [0],
        ("rolled_back", "write_incomplete"),
    ),
    "the way back cannot be written": (
        COURSE,
        from_on(MIDDLE, Moment(new="fail", write="nothing")),
        [10, 50],
        ("held", "rollback_failed"),
    ),
    "it would begin in a freeze": (course(windows=(AT_10,)), [], [], ("refused", "frozen")),
    "a freeze would begin on the way": (course(windows=(LONG_FREEZE,)), [], [], ("refused", "frozen")),
    "a freeze begins while it holds": (
        course(windows=(Once(MONDAY + timedelta(minutes=5), MONDAY + timedelta(minutes=20)),)),
        spread({number: Moment(new="inconclusive") for number in range(MIDDLE, MIDDLE + 8)}),
        [10, 50, 100],
        ("completed", "done"),
    ),
    "nobody agrees": (
        course(steps=(Step(10, 60), Step(100, 60, approval=True))),
        from_on(0, Moment(approved=10), 4000),
        [10, 0],
        ("rolled_back", "max_duration"),
    ),
    "an approval comes": (
        course(steps=(Step(10, 60), Step(100, 60, approval=True))),
        [Moment(approved=0)] * 60,
        [10, 100],
        ("completed", "done"),
    ),
    "the next job goes on after an approval": (
        course(steps=(Step(10, 60), Step(100, 60, approval=True)), approval_ends=True),
        from_on(0, Moment(approved=10)),
        [10],
        ("held", "approval"),
    ),
    "a gate that does not decide fails": (
        course(gates=(OLD, NEW, Gate("other", "green", decides=False))),
        [],
        [10, 50, 100],
        ("completed", "done"),
    ),
    "no gate decides on blue": (course(gates=(NEW,)), [], [], ("refused", "inconclusive")),
}


@pytest.mark.parametrize(("asked", "moments", "shares", "ends"), STORIES.values(), ids=STORIES)
def test_stories(asked: Course, moments: list[Moment], shares: list[int], ends: tuple[str, str]) -> None:
    log = World(asked).run(begin(asked, {Share(0)}), moments)
    assert (moves(log), end(log)) == (shares, ends)


def test_green_fails_and_the_very_same_look_orders_the_way_back() -> None:
    log = World().run(begin(COURSE, {Share(0)}), from_on(MIDDLE, Moment(new="fail")))
    first = next(entry for entry in log if entry.moment.new == "fail")
    assert first.command == Move(Share(0), Share(50), back=True)


def test_the_end_of_a_way_back_waits_until_clients_have_followed() -> None:
    log = World().run(begin(COURSE, {Share(0)}), from_on(MIDDLE, Moment(new="fail")))
    written_at = next(entry.seen.at for entry in log if isinstance(entry.command, Move) and entry.command.back)
    assert log[-1].seen.at - written_at >= TTL


def test_a_bake_begins_anew_after_what_nobody_has_seen() -> None:
    undisturbed = World().run(begin(COURSE, {Share(0)}), [])
    for gap in (Moment(later=COURSE.gap + 1), Moment(jump=7200), Moment(jump=-7200)):
        log = World().run(begin(COURSE, {Share(0)}), spread({MIDDLE: gap}))
        assert end(log) == ("completed", "done")
        assert len(log) > len(undisturbed)


def test_a_bake_begins_anew_after_a_hold() -> None:
    held_at = MIDDLE + 2
    log = World().run(begin(COURSE, {Share(0)}), spread({held_at: Moment(new="inconclusive")}))
    step = next(entry for entry in log[held_at:] if isinstance(entry.command, Move))
    assert step.seen.at - log[held_at].seen.at >= COURSE.steps[1].bake


def test_a_freeze_that_begins_on_the_way_is_waited_for() -> None:
    window = Once(MONDAY + timedelta(minutes=5), MONDAY + timedelta(minutes=20))
    delayed = spread({number: Moment(new="inconclusive") for number in range(MIDDLE, MIDDLE + 8)})
    log = World(course(windows=(window,))).run(begin(COURSE, {Share(0)}), delayed)
    last = [entry.seen.wall for entry in log if isinstance(entry.command, Move)][-1]
    assert window.end <= last < window.end + timedelta(seconds=COURSE.interval + 1)


def test_an_emergency_stop_holds_no_longer_than_the_shift_may_take() -> None:
    patient = course(hold_timeout=10_000, max_duration=600)
    log = World(patient).run(begin(patient, {Share(0)}), from_on(MIDDLE, Moment(control=Control.STOP)))
    assert end(log) == ("held", "emergency_stop")
    assert log[-1].state.time < 600 + COURSE.interval + 1


def test_time_that_runs_back_is_no_time() -> None:
    log = World().run(begin(COURSE, {Share(0)}), spread({MIDDLE: Moment(later=-500)}))
    assert end(log) == ("completed", "done")
    assert all(after.state.time >= one.state.time for one, after in pairwise(log))


def test_it_looks_no_later_than_a_bake_is_over() -> None:
    log = World(course(interval=50)).run(begin(COURSE, {Share(0)}), [])
    waits = [entry.command.seconds for entry in log if isinstance(entry.command, Wait)]
    assert max(waits) == 50
    assert min(waits) < 50


def test_a_bake_that_is_closed_late_is_not_baked_again() -> None:
    """The next step comes with the look in which the gate can tell; nothing is held before the bake is over."""
    told_after = 25
    world = World(course(gates=(OLD, NEW, CLOSING)))
    moments = spread({at: Moment(closing="inconclusive") for at in range(MIDDLE, told_after)})
    world.run(begin(world.course, {Share(0)}, TTL), moments)
    baking = [entry.state for entry in world.log[MIDDLE:told_after]]
    assert baking[0].held is None
    assert baking[-1].held is not None
    assert baking[-1].held.time - (baking[-1].baking or 0) == COURSE.steps[1].bake
    assert world.log[told_after].command == Move(Share(100), Share(50))
