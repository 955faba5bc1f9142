# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of one local cloud that its layers share."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from local_cloud import state
from local_cloud.clock import Clock, SystemClock

DEFAULT_TIME_SCALE = 0.1


@dataclass
class Cloud:
    """``time_scale``: seconds of real time for a minute of AWS's time; 0 passes every state at once."""

    clock: Clock = field(default_factory=SystemClock)
    time_scale: float = DEFAULT_TIME_SCALE
    lock: threading.RLock = field(default_factory=threading.RLock)

    def seconds(self, aws_minutes: float) -> float:
        return aws_minutes * self.time_scale

    def reset(self) -> None:
        """Forget what the layers know; moto's own reset is the server's business."""
        state.clear_all()
