# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A stack's parameters as they are read: finished, half written, changed by hand, somebody else's, gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import Reality, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.parameters import PARAMETERS_PRUNED, parameters_model
from ansible_collections.cutover.aws.plugins.module_utils._parameters import apply
from ansible_collections.cutover.aws.plugins.module_utils._parameters.apply import Owner
from ansible_collections.cutover.aws.plugins.module_utils._parameters.plan import parameter_of
from ansible_collections.cutover.aws.plugins.module_utils._plan.compare import Plan, compare
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from ansible_collections.cutover.aws.plugins.module_utils._stack.parameters import (
    parameters_outputs,
    read_parameters,
)
from local_cloud.testing import LocalCloud

OUTPUTS: dict[str, Any] = {
    "vpc": {"vpc_id": "vpc-1", "subnet_ids": {"public": ["subnet-1", "subnet-2"]}},
    "database": {"port": 3306, "endpoint": "db.example.com"},
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    with LocalCloud() as running:
        yield running


class World:
    """A stack whose outputs are published, and what people do to them."""

    def __init__(self, cloud: LocalCloud, stack: Stack) -> None:
        self.cloud, self.stack = cloud, stack
        self.path = f"/{stack.project}/prod"
        self.ssm = cloud.client("ssm")

    def model(self, outputs: Mapping[str, Any] = OUTPUTS, **config: Any) -> Any:
        return parameters_model(self.stack, {"path": self.path, "values": outputs, "known": True, **config})

    def publish(self, outputs: Mapping[str, Any] = OUTPUTS) -> None:
        attributes = self.model(outputs)["parameters"].attributes
        owner = Owner(attributes["tags"])
        wanted = {f"{self.path}/{name}": parameter_of(name, value) for name, value in attributes["values"].items()}
        apply.carry_out(self.ssm, apply.plan(self.ssm, self.path, wanted, owner, purge=True)[0], owner)

    def read(self, model: Any = None) -> Reality:
        wanted = None if model is None else LAYERS["parameters"].expected(model)
        return read_parameters(Context(self.stack, self.cloud.client, wanted))

    def plan(self, **config: Any) -> Plan:
        model = self.model(**config)
        return compare(model, self.read(model), PARAMETERS_PRUNED)


@pytest.fixture
def world(cloud: LocalCloud, request: pytest.FixtureRequest) -> World:
    """One stack for each test, because starting with an empty cloud each time takes seconds."""
    project = "t" + sha256(request.node.name.encode()).hexdigest()[:8]
    return World(cloud, Stack(project, "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"}))


def lines(plan: Plan) -> list[tuple[str, str, dict[str, tuple[Any, Any]]]]:
    return [(c.action, c.name, {d.path: (d.before, d.after) for d in c.differences}) for c in plan.changes]


def test_of_nothing_the_outputs_have_their_shape(world: World) -> None:
    assert world.read() == world.read(world.model()) == {}
    assert parameters_outputs({}) == {"path": None}


def test_on_an_empty_account_they_are_one_line(world: World) -> None:
    ((action, name, _),) = lines(world.plan(known=False))
    assert (action, name) == ("create", world.path)


def test_what_was_published_reads_as_it_was_asked_for(world: World) -> None:
    world.publish()
    assert lines(world.plan()) == []
    assert world.plan().left_alone == ()
    assert parameters_outputs(world.read(world.model())) == {"path": world.path}
    assert parameters_outputs(world.read()) == {"path": world.path}


def test_many_are_read_page_by_page_with_few_calls(world: World) -> None:
    outputs = {"vpc": {f"value_{number}": str(number) for number in range(120)}}
    world.publish(outputs)
    before = world.cloud.control.mark()
    assert lines(world.plan(outputs=outputs)) == []
    calls = world.cloud.control.calls(since=before, service="ssm")
    assert len(calls) < 60, "a call for each page, not for each parameter"


def test_a_value_edited_by_hand_is_named(world: World) -> None:
    world.publish()
    world.ssm.put_parameter(Name=f"{world.path}/vpc/vpc_id", Value="vpc-2", Overwrite=True)
    assert lines(world.plan()) == [("update", world.path, {"values.vpc/vpc_id": ("vpc-2", "vpc-1")})]
    world.publish()
    assert lines(world.plan()) == []


def test_one_that_is_missing_is_named(world: World) -> None:
    world.publish()
    world.ssm.delete_parameter(Name=f"{world.path}/database/port")
    assert lines(world.plan()) == [("update", world.path, {"values.database/port": (None, "3306")})]


def test_a_tag_that_one_of_them_lacks_is_named(world: World) -> None:
    world.publish()
    name = f"{world.path}/vpc/vpc_id"
    world.ssm.add_tags_to_resource(
        ResourceType="Parameter", ResourceId=name, Tags=[{"Key": "CostCenter", "Value": "other"}]
    )
    assert lines(world.plan()) == [("update", world.path, {"tags.CostCenter": ("other", "web")})]
    world.publish()
    assert lines(world.plan()) == []


def test_a_phase_that_a_migration_has_moved_is_left_alone(world: World) -> None:
    world.publish()
    for name in world.read()["parameters"].facts["names"]:
        tag = {"Key": "MigrationPhase", "Value": "complete"}
        world.ssm.add_tags_to_resource(ResourceType="Parameter", ResourceId=name, Tags=[tag])
    assert lines(world.plan()) == []
    world.publish()
    (left,) = world.plan().left_alone
    assert [(d.path, d.before) for d in left.differences] == [("tags.MigrationPhase", "complete")]


def test_one_that_is_no_output_any_more_is_removed(world: World) -> None:
    world.publish()
    less = {**OUTPUTS, "database": {"port": 3306}}
    assert lines(world.plan(outputs=less)) == [
        ("update", world.path, {"values.database/endpoint": ("db.example.com", None)})
    ]
    world.publish(less)
    assert lines(world.plan(outputs=less)) == []
    assert f"{world.path}/database/endpoint" not in world.read()["parameters"].facts["names"]


def test_while_the_values_are_not_known_nothing_below_the_path_is_removed(world: World) -> None:
    world.publish()
    assert lines(world.plan(outputs={}, known=False)) == []


def test_they_move_with_the_path(world: World) -> None:
    world.publish()
    plan = lines(world.plan(path=f"{world.path}2"))
    removed = [name for action, name, _ in plan if action == "delete"]
    assert ("create", f"{world.path}2") in [line[:2] for line in plan]
    assert len(removed) == 4 + 5
    assert all(name.startswith(f"{world.path}/") for name in removed)


def test_without_a_path_they_are_reported_and_stay(world: World) -> None:
    world.publish()
    plan = world.plan(path=None)
    assert plan.changes == ()
    assert [found.name for found in plan.unexpected] == [world.path]


def test_by_the_stacks_name_alone_all_are_found(world: World) -> None:
    world.publish()
    found = world.read()["parameters"]
    assert [name for name in found.facts["names"] if "/stack/" not in name] == [
        f"{world.path}/database/endpoint",
        f"{world.path}/database/port",
        f"{world.path}/vpc/subnet_ids/public",
        f"{world.path}/vpc/vpc_id",
    ]


def test_somebody_elses_below_the_path_are_not_ours(world: World) -> None:
    world.ssm.put_parameter(Name=f"{world.path}/app/colour", Value="red", Type="String")
    world.publish()
    assert lines(world.plan()) == []
    assert f"{world.path}/app/colour" not in world.read()["parameters"].facts["names"]
