# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The controller's part of a restore: one call of the module after the other until it is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from ..module_utils._plan.settle import Clock
from ..module_utils._restore.run import not_in_time
from ..module_utils._wait.poll import FIRST_PAUSE

TIMEOUT, INTERVAL = 21600, 15
"""Seconds; the module's own defaults, which a test compares."""

Result = dict[str, Any]


def drive(call: Callable[[Result], Result], given: Result, show: Callable[[str], None], clock: Clock) -> Result:
    """The result of all calls together: the first one's plan, the last one's database, all steps and calls.

    Each step is shown when it has been made, and what is waited for when it is another thing than before.
    """
    timeout, interval = float(given.get("wait_timeout") or TIMEOUT), float(given.get("interval") or INTERVAL)
    deadline, pause = clock.now() + timeout, min(FIRST_PAUSE, interval)
    whole: Result = {}
    told = None
    while True:
        part = call({**given, "wait": False, "tried": whole.get("tried", [])})
        whole = _together(whole, part)
        for step in part.get("steps", []):
            show(step)
        if part.get("failed") or part.get("done"):
            return whole
        waiting = part.get("waiting")
        if waiting != told:
            show(f"waiting: {waiting}")
            told, pause = waiting, min(FIRST_PAUSE, interval)
        left = deadline - clock.now()
        if left <= 0:
            return {**whole, "failed": True, "msg": not_in_time(timeout, str(waiting))}
        clock.sleep(min(pause, left))
        pause = min(pause * 2, interval)


def _together(whole: Result, part: Result) -> Result:
    if not whole:
        return part
    first = {name: whole[name] for name in ("plan", "diff", "snapshot") if whole.get(name)}
    return {
        **part,
        **first,
        "changed": bool(whole.get("changed") or part.get("changed")),
        "steps": [*whole.get("steps", []), *part.get("steps", [])],
        "calls": dict(sorted((Counter(whole.get("calls", {})) + Counter(part.get("calls", {}))).items())),
        "warnings": [*whole.get("warnings", []), *part.get("warnings", [])],
    }
