# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Writes what came of each task to the file that PARITY_RECORD names, a JSON object a line, with what the warm client
has traced meanwhile.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: record
short_description: records the results of tasks
description: For the parity suite.
type: aggregate
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """One task runs at a time, so what is new in the trace is of the task that has just ended."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._traced = len(self._trace())

    def v2_runner_on_ok(self, result: Any) -> None:
        self._write("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self._write("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._write("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._write("skipped", result)

    def _write(self, status: str, result: Any) -> None:
        trace = self._trace()
        line = {
            "name": result.task.get_name(),
            "action": result.task.resolved_action or result.task.action,
            "status": status,
            "result": result.result,
            "warnings": [str(warning) for warning in result.result.get("warnings") or []],
            "how": trace[self._traced :],
        }
        self._traced = len(trace)
        with open(os.environ["PARITY_RECORD"], "a", encoding="utf-8", errors="surrogateescape") as record:
            record.write(f"{json.dumps(line, default=repr)}\n")

    @staticmethod
    def _trace() -> list[str]:
        trace = Path(os.environ["CUTOVER_WARM_TRACE"])
        return trace.read_text(encoding="utf-8").splitlines() if trace.exists() else []
