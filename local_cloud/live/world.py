# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The whole of what is live: its parts in the order in which they act, and the steps in which time passes for them."""

from __future__ import annotations

import threading
import traceback
from typing import TYPE_CHECKING, Any, Protocol

from local_cloud.errors import LocalCloudError
from local_cloud.live.alarms import Alarms, metric_alarms

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

# Seconds of AWS's time: the shortest interval of a target group's health check.
STEP = 5
# After a long sleep of the machine there is no use in making up for all of it.
MOST_STEPS = 3600 // STEP
# Real seconds between looks at the clock
REST = 0.02


class Part(Protocol):
    def step(self, at: float) -> None:
        """Do what is due at this moment of AWS's time."""
        ...


class World:
    """``advance`` does all that has become due. A thread does so all the time, unless ``by_hand`` (tests)."""

    def __init__(self, cloud: Cloud, by_hand: bool = False) -> None:
        if cloud.time_scale <= 0:
            raise LocalCloudError(
                "nothing is live at time scale 0: set one first, such as: python -m local_cloud time 1"
            )
        self._cloud = cloud
        self._parts: list[Part] = [Alarms(cloud)]
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._next = _step_after(cloud.aws_time.now())
        self._thread = None if by_hand else threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        if self._thread is not None:
            self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()

    def describe(self) -> dict[str, Any]:
        """For `live status`."""
        alarms = [
            {"name": one.name, "region": region, "state": one.state_value} for (_, region), one in metric_alarms()
        ]
        return {"aws_time": self._cloud.aws_time.now(), "alarms": alarms}

    def advance(self) -> None:
        with self._lock:
            now = self._cloud.aws_time.now()
            self._next = max(self._next, _step_after(now - MOST_STEPS * STEP))
            while self._next <= now:
                for part in self._parts:
                    part.step(self._next)
                self._next += STEP

    def _run(self) -> None:
        while not self._ended.wait(REST):
            try:
                self.advance()
            except Exception:
                # (one bad alarm must not stop the world; the server's log tells)
                traceback.print_exc()
                self._next += STEP


def _step_after(moment: float) -> int:
    return (int(moment // STEP) + 1) * STEP
