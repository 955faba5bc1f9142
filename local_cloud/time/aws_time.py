# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What time it is in AWS: the wall's time, until the local cloud is live; from then on it runs by the time scale.

Metrics and alarms live in AWS's time, in which a minute is ``time_scale`` real seconds long. Callers live in real
time, so both are brought together at the API in two ways. A time of metric data is taken by its distance from now:
whoever asks for the last five minutes gets the last five minutes of AWS's time. A moment at which something happened
(an alarm went off) is shown as the real moment. At a scale of 60 all of this is the same.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from datetime import UTC, datetime

from local_cloud.clock import Clock

MINUTE = 60
REAL_SPEED = 1.0


class AwsTime:
    """``speed``: how many seconds of AWS's time go by in a real one; it may change at any time."""

    def __init__(self, clock: Clock, speed: Callable[[], float], wall: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._speed = speed
        self._wall = wall() - clock.now()
        self._seen = clock.now()
        self._ahead = 0.0
        self._last_speed = speed()

    def now(self) -> float:
        """Seconds since 1970."""
        seen = self._clock.now()
        # a new speed counts from the moment at which it is first noticed
        self._ahead += (seen - self._seen) * (self._last_speed - REAL_SPEED)
        self._seen, self._last_speed = seen, self._speed()
        return self._wall + seen + self._ahead

    def wall(self) -> float:
        """The real time, seconds since 1970."""
        return self._wall + self._clock.now()

    def happened(self, moment: float) -> datetime:
        """The real moment of something in AWS's time."""
        return _utc(self.wall() - (self.now() - moment) / self._last_speed)

    def asked(self, moment: datetime) -> float:
        """A caller's time of metric data in AWS's time."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.timestamp() + self._whole_minutes_ahead()

    def shown(self, moment: float) -> datetime:
        """A time of metric data in the caller's time; the inverse of `asked`."""
        return _utc(moment - self._whole_minutes_ahead())

    def _whole_minutes_ahead(self) -> int:
        """So that what begins with a minute is shown so; upwards, so that now includes what is latest."""
        self.now()
        return math.ceil(self._ahead / MINUTE) * MINUTE


def _utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
