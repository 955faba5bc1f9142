# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A shift of `prod` with nothing but defaults, in real time: the role's own steps, bakes, gates, guards and alarms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.shift import WATCHED
from local_cloud.live.load import Plan, load_of
from local_cloud.testing import daemon
from tests.integration.conftest import REMOVABLE
from tests.integration.runs import Controller
from tests.live.world import RESOLVERS, SEED, STACK, eventually

REAL_TIME = 60.0
"""A minute of AWS's time takes a minute: whatever counts by minutes is as on AWS."""
RATE = 50.0
WARMING = 900.0
"""Seconds for targets to be healthy, and for every alarm to be evaluated."""
SIDES = ("blue", "green")


def fill_green(controller: Controller, sides: dict[str, Any]) -> None:
    """As much of it as there is of blue."""
    capacity = sides["blue"]["capacity"]
    controller.aws("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=sides["green"]["group_name"],
        MinSize=capacity["min_size"],
        MaxSize=capacity["max_size"],
        DesiredCapacity=capacity["desired_capacity"],
    )


def serves(controller: Controller, group: str) -> bool:
    """Whether a target group has a healthy target."""
    found = controller.aws("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return any(one["TargetHealth"]["State"] == "healthy" for one in found)


def quiet(controller: Controller) -> bool:
    """Whether every alarm that a default gate asks has been evaluated, and is well."""
    names = [f"{STACK}-{side}-{alarm}" for side in SIDES for alarm in WATCHED]
    found = controller.aws("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    return [one["StateValue"] for one in found] == ["OK"] * len(names)


@pytest.mark.long
def test_the_defaults_take_all_the_traffic_to_green(tmp_path: Path) -> None:
    with daemon() as cloud:
        controller = Controller(cloud, tmp_path, variables=dict(REMOVABLE))
        controller.run("site.yml").expect()
        outputs = controller.outputs()
        sides = outputs["compute"]["sides"]
        fill_green(controller, sides)
        cloud.time_scale(REAL_TIME)
        cloud.go_live(SEED)
        groups = [sides[side]["target_group_arn"] for side in SIDES]
        eventually(lambda: all(serves(controller, one) for one in groups), "both sides are healthy", WARMING)
        load = load_of(Plan(outputs["dns"]["urls"][0], RATE, RESOLVERS, SEED), cloud.status(), cloud.live())
        load.start()
        try:
            eventually(lambda: quiet(controller), "all alarms are OK", WARMING)
            controller.run("playbooks/shift.yml").expect()
        finally:
            seen = load.stop()
        (path,) = (tmp_path / "reports").glob("*.json")
        report = json.loads(path.read_text())
        assert (report["status"], report["reason"]) == ("completed", "done")
        assert (seen["lost"], seen["failed"]) == (0, 0)
        shares = [entry for entry in report["verdicts"] if entry["gate"] == "green-share"]
        assert {entry["share"] for entry in shares if entry["verdict"] == "pass"} >= {10, 50, 100}
        assert "plot-requests" in path.with_suffix(".html").read_text()
        assert controller.run("site.yml").expect().changed() == 0
