# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clocks. Everything in the local cloud that waits asks one of these, so that tests need not wait."""

from __future__ import annotations

import time
from typing import Protocol

# Seconds of real time for a minute of AWS's time: a database that takes ten minutes takes one second.
DEFAULT_TIME_SCALE = 0.1


class Clock(Protocol):
    def now(self) -> float:
        """Seconds, never going back; only differences mean something."""
        ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ManualClock:
    """Stands still until it is told to advance."""

    def __init__(self, now: float = 1000.0) -> None:
        self._now = now

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds

    advance = sleep
