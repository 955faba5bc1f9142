# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How splits are carried out, whatever splits the traffic: check, write, wait, read back, compare."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._botocore import BotoCoreError, ClientError
from .._errors import CutoverError
from .._model.core import Value
from .._plan.settle import Clock, look_until
from .plan import Place, Raw, Split, differences, said
from .transformations import result_of

READ_BACK = 15
"""Seconds for which reads may lag behind the write."""


class Router(ABC):
    """What splits traffic. type names its places in plans, fields the parts of a place's key in undo."""

    type: str
    fields: tuple[str, ...]
    clock: Clock

    @abstractmethod
    def check(self, splits: Sequence[Split]) -> list[str]:
        """Asks AWS whether it would take the changes, before the first of them. Warnings. Raises Refused."""

    @abstractmethod
    def write(self, splits: Sequence[Split]) -> Iterator[Sequence[Split]]:
        """Writes, and yields what has been written after each call that wrote."""

    @abstractmethod
    def settle(self) -> None:
        """Waits until what was written is in force everywhere."""

    @abstractmethod
    def read(self, splits: Sequence[Split]) -> Mapping[Place, Sequence[Raw]]:
        """What AWS shows now."""

    @abstractmethod
    def same(self, one: Sequence[Raw], other: Sequence[Raw]) -> bool:
        """Whether AWS would take the items for the same."""

    @abstractmethod
    def shown(self, items: Sequence[Raw]) -> Mapping[str, Value]:
        """Items for people, by path."""

    @abstractmethod
    def facts(self) -> dict[str, Any]:
        """Results of this router's own: ids of changes."""

    def told(self, expected: Sequence[Raw], found: Sequence[Raw]) -> str:
        """What somebody has made of what was expected."""
        if not found:
            return "nothing is left of it"
        return said(differences(self.shown(expected), self.shown(found))) or "it differs in what is not shown here"


class Incomplete(CutoverError):
    """Something was written, and then something failed. facts say what was written and how to undo it."""

    def __init__(
        self, cause: Exception, done: Sequence[Split], todo: Sequence[Split], facts: Mapping[str, Any]
    ) -> None:
        names = {split.place: split.place.name for split in done}
        left = [split.place.name for split in todo if split.place not in names]
        super().__init__(
            f"{cause} Written: {', '.join(names.values())}."
            + (f" Not written: {', '.join(left)}." if left else "")
            + " To go back, give this result's undo to the module."
        )
        self.facts = facts


class Unanswered(CutoverError):
    """Whether the splits were written is not known: the call was not answered, and neither is a question."""

    def __init__(self, cause: Exception, splits: Sequence[Split]) -> None:
        super().__init__(f"A change was sent and AWS does not say whether it was carried out ({cause}).")
        self.splits = splits


class ChangedSince(CutoverError):
    """AWS does not show what was written."""


def carry_out(router: Router, splits: Sequence[Split], *, check_mode: bool) -> dict[str, Any]:
    """The module's result. Raises Refused with nothing changed, Incomplete with something changed."""
    todo = [split for split in splits if split.changed]
    warnings = router.check(todo) if todo else []
    if todo and not check_mode:
        _write(router, splits, todo)
    said_before = [warning for split in splits for warning in split.warnings]
    return {**result_of(router.type, router.fields, splits, todo), **router.facts(), "notes": said_before + warnings}


def _write(router: Router, splits: Sequence[Split], todo: Sequence[Split]) -> None:
    done: list[Split] = []
    try:
        for written in router.write(todo):
            done += written
        router.settle()
        _compare(router, todo)
    except (CutoverError, ClientError, BotoCoreError) as error:
        if isinstance(error, Unanswered):
            done += error.splits
        if not done:
            raise
        facts = {**result_of(router.type, router.fields, splits, done), **router.facts()}
        raise Incomplete(error, done, todo, facts) from error


def _compare(router: Router, todo: Sequence[Split]) -> None:
    def others() -> dict[Place, str]:
        seen = router.read(todo)
        return {
            split.place: router.told(split.after.items, seen[split.place])
            for split in todo
            if not router.same(seen[split.place], split.after.items)
        }

    strange = look_until(others, lambda found: not found, READ_BACK, router.clock)
    if strange:
        listed = "; ".join(f"{place.name}: {changes}" for place, changes in strange.items())
        raise ChangedSince(f"Somebody has changed what this run has just written ({listed}).")
