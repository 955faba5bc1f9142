# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a shift is told of a stack."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.action.traffic_shift import _is_over
from ansible_collections.cutover.aws.plugins.filter.shift import record_groups, shift_gates, shift_guards

GUARDS = {"blue": {"alarm": "b"}, "green": {"alarm": "g"}}
LEFT = [{"key": "shift/green", "id": "check-1"}, {"key": "other", "id": "check-2"}]

FOUND: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "nobody has looked": ({}, GUARDS, False),
    "there is none": (
        {"dns": {"further_health_check": []}},
        {side: {**guard, "id": None} for side, guard in GUARDS.items()},
        True,
    ),
    "one is left": (
        {"dns": {"further_health_check": LEFT}},
        {"blue": {"alarm": "b", "id": None}, "green": {"alarm": "g", "id": "check-1"}},
        False,
    ),
}


@pytest.mark.parametrize(("found", "guards", "over"), FOUND.values(), ids=FOUND)
def test_guards_tell_whether_a_shift_is_under_way(found: dict[str, Any], guards: dict[str, Any], over: bool) -> None:
    assert shift_guards(GUARDS, found) == guards
    assert _is_over(guards) is over


def test_without_guards_nobody_knows() -> None:
    assert not _is_over({})


def test_a_gate_for_each_alarm_and_for_targets_that_there_are() -> None:
    gates = shift_gates(["blue", "green"], "acme-prod", {"green": {"target_group_arn": "arn:tg"}, "blue": None})
    assert {gate["side"] for gate in gates} == {"blue", "green"}
    assert {"name": "blue-elb-5xx", "side": "blue", "type": "alarm", "alarm": "acme-prod-blue-elb-5xx"} in gates
    assert [gate for gate in gates if gate["type"] == "target_health"] == [
        {"name": "green-targets", "side": "green", "type": "target_health", "target_group": "arn:tg"}
    ]


FLEETS = {
    side: {"load_balancer_full_name": f"app/{side}/1", "target_group_full_name": f"targetgroup/{side}/1"}
    for side in ("blue", "green")
}
SHARED = {side: {**fleet, "load_balancer_full_name": "app/both/1"} for side, fleet in FLEETS.items()}


def test_the_new_side_has_to_get_its_share_of_what_both_load_balancers_count() -> None:
    (gate,) = [gate for gate in shift_gates(["blue", "green"], "acme-prod", FLEETS) if gate["type"] == "share"]
    assert (gate["name"], gate["side"], gate.get("dry_run")) == ("green-share", "green", None)
    assert (gate["dimensions"], gate["others"]) == ({"LoadBalancer": "app/green/1"}, [{"LoadBalancer": "app/blue/1"}])


def test_behind_one_load_balancer_the_target_groups_are_counted() -> None:
    (gate,) = [gate for gate in shift_gates(["green", "blue"], "acme-prod", SHARED) if gate["type"] == "share"]
    assert gate["dimensions"] == {"LoadBalancer": "app/both/1", "TargetGroup": "targetgroup/blue/1"}
    assert gate["others"] == [{"LoadBalancer": "app/both/1", "TargetGroup": "targetgroup/green/1"}]
    assert "tolerance" not in gate


def test_where_nothing_counts_requests_nothing_is_asked_of_them() -> None:
    half = {"blue": FLEETS["blue"], "green": {}}
    assert [gate for gate in shift_gates(["blue", "green"], "acme-prod", half) if gate["type"] == "share"] == []


def test_groups_of_a_stack() -> None:
    records = [{"name": "www"}, {"name": "@", "type": "AAAA"}]
    assert record_groups(records, "Z1", "shop.example") == [
        {"zone_id": "Z1", "name": "www.shop.example", "type": "A"},
        {"zone_id": "Z1", "name": "shop.example", "type": "AAAA"},
    ]
    assert record_groups(records, None, None) == []
