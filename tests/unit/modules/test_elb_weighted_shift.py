# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""elb_weighted_shift against the local cloud."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._shift.forward_router import ForwardRouter
from ansible_collections.cutover.aws.plugins.modules import elb_weighted_shift
from local_cloud.testing import LocalCloud

# moto's catalogue of images takes seconds to load, and no test here needs it.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

Run = Callable[..., dict[str, Any]]
Raw = dict[str, Any]
HALF = {"weights": {"blue": 50, "green": 50}}


@pytest.fixture(scope="module")
def groups(cloud: LocalCloud) -> dict[str, str]:
    """Target groups by name."""
    vpc = cloud.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    create = cloud.client("elbv2").create_target_group
    names = ("blue", "green", "other")
    made = [create(Name=name, VpcId=vpc, Protocol="HTTP", Port=80)["TargetGroups"][0] for name in names]
    return {one["TargetGroupName"]: one["TargetGroupArn"] for one in made}


@pytest.fixture(scope="module")
def balancer(cloud: LocalCloud, groups: dict[str, str]) -> str:
    ec2, elb = cloud.client("ec2"), cloud.client("elbv2")
    vpc = elb.describe_target_groups(TargetGroupArns=[groups["blue"]])["TargetGroups"][0]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")
        for number, zone in enumerate("ab")
    ]
    ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    return str(elb.create_load_balancer(Name="acme", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"])


@pytest.fixture(autouse=True)
def _still(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Reading back takes no time when it is in vain; faults are over after each test."""
    moments = iter(range(10**6))
    still = SimpleNamespace(monotonic=lambda: float(next(moments)), sleep=lambda _seconds: None)
    monkeypatch.setattr(elb_weighted_shift, "time", still)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    yield
    cloud.control.faults([])


@pytest.fixture
def listener(cloud: LocalCloud, balancer: str, groups: dict[str, str]) -> Iterator[Callable[..., str]]:
    """listener(blue=100, green=0) opens a port and gives its listener's ARN."""
    elb, made = cloud.client("elbv2"), []

    def create(*, sticky: int = 0, **weights: int) -> str:
        action = forward(groups, sticky=sticky, **weights)
        port = 8000 + len(made)
        answer = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=port, DefaultActions=[action])
        made.append(answer["Listeners"][0]["ListenerArn"])
        return str(made[-1])

    yield create
    for arn in made:
        elb.delete_listener(ListenerArn=arn)


def forward(groups: dict[str, str], *, sticky: int = 0, **weights: int) -> Raw:
    tuples = [{"TargetGroupArn": groups[name], "Weight": weight} for name, weight in weights.items()]
    stickiness = {"Enabled": True, "DurationSeconds": sticky} if sticky else {"Enabled": False}
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": tuples, "TargetGroupStickinessConfig": stickiness}}


def described(cloud: LocalCloud, arn: str) -> Raw:
    if ":listener/" in arn:
        found = cloud.client("elbv2").describe_listeners(ListenerArns=[arn])["Listeners"]
    else:
        found = cloud.client("elbv2").describe_rules(RuleArns=[arn])["Rules"]
    return dict(found[0])


def actions(cloud: LocalCloud, arn: str) -> list[Raw]:
    item = described(cloud, arn)
    return list(item.get("DefaultActions") or item["Actions"])


def weights(cloud: LocalCloud, arn: str) -> list[int]:
    return [group["Weight"] for group in actions(cloud, arn)[-1]["ForwardConfig"]["TargetGroups"]]


@pytest.fixture
def shift(run: Run) -> Run:
    def call(*, check: bool = False, **parameters: Any) -> dict[str, Any]:
        return run(elb_weighted_shift.main, check=check, **parameters)

    return call


@pytest.fixture
def sides(groups: dict[str, str]) -> dict[str, str]:
    return {side: groups[side] for side in ("blue", "green")}


def writes(cloud: LocalCloud, since: int) -> list[str]:
    return [call["operation"] for call in cloud.control.calls(since=since, access="write")]


class TestListener:
    def test_both_weights_in_one_call(self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run) -> None:
        arn = listener(blue=100, green=0)
        before, mark = described(cloud, arn), cloud.control.mark()
        done = shift(routes=[{"arn": arn, "sides": sides}], weights={"blue": 90, "green": 10})
        assert writes(cloud, mark) == ["ModifyListener"]
        assert (weights(cloud, arn), done["weights"]) == ([90, 10], {"blue": 90, "green": 10})
        assert (done["changed"], done["ttl"], done["ttl_wait"]) == (True, 0, 0)
        assert {**described(cloud, arn), "DefaultActions": None} == {**before, "DefaultActions": None}

    def test_nothing_to_do(self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run) -> None:
        arn = listener(blue=50, green=50)
        mark = cloud.control.mark()
        done = shift(routes=[{"arn": arn, "sides": sides}], **HALF)
        assert (done["changed"], done["plan"], done["calls"]) == (False, [], {"DescribeListeners": 1})
        assert writes(cloud, mark) == []

    def test_check_mode_says_what_the_run_then_does(
        self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run
    ) -> None:
        arn = listener(blue=1)
        before, mark = actions(cloud, arn), cloud.control.mark()
        wanted = {"routes": [{"arn": arn, "sides": sides}], **HALF}
        said = shift(check=True, **wanted)
        assert writes(cloud, mark) == [] and actions(cloud, arn) == before
        done = shift(**wanted)
        for name in ("changed", "plan", "diff", "undo", "weights", "places", "ttl", "ttl_wait"):
            assert said[name] == done[name], name
        assert said["undo"][0]["after"] == actions(cloud, arn)

    def test_one_target_group_and_back_to_the_letter(
        self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run
    ) -> None:
        arn = listener(blue=1, sticky=600)
        before = actions(cloud, arn)
        made = shift(routes=[{"arn": arn, "sides": sides}], **HALF)
        shift(routes=[{"arn": arn, "sides": sides}], weights={"blue": 1, "green": 9}, stickiness="released")
        assert shift(undo=made["undo"])["changed"] and actions(cloud, arn) == before
        assert not shift(undo=made["undo"])["changed"]

    def test_sticky_clients_are_spoken_of(self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run) -> None:
        arn = listener(blue=100, green=0, sticky=3600)
        done = shift(routes=[{"arn": arn, "sides": sides}], **HALF)
        assert (done["ttl"], done["ttl_wait"]) == (3600, 3600)
        assert "clients keep to their target group for 3600 s" in str(done["warnings"])
        released = shift(
            routes=[{"arn": arn, "sides": sides}], weights={"blue": 100, "green": 0}, stickiness="released"
        )
        assert released["ttl_wait"] == 0
        assert actions(cloud, arn)[0]["ForwardConfig"]["TargetGroupStickinessConfig"]["Enabled"] is False


def test_a_rule(cloud: LocalCloud, listener: Any, groups: Raw, sides: Raw, shift: Run) -> None:
    conditions = [{"Field": "path-pattern", "Values": ["/api/*"]}]
    made = cloud.client("elbv2").create_rule(
        ListenerArn=listener(blue=1), Priority=7, Conditions=conditions, Actions=[forward(groups, blue=100, green=0)]
    )
    arn = made["Rules"][0]["RuleArn"]
    before, mark = described(cloud, arn), cloud.control.mark()
    shift(routes=[{"arn": arn, "sides": sides}], **HALF)
    assert writes(cloud, mark) == ["ModifyRule"]
    assert weights(cloud, arn) == [50, 50]
    assert {**described(cloud, arn), "Actions": None} == {**before, "Actions": None}


WRONG = {
    "all zero": ({"weights": {"blue": 0, "green": 0}}, "weights: all are 0"),
    "too large": ({"weights": {"blue": 1000, "green": 0}}, "weights: 1000 for blue is not within 0 and 999"),
    "another side": (
        {"weights": {"blue": 1, "red": 1}},
        "has the sides blue, green, but there are weights for blue, red",
    ),
    "somebody else": (
        {**HALF, "expected": {"blue": 60, "green": 40}},
        "found blue 100, green 0, expected blue 60, green 40",
    ),
}


@pytest.mark.parametrize(("asked", "text"), WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("check", [False, True], ids=["run", "check"])
def test_refused(cloud: LocalCloud, listener: Any, sides: Raw, shift: Run, asked: Raw, text: str, check: bool) -> None:
    arn = listener(blue=100, green=0)
    mark = cloud.control.mark()
    result = shift(check=check, routes=[{"arn": arn, "sides": sides}], **asked)
    assert result["failed"] and text in result["msg"]
    assert writes(cloud, mark) == [] and weights(cloud, arn) == [100, 0]


class TestRefusedPlaces:
    @pytest.fixture
    def refused(self, cloud: LocalCloud, sides: Raw, shift: Run) -> Callable[..., str]:
        """The message of a shift of these places to half and half, which writes nothing."""

        def attempt(*arns: str, **other_sides: str) -> str:
            mark = cloud.control.mark()
            result = shift(routes=[{"arn": arn, "sides": {**sides, **other_sides}} for arn in arns], **HALF)
            assert result["failed"] and writes(cloud, mark) == []
            return str(result["msg"])

        return attempt

    def test_by_their_arns(self, groups: Raw, listener: Any, refused: Any) -> None:
        arn = listener(blue=1)
        assert "is the ARN of neither a listener nor a rule" in refused(groups["blue"])
        assert f"{arn} is there twice" in refused(arn, arn)
        unknown = f"{arn[:-4]}0000"
        assert f"{unknown}: there is no such listener or rule" in refused(arn, unknown)

    def test_the_default_rule(self, cloud: LocalCloud, listener: Any, refused: Any) -> None:
        rules = cloud.client("elbv2").describe_rules(ListenerArn=listener(blue=1))["Rules"]
        assert "The default rule is changed through its listener" in refused(rules[0]["RuleArn"])

    def test_by_their_actions(self, cloud: LocalCloud, listener: Any, groups: Raw, refused: Any) -> None:
        arn = listener(blue=1)
        redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
        actions = [{"Type": "redirect", "RedirectConfig": redirect}]
        cloud.client("elbv2").modify_listener(ListenerArn=arn, DefaultActions=actions)
        message = refused(arn, listener(blue=1, other=1))
        assert "it forwards to no target group (it does: redirect)" in message
        assert "would keep a share and is none of the sides (blue, green)" in message

    def test_by_their_target_groups(self, listener: Any, groups: Raw, refused: Any) -> None:
        arn, missing = listener(blue=1), f"{groups['blue'][:-4]}0000"
        assert "have the same target group" in refused(arn, green=groups["blue"])
        assert f"there is no target group {missing}" in refused(arn, green=missing)


class TestTrouble:
    @pytest.fixture
    def meanwhile(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], object]], None]:
        def arrange(step: str, act: Callable[[], object]) -> None:
            original, acts = getattr(ForwardRouter, step), [act]

            def disturbed(self: ForwardRouter, *arguments: Any) -> Any:
                result = original(self, *arguments)
                if acts:
                    acts.pop()()
                return result

            monkeypatch.setattr(ForwardRouter, step, disturbed)

        return arrange

    @pytest.mark.parametrize(
        ("step", "text"),
        [("check", "since this run read it (weights.green"), ("settle", "Somebody has changed what this run has just")],
        ids=["between read and write", "after the write"],
    )
    def test_somebody_else(
        self,
        cloud: LocalCloud,
        listener: Any,
        groups: Raw,
        sides: Raw,
        shift: Run,
        meanwhile: Any,
        step: str,
        text: str,
    ) -> None:
        arn = listener(blue=100, green=0)
        theirs = [forward(groups, blue=100, green=20)]
        meanwhile(step, lambda: cloud.client("elbv2").modify_listener(ListenerArn=arn, DefaultActions=theirs))
        result = shift(routes=[{"arn": arn, "sides": sides}], **HALF)
        assert result["failed"] and text in result["msg"]
        assert weights(cloud, arn) == [100, 20]

    def test_half_way(self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run) -> None:
        first, second = listener(blue=100, green=0), listener(blue=100, green=0)
        denied = {"kind": "error", "code": "AccessDenied", "status": 403, "after": 1}
        cloud.control.faults([{**denied, "match": {"operation": "ModifyListener"}}])
        result = shift(routes=[{"arn": arn, "sides": sides} for arn in (first, second)], **HALF)
        assert result["failed"] and result["changed"] and len(result["undo"]) == 1
        assert "Written: listener app/acme" in result["msg"] and "Not written: listener app/acme" in result["msg"]
        cloud.control.faults([])
        shift(undo=result["undo"])
        assert weights(cloud, first) == weights(cloud, second) == [100, 0]

    @pytest.mark.parametrize("silent", [False, True], ids=["the listener tells", "nothing answers"])
    def test_a_lost_answer(self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run, silent: bool) -> None:
        arn = listener(blue=100, green=0)
        lost = {"kind": "reset_after", "match": {"operation": "ModifyListener"}}
        deaf = {"kind": "reset_before", "match": {"operation": "DescribeListeners"}, "after": 2}
        cloud.control.faults([lost, *([deaf] if silent else [])])
        brief = {"aws_config": {"retries": {"total_max_attempts": 2, "mode": "standard"}}}
        result = shift(routes=[{"arn": arn, "sides": sides}], **HALF, **brief)
        cloud.control.faults([])
        assert weights(cloud, arn) == [50, 50]
        assert result["changed"] and len(result["undo"]) == 1
        assert ("AWS does not say whether it was carried out" in result.get("msg", "")) is silent

    def test_throttling_is_outlasted(self, cloud: LocalCloud, listener: Any, sides: Raw, shift: Run) -> None:
        arn = listener(blue=100, green=0)
        cloud.control.faults([{"kind": "throttle", "match": {"service": "elbv2"}, "probability": 0.5, "seed": 3}])
        assert shift(routes=[{"arn": arn, "sides": sides}], **HALF)["changed"]
        cloud.control.faults([])
        assert weights(cloud, arn) == [50, 50]
