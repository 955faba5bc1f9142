# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What watches a stack as it is read from AWS: finished, half built, changed by hand, gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.alarms import alarm_settings
from ansible_collections.cutover.aws.plugins.module_utils._cloudwatch import api
from ansible_collections.cutover.aws.plugins.module_utils._cloudwatch.alarm import alarm_plan, arguments
from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Reality, Resource, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.monitoring import MONITORING_PRUNED, monitoring_model
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.monitoring import monitoring_outputs, read_monitoring
from local_cloud.testing import LocalCloud

CONFIG: dict[str, Any] = {
    "key_arn": "arn:aws:kms:us-east-1:123456789012:key/1",
    "sides": ["blue"],
    "fleets": {
        "blue": {
            "load_balancer_full_name": "app/blue/1",
            "target_group_full_name": "targetgroup/blue/1",
            "group_name": "blue",
        }
    },
    "scaling_alarms": False,
    "database": True,
    "database_identifier": "one",
    "replica_identifiers": [],
    "subscriptions": [{"protocol": "email", "endpoint": "oncall@example.com"}],
    "log_groups": {"application": 30},
    "alarms": {},
}


class World:
    """A stack with its model, and boto3 calls that make parts of it."""

    def __init__(self, cloud: LocalCloud, stack: Stack) -> None:
        self.cloud, self.stack = cloud, stack
        self.model: Mapping[str, Resource] = monitoring_model(stack, CONFIG)  # type: ignore[arg-type]
        self.cloudwatch, self.sns = cloud.client("cloudwatch"), cloud.client("sns")

    def read(self, *, by_name_only: bool = False) -> Reality:
        wanted = None if by_name_only else self.model
        return read_monitoring(Context(self.stack, self.cloud.client, LAYERS["monitoring"].expected(wanted or {})))

    def plan(self) -> Plan:
        return compare(self.model, self.read(), MONITORING_PRUNED)

    def alarms(self) -> None:
        items = [{"name": one.name, "attributes": one.attributes} for one in self.model.values() if one.type == "alarm"]
        wanted = {one["name"]: one for one in alarm_settings(items)}
        api.apply_alarms(self.cloudwatch, [alarm_plan(one, None, {}) for one in wanted.values()], wanted, {})

    def dashboard(self) -> None:
        wanted: Any = self.model["dashboard"]
        api.put_dashboard(self.cloudwatch, wanted.name, wanted.attributes["body"])
        arn = f"arn:aws:cloudwatch::123456789012:dashboard/{wanted.name}"
        api.tag(self.cloudwatch, arn, wanted.attributes["tags"])

    def topic(self) -> str:
        wanted: Any = self.model["topic"]
        tags = [{"Key": name, "Value": value} for name, value in wanted.attributes["tags"].items()]
        attributes = {
            "Policy": json.dumps(wanted.attributes["policy"]),
            "KmsMasterKeyId": wanted.attributes["key_arn"],
        }
        arn = self.sns.create_topic(Name=wanted.name, Attributes=attributes, Tags=tags)["TopicArn"]
        for one in wanted.attributes["subscriptions"]:
            self.sns.subscribe(TopicArn=arn, Protocol=one["protocol"], Endpoint=one["endpoint"])
        return str(arn)


@pytest.fixture
def world(cloud: LocalCloud, request: pytest.FixtureRequest) -> World:
    """One stack for each test, because starting with an empty cloud each time takes seconds."""
    project = "t" + sha256(request.node.name.encode()).hexdigest()[:8]
    return World(cloud, Stack(project, "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"}))


def changed(plan: Plan) -> dict[str, list[str]]:
    """What an update would change of each resource."""
    return {one.key: [d.path for d in one.differences] for one in plan.changes if one.action == "update"}


def test_of_nothing_the_outputs_have_their_shape(world: World) -> None:
    assert world.read() == {}
    assert monitoring_outputs({}) == {"topic_arn": None, "alarm_arns": {}, "dashboard_name": None, "log_groups": {}}


def test_alarms_topic_and_dashboard_read_as_they_were_asked_for(world: World) -> None:
    world.alarms()
    world.dashboard()
    topic = world.topic()
    assert [one.key for one in world.plan().changes] == ["log_group/application"]
    outputs: Any = monitoring_outputs(world.read())
    assert outputs["topic_arn"] == topic
    assert outputs["alarm_arns"]["blue-cpu"].endswith(f":alarm:{world.stack.name}-blue-cpu")
    assert outputs["dashboard_name"] == f"{world.stack.name}-overview-{world.stack.region}"


def test_alarms_edited_deleted_and_switched_off_are_seen(world: World) -> None:
    world.alarms()
    name = world.stack.name
    cpu: Any = world.model["alarm/blue-cpu"]
    (edited,) = alarm_settings([{"name": cpu.name, "attributes": {**cpu.attributes, "threshold": 99.0}}])
    world.cloudwatch.put_metric_alarm(**arguments(cpu.name, edited))
    world.cloudwatch.delete_alarms(AlarmNames=[f"{name}-blue-elb-5xx"])
    world.cloudwatch.disable_alarm_actions(AlarmNames=[f"{name}-database-cpu"])
    plan = world.plan()
    assert changed(plan) == {"alarm/blue-cpu": ["threshold"], "alarm/database-cpu": ["actions_enabled"]}
    assert "alarm/blue-elb-5xx" in [one.key for one in plan.changes if one.action == "create"]


def test_an_alarm_that_the_inventory_no_longer_wants_is_removed(world: World) -> None:
    world.alarms()
    without = {key: one for key, one in world.model.items() if key != "alarm/blue-cpu"}
    removed = [one.key for one in compare(without, world.read(), MONITORING_PRUNED).changes if one.action == "delete"]
    assert removed == ["alarm/blue-cpu"]


def test_a_stack_whose_name_only_begins_alike_is_not_touched(world: World) -> None:
    other = World(world.cloud, Stack(world.stack.project, "prod-2", "us-east-1", "123456789012"))
    other.alarms()
    other.dashboard()
    other.topic()
    assert world.read(by_name_only=True) == {}
    assert len(other.read(by_name_only=True)) == len(other.model) - 1


def test_a_dashboard_of_somebody_else_with_our_name_is_looked_at_only_by_the_model(world: World) -> None:
    world.cloudwatch.put_dashboard(
        DashboardName=f"{world.stack.name}-overview-{world.stack.region}", DashboardBody='{"widgets": []}'
    )
    assert world.read(by_name_only=True) == {}
    assert "body" in changed(world.plan())["dashboard"]


def test_who_was_not_asked_for_counts_only_when_they_get_messages(world: World) -> None:
    topic = world.topic()
    world.sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="pending@example.com")
    assert changed(world.plan()) == {}
    queue = world.cloud.client("sqs").create_queue(QueueName=world.stack.name)["QueueUrl"]
    arn = f"arn:aws:sqs:us-east-1:123456789012:{queue.rsplit('/', 1)[-1]}"
    world.sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    assert changed(world.plan()) == {"topic": ["subscriptions"]}


def test_a_topic_without_its_key_or_with_another_policy_is_seen(world: World) -> None:
    topic = world.topic()
    policy: Any = world.model["topic"].attributes["policy"]
    weak = {**policy, "Statement": [one for one in policy["Statement"] if one["Effect"] == "Allow"]}
    for name, value in (("KmsMasterKeyId", ""), ("Policy", json.dumps(weak))):
        world.sns.set_topic_attributes(TopicArn=topic, AttributeName=name, AttributeValue=value)
    assert changed(world.plan()) == {"topic": ["key_arn", "policy"]}
