# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The pure part of serving: which target group, how a side behaves, streaks of probes, what is published."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.live.behaviour import WELL, Behaviour, Behaviours
from local_cloud.live.forwarding import STICKY_COOKIE, action_for, group_for, sticky_value
from local_cloud.live.health import Streak
from local_cloud.live.http_server import Asked
from local_cloud.live.targets import is_expected
from local_cloud.live.traffic import Route, Tally, points

BLUE, GREEN = "arn:x:targetgroup/blue/1", "arn:x:targetgroup/green/2"


def asked(path: str = "/", **headers: str) -> Asked:
    return Asked(path, {name.replace("_", "-"): value for name, value in headers.items()})


def forward(*weights: int, sticky: bool = False) -> dict[str, Any]:
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in zip((BLUE, GREEN), weights, strict=False)]
    config = {"TargetGroups": groups, "TargetGroupStickinessConfig": {"Enabled": sticky}}
    return {"Type": "forward", "ForwardConfig": config}


def fixed(text: str) -> dict[str, Any]:
    return {"Type": "fixed-response", "FixedResponseConfig": {"MessageBody": text, "StatusCode": "200"}}


@given(st.integers(0, 999), st.integers(0, 999), st.integers(0, 2**32))
def test_shares_follow_weights(blue: int, green: int, seed: int) -> None:
    chance = random.Random(seed)
    found = Counter(group_for(forward(blue, green), asked(), chance) for _ in range(2000))
    if blue + green == 0:
        assert found == {None: 2000}
        return
    share = green / (blue + green)
    # five standard deviations: one false alarm in 1.7 million
    assert abs(found[GREEN] - 2000 * share) <= 5 * (2000 * share * (1 - share)) ** 0.5 + 1e-9


def test_draws_repeat_with_the_seed() -> None:
    drawn = [[group_for(forward(1, 1), asked(), chance) for _ in range(50)] for chance in map(random.Random, (7, 7, 8))]
    assert drawn[0] == drawn[1] != drawn[2]


def test_a_cookie_keeps_its_group_whatever_the_weights() -> None:
    with_cookie = asked(Cookie=f"a=b; {STICKY_COOKIE}={sticky_value(GREEN)}")
    chance = random.Random(1)
    assert group_for(forward(100, 0, sticky=True), with_cookie, chance) == GREEN
    assert group_for(forward(100, 0), with_cookie, chance) == BLUE
    assert group_for(forward(100, 0, sticky=True), asked(Cookie=f"{STICKY_COOKIE}=gone"), chance) == BLUE


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (asked("/"), "default"),
        (asked("/api/one?a=b"), "api"),
        (asked("/other", host="admin.example.com:443"), "admin"),
        (asked("/", x_color="Green"), "green"),
        (asked("/?debug=1"), "debug"),
    ],
)
def test_rules_by_priority(request_: Asked, expected: str) -> None:
    rules = [
        ("default", [], [fixed("default")]),
        ("20", [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}}], [fixed("late")]),
        ("3", [{"Field": "path-pattern", "Values": ["/api/*"]}], [fixed("api")]),
        ("4", [{"Field": "host-header", "HostHeaderConfig": {"Values": ["admin.*"]}}], [fixed("admin")]),
        (
            "5",
            [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Color", "Values": ["Green"]}}],
            [fixed("green")],
        ),
        (
            "6",
            [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "debug", "Value": "1"}]}}],
            [fixed("debug")],
        ),
        ("1", [{"Field": "source-ip", "SourceIpConfig": {"Values": ["0.0.0.0/0"]}}], [fixed("source")]),
    ]
    found = action_for(rules, request_)
    assert found is not None
    assert found["FixedResponseConfig"]["MessageBody"] == expected


