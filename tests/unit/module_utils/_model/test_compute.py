# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The fleets' model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.balancers import NAME_LIMIT
from ansible_collections.cutover.aws.plugins.module_utils._model.compute import COMPUTE_TYPES, compute_model
from ansible_collections.cutover.aws.plugins.module_utils._model.core import PHASE_TAG, UNKNOWN, ModelError, Stack

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})
PARAMETER = "/aws/service/al2023"
STEPS: dict[str, Any] = {
    "up": [{"lower_bound": 15, "adjustment": 2}, {"lower_bound": 0, "upper_bound": 15, "adjustment": 1}],
    "down": [{"lower_bound": -15, "adjustment": -1}, {"upper_bound": -15, "adjustment": -2}],
}
CONFIG: dict[str, Any] = {
    "vpc_id": "vpc-1",
    "public_subnet_ids": ["subnet-2", "subnet-1"],
    "private_subnet_ids": ["subnet-4", "subnet-3"],
    "load_balancer_group_id": "sg-1",
    "application_group_id": "sg-2",
    "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
    "key_arn": "arn:aws:kms:us-east-1:123456789012:key/1",
    "instance_profile_arn": "arn:aws:iam::123456789012:instance-profile/acme",
    "sides": {
        "blue": {"instance_type": "t3.micro", "min_size": 2, "desired_capacity": 3, "max_size": 6},
        "green": {"instance_type": "m5.large"},
    },
    "image_id": None,
    "image_parameter": PARAMETER,
    "images": {PARAMETER: "ami-default"},
    "volume": {"device": "/dev/xvda", "size": 20, "iops": 3000, "throughput": 125},
    "user_data": "#!/bin/bash\n",
    "detailed_monitoring": True,
    "metadata_hop_limit": 1,
    "health_check_grace": 300,
    "scaling": "step",
    "scaling_steps": STEPS,
    "scaling_target_cpu": 60,
    "instance_warmup": 180,
    "port": 8080,
    "health_check": {
        "path": "/health",
        "interval": 15,
        "timeout": 5,
        "healthy_threshold": 3,
        "unhealthy_threshold": 2,
        "codes": "200",
    },
    "deregistration_delay": 60,
    "slow_start": 60,
    "tls_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "http_redirect": False,
    "idle_timeout": 60,
    "deletion_protection": False,
    "access_logs": None,
}
NOTHING_YET = {
    "vpc_id": None,
    "public_subnet_ids": [],
    "private_subnet_ids": [],
    "load_balancer_group_id": None,
    "application_group_id": None,
    "certificate_arn": None,
    "key_arn": None,
    "instance_profile_arn": None,
    "images": {},
}


def model(stack: Stack = STACK, **changes: Any) -> Any:
    return compute_model(stack, {**CONFIG, **changes})


def test_each_side_has_a_fleet_of_its_own_behind_a_load_balancer_of_its_own() -> None:
    made = model()
    for side in ("blue", "green"):
        assert made[f"listener/{side}-443"].attributes["load_balancer"] == f"load_balancer/{side}"
        forward = [{"target_group": f"target_group/{side}", "weight": 1}]
        assert made[f"listener/{side}-443"].attributes["forward"] == forward
        assert made[f"autoscaling_group/{side}"].attributes["target_groups"] == [f"target_group/{side}"]
        assert made[f"autoscaling_group/{side}"].attributes["launch_template"] == f"launch_template/{side}"


def test_what_something_refers_to_is_made_before_it() -> None:
    order = list(model(http_redirect=True))
    for key, resource in model(http_redirect=True).items():
        for value in resource.attributes.values():
            for reference in value if isinstance(value, list) else [value]:
                if isinstance(reference, str) and reference in order:
                    assert order.index(reference) < order.index(key)


def test_the_plan_of_an_empty_account_names_the_same_resources() -> None:
    before, after = model(**NOTHING_YET), model()
    assert [(r.key, r.type, r.name) for r in before.values()] == [(r.key, r.type, r.name) for r in after.values()]
    assert {r.type for r in after.values()} == set(COMPUTE_TYPES)
    assert before["launch_template/blue"].initial["image_id"] == UNKNOWN
    assert UNKNOWN not in json.dumps([dict(r.attributes) for r in after.values()])


