# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Work in many steps, each decided anew from what AWS shows: do what can be done, wait for what cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .._errors import CutoverError
from .poll import FIRST_PAUSE, Patience

Write = TypeVar("Write")


@dataclass(frozen=True)
class Wait:
    """Nothing can be done before this is over."""

    text: str


@dataclass(frozen=True)
class Done:
    """It is as it was asked for."""


class Stopped(CutoverError):
    """It did not come to its end. facts are the result so far."""

    def __init__(self, cause: object, facts: Mapping[str, Any]) -> None:
        super().__init__(str(cause))
        self.facts = facts


def not_in_time(timeout: float, waiting: str) -> str:
    """What is told when the time is over."""
    return f"after {timeout:.0f} s {waiting}. Running this again goes on from here; wait_timeout makes it wait longer."


def advance(
    decide: Callable[[], Write | Wait | Done],
    carry_out: Callable[[Write], str | None],
    look: Callable[[], None],
    patience: Patience,
) -> str | None:
    """Goes on until nothing is left to do, or the time is over; what is waited for then. Without a timeout it does not
    wait.

    carry_out says what has to be over before a write can be made, None once it is made. The pauses double from one
    look in vain to the next.
    """
    clock = patience.clock
    deadline = clock.now() + patience.timeout
    pause = min(FIRST_PAUSE, patience.interval)
    while True:
        command = decide()
        if isinstance(command, Done):
            return None
        waiting = command.text if isinstance(command, Wait) else carry_out(command)
        if waiting is None:
            pause = min(FIRST_PAUSE, patience.interval)
        else:
            left = deadline - clock.now()
            if left <= 0:
                return waiting
            clock.sleep(min(pause, left))
            pause = min(pause * 2, patience.interval)
        look()
