# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Moves traffic step by step, watching.

This part needs the controller: it loops for minutes or hours, shows how it stands, and makes every call to AWS by a
module of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.color import ANSIBLE_COLOR

from ..module_utils._rollout.asked import Unfit, course_of
from ..module_utils._rollout.course import Course, Finish, Reason, State, Status
from ..module_utils._rollout.position import begin, is_over
from ..module_utils._rollout.story import opening, share_now
from ..plugin_utils.shift.audience import Audience
from ..plugin_utils.shift.driver import Clock, run
from ..plugin_utils.shift.guards import unfit_guards
from ..plugin_utils.shift.hands import DIED, ModuleHands, approval_hint, resume_hint
from ..plugin_utils.shift.notices import Notices
from ..plugin_utils.shift.options import asked_of
from ..plugin_utils.shift.preview import preview
from ..plugin_utils.shift.report import Report, weights_of
from ..plugin_utils.shift.routers import router_of
from ..plugin_utils.shift.screen import Screen
from ..plugin_utils.shift.who import who
from .json_file import write

CLOCK = Clock(time.monotonic, time.sleep, lambda: datetime.now(UTC))
PHASE = "traffic-shift"


def _is_over(guards: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether it is known that no shift is under way: somebody has looked for its health checks, and there are none."""
    return bool(guards) and all("id" in guard and guard["id"] is None for guard in guards.values())


def _refused(result: dict[str, Any], why: str) -> dict[str, Any]:
    """The failure of a task that cannot be done as it is asked."""
    ending = {"status": str(Status.REFUSED), "reason": str(Reason.UNFIT), "phase": PHASE, "changed": False}
    return {**result, **ending, "failed": True, "msg": f"Nothing is moved. {why}"}


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.traffic_shift."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole shift. Fails only for what is asked wrongly: how a shift ends is its result."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        try:
            asked, connection = asked_of(self._task.args)
            course = course_of(asked, CLOCK.wall())
        except Unfit as error:
            return _refused(result, str(error))
        call = self._caller(connection, task_vars or {})
        migration = f"{asked['stack_name']}-{CLOCK.wall():%Y%m%dT%H%M%SZ}"
        approve, resume = approval_hint(asked, migration), resume_hint(asked["stack_name"])
        course = replace(course, approve=approve, resume=resume)
        hands = ModuleHands(call, course, router_of(asked), asked, migration)
        places = hands.look()
        if places is None:
            return _refused(result, f"The weights cannot be read: {hands.error}")
        guards = asked["guards"] if asked["router"] == "route53" else {}
        if not asked["back"] and (mistakes := [*hands.unfit_gates(), *unfit_guards(call, guards)]):
            return _refused(result, "\n".join(mistakes))
        state = begin(course, places.shares, places.ttl, back=asked["back"], over=_is_over(guards))
        if self._task.check_mode:
            return {**result, **preview(course, state, hands)}
        head = {"migration": migration, "stack": asked["stack_name"], "router": asked["router"]}
        told = {**head, "who": who(asked["caller"], task_vars or {})}
        report = Report(self._report_path(asked, migration), course, told, CLOCK.wall, write)
        audience = Audience(self._screen(course), report, Notices(call, course, asked, head))
        audience.screen.say(opening(course, state))
        finish, state = run(course, state, hands, audience, CLOCK)
        return {**result, **self._ended(finish, state, hands, audience, course)}

    def _ended(
        self, finish: Finish, state: State, hands: ModuleHands, audience: Audience, course: Course
    ) -> dict[str, Any]:
        report, failures = audience.report, [*audience.notices.failures]
        if is_over(finish, state) and (left := hands.release()):
            failures.append(f"Health checks or TTL of the shift are left: {left}")
        report.end(finish.status.value, finish.reason.value)
        if report.failure:
            failures.append(report.failure)
        else:
            audience.screen.say(f"the report: {report.path.with_suffix('.html')}")
        for failure in failures:
            self._display.warning(failure)
        return {
            "changed": hands.changed,
            "status": str(finish.status),
            "reason": str(finish.reason),
            "phase": PHASE,
            "stack": report.document["stack"],
            "migration": report.document["migration"],
            "weights": weights_of(course, share_now(state)),
            "report": str(report.path),
            "timeline": report.document["timeline"],
            "failures": failures,
        }

    def _caller(self, connection: dict[str, Any], task_vars: dict[str, Any]) -> Callable[..., dict[str, Any]]:
        """Runs a module as this task would. One that cannot be run has failed, and may have done anything."""

        def call(module: str, arguments: dict[str, Any], *, check: bool = False) -> dict[str, Any]:
            own = self._task.check_mode
            self._task.check_mode = own or check
            try:
                asked = {**connection, **arguments}
                result: dict[str, Any] = self._execute_module(
                    module_name=module, module_args=asked, task_vars=task_vars
                )
            except AnsibleError as error:
                return {"failed": True, "msg": str(error), DIED: ""}
            finally:
                self._task.check_mode = own
            return result

        return call

    def _screen(self, course: Course) -> Screen:
        """Live only where Ansible itself has found a terminal; colours that are forced (AWX) say nothing about one."""
        live = bool(ANSIBLE_COLOR) and not C.ANSIBLE_FORCE_COLOR and not self._display.verbosity

        def show(text: str, newline: bool) -> None:
            self._display.display(text, newline=newline, screen_only=not newline)

        return Screen(course, show, CLOCK, live, self._display.columns)

    @staticmethod
    def _report_path(asked: dict[str, Any], migration: str) -> Path:
        return Path(asked["output_dir"]).absolute() / "reports" / f"{migration}.json"
