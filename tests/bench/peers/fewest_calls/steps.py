# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Steps that wait for each other, run in one sequence or on threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from graphlib import TopologicalSorter

Action = Callable[[], object]


class Steps:
    """What is to be done, by name; a step's actions follow each other."""

    def __init__(self) -> None:
        self._actions: dict[str, tuple[Action, ...]] = {}
        self._needs: dict[str, tuple[str, ...]] = {}

    def add(self, name: str, *actions: Action, needs: tuple[str, ...] = ()) -> None:
        self._actions[name], self._needs[name] = actions, needs

    def __len__(self) -> int:
        return len(self._actions)

    def run(self, name: str) -> None:
        for action in self._actions[name]:
            action()

    @property
    def needs(self) -> Mapping[str, tuple[str, ...]]:
        return self._needs


def run_all(several: list[Steps], threads: int) -> None:
    """All steps, each when what it needs is done; those of different lists do not know each other."""
    sorter = TopologicalSorter(
        {
            (number, name): [(number, need) for need in needs]
            for number, steps in enumerate(several)
            for name, needs in steps.needs.items()
        }
    )
    if threads == 1:
        for number, name in sorter.static_order():
            several[number].run(name)
        return
    sorter.prepare()
    running: dict[Future[None], tuple[int, str]] = {}
    with ThreadPoolExecutor(threads) as pool:
        while sorter.is_active():
            running |= {pool.submit(several[number].run, name): (number, name) for number, name in sorter.get_ready()}
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                future.result()
                sorter.done(running.pop(future))