def test_sides_behave_as_the_last_pattern_says() -> None:
    behaviours = Behaviours()
    behaviours.set("*", {"errors": 0.5})
    behaviours.set("*-green", {"down": True})
    assert behaviours.of("shop-green") == Behaviour(down=True)
    assert behaviours.of("shop-blue") == Behaviour(errors=0.5)
    behaviours.set("*-green", {})
    assert behaviours.of("shop-green") == Behaviour(errors=0.5)
    behaviours.set("*", {})
    assert behaviours.of("shop-green") == WELL
    assert behaviours.describe() == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"errors": 1.1}, "within 0 and 1"), ({"delay": -1}, "delay of -1"), ({"slow": 1}, "has no slow")],
)
def test_what_no_side_can_be(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Behaviours().set("*", settings)


@pytest.mark.parametrize(
    ("behaviour", "path", "draw", "expected"),
    [
        (WELL, "/", 0.0, 200),
        (Behaviour(errors=0.3), "/", 0.29, 500),
        (Behaviour(errors=0.3), "/", 0.3, 200),
        (Behaviour(errors=1), "/health", 0.0, 200),
        (Behaviour(unhealthy=True), "/health?deep=1", 0.9, 503),
        (Behaviour(unhealthy=True), "/", 0.0, 200),
    ],
)
def test_health_and_requests_fail_independently(behaviour: Behaviour, path: str, draw: float, expected: int) -> None:
    assert behaviour.status(path, draw) == expected


@pytest.mark.parametrize(
    ("start", "outcomes", "expected"),
    [
        ("initial", "+", "healthy"),
        ("initial", "-", "initial"),
        ("initial", "--", "unhealthy"),
        ("initial", "-+", "healthy"),
        ("healthy", "-", "healthy"),
        ("healthy", "-+-", "healthy"),
        ("healthy", "--", "unhealthy"),
        ("unhealthy", "++", "unhealthy"),
        ("unhealthy", "++-++", "unhealthy"),
        ("unhealthy", "+++", "healthy"),
    ],
)
def test_streaks(start: Any, outcomes: str, expected: str) -> None:
    streak = Streak(start)
    for one in outcomes:
        streak = streak.after(one == "+", to_healthy=3, to_unhealthy=2)
    assert streak.health == expected


@pytest.mark.parametrize(
    ("status", "codes", "expected"),
    [(200, "200", True), (201, "200", False), (202, "200,202", True), (299, "200-299", True), (300, "200-299", False)],
)
def test_expected_codes(status: int, codes: str, expected: bool) -> None:
    assert is_expected(status, codes) is expected


def test_what_is_published_of_a_minute() -> None:
    tally = Tally(Counter({200: 7, 404: 2, 503: 1}), own_errors=2, latencies=Counter({0.1: 9, 0.5: 1}))
    route = Route(("1", "r"), "app/one/1", "targetgroup/one/2")
    found = {(name, frozenset(dimensions)): counts for name, dimensions, counts in points(route, tally)}
    both, balancer = frozenset({"LoadBalancer", "TargetGroup"}), frozenset({"LoadBalancer"})
    for dimensions in (both, balancer):
        assert found["RequestCount", dimensions] == {1.0: 12}
        assert found["HTTPCode_Target_2XX_Count", dimensions] == {1.0: 7}
        assert found["HTTPCode_Target_4XX_Count", dimensions] == {1.0: 2}
        assert found["HTTPCode_Target_5XX_Count", dimensions] == {1.0: 1}
        assert found["TargetResponseTime", dimensions] == {0.1: 9, 0.5: 1}
    assert found["HTTPCode_ELB_5XX_Count", balancer] == {1.0: 2}
    assert ("HTTPCode_ELB_5XX_Count", both) not in found


def test_without_a_target_there_is_only_the_error() -> None:
    found = list(points(Route(("1", "r"), "app/one/1", None), Tally(own_errors=3)))
    assert found == [("HTTPCode_ELB_5XX_Count", {"LoadBalancer": "app/one/1"}, {1.0: 3.0})]
