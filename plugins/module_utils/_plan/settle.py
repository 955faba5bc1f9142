# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading until AWS shows what a run has made: its reads are eventually consistent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .._model.core import Reality
from .compare import Plan

T = TypeVar("T")

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 10.0


@dataclass(frozen=True)
class Clock:
    """Time, injected so that tests do not wait. now is monotonic, both are in seconds."""

    now: Callable[[], float]
    sleep: Callable[[float], None]


def settle(read: Callable[[], tuple[Reality, Plan]], timeout: float, clock: Clock) -> tuple[Reality, Plan]:
    """The first reading whose plan is empty, or the last one before timeout seconds are over; with timeout 0 a single
    reading.
    """
    return look_until(read, lambda seen: not seen[1].changes, timeout, clock)


def look_until(look: Callable[[], T], enough: Callable[[T], bool], timeout: float, clock: Clock) -> T:
    """What is seen once it is enough, or when timeout seconds are over. The pauses between two looks grow."""
    deadline = clock.now() + timeout
    pause = FIRST_PAUSE
    while True:
        seen = look()
        left = deadline - clock.now()
        if enough(seen) or left <= 0:
            return seen
        clock.sleep(min(pause, left))
        pause = min(pause * 2, LONGEST_PAUSE)
