# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is under way: things, the states they pass through, and when each state ends. Pure but for the clock's value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Key = tuple[str, tuple[str, str], str]


@dataclass(frozen=True)
class Passage:
    """``ends``: states in order, and when each is over. ``item``: how a thing being deleted looked."""

    ends: tuple[tuple[str, float], ...]
    item: dict[str, Any] | None = None
    gone: bool = False
    hidden: bool = False

    def state_at(self, now: float) -> str | None:
        """None once everything is passed."""
        return next((state for state, end in self.ends if now < end), None)


def ends_of(
    phases: Sequence[tuple[str, float]], now: float, seconds_per_minute: float
) -> tuple[tuple[str, float], ...]:
    """Phases are (state, minutes of AWS's time)."""
    ends, moment = [], now
    for state, minutes in phases:
        moment += minutes * seconds_per_minute
        ends.append((state, moment))
    return tuple(ends)


class Timeline:
    """Passages by kind, scope and identifier."""

    def __init__(self) -> None:
        self._passages: dict[Key, Passage] = {}

    def clear(self) -> None:
        self._passages.clear()

    def is_quiet(self, now: float) -> bool:
        """Nothing is under way; what is passed is forgotten on the way."""
        for key, passage in list(self._passages.items()):
            if passage.state_at(now) is None:
                self._passages.pop(key, None)
        return not self._passages

    def start(self, key: Key, passage: Passage) -> None:
        self._passages[key] = passage

    def current(self, key: Key, now: float) -> tuple[str, Passage] | None:
        """State and passage, or None for a thing at rest."""
        passage = self._passages.get(key)
        state = passage.state_at(now) if passage is not None else None
        return None if passage is None or state is None else (state, passage)

    def deleting(self, kind: str, scope: tuple[str, str], now: float) -> list[tuple[str, Passage]]:
        """(identifier, passage) of what is being deleted and not over with."""
        return [
            (key[2], passage)
            for key, passage in list(self._passages.items())
            if key[:2] == (kind, scope) and passage.item is not None and passage.state_at(now) is not None
        ]
