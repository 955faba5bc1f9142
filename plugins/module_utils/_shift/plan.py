# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What every router's plan has in common: the rules of weights, and how a place splits traffic before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from .._errors import CutoverError
from .._model.core import Value

Raw = Mapping[str, Any]
"""An item as AWS gave it, to the letter: a record set, an action."""

Weights = Mapping[str, int]
"""By side. Only the ratio counts: each side gets its weight's part of the sum."""


class Refused(CutoverError):
    """What is asked for is not done, and nothing was changed; the text has every reason."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(" ".join(reasons))
        self.reasons = reasons


@dataclass(frozen=True)
class Place:
    """Somewhere that traffic is split: key finds it again, name is what people call it."""

    key: tuple[str, ...]
    name: str


@dataclass(frozen=True)
class State:
    """How a place splits the traffic. items are AWS's, in an order that does not depend on AWS. shown is the same for
    people, by path (weights.blue).

    held: for so many seconds clients keep what they were told.
    """

    items: tuple[Raw, ...]
    weights: Weights
    held: int = 0
    shown: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Split:
    """One place before and after; the same where there is nothing to do.

    wait: seconds from the change until no client acts on what was before. warnings: what somebody should know.
    """

    place: Place
    before: State
    after: State
    wait: int
    warnings: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before.items != self.after.items

    def differences(self) -> Iterator[tuple[str, Value, Value]]:
        """(path, before, after) of all that changes."""
        yield from differences(self.before.shown, self.after.shown)


def differences(before: Mapping[str, Value], after: Mapping[str, Value]) -> Iterator[tuple[str, Value, Value]]:
    """(path, before, after) where they differ, None for what is not there."""
    for path in dict.fromkeys([*before, *after]):
        if before.get(path) != after.get(path):
            yield path, before.get(path), after.get(path)


def said(changes: Iterable[tuple[str, Value, Value]]) -> str:
    """Differences as a person reads them."""
    return ", ".join(f"{path} {before} -> {after}" for path, before, after in changes)


def wrong_weights(weights: Weights, largest: int, what: str = "weights") -> list[str]:
    """What is wrong with weights that somebody asks for; nothing where they are fit."""
    outside = {side: weight for side, weight in weights.items() if not 0 <= weight <= largest}
    wrong = [f"{what}: {weight} for {side} is not within 0 and {largest}." for side, weight in outside.items()]
    if len(weights) < 2:  # noqa: PLR2004  (two sides, or there is nothing to shift)
        wrong.append(f"{what}: traffic is shifted between two sides or more; name each, also those with 0.")
    if not any(weights.values()):
        wrong.append(
            f"{what}: all are 0. That would mean equal shares for all sides, not none; give one side a weight."
        )
    return wrong


def same_split(one: Weights, other: Weights) -> bool:
    """Whether both send the same part of the traffic to each side: 1 to 1 is 50 to 50."""
    return _parts(one) == _parts(other)


def _parts(weights: Weights) -> dict[str, Fraction]:
    """All weights 0 counts as what it means: all alike."""
    alike = not any(weights.values())
    whole = len(weights) if alike else sum(weights.values())
    parts = {side: Fraction(1 if alike else weight, whole) for side, weight in weights.items()}
    return {side: part for side, part in parts.items() if part}


def not_expected(live: Weights, expected: Weights | None, wanted: Weights | None) -> str | None:
    """Why the weights that are found cannot be what the caller left behind; None where they can.

    The wanted ones are no surprise either: a run that was interrupted may have got so far.
    """
    if expected is None or same_split(live, expected) or (wanted is not None and same_split(live, wanted)):
        return None
    found, left = (", ".join(f"{side} {weight}" for side, weight in one.items()) for one in (live, expected))
    return (
        f"somebody else has changed its weights: found {found}, expected {left}. Nothing is changed. Find out who "
        "moves this traffic; to go on from what is there, leave out expected."
    )


def all_planned(plans: Iterable[Callable[[], Split]]) -> list[Split]:
    """Every plan. Raises Refused with the reasons of all that refuse."""
    splits: list[Split] = []
    reasons: list[str] = []
    for plan in plans:
        try:
            splits.append(plan())
        except Refused as refused:
            reasons += refused.reasons
    if reasons:
        raise Refused(*reasons)
    return splits
