# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run is doing and what it has changed, without its inner workings."""

from __future__ import annotations

DOCUMENTATION = r"""
name: progress
type: stdout
short_description: A line a task, and what it has changed
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Like the default output, but a task is one line, which shows as soon as it begins and ends with C(ok) or C(skipped).
    What has changed stands below it.
  - Tasks that only compute, such as C(set_fact), C(assert) and includes, are shown when they fail. Texts of C(debug)
    are printed as they are.
  - Warnings are shown as by default, failures with their cause. With C(-v) everything is.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
requirements:
  - set as stdout in configuration
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ansible import constants as C
from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback.default import CallbackModule as Default

if TYPE_CHECKING:
    from ansible.executor.task_result import CallbackTaskResult
    from ansible.playbook.task import Task

COLLECTION = "cutover.aws."
BUILTIN = "ansible.builtin."
COMPUTING = frozenset(
    {
        "add_host",
        "assert",
        "debug",
        "fail",
        "group_by",
        "import_role",
        "import_tasks",
        "include_role",
        "include_tasks",
        "include_vars",
        "meta",
        "set_fact",
        "set_stats",
        "validate_argument_spec",
    }
)
"""Actions that ask and change nothing outside of the run."""

NARRATING = frozenset({f"{COLLECTION}{name}" for name in ("rds_blue_green", "rds_snapshot_restore", "traffic_shift")})
"""Actions that print lines of their own while they run."""

CAUSES = ("msg", "reason", "cmd", "rc", "stdout", "stderr", "module_stdout", "module_stderr")
"""What of a failure's result says why."""


class CallbackModule(Default):  # type: ignore[misc] # ansible-core has no types
    """cutover.aws.progress"""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "cutover.aws.progress"

    def __init__(self) -> None:
        super().__init__()
        self._unfinished = False
        """Whether the last line on the screen is a task's that has no result yet."""
        self._failing = False
        """Whether a failure is being shown, and briefly."""

    @property
    def _brief(self) -> bool:
        return not self._display.verbosity

    def set_options(self, *args: Any, **kwargs: Any) -> None:
        """Those of the default output, which leaves out what is ok and skipped."""
        super().set_options(*args, **kwargs)
        if self._brief:
            self.set_option("display_ok_hosts", False)
            self.set_option("display_skipped_hosts", False)

    def _task_start(self, task: Task, prefix: str | None = None) -> None:
        super()._task_start(task, prefix)
        self._finish()
        if self._brief and task.action.removeprefix(BUILTIN) not in COMPUTING:
            self._begin(task)

    def _begin(self, task: Task) -> None:
        self._unfinished = task.action not in NARRATING
        self._display.display(_title(self._last_task_name or task.get_name()), newline=not self._unfinished)

    def _finish(self, how: str = "", color: str | None = None) -> None:
        if self._unfinished:
            self._display.display(f" ... {how}" if how else "", color=color)
            self._unfinished = False

    def _print_task_banner(self, task: Task) -> None:
        """Called by the default output before the first line below a task."""
        if not self._brief:
            super()._print_task_banner(task)
            return
        if not self._unfinished and task.action not in NARRATING:
            self._begin(task)
        self._finish()
        self._last_task_banner = task._uuid

    def v2_runner_on_ok(self, result: CallbackTaskResult) -> None:
        """The line's end; the text of debug; warnings."""
        if self._brief and isinstance(result.task, TaskInclude):
            return
        super().v2_runner_on_ok(result)
        if self._brief and not result.result.get("changed", False):
            self._finish("ok", C.COLOR_OK)
            self._say(result)

    def v2_runner_item_on_ok(self, result: CallbackTaskResult) -> None:
        """The text of debug; warnings; the item itself only where it has changed."""
        super().v2_runner_item_on_ok(result)
        if self._brief and not result.result.get("changed", False):
            self._say(result)

    def _say(self, result: CallbackTaskResult) -> None:
        """What has to be seen of a result that the default output leaves out."""
        self._handle_warnings_and_exception(result)
        if result.task.action.removeprefix(BUILTIN) == "debug" and "results" not in result.result:
            self._clean_results(result.result, result.task.action)
            message = result.result.get("msg")
            text = message if isinstance(message, str) else self._dump_results(result.result)
            self._display.display(f"\n{text.strip()}\n\n")

    def v2_runner_on_skipped(self, result: CallbackTaskResult) -> None:
        """The line's end."""
        super().v2_runner_on_skipped(result)
        if self._brief:
            self._finish("skipped", C.COLOR_SKIP)

    def v2_runner_retry(self, result: CallbackTaskResult) -> None:
        """Below the task that is tried again."""
        if self._last_task_banner != result.task._uuid:
            self._print_task_banner(result.task)
        super().v2_runner_retry(result)

    def v2_runner_on_failed(self, result: CallbackTaskResult, ignore_errors: bool = False) -> None:
        """As by default, but for what hides the cause."""
        with self._causes_only():
            super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_item_on_failed(self, result: CallbackTaskResult) -> None:
        """As by default, but for what hides the cause."""
        with self._causes_only():
            super().v2_runner_item_on_failed(result)

    @contextmanager
    def _causes_only(self) -> Iterator[None]:
        self._failing = self._brief
        try:
            yield
        finally:
            self._failing = False

    def _dump_results(self, result: dict[str, Any], *args: Any, **kwargs: Any) -> str:
        """A result as text."""
        if self._failing:
            result = {name: value for name, value in result.items() if name in CAUSES and value != ""}
        text: str = super()._dump_results(result, *args, **kwargs)
        return text

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Nothing: the tasks that were included follow."""
        if not self._brief:
            super().v2_playbook_on_include(included_file)


def _title(name: str) -> str:
    """vpc: Subnets | Create them"""
    role, separator, task = name.strip().partition(" : ")
    return f"{role.removeprefix(COLLECTION)}: {task}" if separator else name.strip()
