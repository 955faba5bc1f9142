# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A world in which shifts move real requests: a load balancer with a target a side, weighted names in front of them,
alarms on what the load balancers publish, and a client that asks all the time.

The shift's seconds are real. AWS's time is ten times as fast, so an alarm of a minute goes off within six seconds, and
clients keep an answer for half of one; the shift waits for the whole five of its TTL.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Any

from local_cloud.live.load import Load, Plan, load_of
from local_cloud.live.meter import DIMENSION, METRIC, NAMESPACE, Meter
from tests.integration.shift_world import POLL, STACK, ShiftWorld
from tests.networks import public_network

BLUE, HALF, GREEN = {"blue": 100, "green": 0}, {"blue": 50, "green": 50}, {"blue": 0, "green": 100}

SCALE = 6.0
TTL = 5
BAKE = 60
RATE = 200.0
RESOLVERS = 50
SEED = 4
PATIENCE = 120.0
"""Seconds before a test gives up on what ought to happen by itself."""


def moment(text: str) -> float:
    """Seconds since 1970, of a time as call log and report have it."""
    return datetime.fromisoformat(text).timestamp()


def eventually(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Waits for something, or fails and says what has not happened."""
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, f"after {patience:.0f} s still not: {what}"
        time.sleep(POLL)


def side_name(side: str) -> str:
    """What the side's load balancer and target group are called."""
    return f"{STACK}-{side}"


@dataclass(frozen=True)
class Write:
    """A change call of the zone: when it was made, and the weights that it writes; none where it deletes alone."""

    at: float
    weights: dict[str, int]


@dataclass
class LiveWorld(ShiftWorld):
    """It is live, and its sides are healthy, once it is made. The load is not started."""

    type: str = "CNAME"
    ttl: int = TTL
    _names: dict[str, str] = field(default_factory=dict)
    _dimensions: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        cloud = self.controller.cloud
        self.elb = self.controller.aws("elbv2")
        for side, arns in zip(("blue", "green"), self._balancers(), strict=True):
            (found,) = self.elb.describe_load_balancers(LoadBalancerArns=[arns])["LoadBalancers"]
            self._names[side] = found["DNSName"]
            self._dimensions[side] = arns.partition(":loadbalancer/")[2]
        super().__post_init__()
        cloud.time_scale(SCALE)
        cloud.go_live(SEED)
        eventually(lambda: {"blue", "green"} == set(self.healthy()), "both sides are healthy")
        plan = Plan(f"http://www.{self.name}/", RATE, RESOLVERS, SEED)
        self.load: Load = load_of(plan, cloud.status(), cloud.live())
        self.variables |= {
            "migration_steps": [{"weight": weight, "bake": BAKE} for weight in (50, 100)],
            "migration_interval": 5,
            "migration_hold_timeout": 20,
        }
        self.variables["migration_gates"] = [
            {"name": f"{side} errors", "side": side, "type": "alarm", "alarm": self.alarm(side)} for side in self._names
        ] + [self.targets(side) for side in self._names]
        # As in a stack: the old side's is the one that its gate asks, the new side's forgets nothing without data.
        self.variables["migration_guards"] = {
            "blue": {"alarm": self.alarm("blue")},
            "green": {"alarm": self.guard("green")},
        }

    def _balancers(self) -> Iterator[str]:
        ec2, elb = self.controller.aws("ec2"), self.elb
        vpc, subnets = public_network(ec2)
        for number, side in enumerate(("blue", "green")):
            made = elb.create_load_balancer(Name=side_name(side), Subnets=subnets)
            balancer = made["LoadBalancers"][0]["LoadBalancerArn"]
            group = elb.create_target_group(
                Name=side_name(side),
                Protocol="HTTP",
                Port=8080,
                VpcId=vpc,
                TargetType="ip",
                HealthCheckPath="/health",
                HealthCheckIntervalSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=2,
            )["TargetGroups"][0]["TargetGroupArn"]
            elb.register_targets(TargetGroupArn=group, Targets=[{"Id": f"10.0.{number}.10"}])
            forward = [{"Type": "forward", "TargetGroupArn": group}]
            elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
            yield balancer

    def _watch(self, alarm: str, balancer: str, period: int, missing: str = "notBreaching") -> None:
        super()._watch(alarm, self._dimensions[balancer], max(period, 60), missing)

    def _record(self, side: str, weight: int) -> dict[str, Any]:
        name = {"Name": f"www.{self.name}", "Type": "CNAME", "SetIdentifier": side}
        return {**name, "Weight": weight, "TTL": self.ttl, "ResourceRecords": [{"Value": self._names[side]}]}

    def group(self, side: str) -> str:
        """The ARN of a side's target group."""
        (found,) = self.elb.describe_target_groups(Names=[side_name(side)])["TargetGroups"]
        return str(found["TargetGroupArn"])

    def targets(self, side: str) -> dict[str, Any]:
        """A gate: the side has a healthy target."""
        return {"name": f"{side} targets", "side": side, "type": "target_health", "target_group": self.group(side)}

    def requests(self) -> dict[str, Any]:
        """A gate of green: somebody asks, whichever side."""
        metrics = {
            side: {
                "namespace": "AWS/ApplicationELB",
                "metric": "RequestCount",
                "dimensions": {"LoadBalancer": self._dimensions[side]},
                "statistic": "Sum",
            }
            for side in self._names
        }
        asked = {"expression": "SUM([blue, green])", "metrics": metrics, "window": 120, "delay": 0, "success": "> 0"}
        return {"name": "requests", "side": "green", "type": "metric", **asked}

    def share(self) -> dict[str, Any]:
        """A gate of green: it gets its share of what metered has brought into CloudWatch."""
        own, other = ({DIMENSION: side_name(side)} for side in ("green", "blue"))
        asked = {"namespace": NAMESPACE, "metric": METRIC, "dimensions": own, "others": [other]}
        return {"name": "green share", "side": "green", "type": "share", **asked, "period": 10, "delay": 3}

    @contextmanager
    def metered(self) -> Iterator[None]:
        """Meanwhile each side's requests are brought into CloudWatch as the load counts them."""
        meter, ended = Meter(self.cloudwatch), Event()

        def publish() -> None:
            while not ended.wait(POLL):
                meter.publish(self.load.counts.report())

        thread = Thread(target=publish)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def healthy(self) -> list[str]:
        """The sides that have a healthy target."""
        seen = {
            side: self.elb.describe_target_health(TargetGroupArn=self.group(side))["TargetHealthDescriptions"]
            for side in self._names
        }
        return [
            side for side, targets in seen.items() if all(one["TargetHealth"]["State"] == "healthy" for one in targets)
        ]

    def behave(self, side: str, **behaviour: Any) -> None:
        """How a side's servers behave, as local_cloud.client.Client.side has it."""
        self.controller.cloud.side(side_name(side), **behaviour)

    def went_off(self, side: str) -> float:
        """When the side's alarm went off last."""
        history = self.cloudwatch.describe_alarm_history(
            AlarmName=self.alarm(side), HistoryItemType="StateUpdate", ScanBy="TimestampDescending"
        )["AlarmHistoryItems"]
        moments: list[datetime] = [one["Timestamp"] for one in history if one["HistorySummary"].endswith("to ALARM")]
        return moments[0].timestamp()

    def writes(self, since: int = 0) -> list[Write]:
        """The change calls since a mark, in order, with the weights that they create."""
        return [Write(moment(call["time"]), dict(_created(call["parameters"]))) for call in self.changes(since)]

    def asked(self, operation: str, since: float) -> list[float]:
        """When an operation was called after a moment."""
        times = [moment(call["time"]) for call in self.controller.cloud.calls(operation=operation)]
        return [at for at in times if at > since]


def _created(parameters: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for change in parameters["ChangeBatch"]["Changes"]:
        if change["Action"] != "DELETE":
            record = change["ResourceRecordSet"]
            yield record["SetIdentifier"], record["Weight"]
