# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What holds of every shift, whatever happens on the way. The log of a run is judged here by rules of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, time
from itertools import pairwise
from typing import cast
from zoneinfo import ZoneInfo

from hypothesis import event, given, settings
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import (
    Control,
    Course,
    Finish,
    Move,
    Prepare,
    Share,
    Status,
    Step,
)
from ansible_collections.cutover.aws.plugins.module_utils._rollout.freeze import Weekly
from ansible_collections.cutover.aws.plugins.module_utils._rollout.position import begin
from tests.unit.module_utils._rollout.worlds import CLOSING, NEW, OLD, TTL, Entry, Moment, World

ENDS = {status.value for status in Status}
EVENING = Weekly(frozenset({0}), time(10, 30), time(10, 50), ZoneInfo("UTC"))
"""Falls into a run that is held up."""

verdicts = st.sampled_from(["pass"] * 12 + ["fail", "inconclusive", "nonsense"])
moments = st.builds(
    Moment,
    old=verdicts,
    new=verdicts,
    closing=st.sampled_from(["pass"] * 6 + ["inconclusive"] * 4 + ["fail", "nonsense"]),
    control=st.sampled_from([Control.RUN] * 20 + [Control.STOP, Control.ROLLBACK, Control.UNKNOWN]),
    readable=st.sampled_from([True] * 12 + [False]),
    foreign=st.sampled_from([False] * 40 + [True]),
    write=st.sampled_from(["done"] * 6 + ["nothing", "half"]),
    later=st.sampled_from([0.0] * 12 + [40.0, 200.0, 4000.0]),
    jump=st.sampled_from([0.0] * 12 + [-7200.0, -70.0, 70.0, 7200.0]),
    takes=st.sampled_from([0.0, 6.0, 60.0, 400.0]),
    approved=st.sampled_from([100] * 6 + [0, 50]),
)
well = st.just(Moment())


@st.composite
def scripts(draw: st.DrawFn) -> list[Moment]:
    """Stretches of a moment that lasts, and single ones."""
    stretches = st.tuples(st.one_of(moments, well), st.integers(1, 30))
    return [moment for moment, times in draw(st.lists(stretches, max_size=25)) for moment in [moment] * times]


