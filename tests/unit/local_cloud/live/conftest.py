# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A world that moves by hand: a minute of AWS's time is a tenth of a second, and only the clock knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from local_cloud.clock import ManualClock
from local_cloud.live.world import World
from local_cloud.testing import LocalCloud
from tests.networks import public_network

SCALE = 0.1


@pytest.fixture
def world(cloud: LocalCloud, clock: ManualClock) -> Iterator[World]:
    """It stands just behind the beginning of a minute."""
    cloud.cloud.time_scale = SCALE
    made = cloud.cloud.go_live(seed=1, by_hand=True)
    clock.advance((60 - cloud.cloud.aws_time.now() % 60 + 1) * SCALE / 60)
    made.advance()
    yield made
    cloud.cloud.go_still()


@pytest.fixture
def minutes(clock: ManualClock, world: World) -> Callable[[float], None]:
    """Let time pass, in AWS's minutes."""

    def minutes(number: float) -> None:
        clock.advance(number * SCALE)
        world.advance()

    return minutes


@dataclass
class Shop:
    """A load balancer and a target group with one target a side, named <name>-<side>; and an internal balancer."""

    name: str
    elbv2: Any
    vpc: str
    balancers: dict[str, dict[str, Any]]
    groups: dict[str, str]
    listeners: dict[str, str]
    internal: dict[str, Any]


@pytest.fixture
def shop(cloud: LocalCloud, name: str, cidr: str, minutes: Callable[[float], None]) -> Iterator[Shop]:
    ec2, elbv2 = cloud.client("ec2"), cloud.client("elbv2")
    prefix = cidr.rpartition(".0.0/")[0]
    vpc, ids = public_network(ec2, prefix)
    internal = elbv2.create_load_balancer(Name=f"{name}-inside", Subnets=ids, Scheme="internal")["LoadBalancers"][0]
    well = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    elbv2.create_listener(LoadBalancerArn=internal["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[well])
    made = Shop(name, elbv2, vpc, {}, {}, {}, internal)
    for side in ("blue", "green"):
        full = f"{name}-{side}"
        balancer = elbv2.create_load_balancer(Name=full, Subnets=ids)["LoadBalancers"][0]
        group = elbv2.create_target_group(
            Name=full,
            Protocol="HTTP",
            Port=8080,
            VpcId=vpc,
            TargetType="ip",
            HealthCheckPath="/health",
            HealthCheckIntervalSeconds=30,
            HealthyThresholdCount=3,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        elbv2.register_targets(TargetGroupArn=group, Targets=[{"Id": f"{prefix}.0.10"}])
        listener = elbv2.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )["Listeners"][0]["ListenerArn"]
        made.balancers[side], made.groups[side], made.listeners[side] = balancer, group, listener
    minutes(1)
    yield made
    elbv2.delete_load_balancer(LoadBalancerArn=internal["LoadBalancerArn"])
    for side in ("blue", "green"):
        elbv2.delete_load_balancer(LoadBalancerArn=made.balancers[side]["LoadBalancerArn"])
        elbv2.delete_target_group(TargetGroupArn=made.groups[side])
