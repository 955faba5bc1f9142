# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a fleet is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._wait.fleets import group_state, target_group_state

SERVING = {"LifecycleState": "InService", "HealthStatus": "Healthy"}
STARTING = {"LifecycleState": "Pending:Wait", "HealthStatus": "Healthy"}
SICK = {"LifecycleState": "InService", "HealthStatus": "Unhealthy"}
ZONES = ["us-east-1a", "us-east-1b"]
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def activity(status: str, message: str | None = "no capacity in us-east-1a") -> dict[str, Any]:
    told = {"StatusMessage": message} if message else {}
    return {"StatusCode": status, "StartTime": WHEN, "Cause": "started to fill the group", **told}


FAILED = activity("Failed")
DONE = activity("Successful", None)
STARTED = activity("InProgress", None)
SEEN = "; the newest failure, of 03:04:05 UTC: no capacity in us-east-1a"


class Answers:
    """A client that knows activities, latest first, in pages of one, and the health of targets."""

    def __init__(
        self, activities: list[dict[str, Any]] | None = None, health: list[dict[str, str]] | None = None
    ) -> None:
        self.activities, self.health = activities or [], health or []

    def get_paginator(self, operation: str) -> Any:
        assert operation == "describe_scaling_activities"
        return self

    def paginate(self, *, AutoScalingGroupName: str, PaginationConfig: dict[str, int]) -> Any:
        assert AutoScalingGroupName == "one"
        return [{"Activities": [one]} for one in self.activities[: PaginationConfig["MaxItems"]]]

    def describe_target_health(self, **_arguments: Any) -> Any:
        return {"TargetHealthDescriptions": [{"TargetHealth": one} for one in self.health]}


def state_of(instances: list[dict[str, str]], activities: list[dict[str, Any]], wanted: int = 2) -> str:
    group = {
        "AutoScalingGroupName": "one",
        "DesiredCapacity": wanted,
        "AvailabilityZones": ZONES,
        "Instances": instances,
    }
    return group_state(Answers(activities), group)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("instances", "activities", "state"),
    [
        ([SERVING, SERVING], [], "ready"),
        ([SERVING, SERVING], [FAILED] * 9, "ready"),
        ([SERVING, STARTING], [], "1 of 2 in service"),
        ([SERVING, SICK], [STARTED], "1 of 2 in service"),
        ([SERVING], [FAILED, DONE], f"1 of 2 in service{SEEN}"),
        ([SERVING], [STARTED, FAILED, DONE], f"1 of 2 in service{SEEN}"),
        ([], [activity("Failed", None)], "0 of 2 in service; the newest failure, of 03:04:05 UTC: started to fill"),
    ],
)
def test_a_group_is_ready_with_all_its_instances(
    instances: list[dict[str, str]], activities: list[dict[str, Any]], state: str
) -> None:
    assert state_of(instances, activities).removesuffix(" the group") == state


class TestInVain:
    """Two instances are missing and there are two zones: after four failures in a row there is no hope."""

    def test_auto_scaling_goes_on_in_the_other_zone(self) -> None:
        assert state_of([], [FAILED] * 3) == f"0 of 2 in service{SEEN}"
        assert state_of([], [FAILED] * 3 + [DONE]) == f"0 of 2 in service{SEEN}"

    def test_but_not_for_ever(self) -> None:
        assert state_of([], [FAILED] * 4 + [DONE]) == "failed: no capacity in us-east-1a"
        assert state_of([SERVING], [FAILED] * 3 + [DONE]) == "failed: no capacity in us-east-1a"

    def test_a_launch_that_was_given_up_has_failed_too(self) -> None:
        gone = activity("Cancelled", "Client.InvalidKMSKey.InvalidState")
        assert state_of([], [gone] * 4) == "failed: Client.InvalidKMSKey.InvalidState"

    def test_the_more_are_missing_the_more_may_fail_in_one_zone(self) -> None:
        assert state_of([], [FAILED] * 13, wanted=12) == f"0 of 12 in service{SEEN}"
        assert state_of([], [FAILED] * 14, wanted=12) == "failed: no capacity in us-east-1a"

    @pytest.mark.parametrize(("instances", "activities"), [([STARTING], [FAILED] * 9), ([], [STARTED, *[FAILED] * 9])])
    def test_nothing_is_given_up_while_an_instance_is_on_its_way(
        self, instances: list[dict[str, str]], activities: list[dict[str, Any]]
    ) -> None:
        assert state_of(instances, activities) == f"0 of 2 in service{SEEN}"


@pytest.mark.parametrize(
    ("health", "state"),
    [
        ([{"State": "healthy"}, {"State": "healthy"}], "ready"),
        ([{"State": "healthy"}, {"State": "draining"}], "ready"),
        ([], "without targets"),
        ([{"State": "draining"}], "without targets"),
        (
            [{"State": "healthy"}, {"State": "initial", "Reason": "Elb.InitialHealthChecking"}],
            "1 healthy, 1 initial (Elb.InitialHealthChecking)",
        ),
    ],
)
def test_a_target_group_is_ready_when_there_are_targets_and_all_are_healthy(
    health: list[dict[str, str]], state: str
) -> None:
    assert target_group_state(Answers(health=health), {"TargetGroupArn": "arn:one"}) == state  # type: ignore[arg-type]
