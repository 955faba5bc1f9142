# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the servers of a side behave: well, unless told otherwise."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

HEALTH_PATH = "/health"


@dataclass(frozen=True)
class Behaviour:
    """``errors``: the share (0 to 1) of requests answered with 500. ``delay``: seconds before each answer, real ones.

    ``unhealthy``: /health is answered with 503. ``down``: every connection is reset. What is asked for /health and
    what is asked for everything else fail independently: green may pass its health check and answer with errors.
    """

    errors: float = 0.0
    delay: float = 0.0
    unhealthy: bool = False
    down: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.errors <= 1:
            raise ValueError(f"a share of errors is within 0 and 1, and not {self.errors}")
        if self.delay < 0:
            raise ValueError(f"a delay of {self.delay} seconds")

    def status(self, path: str, draw: float) -> HTTPStatus:
        """``draw``: evenly distributed, 0 to 1."""
        if path.partition("?")[0] == HEALTH_PATH:
            return HTTPStatus.SERVICE_UNAVAILABLE if self.unhealthy else HTTPStatus.OK
        return HTTPStatus.INTERNAL_SERVER_ERROR if draw < self.errors else HTTPStatus.OK


WELL = Behaviour()


class Behaviours:
    """By pattern of the target group's name, the last that matches; draws repeat with the seed."""

    def __init__(self, seed: int = 0) -> None:
        self._rules: dict[str, Behaviour] = {}
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def set(self, pattern: str, settings: Mapping[str, Any]) -> None:
        """Replaces what was said of this pattern; without settings it is forgotten. Raises ValueError."""
        known = {one.name for one in fields(Behaviour)}
        strange = sorted(set(settings) - known)
        if strange:
            raise ValueError(f"a side has no {', '.join(strange)}; it has {', '.join(sorted(known))}")
        made = Behaviour(**settings)
        self._rules = {name: one for name, one in self._rules.items() if name != pattern}
        if made != WELL:
            self._rules[pattern] = made

    def of(self, name: str) -> Behaviour:
        found: Iterable[Behaviour] = (one for key, one in reversed(self._rules.items()) if fnmatchcase(name, key))
        return next(iter(found), WELL)

    def draw(self) -> float:
        with self._lock:
            return self._random.random()

    def describe(self) -> list[dict[str, Any]]:
        return [{"side": pattern, **asdict(one)} for pattern, one in self._rules.items()]
