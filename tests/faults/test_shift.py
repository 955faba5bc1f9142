# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shifts to which something happens on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dns.message
import dns.query
import pytest

from tests.integration.runs import Controller
from tests.integration.shift_world import ShiftWorld

BLUE, HALF, GREEN = {"blue": 100, "green": 0}, {"blue": 50, "green": 50}, {"blue": 0, "green": 100}
GREENS_ADDRESS = "192.0.2.2"
DEADLINE = 120
"""Seconds of patience before a test gives up on what ought to happen by itself."""

Deed = Callable[[ShiftWorld], None]


@pytest.fixture
def world(controller: Controller) -> ShiftWorld:
    return ShiftWorld(controller, "shift.example")


def lose_alarm(world: ShiftWorld) -> None:
    world.cloudwatch.delete_alarms(AlarmNames=[world.alarm("green")])


DISTURBED: dict[str, tuple[Deed, dict[str, int], tuple[str, str]]] = {
    "blue dies": (lambda world: world.set("blue", "ALARM"), HALF, ("held", "old_side_unfit")),
    "no data come of green": (
        lambda world: world.set("green", "INSUFFICIENT_DATA"),
        BLUE,
        ("rolled_back", "inconclusive"),
    ),
    "green's alarm is deleted": (lose_alarm, BLUE, ("rolled_back", "inconclusive")),
    "the emergency stop is pulled": (lambda world: world.say("stop"), HALF, ("held", "emergency_stop")),
    "the operator goes back": (lambda world: world.say("rollback"), BLUE, ("rolled_back", "operator")),
    "the operator writes nonsense": (lambda world: world.say("halt"), BLUE, ("rolled_back", "control_unreadable")),
    "somebody else moves the weights": (
        lambda world: world.write("UPSERT", {"blue": 70, "green": 30}),
        {"blue": 70, "green": 30},
        ("held", "foreign_change"),
    ),
}


@pytest.mark.parametrize(("deed", "weights", "ends"), DISTURBED.values(), ids=DISTURBED)
def test_something_happens_at_half(
    world: ShiftWorld, deed: Deed, weights: dict[str, int], ends: tuple[str, str]
) -> None:
    world.run_and(50, lambda: deed(world)).expect(2)
    report = world.report()
    assert (report["status"], report["reason"]) == ends
    assert world.weights() == weights
    guarded = {side for side, record in world.records().items() if "HealthCheckId" in record}
    # What is held is guarded; what somebody else has written is as they have written it.
    assert guarded == ({"blue", "green"} if weights == HALF else set())


def test_a_stopped_shift_goes_on_when_it_may(world: ShiftWorld) -> None:
    world.run_and(50, lambda: world.say("stop")).expect(2)
    world.run().expect(2)
    assert world.report()["reason"] == "emergency_stop"
    world.say("run")
    world.run().expect()
    assert world.weights() == GREEN


@pytest.mark.parametrize("weights", [{"blue": 70, "green": 30}, HALF, GREEN], ids=str)
def test_back_from_anywhere(world: ShiftWorld, weights: dict[str, int]) -> None:
    """Whatever the gates say, and without asking them."""
    world.write("UPSERT", weights)
    lose_alarm(world)
    world.run(migration_back=True).expect()
    assert world.weights() == BLUE
    report = world.report()
    assert (report["status"], report["reason"]) == ("rolled_back", "operator")


def test_weights_of_no_step_are_left_alone(world: ShiftWorld) -> None:
    world.write("UPSERT", {"blue": 70, "green": 30})
    mark = world.controller.cloud.mark()
    refused = world.run().expect(2)
    assert "refused: the weights are those of no step" in refused.output
    assert world.controller.cloud.calls(since=mark, access="write") == []


def test_throttled_throughout(world: ShiftWorld) -> None:
    world.controller.cloud.faults([{"kind": "throttle", "probability": 0.2, "seed": 7}])
    world.run().expect()
    world.controller.cloud.faults([])
    assert world.weights() == GREEN


