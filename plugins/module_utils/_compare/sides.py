# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Both databases, asked at the same time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

S_co = TypeVar("S_co", covariant=True)
T = TypeVar("T")

NAMES = ("source", "target")


@dataclass(frozen=True)
class Both(Generic[S_co]):
    """One of the source's and one of the target's."""

    source: S_co
    target: S_co

    def ask(self, question: Callable[[S_co], T]) -> Both[T]:
        """The answers of both. Neither waits for the other, so two slow queries take as long as the slower one."""
        with ThreadPoolExecutor(len(NAMES)) as pool:
            source, target = (pool.submit(question, side) for side in (self.source, self.target))
            return Both(source.result(), target.result())

    def named(self) -> dict[str, S_co]:
        """By `source` and `target`."""
        return dict(zip(NAMES, (self.source, self.target), strict=True))
