# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which outputs become parameters, and under which names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._layers import LAYERS
from ansible_collections.cutover.aws.plugins.module_utils._model.core import ModelError, Stack
from ansible_collections.cutover.aws.plugins.module_utils._model.parameters import parameters_model, published

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "platform"})
IDENTITY = {
    "stack/account_id": "123456789012",
    "stack/environment": "prod",
    "stack/partition": "aws",
    "stack/project": "acme",
    "stack/region": "us-east-1",
}
NAME = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*")


def model(values: Mapping[str, Any], **config: Any) -> Mapping[str, Any]:
    made = parameters_model(STACK, {"path": "/acme/prod", "values": values, "known": True, **config})
    return made["parameters"].attributes if made else {}


@pytest.mark.parametrize(
    ("outputs", "wanted"),
    [
        pytest.param({"vpc": {"vpc_id": "vpc-1"}}, {"vpc/vpc_id": "vpc-1"}, id="a text"),
        pytest.param({"database": {"port": 3306}}, {"database/port": "3306"}, id="a number"),
        pytest.param({"database": {"multi_az": True}}, {"database/multi_az": "true"}, id="yes or no"),
        pytest.param({"zone": {"name_servers": ["a", "b"]}}, {"zone/name_servers": ["a", "b"]}, id="a list"),
        pytest.param({"zone": {"name_servers": ["a"]}}, {"zone/name_servers": ["a"]}, id="a list of one stays a list"),
        pytest.param(
            {"vpc": {"subnet_ids": {"public": ["subnet-1"]}}}, {"vpc/subnet_ids/public": ["subnet-1"]}, id="nested"
        ),
        pytest.param({"zone": {"zone_id": None, "name_servers": [], "zone_name": ""}}, {}, id="nothing"),
        pytest.param(
            {"monitoring": {"log_groups": {"app#1 x": "/g"}}}, {"monitoring/log_groups/app_1_x": "/g"}, id="odd names"
        ),
        pytest.param({"monitoring": {"log_groups": {"tags": "/g"}}}, {"monitoring/log_groups/tags": "/g"}, id="tags"),
    ],
)
def test_outputs_become_parameters(outputs: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    assert published(outputs) == wanted


def test_what_moves_between_two_runs_is_not_published() -> None:
    side = {"capacity": {"min_size": 2}, "image_id": "ami-1", "launch_template_version": 1, "dns_name": "elb"}
    outputs = {
        "compute": {"image_id": "ami-1", "sides": {"blue": side}},
        "database": {"engine_version": "8.4.7", "pending_reboot": False, "engine": "mysql"},
        "dns": {"weights": {"blue": 100}, "health_check_ids": {"blue": "1"}},
        "security": {"certificate_status": "ISSUED"},
        "parameters": {"path": "/acme/prod"},
    }
    assert published(outputs) == {
        "compute/sides/blue/dns_name": "elb",
        "database/engine": "mysql",
        "dns/health_check_ids/blue": "1",
    }


def test_of_a_stack_that_does_not_stand_there_is_nothing_to_publish() -> None:
    assert published({name: dict(layer.outputs({})) for name, layer in LAYERS.items()}) == {}


def test_they_are_one_resource_with_the_stacks_tags() -> None:
    attributes = model({"vpc": {"vpc_id": "vpc-1"}})
    tags = attributes["tags"]
    assert attributes == {"values": {"vpc/vpc_id": "vpc-1", **IDENTITY}, "tags": tags}
    assert (tags["cutover:stack"], tags["CostCenter"], tags["Name"]) == (
        "acme-prod",
        "platform",
        "acme-prod-parameters",
    )


def test_values_that_are_not_known_are_not_asked_for() -> None:
    assert list(model({"vpc": {"vpc_id": "vpc-1"}}, known=False)) == ["tags"]


@pytest.mark.parametrize("path", [None, ""])
def test_without_a_path_there_are_none(path: str | None) -> None:
    assert model({"vpc": {"vpc_id": "vpc-1"}}, path=path) == {}


def test_two_outputs_that_would_be_one_parameter_are_named() -> None:
    with pytest.raises(ModelError, match="two outputs would be the parameter monitoring/log_groups/app_1"):
        published({"monitoring": {"log_groups": {"app#1": "/a", "app_1": "/b"}}})


OUTPUTS = st.recursive(
    st.none() | st.text() | st.integers() | st.booleans() | st.lists(st.text() | st.integers(), max_size=3),
    lambda inner: st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["vpc", "dns"]), st.dictionaries(st.text(min_size=1), OUTPUTS, max_size=3)))
def test_whatever_the_outputs_are_aws_takes_names_and_values(outputs: Mapping[str, Any]) -> None:
    try:
        found = published(outputs)
    except ModelError:
        return
    for name, value in found.items():
        assert NAME.fullmatch(name)
        assert value
        assert all(isinstance(text, str) and text for text in (value if isinstance(value, list) else [value]))
