# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Chunks cover every key exactly once, and what differs is found: whatever rows two databases have."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._compare import narrow as narrowing
from ansible_collections.cutover.aws.plugins.module_utils._compare.chunks import (
    FEWEST_ROWS,
    MOST_ROWS,
    STEP,
    Pace,
    TimeIsUp,
    next_size,
)
from ansible_collections.cutover.aws.plugins.module_utils._compare.shapes import Key, Table
from ansible_collections.cutover.aws.plugins.module_utils._compare.sides import Both
from ansible_collections.cutover.aws.plugins.module_utils._compare.tables import Limits, Result, Walk, begun
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock
from tests.unit.module_utils._compare.memory import TABLE, Memory, by_digest

KEYS = st.tuples(st.integers(-20, 20), st.sampled_from(["", "a", "b"]))
SIDES = st.dictionaries(KEYS, st.sampled_from(["x", "y"]), max_size=60)
CONTENTS = st.lists(st.sampled_from("abcdefgh"), max_size=60)
SIZES = st.integers(1, 9)


class Time:
    """Each look at the clock takes a while, as much as is drawn."""

    def __init__(self, step: float = 0.0) -> None:
        self.seconds, self.step = 0.0, step
        self.pauses: list[float] = []

    def now(self) -> float:
        self.seconds += self.step
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds


def walked(source: Memory, target: Memory, *, table: Table = TABLE, most: int = 1000, step: float = 0.0) -> Result:
    time = Time(step)
    pace = Pace(Clock(time.now, time.sleep), 0.5, lambda: 0, 25, 1e9)
    result = begun(table)
    Walk(Both(source, target), pace, Limits(most, 1000), lambda: None).through(table, result)
    return result


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that few rows are many."""
    chunks = "ansible_collections.cutover.aws.plugins.module_utils._compare.chunks"
    monkeypatch.setattr(f"{chunks}.FIRST_ROWS", 3)
    monkeypatch.setattr(narrowing, "ROWS_AT_ONCE", 4)


class TestChunks:
    @given(SIDES, SIDES, st.sampled_from([0.0, 0.4, 0.6, 3.0]))
    def test_cover_every_key_of_both_sides_exactly_once(
        self, ours: dict[Key, str], theirs: dict[Key, str], step: float
    ) -> None:
        source, target = Memory(ours.items()), Memory(theirs.items())
        result = walked(source, target, step=step, most=1)
        outer = source.spans[:1]
        for span in source.spans:
            if span.after == outer[-1].to and outer[-1].to is not None and span not in outer:
                outer.append(span)
        assert (outer[0].after, outer[-1].to) == (None, None)
        for key in ours.keys() | theirs.keys():
            holding = [
                span
                for span in outer
                if (span.after is None or key > span.after) and (span.to is None or key <= span.to)
            ]
            assert len(holding) == 1
        assert result.rows == [len(ours), len(theirs)]

    @given(st.integers(1, MOST_ROWS), st.floats(0, 1e6), st.floats(0.01, 100))
    def test_their_size_follows_the_time_within_bounds(self, size: int, took: float, target: float) -> None:
        after = next_size(size, took, target)
        assert FEWEST_ROWS <= after <= MOST_ROWS
        assert round(size / STEP) - 1 <= after <= size * STEP
        if took > target:
            assert after <= size
        if took < target:
            assert after >= size

    def test_each_table_begins_with_a_small_one(self) -> None:
        source = Memory([((number, ""), "x") for number in range(200)])
        time = Time()
        pace = Pace(Clock(time.now, time.sleep), 0.5, lambda: 0, 25, 1e9)
        walk = Walk(Both(source, source), pace, Limits(10, 10), lambda: None)
        walk.through(TABLE, begun(TABLE))
        assert pace.size > 3
        source.spans.clear()
        walk.through(TABLE, begun(TABLE))
        assert source.spans[0].to == (2, "")


class TestPace:
    def test_pauses_grow_until_the_source_is_calm(self) -> None:
        time, running = Time(), iter([26, 30, 99, 27, 26, 25])
        pace = Pace(Clock(time.now, time.sleep), 0.5, lambda: next(running), 25, 1e9)
        pace.wait()
        assert time.pauses == [1, 2, 4, 8, 10]
        assert pace.paused == 25

    def test_time_that_is_up_is_not_waited_for(self) -> None:
        time = Time()
        pace = Pace(Clock(time.now, time.sleep), 0.5, lambda: 26, 25, 5)
        with pytest.raises(TimeIsUp):
            pace.wait()
        assert (time.pauses, pace.busy) == ([1, 2, 2], 26)


class TestNarrowing:
    @given(SIDES, SIDES)
    def test_finds_what_differs_and_nothing_else(self, ours: dict[Key, str], theirs: dict[Key, str]) -> None:
        source, target = Memory(ours.items()), Memory(theirs.items())
        result = walked(source, target)
        assert sorted(result.keys.missing) == sorted(ours.keys() - theirs.keys())
        assert sorted(result.keys.extra) == sorted(theirs.keys() - ours.keys())
        assert sorted(result.keys.changed) == sorted(key for key in ours.keys() & theirs if ours[key] != theirs[key])
        assert result.keys.complete
        assert bool(result.differing) == (ours != theirs)
        assert max(source.most, target.most) <= 4

    @given(CONTENTS, CONTENTS)
    def test_without_a_key_counts_what_is_the_same(self, ours: list[str], theirs: list[str]) -> None:
        table = Table("t", "t", {}, "h", TABLE.key, by_digest=True)
        result = walked(Memory(by_digest(ours)), Memory(by_digest(theirs)), table=table)
        names = {key: content for key, content in by_digest("abcdefgh")}
        more, less = Counter(ours) - Counter(theirs), Counter(theirs) - Counter(ours)
        assert sorted(names[key] for key in result.keys.missing) == sorted(more)
        assert sorted(names[key] for key in result.keys.extra) == sorted(less)
        assert (result.keys.changed, result.chunks) == ([], 1)

    def test_many_that_are_the_same_hide_no_others(self) -> None:
        """A half of them has no end before the others' end."""
        letters = "abcdefgh"
        last = max(by_digest(letters))[1]
        ours = [*letters, *[last] * 20]
        theirs = [*ours, *(letter for letter in letters if letter != last)]
        table = Table("t", "t", {}, "h", TABLE.key, by_digest=True)
        found = walked(Memory(by_digest(ours)), Memory(by_digest(theirs)), table=table).keys
        assert (len(found.missing), len(found.extra), found.complete) == (0, 7, True)

    @given(SIDES, SIDES, st.integers(1, 5))
    def test_names_no_more_keys_than_are_asked_for(
        self, ours: dict[Key, str], theirs: dict[Key, str], most: int
    ) -> None:
        result = walked(Memory(ours.items()), Memory(theirs.items()), most=most)
        differing = len(ours.items() ^ theirs.items())
        assert len(result.keys) <= most
        assert len(result.keys) > 0 or not differing
        everything = len({key for key, _ in ours.items() ^ theirs.items()})
        assert result.keys.complete == (everything <= most)