@pytest.mark.parametrize(
    ("side", "role", "image"),
    [
        ({}, {}, "ami-default"),
        ({}, {"image_id": "ami-role"}, "ami-role"),
        ({"image_id": "ami-side"}, {"image_id": "ami-role"}, "ami-side"),
        ({"image_parameter": "/other"}, {}, "ami-other"),
        ({"image_parameter": "/other"}, {"image_id": "ami-role"}, "ami-other"),
        ({"image_parameter": "/other", "image_id": "ami-side"}, {}, "ami-side"),
    ],
)
def test_what_is_said_of_a_side_goes_before_what_is_said_of_all(
    side: dict[str, str], role: dict[str, str], image: str
) -> None:
    images = {PARAMETER: "ami-default", "/other": "ami-other"}
    made = model(sides={"blue": {"instance_type": "t3.micro", **side}}, images=images, **role)
    assert made["launch_template/blue"].initial["image_id"] == image


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({}, (0, 0, 4)),
        ({"min_size": 2}, (2, 2, 4)),
        ({"min_size": 9}, (9, 9, 9)),
        ({"min_size": 1, "desired_capacity": 3, "max_size": 5}, (1, 3, 5)),
    ],
)
def test_a_side_without_sizes_is_built_empty(sizes: dict[str, int], expected: tuple[int, int, int]) -> None:
    group = model(sides={"blue": {"instance_type": "t3.micro", **sizes}})["autoscaling_group/blue"]
    assert tuple(group.initial[name] for name in ("min_size", "desired_capacity", "max_size")) == expected
    assert not {"min_size", "desired_capacity", "max_size"} & set(group.attributes)


def test_instances_are_hardened_and_tagged_with_their_side() -> None:
    template = model()["launch_template/green"]
    assert template.attributes["metadata_tokens"] == "required"
    assert all(v["encrypted"] and v["key_arn"] == CONFIG["key_arn"] for v in template.attributes["volumes"])
    assert template.attributes["instance_tags"]["Side"] == "green"
    assert template.attributes["instance_tags"]["CostCenter"] == "web"


def test_the_phase_of_instances_is_left_to_migrations() -> None:
    template = model()["launch_template/blue"]
    assert PHASE_TAG not in template.attributes["instance_tags"]
    assert template.initial["instance_phase"] == "initial"


def test_a_tag_that_would_keep_instances_from_starting_is_refused() -> None:
    with pytest.raises(ModelError, match="'Cost Center' cannot be shown to instances"):
        model(Stack("acme", "prod", "us-east-1", "123456789012", tags={"Cost Center": "web"}))


@pytest.mark.parametrize(
    ("scaling", "policies"),
    [
        ("step", ["scaling_policy/blue-up", "scaling_policy/blue-down"]),
        ("target_tracking", ["scaling_policy/blue-cpu"]),
        ("none", []),
    ],
)
def test_a_fleet_scales_by_steps_by_a_target_or_not_at_all(scaling: str, policies: list[str]) -> None:
    made = model(scaling=scaling, sides={"blue": {"instance_type": "t3.micro"}})
    assert [key for key, resource in made.items() if resource.type == "scaling_policy"] == policies


def test_steps_are_in_order_and_a_bound_of_zero_is_none() -> None:
    assert model()["scaling_policy/blue-up"].attributes["steps"] == [
        {"lower_bound": None, "upper_bound": 15.0, "adjustment": 1},
        {"lower_bound": 15.0, "upper_bound": None, "adjustment": 2},
    ]
    assert [step["adjustment"] for step in model()["scaling_policy/blue-down"].attributes["steps"]] == [-2, -1]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"scaling": "steps"}, "compute_scaling is 'steps'"),
        ({"scaling_steps": {**STEPS, "up": [{"lower_bound": 0, "adjustment": 1}]}}, "at least two steps"),
    ],
)
def test_scaling_that_aws_would_refuse_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ModelError, match=complaint):
        model(**changes)


def test_port_80_is_closed_unless_it_redirects() -> None:
    assert not [key for key in model() if key.endswith("-80")]
    redirect = model(http_redirect=True)["listener/blue-80"]
    assert redirect.attributes["redirect"] == {"protocol": "HTTPS", "port": "443", "status": "HTTP_301"}
    assert redirect.attributes["forward"] is None


def test_access_logs_are_off_unless_there_is_a_bucket() -> None:
    assert model()["load_balancer/blue"].attributes["access_logs.s3.enabled"] == "false"
    on = model(access_logs={"bucket": "logs", "prefix": "alb"})["load_balancer/blue"].attributes
    assert (on["access_logs.s3.enabled"], on["access_logs.s3.bucket"], on["access_logs.s3.prefix"]) == (
        "true",
        "logs",
        "alb",
    )


name = st.from_regex(r"[a-z][a-z0-9]{0,29}", fullmatch=True)


@given(project=name, environment=name, sides=st.lists(name, min_size=2, max_size=3, unique=True))
def test_names_fit_and_never_meet(project: str, environment: str, sides: list[str]) -> None:
    stack = Stack(project, environment, "us-east-1", "123456789012")
    made = model(stack, sides={side: {"instance_type": "t3.micro"} for side in sides})
    for kind in ("load_balancer", "target_group"):
        names = [resource.name for resource in made.values() if resource.type == kind]
        assert len(set(names)) == len(sides)
        assert all(len(one) <= NAME_LIMIT and not one.endswith("-") for one in names)
