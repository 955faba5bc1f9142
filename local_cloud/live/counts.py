# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of requests: by side and second, and as lines for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """``at``: when the request ended, seconds since 1970. ``side`` is None where nobody answered: it is lost."""

    at: float
    side: str | None
    status: int
    seconds: float

    @property
    def failed(self) -> bool:
        """Answered, and with an error of the server."""
        return self.side is not None and self.status >= HTTPStatus.INTERNAL_SERVER_ERROR


@dataclass
class Second:
    answered: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    lost: int = 0


@dataclass
class Side:
    requests: int = 0
    failed: int = 0
    first: float = 0.0
    last: float = 0.0
    slowest: float = 0.0


class Counts:
    """``began``: seconds since 1970."""

    def __init__(self, began: float) -> None:
        self.began = began
        self._seconds: dict[int, Second] = {}
        self._sides: dict[str, Side] = {}
        self._lock = Lock()

    def add(self, outcome: Outcome) -> None:
        with self._lock:
            second = self._seconds.setdefault(int(outcome.at - self.began), Second())
            if outcome.side is None:
                second.lost += 1
                return
            second.answered[outcome.side] += 1
            second.failed[outcome.side] += outcome.failed
            side = self._sides.setdefault(outcome.side, Side(first=outcome.at))
            side.requests += 1
            side.failed += outcome.failed
            side.last = max(side.last, outcome.at)
            side.slowest = max(side.slowest, outcome.seconds)

    def report(self) -> dict[str, Any]:
        """Shapes: ``began``, ``requests``, ``lost``, ``failed``, ``sides`` by name, ``seconds`` in order."""
        with self._lock:
            sides = {name: vars(side).copy() for name, side in sorted(self._sides.items())}
            seconds: list[dict[str, Any]] = [
                {"second": number, "sides": dict(one.answered), "failed": dict(+one.failed), "lost": one.lost}
                for number, one in sorted(self._seconds.items())
            ]
        lost = sum(one["lost"] for one in seconds)
        return {
            "began": self.began,
            "requests": lost + sum(side["requests"] for side in sides.values()),
            "lost": lost,
            "failed": sum(side["failed"] for side in sides.values()),
            "sides": sides,
            "seconds": seconds,
        }


def second_line(second: dict[str, Any]) -> str:
    answered = sum(second["sides"].values())
    shares = "  ".join(f"{name} {count / answered:4.0%}" for name, count in sorted(second["sides"].items()))
    troubles = [f"{second['lost']} lost"] if second["lost"] else []
    troubles += [f"{count} of {name} failed" for name, count in sorted(second["failed"].items())]
    return (
        f"{second['second']:>4} s  {answered + second['lost']:>5} requests  {'  '.join([shares, *troubles])}".rstrip()
    )


def summary(report: dict[str, Any]) -> Iterator[str]:
    yield f"{report['requests']} requests, {report['lost']} lost, {report['failed']} failed"
    answered = report["requests"] - report["lost"]
    for name, side in report["sides"].items():
        began, ended = (side[key] - report["began"] for key in ("first", "last"))
        share = side["requests"] / answered
        yield f"{name}: {side['requests']} ({share:.1%}), {side['failed']} failed, from {began:.1f} s to {ended:.1f} s"


def shares(seconds: Iterable[dict[str, Any]]) -> dict[str, float]:
    """Each side's share of what was answered in some seconds of a report."""
    whole: Counter[str] = Counter()
    for one in seconds:
        whole.update(one["sides"])
    return {name: count / whole.total() for name, count in whole.items()}
