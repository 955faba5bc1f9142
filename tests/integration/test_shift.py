# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shifts by the role, against a cloud, as a user who has the controller's policies and no more."""

from __future__ import annotations

import json
import re

from tests.integration.runs import Controller
from tests.integration.shift_world import CALLER, STACK, ShiftWorld

BLUE, HALF, GREEN = {"blue": 100, "green": 0}, {"blue": 50, "green": 50}, {"blue": 0, "green": 100}


def transitions(world: ShiftWorld) -> list[str]:
    return [entry["what"] for entry in world.report()["timeline"]]


def test_a_whole_shift(controller: Controller) -> None:
    """Checked first, then done, told to a topic, and once more: nothing to do."""
    world = ShiftWorld(controller, "whole.example")
    topic = controller.aws("sns").create_topic(Name=f"{STACK}-told")["TopicArn"]
    mark = controller.cloud.mark()
    checked = world.run("--check").expect()
    assert "The shift stands before the first step, weights blue 100, green 0." in checked.output
    assert "unsupported" not in checked.output, "a result is of plain types"
    assert controller.cloud.calls(since=mark, access="write") == []

    done = world.run(migration_topic_arn=topic).expect()
    assert world.weights() == GREEN
    assert "before the first step: asking 2 gates, which have to pass before traffic moves" in done.output
    assert re.search(r"no traffic has moved; clients follow within \d+ s, then step 1 if every gate", done.output)
    assert re.search(r"step 1 of 2: blue 50, green 50; clients follow within 1 s, bake 10 s", done.output)
    assert transitions(world) == ["prepared", "step", "step", "ended"]
    assert f"the report: {world.reports()[-1].with_suffix('.html')}" in done.output
    assert "unsupported" not in done.output, "a result is of plain types"
    assert len(controller.cloud.calls(since=mark, operation="Publish")) == 4
    # Health checks on, two steps, health checks off: one change call each, and no check is left.
    assert len(world.changes(mark)) == 4
    assert not [record for record in world.records().values() if "HealthCheckId" in record]
    assert world.route53.list_health_checks()["HealthChecks"] == []

    mark = controller.cloud.mark()
    world.run().expect()
    assert controller.cloud.calls(since=mark, access="write") == []
    assert world.report()["reason"] == "already_there"


def test_green_fails_in_the_middle_and_traffic_comes_back(controller: Controller) -> None:
    world = ShiftWorld(controller, "fails.example")
    failed = world.run_and(50, lambda: world.set("green", "ALARM"))
    assert failed.expect(2).output.count("rolled back: a gate failed (green)") >= 1
    assert world.weights() == BLUE
    report = world.report()
    assert (report["status"], report["reason"], report["weights"]) == ("rolled_back", "gate_failed", BLUE)
    page = world.page()
    assert "Rolled back" in page
    assert 'data-side="green"' in page
    assert CALLER in page, "who has run it"
    (evidence,) = [one for one in report["verdicts"] if one["verdict"] == "fail"]
    assert (evidence["gate"], evidence["evidence"]["state"]) == ("green", "ALARM")


def test_a_controller_that_dies_leaves_guards_and_the_next_run_goes_on(controller: Controller) -> None:
    world = ShiftWorld(controller, "dies.example")
    assert controller.lost(str(world.file), world.at(50), **world.variables)
    assert world.weights() == HALF
    assert "Not ended" in world.page()
    guards = {side: record["HealthCheckId"] for side, record in world.records().items()}
    followed = world.route53.get_health_check(HealthCheckId=guards["green"])["HealthCheck"]["HealthCheckConfig"]
    assert followed["AlarmIdentifier"]["Name"] == world.guard("green")

    checked = world.run("--check").expect()
    assert "The shift stands at step 1 of 2, weights blue 50, green 50." in checked.output
    mark = controller.cloud.mark()
    world.run().expect()
    assert world.weights() == GREEN
    assert controller.cloud.calls(since=mark, operation="CreateHealthCheck") == [], "the guards are used again"
    assert world.route53.list_health_checks()["HealthChecks"] == []


def test_mistakes_are_told_together_and_nothing_is_written(controller: Controller) -> None:
    world = ShiftWorld(controller, "wrong.example")
    mark = controller.cloud.mark()
    steps = [{"weight": 50, "bake": 10}, {"weight": 40, "bake": 1}]
    window = {"from": "2026-12-20 18:00", "to": "2026-12-20 17:00"}
    refused = world.run(migration_steps=steps, migration_freeze_windows=[window], migration_interval=2).expect(2)
    told = " ".join(refused.output.split())
    for mistake in (
        "steps[1].weight = 40: does not go beyond 50",
        "steps[1].bake = 1: is shorter than",
        "the last step does not end in 100",
        "freeze_windows[0] =",
        "interval = 2: is less than 5 s",
    ):
        assert mistake in told
    guards = {side: {"alarm": world.alarm(side)} for side in ("blue", "green")}
    nothing = world.run(migration_record_groups=[]).expect(2)
    assert "acme-prod has no weighted records. If the stack does not stand yet" in " ".join(nothing.output.split())
    slow = world.run(migration_delivery=120, migration_guards=guards).expect(2)
    told = " ".join(slow.output.split())
    assert "but the bake is 10 s" in told
    assert f"Route 53 cannot follow the alarm {world.alarm('green')}: its period is 10 s" in told
    assert controller.cloud.calls(since=mark, access="write") == []
    assert world.weights() == BLUE


def test_how_it_ended_is_handed_on(controller: Controller) -> None:
    """For workflows: the status as an artifact, and a playbook that branches by it."""
    world = ShiftWorld(controller, "handed.example")
    world.set("green", "ALARM")
    refused = world.run("-e", json.dumps({"ansible_show_custom_stats": True})).expect(2)
    assert "refused: a gate failed (green)" in refused.output
    assert world.weights() == BLUE
    result = {"cutover_result": {"status": "refused", "reason": "gate_failed", "stack": STACK}}
    controller.run("playbooks/branch.yml", branch_status="refused", **result).expect()
    controller.run("playbooks/branch.yml", branch_status="completed", **result).expect(2)
