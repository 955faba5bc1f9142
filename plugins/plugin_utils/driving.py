# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The controller's part of work that takes hours: one call of the module after the other until it is done.

A module says nothing before its end. Each look is a call of it without waiting, and it keeps no record but what AWS
shows.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils._plan.settle import Clock
from ..module_utils._wait.poll import FIRST_PAUSE
from ..module_utils._wait.steps import not_in_time

TIMEOUT, INTERVAL = 21600, 15
"""Seconds; the modules' own defaults, which a test compares."""

CLOCK = Clock(time.monotonic, time.sleep)

Result = dict[str, Any]


class DrivenAction(ActionBase):  # type: ignore[misc]
    """A task that shows how far it is."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> Result:
        """Asks again and again, unless the task does not want to wait, or nobody is there to look."""
        result: Result = super().run(tmp, task_vars)
        given = dict(self._task.args)

        def call(arguments: Result) -> Result:
            done: Result = self._execute_module(module_args=arguments, task_vars=task_vars)
            return done

        once = self._task.check_mode or self._task.async_val or not boolean(given.get("wait", True))
        return {**result, **(call(given) if once else drive(call, given, self._show, CLOCK))}

    def _show(self, text: str) -> None:
        self._display.display(f"  {datetime.now(UTC):%H:%M:%SZ}  {text}")


def drive(call: Callable[[Result], Result], given: Result, show: Callable[[str], None], clock: Clock) -> Result:
    """The result of all calls together: the first one's plan, the last one's database, all steps and calls.

    Each step is shown when it has been made, and what is waited for when it is another thing than before.
    """
    timeout, interval = _number(given, "wait_timeout", TIMEOUT), _number(given, "interval", INTERVAL)
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


def _number(given: Result, name: str, default: float) -> float:
    value = given.get(name)
    return float(default if value is None else value)


def _together(whole: Result, part: Result) -> Result:
    if not whole:
        return part
    first = {name: whole[name] for name in ("plan", "diff", "snapshot") if whole.get(name)}
    last = {name: part.get(name) or whole[name] for name in ("guardrails",) if name in whole}
    return {
        **part,
        **first,
        **last,
        "changed": bool(whole.get("changed") or part.get("changed")),
        "steps": [*whole.get("steps", []), *part.get("steps", [])],
        "calls": dict(sorted((Counter(whole.get("calls", {})) + Counter(part.get("calls", {}))).items())),
        "warnings": [*whole.get("warnings", []), *part.get("warnings", [])],
    }
