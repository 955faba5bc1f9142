# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A build that is killed is finished by the same command; and a half-built stack can be removed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable

import pytest

from tests.integration.runs import Controller

POINTS = 10
SEED = 20


def points(first: str) -> list[object]:
    return [pytest.param(n, id=f"{first} at {n + 1} of {POINTS}") for n in range(POINTS)]


def interruption(number: int, writes: int) -> int:
    """A seeded moment within the number-th of the equal parts of a build."""
    part = writes / POINTS
    return int(part * number + random.Random(SEED + number).uniform(1, part))


@pytest.mark.parametrize("number", points("killed"))
def test_the_same_command_finishes_a_killed_build(
    controller: Controller, writes_of_a_build: int, kill_after: Callable[..., None], number: int
) -> None:
    kill_after(controller, "site.yml", interruption(number, writes_of_a_build))
    controller.run("site.yml").expect()
    assert controller.plan()["counts"] == {"create": 0, "update": 0, "delete": 0, "left_alone": 0, "unexpected": 0}
    assert duplicates(controller) == [], "the second run made again what the first had made"


@pytest.mark.parametrize("number", points("removed"))
def test_a_half_built_stack_is_removed(
    controller: Controller, writes_of_a_build: int, kill_after: Callable[..., None], number: int
) -> None:
    kill_after(controller, "site.yml", interruption(number, writes_of_a_build))
    controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    quiet = controller.run("playbooks/destroy.yml", destroy_confirm="acme-prod").expect()
    assert quiet.changed() == 0
    assert "Nothing of acme-prod" in quiet.output
    assert not controller.aws("ec2").describe_vpcs(Filters=[{"Name": "tag:cutover:stack", "Values": ["acme-prod"]}])[
        "Vpcs"
    ]


def duplicates(controller: Controller) -> list[tuple[str, ...]]:
    """Service, kind and key of what exists more than once, by the tagging API."""
    pages = controller.aws("resourcegroupstaggingapi").get_paginator("get_resources").paginate()
    keys = Counter(
        (*_kind(answer["ResourceARN"]), tag["Value"])
        for page in pages
        for answer in page["ResourceTagMappingList"]
        for tag in answer["Tags"]
        if tag["Key"] == "cutover:key"
    )
    return [key for key, number in keys.items() if number > 1]


def _kind(arn: str) -> tuple[str, str]:
    return arn.split(":")[2], arn.split(":", 5)[-1].split("/", maxsplit=1)[0]
