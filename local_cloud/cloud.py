# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of one local cloud that its layers share."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from local_cloud import state
from local_cloud.clock import DEFAULT_TIME_SCALE, Clock, SystemClock
from local_cloud.layers.call_log import CallLog
from local_cloud.layers.faults import Faults
from local_cloud.time.aws_time import MINUTE, REAL_SPEED, AwsTime
from local_cloud.time.propagation import Propagation

if TYPE_CHECKING:
    from local_cloud.live.world import World


@dataclass
class Cloud:
    """``time_scale``: seconds of real time for a minute of AWS's time; 0 passes every state at once.

    ``port``: where the API is. ``undelegated``: names of zones that no registrar knows of. ``resets``: what the layers
    do to forget. ``dns_chance`` draws weighted records. ``live``: what acts without being asked.
    """

    log_path: Path | None = None
    clock: Clock = field(default_factory=SystemClock)
    time_scale: float = DEFAULT_TIME_SCALE
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    undelegated: set[str] = field(default_factory=set)
    dns_chance: random.Random = field(default_factory=lambda: random.Random(0))
    resets: list[Callable[[], None]] = field(default_factory=list)
    log: CallLog = field(init=False)
    aws_time: AwsTime = field(init=False)
    propagation: Propagation = field(init=False)
    live: World | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.log = CallLog(self.log_path)
        self.propagation = Propagation(self.clock)
        self.aws_time = AwsTime(self.clock, self._speed)

    def seconds(self, aws_minutes: float) -> float:
        """How long this many minutes of AWS's time last here."""
        return aws_minutes * self.time_scale

    def _speed(self) -> float:
        return MINUTE / self.time_scale if self.live is not None and self.time_scale > 0 else REAL_SPEED

    def go_live(self, seed: int = 0, by_hand: bool = False) -> World:
        """Raises LocalCloudError where it cannot. Once is enough: what is live already is left alone."""
        from local_cloud.live.world import World  # noqa: PLC0415  (moto takes a second to import)

        if self.live is None:
            world = World(self, seed, by_hand)
            self.aws_time.now()
            self.live = world
            self.aws_time.now()
            world.start()
        return self.live

    def go_still(self) -> None:
        if self.live is not None:
            world, self.live = self.live, None
            world.stop()

    def reset(self) -> None:
        """Empty everything: resources, what the layers know, call log. Faults, time scale, delegations stay."""
        from local_cloud.layers import moto  # noqa: PLC0415  (moto takes a second to import)

        moto.reset()
        state.clear_all()
        self.propagation.reset()
        for reset in self.resets:
            reset()
        if self.live is not None:
            self.live.reset()