def test_slow_propagation_is_waited_for(world: ShiftWorld) -> None:
    world.controller.cloud.faults([{"kind": "slow_propagation", "seconds": 8}])
    mark = world.controller.cloud.mark()
    world.run().expect()
    asked = world.controller.cloud.calls(since=mark, operation="GetChange")
    assert len(asked) > len(world.changes(mark)), "every change was asked for more than once"
    assert world.weights() == GREEN


def test_the_controller_dies_while_green_fails_and_dns_leaves_green(world: ShiftWorld) -> None:
    """Route 53 follows the alarm's data, not its state, and does so by itself."""
    assert world.controller.lost(str(world.file), world.at(50), **world.variables)
    world.controller.cloud.time_scale(0.2)
    world.controller.cloud.go_live(seed=1)
    assert GREENS_ADDRESS in answers(world, 40)
    stop = time.monotonic() + DEADLINE
    while GREENS_ADDRESS in answers(world, 40):
        assert time.monotonic() < stop, "DNS still answers green"
        fail(world, "green")
    assert world.weights() == HALF, "nobody has written anything"
    # From here on the alarm is what the test says.
    world.controller.cloud.go_still()
    world.set("green", "ALARM")
    world.run().expect(2)
    assert world.weights() == BLUE


def fail(world: ShiftWorld, side: str) -> None:
    """Errors, as the side's load balancer would publish them."""
    datum = {
        "MetricName": "HTTPCode_Target_5XX_Count",
        "Dimensions": [{"Name": "LoadBalancer", "Value": side}],
        "Timestamp": datetime.now(UTC),
        "Value": 100.0,
    }
    world.cloudwatch.put_metric_data(Namespace="AWS/ApplicationELB", MetricData=[datum])


def answers(world: ShiftWorld, times: int) -> set[str]:
    """What the local cloud's DNS answers."""
    host, _, port = world.controller.cloud.status()["dns"].rpartition(":")
    question = f"www.{world.name}"
    replies = [
        dns.query.udp(dns.message.make_query(question, "A"), host, port=int(port), timeout=5) for _ in range(times)
    ]
    return {str(item) for reply in replies for found in reply.answer for item in found}


def test_a_load_balancer_as_router(world: ShiftWorld) -> None:
    routes = [listener(world.controller)]
    alb: dict[str, Any] = {
        "migration_router": "alb",
        "migration_routes": routes,
        "migration_record_groups": [],
        "migration_guards": {},
    }
    world.run(**alb).expect()
    assert forwards(world.controller, routes[0]) == GREEN
    world.set("blue", "ALARM")
    world.run(**alb, migration_back=True).expect()
    assert forwards(world.controller, routes[0]) == BLUE


def forwards(controller: Controller, route: dict[str, Any]) -> dict[str, int]:
    (found,) = controller.aws("elbv2").describe_listeners(ListenerArns=[route["arn"]])["Listeners"]
    groups = found["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]
    weights = {group["TargetGroupArn"]: group["Weight"] for group in groups}
    return {side: weights[arn] for side, arn in route["sides"].items()}


def listener(controller: Controller) -> dict[str, Any]:
    """A listener that sends everything to blue."""
    ec2, elb = controller.aws("ec2"), controller.aws("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    balancer = elb.create_load_balancer(Name="acme-prod-app", Subnets=[one["SubnetId"] for one in subnets])
    sides = {
        side: elb.create_target_group(Name=f"acme-prod-{side}", VpcId=vpc, Protocol="HTTP", Port=80)["TargetGroups"][0]
        for side in ("blue", "green")
    }
    made = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancers"][0]["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": sides["blue"]["TargetGroupArn"]}],
    )
    arns = {side: group["TargetGroupArn"] for side, group in sides.items()}
    return {"arn": made["Listeners"][0]["ListenerArn"], "sides": arns}
