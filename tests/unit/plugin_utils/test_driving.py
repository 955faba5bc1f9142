# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The controller's loop around the module: told as it goes on, one result at the end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action import ActionBase

from ansible_collections.cutover.aws.plugins.action.rds_snapshot_restore import ActionModule
from ansible_collections.cutover.aws.plugins.module_utils._plan.settle import Clock
from ansible_collections.cutover.aws.plugins.modules import rds_blue_green, rds_snapshot_restore
from ansible_collections.cutover.aws.plugins.plugin_utils import driving
from local_cloud.clock import ManualClock

Result = dict[str, Any]
GIVEN = {"identifier": "one", "region": "us-east-1"}
FIRST = {"steps": ["copy"], "waiting": "10 %", "done": False, "changed": True, "tried": ["a"], "plan": ["all"]}


class Module:
    """Answers one result after the other."""

    def __init__(self, *results: Result) -> None:
        self.results = [*results]
        self.asked: list[Result] = []

    def __call__(self, arguments: Result) -> Result:
        self.asked.append(arguments)
        return self.results.pop(0) if len(self.results) > 1 else self.results[0]


def drive(module: Module, **given: Any) -> tuple[Result, list[str], ManualClock]:
    clock, told = ManualClock(0), list[str]()
    result = driving.drive(module, {**GIVEN, **given}, told.append, Clock(clock.now, clock.sleep))
    return result, told, clock


def test_each_step_is_told_once_and_what_is_waited_for_when_it_is_something_else() -> None:
    more = {**FIRST, "steps": [], "waiting": "20 %"}
    last = {"steps": ["restore"], "waiting": None, "done": True, "changed": True, "tried": ["a", "b"], "plan": []}
    module = Module(FIRST, {**FIRST, "steps": []}, more, last)
    _result, told, _clock = drive(module)
    assert told == ["copy", "waiting: 10 %", "waiting: 20 %", "restore"]


def test_the_result_is_of_all_calls_together() -> None:
    calls = [{"CopyDBSnapshot": 1, "DescribeEvents": 1}, {"DescribeEvents": 2}]
    last = {"steps": ["b"], "done": True, "changed": False, "tried": ["a"], "plan": [], "warnings": ["w"]}
    result, _told, _clock = drive(Module({**FIRST, "calls": calls[0]}, {**last, "calls": calls[1]}))
    assert (result["changed"], result["plan"], result["steps"]) == (True, ["all"], ["copy", "b"])
    assert (result["calls"], result["warnings"]) == ({"CopyDBSnapshot": 1, "DescribeEvents": 3}, ["w"])


def test_what_was_tried_is_handed_on_and_no_call_waits() -> None:
    module = Module(FIRST, {**FIRST, "done": True})
    drive(module, wait=True, tags={"a": "b"})
    assert [asked["tried"] for asked in module.asked] == [[], ["a"]]
    assert all(asked["wait"] is False and asked["tags"] == {"a": "b"} for asked in module.asked)


def test_a_failure_ends_it_with_what_was_done() -> None:
    result, _told, _clock = drive(Module(FIRST, {"failed": True, "msg": "no", "steps": [], "changed": False}))
    assert (result["failed"], result["msg"], result["changed"], result["steps"]) == (True, "no", True, ["copy"])


def test_it_ends_in_time() -> None:
    result, _told, clock = drive(Module(FIRST), wait_timeout=100)
    assert result["failed"] and result["msg"].startswith("after 100 s 10 %.")
    assert clock.now() == 100


def test_no_time_is_not_the_default_one() -> None:
    result, _told, clock = drive(Module(FIRST), wait_timeout=0)
    assert result["failed"] and clock.now() == 0


@pytest.mark.parametrize("module", [rds_blue_green, rds_snapshot_restore])
def test_the_defaults_are_the_module_s(module: Any) -> None:
    spec = module._argument_spec()
    assert spec["wait_timeout"]["default"] == driving.TIMEOUT
    assert spec["interval"]["default"] == driving.INTERVAL


@pytest.mark.parametrize(
    ("arguments", "check_mode", "in_background", "alone"),
    [
        ({}, False, 0, False),
        ({"wait": "no"}, False, 0, True),
        ({}, True, 0, True),
        ({}, False, 3600, True),
    ],
    ids=["waits", "does not wait", "check mode", "in the background"],
)
def test_the_module_is_asked_once_where_nobody_looks(
    arguments: Result, check_mode: bool, in_background: int, alone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ActionBase, "run", lambda *_arguments: {})
    module, told = Module(FIRST, {**FIRST, "done": True}), list[str]()
    action = ActionModule.__new__(ActionModule)
    monkeypatch.setattr(driving, "CLOCK", Clock(lambda: 0.0, lambda _seconds: None))
    action._task = SimpleNamespace(args={**GIVEN, **arguments}, check_mode=check_mode, async_val=in_background)
    action._display = SimpleNamespace(display=told.append)
    action._execute_module = lambda module_args, task_vars: module(module_args)
    result = action.run(task_vars={})
    assert (len(module.asked), result["done"]) == ((1, False) if alone else (2, True))
    assert (told == []) == alone
    assert "tried" not in module.asked[0] or not alone
