# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Resolvers with a cache, as clients have them: an answer counts until its TTL is over, whatever is true by then."""

from __future__ import annotations

import random
from collections.abc import Callable
from threading import Lock

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

from local_cloud.clock import Clock

TIMEOUT = 2.0

# From a name to an address and the seconds for which it may be kept. Raises Unresolved.
Lookup = Callable[[str], tuple[str, float]]


class Unresolved(LookupError):
    """The name leads to no address."""


class CachingResolver:
    """``scale``: real seconds for a second of a TTL."""

    def __init__(self, lookup: Lookup, clock: Clock, scale: float = 1.0) -> None:
        self._lookup = lookup
        self._clock = clock
        self._scale = scale
        self._known: dict[str, tuple[str, float]] = {}
        self._lock = Lock()

    def address(self, name: str) -> str:
        with self._lock:
            address, until = self._known.get(name, ("", float("-inf")))
            if self._clock.now() >= until:
                address, ttl = self._lookup(name)
                self._known[name] = address, self._clock.now() + ttl * self._scale
            return address


class Population:
    """Many resolvers, of which each request asks one by lot: shares of answers become shares of requests."""

    def __init__(self, resolvers: list[CachingResolver], seed: int = 0) -> None:
        self._resolvers = resolvers
        self._random = random.Random(seed)
        self._lock = Lock()

    def address(self, name: str) -> str:
        with self._lock:
            chosen = self._random.choice(self._resolvers)
        return chosen.address(name)


def over_dns(server: str) -> Lookup:
    """``server``: ``127.0.0.1:5353``."""
    host, _, port = server.rpartition(":")

    def lookup(name: str) -> tuple[str, float]:
        """The address at the end of the chain; kept as long as the shortest-lived link of it."""
        try:
            answer = dns.query.udp(dns.message.make_query(name, "A"), host, port=int(port), timeout=TIMEOUT).answer
        except (dns.exception.DNSException, OSError) as error:
            raise Unresolved(f"{name}: {error}") from error
        addresses = [item.to_text() for rrset in answer if rrset.rdtype == dns.rdatatype.A for item in rrset]
        if not addresses:
            raise Unresolved(f"{name} has no address")
        return addresses[0], float(min(rrset.ttl for rrset in answer))

    return lookup
