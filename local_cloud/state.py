# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""State that our own layers keep beside moto's, forgotten together with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar
from weakref import WeakSet

Value = TypeVar("Value")

_stores: WeakSet[Store[object]] = WeakSet()


class Store(Generic[Value]):
    """One value per account and region (``request.scope``), made on first use, gone after a reset.

    Module level is the place for it: ``composite_alarms: Store[dict[str, Alarm]] = Store(dict)``.
    """

    def __init__(self, factory: Callable[[], Value]) -> None:
        self._factory = factory
        self._values: dict[tuple[str, str], Value] = {}
        _stores.add(self)  # type: ignore[arg-type]

    def __getitem__(self, scope: tuple[str, str]) -> Value:
        # setdefault is one step under the GIL, so two threads get the same value
        return self._values[scope] if scope in self._values else self._values.setdefault(scope, self._factory())

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(list(self._values))

    def clear(self) -> None:
        self._values.clear()


def clear_all() -> None:
    for store in list(_stores):
        store.clear()
