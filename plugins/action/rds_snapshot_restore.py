# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Restores a database, and shows how far it is.

This part needs the controller: a restore takes hours, and a module says nothing before its end. Each look is a call of
the module, which keeps no record but what AWS shows.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase

from ..module_utils._plan.settle import Clock
from ..plugin_utils.restoring import drive

CLOCK = Clock(time.monotonic, time.sleep)


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.rds_snapshot_restore."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Asks again and again, unless the task does not want to wait, or nobody is there to look."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        given = dict(self._task.args)

        def call(arguments: dict[str, Any]) -> dict[str, Any]:
            done: dict[str, Any] = self._execute_module(module_args=arguments, task_vars=task_vars)
            return done

        once = self._task.check_mode or self._task.async_val or not boolean(given.get("wait", True))
        return {**result, **(call(given) if once else drive(call, given, self._show, CLOCK))}

    def _show(self, text: str) -> None:
        self._display.display(f"  {datetime.now(UTC):%H:%M:%SZ}  {text}")
