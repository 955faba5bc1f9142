# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What time it is in AWS: the wall's time, until the local cloud is live; from then on it runs by the time scale.

Metrics and alarms live in AWS's time, in which a minute is ``time_scale`` real seconds long. Callers live in real
time, so both are brought together at the API in two ways. A time of metric data is taken by its distance from now:
whoever asks for the last five minutes gets the last five minutes of AWS's time. A moment at which something happened
(an alarm went off) is shown as the real moment, and so are data of high resolution: who puts seconds means those of his
own clock. At a scale of 60 all of this is the same.
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

    def real(self, moment: float) -> float:
        """The real moment of something in AWS's time, seconds since 1970."""
        return self.wall() - (self.now() - moment) / self._last_speed

    def happened(self, moment: float) -> datetime:
        """The same, as callers are shown it."""
        return utc(self.real(moment))

    def asked(self, moment: datetime) -> float:
        """A caller's time of metric data in AWS's time."""
        return seconds_of(moment) + self.ahead()

    def shown(self, moment: float) -> datetime:
        """A time of metric data in the caller's time; the inverse of `asked`."""
        return utc(moment - self.ahead())

    def ahead(self) -> int:
        """So many seconds metric data are ahead of callers.

        Whole minutes, so that what begins with a minute is shown so; upwards, so that now includes what is latest.
        """
        self.now()
        return math.ceil(self._ahead / MINUTE) * MINUTE


def seconds_of(moment: datetime) -> float:
    """Seconds since 1970 of a caller's moment, which is UTC where it names no zone."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
