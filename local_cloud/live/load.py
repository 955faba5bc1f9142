# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A client that asks a URL so many times a second, at addresses from resolvers that keep their answers."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any, Protocol
from urllib.parse import urlsplit

from local_cloud.clock import Clock, SystemClock
from local_cloud.errors import LocalCloudError
from local_cloud.live.backends import SIDE_HEADER
from local_cloud.live.counts import Counts, Outcome
from local_cloud.live.network import served_port
from local_cloud.live.probe import unchecked
from local_cloud.live.resolving import CachingResolver, Population, Unresolved, over_dns

MINUTE = 60
WORKERS = 32
# What answers without a side: a load balancer that had no target to choose, or that redirects.
NO_SIDE = "balancer"


@dataclass(frozen=True)
class Plan:
    """``rate``: requests a second. ``timeout``: seconds until a request counts as lost."""

    url: str
    rate: float = 200.0
    resolvers: int = 50
    seed: int = 0
    timeout: float = 10.0
    private: bool = False


class Addresses(Protocol):
    def address(self, name: str) -> str: ...


class Load:
    """Runs in threads from `start` to `stop`; `counts` can be read at any time."""

    def __init__(
        self, plan: Plan, addresses: Addresses, clock: Clock | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self._plan = plan
        self._url = urlsplit(plan.url)
        if self._url.scheme not in ("http", "https") or not self._url.hostname:
            raise LocalCloudError(f"{plan.url} is no address of the kind http://www.example.com/path")
        self._addresses = addresses
        self._clock, self._wall = clock or SystemClock(), wall
        self._numbers = itertools.count()
        self._began = 0.0
        self._ended = Event()
        self._lock = Lock()
        self._threads = [Thread(target=self._work, daemon=True) for _ in range(WORKERS)]
        self.counts = Counts(wall())

    def start(self) -> None:
        self._began = self._clock.now()
        self.counts = Counts(self._wall())
        for thread in self._threads:
            thread.start()

    def stop(self) -> dict[str, Any]:
        """Ends it, waits for the requests that are under way, and returns the report."""
        self._ended.set()
        for thread in self._threads:
            thread.join(self._plan.timeout)
        return self.counts.report()

    def _work(self) -> None:
        while not self._ended.is_set():
            with self._lock:
                due = self._began + next(self._numbers) / self._plan.rate
            if self._ended.wait(max(0.0, due - self._clock.now())):
                return
            self.counts.add(self.ask())

    def ask(self) -> Outcome:
        """One request. Lost is what gets no answer, whatever the reason."""
        began = self._clock.now()
        side: str | None = None
        status = 0
        with contextlib.suppress(Unresolved, OSError, http.client.HTTPException):
            side, status = self._answer(self._addresses.address(self._url.hostname or ""))
        return Outcome(self._wall(), side, status, self._clock.now() - began)

    def _answer(self, address: str) -> tuple[str, int]:
        """The side that answered, and with what status."""
        url, timeout = self._url, self._plan.timeout
        tls = url.scheme == "https"
        port = served_port(url.port or (443 if tls else 80))
        connection = (
            http.client.HTTPSConnection(address, port, timeout=timeout, context=unchecked())
            if tls
            else http.client.HTTPConnection(address, port, timeout=timeout)
        )
        try:
            path = f"{url.path or '/'}{'?' if url.query else ''}{url.query}"
            connection.request("GET", path, headers={"Host": url.hostname or "", "Connection": "close"})
            response = connection.getresponse()
            response.read()
            return response.getheader(SIDE_HEADER) or NO_SIDE, response.status
        finally:
            connection.close()


def load_of(plan: Plan, status: dict[str, Any], live: dict[str, Any]) -> Load:
    """Against a local cloud: ``status`` and ``live`` are what its control API says. TTLs last as its time does."""
    if not live.get("live"):
        raise LocalCloudError("nothing is live: turn it on first (live on)")
    lookup = over_dns(live["dns_private"] if plan.private else status["dns"])
    clock, scale = SystemClock(), status["time_scale"] / MINUTE
    resolvers = [CachingResolver(lookup, clock, scale) for _ in range(plan.resolvers)]
    return Load(plan, Population(resolvers, plan.seed), clock)
