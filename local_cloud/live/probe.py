# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One look at an endpoint over the network, and a pool for looks that must not hold up the others."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from threading import Lock
from typing import Literal

AT_ONCE = 16
# As much of the body as Route 53 looks for a string in: API reference, HealthCheckConfig, SearchString
BODY = 5120


@dataclass(frozen=True)
class Endpoint:
    """``host``: what the request calls it, which is not its address."""

    address: str
    port: int
    path: str = "/"
    host: str = ""
    tls: bool = False


@dataclass(frozen=True)
class Outcome:
    """``status`` and ``body`` where there was an answer."""

    kind: Literal["answer", "timeout", "refused"]
    status: int = 0
    body: str = ""


def look(endpoint: Endpoint, timeout: float) -> Outcome:
    """GET. Certificates are not checked, as neither load balancers nor Route 53 do."""
    host, port = endpoint.address, endpoint.port
    connection = (
        http.client.HTTPSConnection(host, port, timeout=timeout, context=unchecked())
        if endpoint.tls
        else http.client.HTTPConnection(host, port, timeout=timeout)
    )
    try:
        headers = {"Host": endpoint.host or host, "User-Agent": "local-cloud-health-check", "Connection": "close"}
        connection.request("GET", endpoint.path, headers=headers)
        response = connection.getresponse()
        return Outcome("answer", response.status, response.read(BODY).decode(errors="replace"))
    except TimeoutError:
        return Outcome("timeout")
    except (OSError, http.client.HTTPException):
        return Outcome("refused")
    finally:
        connection.close()


def knock(endpoint: Endpoint, timeout: float) -> Outcome:
    """Whether a TCP connection is accepted."""
    try:
        socket.create_connection((endpoint.address, endpoint.port), timeout=timeout).close()
    except TimeoutError:
        return Outcome("timeout")
    except OSError:
        return Outcome("refused")
    return Outcome("answer")


@cache
def unchecked() -> ssl.SSLContext:
    """For connections to ourselves, whose certificates nobody has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Probes:
    """Looks in threads, one at a time for each key; ``at_once`` False makes them wait for each other (tests)."""

    def __init__(self, at_once: bool) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, "probe") if at_once else None
        self._busy: set[Hashable] = set()
        self._lock = Lock()

    def send(self, key: Hashable, probe: Callable[[], Outcome], tell: Callable[[Outcome], None]) -> None:
        """Nothing where the last look of this key is still under way."""
        if self._pool is None:
            tell(probe())
            return
        with self._lock:
            if key in self._busy:
                return
            self._busy.add(key)
        self._pool.submit(probe).add_done_callback(partial(self._done, key, tell))

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, key: Hashable, tell: Callable[[Outcome], None], future: Future[Outcome]) -> None:
        with self._lock:
            self._busy.discard(key)
        if not future.cancelled():
            tell(future.result())