@st.composite
def courses(draw: st.DrawFn) -> Course:
    """Steps, budgets and clocks of any kind."""
    weights = [*sorted(draw(st.sets(st.integers(1, 99), max_size=3))), 100]
    bakes = st.sampled_from([0.0, 20.0, 90.0])
    steps = tuple(Step(weight, draw(bakes), draw(st.booleans())) for weight in weights)
    return Course(
        "blue",
        "green",
        steps,
        draw(st.sampled_from([(OLD, NEW), (OLD, NEW, CLOSING)])),
        interval=draw(st.sampled_from([5.0, 15.0])),
        hold_timeout=draw(st.sampled_from([60.0, 300.0])),
        max_duration=draw(st.sampled_from([900.0, 3600.0])),
        windows=draw(st.sampled_from([(), (EVENING,)])),
        approval_ends=draw(st.booleans()),
        force_forward=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def runs(draw: st.DrawFn) -> tuple[Course, Share, list[Entry]]:
    """A whole run, from anywhere."""
    course = draw(courses())
    stations = [0, *(step.weight for step in course.steps)]
    share = Share(draw(st.sampled_from([0, 0, 0, *stations])))
    world = World(course, frozenset({share}))
    state = begin(course, {share}, TTL, back=draw(st.sampled_from([False] * 5 + [True])))
    log = world.run(state, draw(scripts()))
    event(f"{log[-1].command.status}: {log[-1].command.reason}")  # type: ignore[union-attr]
    return course, share, log


def forward(entry: Entry) -> bool:
    """Whether a step was ordered."""
    return isinstance(entry.command, Move) and not entry.command.back


def good(course: Course, entry: Entry) -> bool:
    """Whether the look has shown that all is well."""
    moment = entry.moment
    fit = moment.new == "pass" and (course.force_forward or moment.old == "pass")
    fit = fit and not (CLOSING in course.gates and moment.closing == "fail")
    return fit and moment.control is Control.RUN and moment.readable


@given(runs())
@settings(max_examples=250)
def test_no_step_before_the_proof_of_the_one_before(run: tuple[Course, Share, list[Entry]]) -> None:
    course, first, log = run
    weights = [0, *(step.weight for step in course.steps)]
    at, settled, watched = weights.index(int(first)), (log[0].seen.at + TTL if first else 0.0), 0
    for number, entry in enumerate(log):
        if forward(entry):
            command = cast(Move, entry.command)
            assert command.share == weights[at + 1], "a step was left out, or taken twice"
            proof = _proof(course, log[watched : number + 1], settled, 0 if at == 0 else course.steps[at - 1].bake)
            closes = at == 0 or CLOSING not in course.gates or any(one.moment.closing == "pass" for one in proof)
            assert closes, "a step on a bake that nothing has closed"
        if entry.outcome and entry.outcome.done:
            settled = max(settled, entry.done_at + entry.outcome.wait)
            if isinstance(entry.command, Move):
                at, watched = weights.index(int(entry.command.share)), number + 1


def _proof(course: Course, looks: Sequence[Entry], settled: float, bake: float) -> list[Entry]:
    """The last looks are all good, without a gap by either clock, after everybody follows the weights, for the bake.
    Those after it."""
    proof: list[Entry] = []
    for entry in looks:
        before = proof[-1] if proof else entry
        passed = entry.seen.at - before.seen.at
        by_day = (entry.seen.wall - before.seen.wall).total_seconds()
        if not good(course, entry) or passed > course.gap or abs(by_day - passed) > course.gap:
            proof = []
        if good(course, entry) and entry.seen.at >= settled:
            proof.append(entry)
    assert proof and proof[-1] is looks[-1], "a step on a look that was not good"
    baked = [entry for entry in proof if entry.seen.at - proof[0].seen.at >= bake]
    assert baked, "a step before the bake was over"
    return baked


@given(runs())
@settings(max_examples=100)
def test_after_a_failing_verdict_the_next_weight_is_the_way_back(run: tuple[Course, Share, list[Entry]]) -> None:
    course, _first, log = run
    failed = False
    for entry in log:
        failed = failed or entry.moment.new == "fail" or (CLOSING in course.gates and entry.moment.closing == "fail")
        assert not (failed and forward(entry))
        if isinstance(entry.command, Move) and entry.command.back:
            assert entry.command.share == 0


@given(runs())
@settings(max_examples=100)
def test_the_way_back_leads_to_a_fit_side_or_is_ordered(run: tuple[Course, Share, list[Entry]]) -> None:
    _course, _first, log = run
    for entry in log:
        if isinstance(entry.command, Move) and entry.command.back:
            ordered = entry.state.back is not None and entry.state.back.reason == "operator"
            assert ordered or entry.moment.old == "pass"


@given(runs())
@settings(max_examples=100)
def test_nothing_is_written_under_a_stop_or_over_a_foreign_change(run: tuple[Course, Share, list[Entry]]) -> None:
    _course, _first, log = run
    strange = False
    for entry in log:
        strange = strange or (entry.moment.foreign and entry.moment.readable)
        if entry.moment.control is Control.STOP or strange:
            assert not isinstance(entry.command, Move | Prepare)


@given(runs())
@settings(max_examples=100)
def test_no_step_in_a_freeze_or_without_approval(run: tuple[Course, Share, list[Entry]]) -> None:
    course, _first, log = run
    for entry in filter(forward, log):
        command = cast(Move, entry.command)
        step = next(step for step in course.steps if step.weight == command.share)
        assert not step.approval or entry.moment.approved >= step.weight
        hour = entry.seen.wall.astimezone(UTC)
        frozen = hour.weekday() == 0 and time(10, 30) <= hour.time() < time(10, 50)
        assert not (course.windows and frozen)


@given(runs())
@settings(max_examples=100)
def test_every_end_is_one_of_four_and_says_what_the_weights_are(run: tuple[Course, Share, list[Entry]]) -> None:
    _course, first, log = run
    last = log[-1]
    assert isinstance(last.command, Finish)
    assert last.command.status in ENDS
    if last.moment.foreign:
        return
    if last.command.status is Status.COMPLETED:
        assert last.shares == {Share(100)}
    if last.command.status is Status.ROLLED_BACK:
        assert last.shares == {Share(0)}
    if last.command.status is Status.REFUSED:
        assert last.shares == {first}
        assert not any(isinstance(entry.command, Move) and entry.outcome.done for entry in log if entry.outcome)


@given(runs())
@settings(max_examples=100)
def test_the_whole_takes_no_longer_than_it_may(run: tuple[Course, Share, list[Entry]]) -> None:
    """The last look before the time is over may come late, and so may the one after each time of holding."""
    course, _first, log = run
    longest = course.max_duration + course.hold_timeout + TTL
    pauses = sorted((after.seen.at - one.seen.at for one, after in pairwise(log)), reverse=True)
    assert log[-1].seen.at - log[0].seen.at <= longest + sum(pauses[:4])


@given(courses(), st.floats(0, 1e6))
def test_an_undisturbed_run_completes(course: Course, begun: float) -> None:
    log = World(course, now=begun).run(begin(course, {Share(0)}), [])
    last = cast(Finish, log[-1].command)
    if last.reason == "frozen":
        return
    assert last.status is Status.COMPLETED
    steps = [int(cast(Move, entry.command).share) for entry in log if forward(entry)]
    assert steps == [step.weight for step in course.steps]
