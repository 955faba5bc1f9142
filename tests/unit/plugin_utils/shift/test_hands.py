# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift asks of modules, and what it makes of their answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rollout.asked import course_of
from ansible_collections.cutover.aws.plugins.module_utils._rollout.course import Control, Move, Outcome, Share, State
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.hands import DIED, ModuleHands
from ansible_collections.cutover.aws.plugins.plugin_utils.shift.routers import router_of
from tests.unit.plugin_utils.shift.doubles import ASKED, GATES, GROUPS, ZONE, Modules

Result = dict[str, Any]
MIGRATION = "acme-prod-20261126T170000Z"
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
FORWARD = Move(Share(10), Share(0))
BACK = Move(Share(0), Share(10), back=True)


def hands(modules: Modules, **changes: Any) -> ModuleHands:
    asked = {**ASKED, **changes}
    return ModuleHands(modules, course_of(asked, NOON), router_of(asked), asked, MIGRATION)


def broken(module: str, result: Result) -> Modules:
    return Modules(answer=lambda name, arguments: result if name == module else None)


CONTROLS = {
    "run": Control.RUN,
    "stop": Control.STOP,
    "rollback": Control.ROLLBACK,
    " run\n": Control.RUN,
    "Run": Control.UNKNOWN,
    "": Control.UNKNOWN,
    "unknown": Control.UNKNOWN,
}


@pytest.mark.parametrize(("value", "control"), CONTROLS.items(), ids=map(repr, CONTROLS))
def test_the_operators_word(value: str, control: Control) -> None:
    assert hands(Modules(control=value)).operator().control is control


def test_a_word_that_cannot_be_read_is_unknown() -> None:
    assert hands(broken("ssm_parameter_info", {"failed": True})).operator().control is Control.UNKNOWN


APPROVALS = {
    "of this run": (f"{MIGRATION}/100", 100),
    "of another run": ("acme-prod-20261125T170000Z/100", 0),
    "of no run": ("100", 0),
    "of no weight": (f"{MIGRATION}/all", 0),
    "none": ("", 0),
}


@pytest.mark.parametrize(("value", "weight"), APPROVALS.values(), ids=APPROVALS)
def test_an_approval_is_of_this_run(value: str, weight: int) -> None:
    steps = [{"weight": 10, "bake": 60}, {"weight": 100, "bake": 60, "approval": True}]
    assert hands(Modules(approved=value), steps=steps).operator().approved == weight


def test_nobody_is_asked_for_an_approval_that_no_step_needs() -> None:
    modules = Modules()
    hands(modules, approved=50).operator()
    assert len(modules.calls) == 1


def test_weights_are_read_in_check_mode() -> None:
    modules = Modules(weights={"blue": 1, "green": 3})
    places = hands(modules).look()
    assert places is not None
    assert (places.shares, places.ttl) == ([Share(75)], 60)
    assert modules.calls == [("route53_weighted_shift", {"groups": GROUPS}, True)]


@pytest.mark.parametrize("result", [{"failed": True, "msg": "throttled"}, {"places": []}], ids=["failed", "no place"])
def test_weights_that_cannot_be_read(result: Result) -> None:
    assert hands(broken("route53_weighted_shift", result)).shares() is None


def test_all_gates_are_asked_at_once_each_with_its_side() -> None:
    modules = Modules(verdicts={"blue-errors": "fail"})
    verdicts = hands(modules, gates=[{**GATES[0], "side": None}, GATES[1]]).verdicts(State())
    assert {name: verdict["verdict"] for name, verdict in verdicts.items()} == {
        "green-errors": "pass",
        "blue-errors": "fail",
    }
    assert modules.of("traffic_gate") == [{"gates": GATES}]


SHARES = {
    "of the new side": ("green", 10.0),
    "of the old side": ("blue", 90.0),
}


@pytest.mark.parametrize(("side", "weight"), SHARES.values(), ids=SHARES)
def test_a_gate_on_shares_is_told_the_weight_and_since_when_clients_follow_it(side: str, weight: float) -> None:
    modules = Modules()
    state = State(index=0, allowed=frozenset({Share(10)}), wall=NOON, time=500, settled=440)
    hands(modules, gates=[*GATES, {"name": "share", "side": side, "type": "share"}]).verdicts(state)
    (asked,) = modules.of("traffic_gate")
    assert asked["gates"][-1] == {
        "name": "share",
        "side": side,
        "type": "share",
        "weight": weight,
        "since": "2026-11-26T11:59:00Z",
    }


def test_gates_that_are_not_answered_are_inconclusive_and_say_why() -> None:
    verdicts = hands(broken("traffic_gate", {"failed": True, "msg": "no\nanswer"})).verdicts(State())
    assert {(one["verdict"], one["reason"]) for one in verdicts.values()} == {("inconclusive", "no answer")}
    assert set(verdicts) == {"green-errors", "blue-errors"}


def test_gates_that_could_not_fail_within_the_bake_are_unfit() -> None:
    slow = {"failed": True, "msg": "green-errors needs 300 s"}
    assert hands(broken("traffic_gate", slow)).unfit_gates() == ["green-errors needs 300 s"]
    modules = Modules()
    assert hands(modules).unfit_gates() == []
    assert modules.of("traffic_gate")[0]["bake"] == 60


