# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""AWS's time beside the real one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from local_cloud.clock import ManualClock
from local_cloud.time.aws_time import AwsTime

WALL = 1_800_000_000.0


class Speed:
    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def __call__(self) -> float:
        return self.speed


def made(speed: Speed) -> tuple[ManualClock, AwsTime]:
    clock = ManualClock()
    return clock, AwsTime(clock, speed, wall=lambda: WALL)


def test_at_its_own_speed_it_is_the_real_time() -> None:
    clock, time = made(Speed())
    clock.advance(100)
    assert time.now() == time.wall() == WALL + 100
    moment = datetime.fromtimestamp(WALL, UTC)
    assert (time.asked(moment), time.shown(WALL), time.happened(WALL)) == (WALL, moment, moment)


def test_a_faster_time_counts_from_when_it_became_faster() -> None:
    speed = Speed()
    clock, time = made(speed)
    clock.advance(10)
    time.now()
    speed.speed = 60.0
    time.now()
    clock.advance(10)
    assert time.now() == WALL + 10 + 600
    # what happened five minutes of AWS's time ago happened five seconds ago
    assert time.happened(time.now() - 300) == datetime.fromtimestamp(WALL + 15, UTC)
    speed.speed = 1.0
    time.now()
    clock.advance(10)
    assert time.now() == WALL + 10 + 600 + 10


steps = st.lists(st.tuples(st.floats(0, 100), st.floats(1, 600)), max_size=8)


@given(steps)
def test_it_never_goes_back_and_callers_times_come_back_as_they_were(given_steps: list[tuple[float, float]]) -> None:
    speed = Speed()
    clock, time = made(speed)
    before = time.now()
    for seconds, faster in given_steps:
        speed.speed = faster
        clock.advance(seconds)
        now = time.now()
        assert now >= before
        before = now
    asked = datetime.fromtimestamp(time.wall(), UTC)
    assert abs(time.shown(time.asked(asked)) - asked) < timedelta(milliseconds=1)
    # whoever asks for what was up to now gets all of it, and no more than a minute of what is to come
    assert time.now() - 1e-3 <= time.asked(asked) < time.now() + 60 + 1e-3
