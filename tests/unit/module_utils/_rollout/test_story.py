# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What people are told of a shift."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import (
    Control,
    Course,
    Move,
    Prepare,
    Reason,
    Share,
    Step,
)
from ansible_collections.cutover.aws.plugins.module_utils._rollout.position import begin, share_of
from ansible_collections.cutover.aws.plugins.module_utils._rollout.story import WORDS, decided, done, opening
from tests.unit.module_utils._rollout.worlds import COURSE, Entry, Moment, World, course, from_on, spread

MIDDLE = 15


def told(log: list[Entry], asked: Course = COURSE) -> list[str]:
    """The story of a run, line by line. An entry's state is after its command, so what was decided is told by it."""
    lines: list[str] = []
    before = begin(COURSE, {Share(0)})
    for entry in log:
        lines += [one.text for one in decided(asked, before, entry.state, entry.command)]
        if entry.outcome and isinstance(entry.command, Prepare | Move):
            lines.append(done(asked, entry.state, entry.command, entry.outcome, "no answer").text)
        before = entry.state
    return lines


def run(moments: list[Moment]) -> list[str]:
    return told(World().run(begin(COURSE, {Share(0)}), moments))


def test_a_run_that_nothing_disturbs() -> None:
    assert run([]) == [
        "health checks and TTL are ready, no traffic has moved; clients follow within 30 s, "
        "then step 1 if every gate passes",
        "step 1 of 3: blue 90, green 10; clients follow within 30 s, bake 60 s",
        "step 2 of 3: blue 50, green 50; clients follow within 30 s, bake 60 s",
        "step 3 of 3: blue 0, green 100; clients follow within 30 s, bake 120 s",
        "completed: every step is proven",
    ]


def test_a_failure_names_its_gate() -> None:
    lines = run(from_on(MIDDLE, Moment(new="fail")))
    assert lines[-3:] == [
        "going back: a gate failed (new)",
        "back to blue 100, green 0: clients follow within 30 s",
        "rolled back: a gate failed (new)",
    ]


def test_a_hold_is_told_once_and_so_is_its_end() -> None:
    lines = run(spread({number: Moment(old="inconclusive") for number in range(MIDDLE, MIDDLE + 6)}))
    assert [line for line in lines if "hold" in line or "going on" in line] == [
        "holding: a gate gives no answer, or not enough data (old)",
        "going on: everything that was asked has passed",
    ]


def test_another_reason_to_hold_is_told() -> None:
    moments = spread({MIDDLE: Moment(control=Control.UNKNOWN), MIDDLE + 1: Moment(control=Control.STOP)})
    assert [line for line in run(moments) if line.startswith("holding")] == [
        f"holding: {WORDS[Reason.CONTROL_UNREADABLE]}",
        f"holding: {WORDS[Reason.EMERGENCY_STOP]}",
    ]


def test_a_write_that_fails_says_why() -> None:
    assert "weights could not be written: no answer" in run(spread({3: Moment(write="nothing")}))


def test_waiting_for_an_approval_says_how_to_give_it() -> None:
    asked = course(steps=(Step(10, 60), Step(100, 60, approval=True)), approve="say {weight}")
    log = World(asked).run(begin(asked, {Share(0)}), [Moment(approved=0)] * 60)
    lines = told(log, asked)
    assert "waiting: the next step needs an approval; to agree to 100 %: say 100" in lines


OPENINGS = {
    "at first": ({0}, False, "before the first step: asking 2 gates, which have to pass before traffic moves"),
    "in the middle": ({10}, False, "at step 1 of 3: asking 2 gates, which have to pass before traffic moves"),
    "on the way back": ({10}, True, "going back, as it is asked for; the gates are asked, and do not decide"),
}


@pytest.mark.parametrize(("found", "back", "line"), OPENINGS.values(), ids=OPENINGS)
def test_what_is_said_before_the_first_look(found: set[int], back: bool, line: str) -> None:
    assert opening(COURSE, begin(COURSE, map(Share, found), back=back)) == line


def test_a_run_that_goes_on_says_that_it_bakes_its_step_first() -> None:
    world = World(shares=frozenset({Share(10)}))
    lines = told(world.run(begin(COURSE, world.shares), []))
    assert lines[0].endswith("clients follow within 30 s, then a bake of 60 s if every gate passes")


def test_a_stop_says_how_to_let_it_go_on() -> None:
    asked = course(resume="say run")
    log = World(asked).run(begin(asked, {Share(0)}), spread({MIDDLE: Moment(control=Control.STOP)}))
    assert f"holding: {WORDS[Reason.EMERGENCY_STOP]}; to let it go on: say run" in told(log, asked)


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(Reason)


def test_no_two_lines_in_a_row_are_the_same() -> None:
    lines = run(from_on(MIDDLE, Moment(old="fail", new="fail")))
    assert all(one != other for one, other in pairwise(lines))


SHARES = {
    "in percent": ({"blue": 90, "green": 10}, Share(10)),
    "by ratio": ({"blue": 1, "green": 1}, Share(50)),
    "one side alone": ({"blue": 100}, Share(0)),
    "all 0 are all alike": ({"blue": 0, "green": 0}, Share(50)),
    "a third side that has nothing": ({"blue": 1, "green": 0, "red": 0}, Share(0)),
    "a third side": ({"blue": 1, "green": 0, "red": 1}, Share(-1)),
    "what is no whole percent": ({"blue": 2, "green": 1}, Share(100, 3)),
}


@pytest.mark.parametrize(("weights", "share"), SHARES.values(), ids=SHARES)
def test_share_of(weights: dict[str, int], share: Share) -> None:
    assert share_of(weights, COURSE) == share
