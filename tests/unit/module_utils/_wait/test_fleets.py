# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How far a fleet is."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._wait.fleets import group_state, target_group_state

SERVING = {"LifecycleState": "InService", "HealthStatus": "Healthy"}
STARTING = {"LifecycleState": "Pending", "HealthStatus": "Healthy"}
SICK = {"LifecycleState": "InService", "HealthStatus": "Unhealthy"}
FAILED = {"StatusCode": "Failed", "StatusMessage": "Invalid KMS key state"}


class Answers:
    """A client that knows activities and the health of targets, latest first."""

    def __init__(
        self, activities: list[dict[str, str]] | None = None, health: list[dict[str, str]] | None = None
    ) -> None:
        self.activities, self.health = activities or [], health or []

    def describe_scaling_activities(self, **_arguments: Any) -> Any:
        return {"Activities": self.activities}

    def describe_target_health(self, **_arguments: Any) -> Any:
        return {"TargetHealthDescriptions": [{"TargetHealth": one} for one in self.health]}


@pytest.mark.parametrize(
    ("instances", "activities", "state"),
    [
        ([SERVING, SERVING], [], "ready"),
        ([SERVING, STARTING], [], "1 of 2 in service"),
        ([SERVING, SICK], [{"StatusCode": "InProgress"}], "1 of 2 in service"),
        ([], [FAILED], "failed: Invalid KMS key state"),
        ([SERVING, SERVING], [FAILED], "ready"),
        ([], [{"StatusCode": "Failed", "Cause": "no capacity"}], "failed: no capacity"),
        ([STARTING], [{"StatusCode": "Successful"}, FAILED], "0 of 2 in service"),
    ],
)
def test_a_group_is_ready_with_all_its_instances(
    instances: list[dict[str, str]], activities: list[dict[str, str]], state: str
) -> None:
    group = {"AutoScalingGroupName": "one", "DesiredCapacity": 2, "Instances": instances}
    assert group_state(Answers(activities), group) == state  # type: ignore[arg-type]


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