def test_before_the_first_step_each_side_gets_a_check_that_follows_its_alarm() -> None:
    modules = Modules()
    assert hands(modules, ttl=60).prepare().done
    blue, green = modules.of("route53_health_check")
    assert (blue["type"], blue["alarm"], blue["alarm_region"]) == ("alarm", "blue-5xx", "eu-west-1")
    assert blue["tags"]["cutover:key"] == "shift/blue"
    assert "health_check_id" not in blue
    assert green["health_check_id"] == "check-green", "the check of a run that died is used again"
    members = {"blue": {"health_check": "new-blue-5xx"}, "green": {"health_check": "check-green"}}
    assert modules.of("route53_weighted_shift") == [{"groups": [{**GROUPS[0], "members": members}], "ttl": 60}]


def test_no_check_no_shift() -> None:
    modules = broken("route53_health_check", {"failed": True, "msg": "too many"})
    mine = hands(modules)
    assert not mine.prepare().done
    assert mine.error == "too many"
    assert modules.of("route53_weighted_shift") == []


def test_a_step_expects_the_step_before_and_attaches_the_checks_again() -> None:
    modules = Modules()
    mine = hands(modules)
    mine.prepare()
    assert mine.move(FORWARD) == Outcome(True, True, 60)
    written = modules.of("route53_weighted_shift")[-1]
    assert (written["weights"], written["expected"]) == ({"blue": 90, "green": 10}, {"blue": 100, "green": 0})
    assert written["groups"][0]["members"]["green"] == {"health_check": "check-green"}


def test_the_way_back_asks_for_nothing_but_the_weights() -> None:
    modules = Modules(weights={"blue": 90, "green": 10})
    mine = hands(modules)
    assert mine.move(BACK).done
    assert modules.of("route53_weighted_shift") == [
        {"groups": GROUPS, "weights": {"blue": 100, "green": 0}, "expected": {"blue": 90, "green": 10}}
    ]


def test_where_nothing_is_expected_nothing_is_said_of_it() -> None:
    modules = Modules(weights={"blue": 2, "green": 1})
    hands(modules).move(Move(Share(0), None, back=True))
    assert "expected" not in modules.of("route53_weighted_shift")[0]


def test_a_share_that_is_no_whole_percent_is_expected_to_the_letter() -> None:
    modules = Modules(weights={"blue": 2, "green": 1})
    hands(modules).move(Move(Share(0), Share(100, 3), back=True))
    expected = modules.of("route53_weighted_shift")[0]["expected"]
    assert expected["blue"] == 2 * expected["green"]


OUTCOMES = {
    "refused": ({"failed": True, "msg": "somebody else"}, Outcome(False), False),
    "half": ({"failed": True, "msg": "half", "undo": [{}]}, Outcome(False, touched=True), True),
    "died": ({"failed": True, DIED: ""}, Outcome(False, touched=True), True),
    "was there already": ({"changed": False, "ttl": 60, "ttl_wait": 0}, Outcome(True, True, 60), False),
}


@pytest.mark.parametrize(("result", "outcome", "changed"), OUTCOMES.values(), ids=OUTCOMES)
def test_outcomes(result: Result, outcome: Outcome, changed: bool) -> None:
    mine = hands(broken("route53_weighted_shift", result))
    assert mine.move(FORWARD) == outcome
    assert mine.changed is changed


def test_afterwards_the_records_carry_what_they_did_and_the_checks_are_gone() -> None:
    modules = Modules()
    mine = hands(modules, ttl_after=300)
    mine.prepare()
    assert mine.release() is None
    released = modules.of("route53_weighted_shift")[-1]
    members = {"blue": {"health_check": "https-blue"}, "green": {"health_check": "https-green"}}
    assert released == {"groups": [{**GROUPS[0], "members": members}], "ttl": 300}
    gone = [call for call in modules.of("route53_health_check") if call.get("state") == "absent"]
    assert sorted((one["health_check_id"], one["zone_id"]) for one in gone) == [
        ("check-green", ZONE),
        ("new-blue-5xx", ZONE),
    ]


def test_checks_that_records_still_carry_stay() -> None:
    modules = Modules()
    mine = hands(modules)
    mine.prepare()
    modules.answer = lambda name, arguments: {"failed": True, "msg": "no"} if name.startswith("route53_w") else None
    assert mine.release() == "no"
    assert not [call for call in modules.of("route53_health_check") if call.get("state") == "absent"]


def test_a_load_balancer_keeps_nobody_on_the_way_back() -> None:
    routes = [{"arn": "arn:listener", "sides": {"blue": "arn:1", "green": "arn:2"}}]
    done = {"changed": True, "ttl_wait": 86400, "ttl": 86400}
    modules = Modules(answer=lambda name, arguments: done if name == "elb_weighted_shift" else None)
    mine = hands(modules, router="alb", routes=routes, guards={})
    assert mine.move(FORWARD) == Outcome(True, True, 0)
    mine.move(BACK)
    assert [call["stickiness"] for call in modules.of("elb_weighted_shift")] == ["kept", "released"]
    assert mine.release() is None
