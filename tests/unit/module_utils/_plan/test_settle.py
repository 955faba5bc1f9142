# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading until AWS shows what a run has made."""

from __future__ import annotations

from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Change, Plan
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock, settle

OPEN, EMPTY = Plan((Change("create", "vpc", "vpc", "vpc"),)), Plan()


class FakeTime:
    def __init__(self) -> None:
        self.t, self.pauses = 0.0, []

    def sleep(self, seconds: float) -> None:
        self.t += seconds
        self.pauses.append(seconds)

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.t, self.sleep)


def test_reads_once_without_a_timeout() -> None:
    time = FakeTime()
    assert settle(lambda: ({}, OPEN), 0, time.clock) == ({}, OPEN)
    assert time.pauses == []


def test_stops_at_the_first_reading_that_shows_everything() -> None:
    time, answers = FakeTime(), iter([OPEN, OPEN, EMPTY])
    assert settle(lambda: ({}, next(answers)), 60, time.clock)[1] == EMPTY
    assert time.pauses == [0.5, 1.0]


def test_gives_the_last_reading_when_the_time_is_over() -> None:
    time = FakeTime()
    assert settle(lambda: ({}, OPEN), 20, time.clock)[1] == OPEN
    assert time.t == 20
    assert max(time.pauses) <= 10
