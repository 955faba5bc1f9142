# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The whole of what is live: its parts in the order in which they act, and the steps in which time passes for them."""

from __future__ import annotations

import threading
import traceback
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from local_cloud.dns.resolver import Resolver
from local_cloud.dns.server import DnsServer, respond
from local_cloud.errors import LocalCloudError
from local_cloud.live import fleet
from local_cloud.live.alarms import Alarms, metric_alarms
from local_cloud.live.backends import Backends
from local_cloud.live.balancers import Balancers
from local_cloud.live.behaviour import Behaviours
from local_cloud.live.checks import HealthChecks
from local_cloud.live.network import Network
from local_cloud.live.probe import Probes
from local_cloud.live.reach import Reach
from local_cloud.live.targets import TargetHealth
from local_cloud.live.traffic import Publishing, Traffic

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

    def __init__(self, cloud: Cloud, seed: int = 0, by_hand: bool = False) -> None:
        if cloud.time_scale <= 0:
            raise LocalCloudError(
                "nothing is live at time scale 0: set one first, such as: python -m local_cloud time 1"
            )
        self._cloud = cloud
        self.behaviours = Behaviours(seed)
        network, self._probes, self._traffic = Network(cloud.port), Probes(at_once=not by_hand), Traffic()
        self._backends = Backends(network, self.behaviours)
        self.balancers = Balancers(network, self._backends, self._traffic, cloud.aws_time.now, seed)
        self.targets = TargetHealth(self._backends, self._probes)
        self.checks = HealthChecks(cloud, self._probes, Reach(cloud, network, self.balancers))
        self._private_dns = DnsServer(partial(respond, resolver=Resolver(cloud, private=True, chance=Random(seed))))
        # who comes later sees what the earlier ones have done: alarms come behind the data that they look at
        self._parts: list[Part] = [
            self._backends,
            self.balancers,
            self.targets,
            Publishing(self._traffic),
            self.checks,
            Alarms(cloud),
        ]
        cloud.dns_chance.seed(seed)
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._next = _step_after(cloud.aws_time.now())
        self._thread = None if by_hand else threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._private_dns.start()
        if self._thread is not None:
            self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread is not None and self._thread.is_alive():
            self._thread.join()
        self._private_dns.stop()
        self._probes.stop()
        self.balancers.stop()
        self._backends.stop()

    def reset(self) -> None:
        """Forget what was seen of resources that are gone now."""
        with self._lock:
            self._traffic.reset()
            self.targets.reset()
            self.checks.reset()
            self._backends.step(self._next)
            self.balancers.step(self._next)

    def describe(self) -> dict[str, Any]:
        """For `live status`."""
        alarms = [
            {"name": one.name, "region": region, "state": one.state_value} for (_, region), one in metric_alarms()
        ]
        return {
            "aws_time": self._cloud.aws_time.now(),
            "dns_private": self._private_dns.address,
            "balancers": self.balancers.describe(),
            "backends": self._backends.describe(),
            "behaviours": self.behaviours.describe(),
            "alarms": alarms,
        }

    def serves(self, dns_name: str) -> bool:
        """Whether an alias to this load balancer is healthy; what is not a load balancer of ours always is."""
        found = next((one for one in fleet.balancers() if one.moto.dns_name.lower() == dns_name.rstrip(".")), None)
        return found is None or self.targets.serves(found)

    def advance(self) -> None:
        with self._lock:
            now = self._cloud.aws_time.now()
            self._next = max(self._next, _step_after(now - MOST_STEPS * STEP))
            while self._next <= now:
                for part in self._parts:
                    self._let(part, self._next)
                self._next += STEP

    def _let(self, part: Part, at: float) -> None:
        try:
            part.step(at)
        except Exception:
            # (one part that fails must not stop the others; the server's log tells)
            if self._thread is None:
                raise
            traceback.print_exc()

    def _run(self) -> None:
        while not self._ended.wait(REST):
            self.advance()


def _step_after(moment: float) -> int:
    return (int(moment // STEP) + 1) * STEP
