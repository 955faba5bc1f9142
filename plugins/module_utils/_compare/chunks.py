# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How much to ask for at once, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .._plan.settle import Clock

FIRST_ROWS = 100
"""Of each table: nothing is known yet of how large its rows are."""

FEWEST_ROWS = 1
MOST_ROWS = 1_000_000
STEP = 2.0
"""A chunk is at most so much larger or smaller than the one before: one that was quick by chance is no promise."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 10.0
"""Seconds between two looks at a busy server."""


class TimeIsUp(Exception):
    """There is no time left for another chunk."""


def next_size(size: int, took: float, target: float) -> int:
    """How many rows the next chunk has, where one of `size` took so many seconds and each ought to take `target`."""
    factor = STEP if took <= 0 else max(1 / STEP, min(STEP, target / took))
    return max(FEWEST_ROWS, min(MOST_ROWS, round(size * factor)))


@dataclass
class Pace:
    """chunk_seconds: how long a chunk ought to take. running: statements that the source is working on, of which there
    may be `most`. until: by the clock. paused: seconds so far.
    """

    clock: Clock
    chunk_seconds: float
    running: Callable[[], int]
    most: int
    until: float
    size: int = FIRST_ROWS
    paused: float = 0.0
    busy: int = field(default=0, init=False)

    def begin(self) -> None:
        """Another table: its rows may be of any size."""
        self.size = FIRST_ROWS

    def wait(self) -> None:
        """Returns when the source has time for a chunk. Raises TimeIsUp."""
        pause = FIRST_PAUSE
        while True:
            left = self.until - self.clock.now()
            if left <= 0:
                raise TimeIsUp
            self.busy = self.running()
            if self.busy <= self.most:
                return
            self.clock.sleep(min(pause, left))
            self.paused += min(pause, left)
            pause = min(pause * 2, LONGEST_PAUSE)

    def measured(self, work: Callable[[], None]) -> None:
        """Does the work of a chunk, and adapts the size of the next one to the time that it took."""
        began = self.clock.now()
        work()
        self.size = next_size(self.size, self.clock.now() - began, self.chunk_seconds)
