# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""elb_listener and elb_attributes against the local cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from ansible_collections.cutover.aws.plugins.modules import elb_attributes, elb_listener
from local_cloud.testing import LocalCloud
from tests.networks import public_network

Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def arns(cloud: LocalCloud) -> dict[str, str]:
    """A load balancer and two target groups."""
    ec2, elb = cloud.client("ec2"), cloud.client("elbv2")
    vpc, ids = public_network(ec2)
    balancer = elb.create_load_balancer(Name="one", Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    groups = {
        side: elb.create_target_group(Name=side, Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0][
            "TargetGroupArn"
        ]
        for side in ("blue", "green")
    }
    return {"balancer": balancer, **groups}


@pytest.fixture
def listener(arns: dict[str, str], request: pytest.FixtureRequest) -> dict[str, Any]:
    """Arguments of a listener on a port that this test alone uses."""
    port = 1024 + sum(request.node.name.encode())
    forward = [{"target_group_arn": arns["blue"], "weight": 90}, {"target_group_arn": arns["green"], "weight": 10}]
    return {
        "load_balancer_arn": arns["balancer"],
        "port": port,
        "protocol": "HTTP",
        "forward": forward,
        "tags": {"a": "1"},
    }


def writes(cloud: LocalCloud, mark: int) -> list[str]:
    return [call["operation"] for call in cloud.control.calls(since=mark, access="write")]


def test_a_listener_is_made_once_with_its_tags(cloud: LocalCloud, run: Run, listener: dict[str, Any]) -> None:
    first, second = run(elb_listener.main, **listener), run(elb_listener.main, **listener)
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["listener_arn"] == second["listener_arn"]
    tags = cloud.client("elbv2").describe_tags(ResourceArns=[first["listener_arn"]])["TagDescriptions"][0]["Tags"]
    assert tags == [{"Key": "a", "Value": "1"}]


def test_check_mode_says_so_and_writes_nothing(cloud: LocalCloud, run: Run, listener: dict[str, Any]) -> None:
    mark = cloud.control.mark()
    result = run(elb_listener.main, check=True, **listener)
    assert (result["changed"], result["listener_arn"], result["diff"]["before"]) == (True, None, {})
    run(
        elb_attributes.main,
        check=True,
        arn=listener["load_balancer_arn"],
        attributes={"idle_timeout.timeout_seconds": 99},
    )
    assert writes(cloud, mark) == []


def test_only_what_differs_is_written(cloud: LocalCloud, run: Run, listener: dict[str, Any]) -> None:
    run(elb_listener.main, **listener)
    mark = cloud.control.mark()
    listener["forward"] = listener["forward"][:1]
    result = run(elb_listener.main, **{**listener, "tags": {"b": "2"}})
    assert writes(cloud, mark) == ["ModifyListener", "AddTags"]
    assert result["diff"]["after"]["tags"] == {"a": "1", "b": "2"}
    assert not run(elb_listener.main, **listener)["changed"]


def test_a_listener_is_removed_once(run: Run, listener: dict[str, Any]) -> None:
    run(elb_listener.main, **listener)
    where = {"load_balancer_arn": listener["load_balancer_arn"], "port": listener["port"], "state": "absent"}
    assert [run(elb_listener.main, **where)["changed"] for _ in range(2)] == [True, False]


def test_a_listener_of_a_load_balancer_that_is_gone_is_gone(run: Run, listener: dict[str, Any]) -> None:
    gone = listener["load_balancer_arn"].replace("/one/", "/two/")
    assert not run(elb_listener.main, load_balancer_arn=gone, port=443, state="absent")["changed"]


def test_a_listener_needs_an_action(run: Run, listener: dict[str, Any]) -> None:
    del listener["forward"]
    assert "forward, redirect" in run(elb_listener.main, **listener)["msg"]


class TestACertificateThatHasJustBeenIssued:
    """For some seconds ACM knows it, and load balancers do not."""

    UNKNOWN: ClassVar = {"kind": "error", "status": 400, "code": "CertificateNotFound"}

    @pytest.fixture(autouse=True)
    def no_waiting(self, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        clock = SimpleNamespace(sleep=lambda _seconds: None)
        monkeypatch.setattr("ansible_collections.amazon.aws.plugins.module_utils.cloud.time", clock)
        yield
        cloud.control.faults([])

    def test_is_waited_for_when_the_listener_is_made(
        self, cloud: LocalCloud, run: Run, listener: dict[str, Any]
    ) -> None:
        cloud.control.faults([{**self.UNKNOWN, "match": {"operation": "CreateListener"}, "times": 3}])
        assert run(elb_listener.main, **listener)["listener_arn"]

    def test_is_waited_for_when_the_listener_changes_to_it(
        self, cloud: LocalCloud, run: Run, listener: dict[str, Any]
    ) -> None:
        run(elb_listener.main, **listener)
        cloud.control.faults([{**self.UNKNOWN, "match": {"operation": "ModifyListener"}, "times": 3}])
        assert run(elb_listener.main, **{**listener, "forward": listener["forward"][:1]})["changed"]

    def test_that_nobody_ever_knows_fails_with_the_reason(
        self, cloud: LocalCloud, run: Run, listener: dict[str, Any]
    ) -> None:
        cloud.control.faults([{**self.UNKNOWN, "match": {"operation": "CreateListener"}}])
        result = run(elb_listener.main, **listener)
        assert (result["failed"], "CertificateNotFound" in result["msg"]) == (True, True)


def test_attributes_are_spelled_as_aws_does_and_set_once(run: Run, arns: dict[str, str]) -> None:
    wanted = {"slow_start.duration_seconds": 30, "stickiness.enabled": True}
    first, second = (run(elb_attributes.main, arn=arns["green"], attributes=wanted) for _ in range(2))
    assert first["diff"]["after"] == {"slow_start.duration_seconds": "30", "stickiness.enabled": "true"}
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["attributes"] == second["attributes"]


def test_attributes_of_something_else_are_refused(run: Run) -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/one/1/2"
    result = run(elb_attributes.main, arn=arn, attributes={})
    assert "neither the ARN of a load balancer nor that of a target group" in result["msg"]
