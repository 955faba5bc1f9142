# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Parameters written, changed and removed; somebody else's are safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import ssm_parameters
from local_cloud.testing import LocalCloud
from tests.unit.modules.conftest import Run

Set = Callable[..., dict[str, Any]]
VALUES = {"vpc/vpc_id": "vpc-1", "vpc/subnet_ids": ["subnet-1", "subnet-2"]}
TAGS = {"cutover:stack": "acme-prod", "CostCenter": "web"}


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    return f"/{request.node.name.replace('[', '-').replace(']', '')}"


@pytest.fixture
def ensure(run: Run, path: str) -> Set:
    def call(values: Any = VALUES, **parameters: Any) -> dict[str, Any]:
        return run(ssm_parameters.main, path=path, values=values, **{"tags": TAGS, **parameters})

    return call


def shown(cloud: LocalCloud, path: str) -> dict[str, tuple[str, str]]:
    answer = cloud.client("ssm").get_parameters_by_path(Path=path, Recursive=True)
    return {item["Name"].removeprefix(f"{path}/"): (item["Type"], item["Value"]) for item in answer["Parameters"]}


def test_they_are_made_once(cloud: LocalCloud, ensure: Set, path: str) -> None:
    assert ensure(check=True)["changed"]
    assert shown(cloud, path) == {}
    made = ensure()
    assert made["parameters"] == [f"{path}/vpc/subnet_ids", f"{path}/vpc/vpc_id"]
    assert shown(cloud, path) == {
        "vpc/vpc_id": ("String", "vpc-1"),
        "vpc/subnet_ids": ("StringList", "subnet-1,subnet-2"),
    }
    tags = cloud.client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=f"{path}/vpc/vpc_id")
    assert {tag["Key"]: tag["Value"] for tag in tags["TagList"]} == TAGS
    before = cloud.control.mark()
    assert not ensure()["changed"]
    assert cloud.control.calls(since=before, access="write") == []


def test_only_the_value_that_differs_is_written(cloud: LocalCloud, ensure: Set, path: str) -> None:
    ensure()
    before = cloud.control.mark()
    changed = ensure({**VALUES, "vpc/vpc_id": "vpc-2"})
    assert changed["diff"] == {"before": {f"{path}/vpc/vpc_id": "vpc-1"}, "after": {f"{path}/vpc/vpc_id": "vpc-2"}}
    (call,) = cloud.control.calls(since=before, access="write")
    assert call["parameters"]["Name"] == f"{path}/vpc/vpc_id"


def test_a_tag_of_the_inventory_reaches_each(cloud: LocalCloud, ensure: Set) -> None:
    ensure()
    before = cloud.control.mark()
    assert len(ensure(tags={**TAGS, "CostCenter": "shop"})["parameters"]) == 2
    calls = cloud.control.calls(since=before, access="write")
    assert {call["operation"] for call in calls} == {"AddTagsToResource"}
    assert not ensure(tags={**TAGS, "CostCenter": "shop"})["changed"]


@pytest.mark.parametrize("owner", [None, "acme-staging"])
def test_somebody_elses_is_not_overwritten(cloud: LocalCloud, ensure: Set, path: str, owner: str | None) -> None:
    tags = {"Tags": [{"Key": "cutover:stack", "Value": owner}]} if owner else {}
    cloud.client("ssm").put_parameter(Name=f"{path}/vpc/vpc_id", Value="theirs", Type="String", **tags)
    failed = ensure()
    assert failed["failed"]
    assert f"there is a parameter {path}/vpc/vpc_id already" in failed["msg"]
    assert shown(cloud, path)["vpc/vpc_id"] == ("String", "theirs")


def test_our_own_that_the_listing_does_not_show_yet_is_not_somebody_elses(
    cloud: LocalCloud, ensure: Set, path: str
) -> None:
    cloud.control.faults([{"kind": "stale_reads", "match": {"service": "ssm"}, "seconds": 600}])
    try:
        ensure()
        again = ensure({"vpc/vpc_id": "vpc-2"})
        assert again["diff"]["before"] == {}, "the listing has shown it, so that this tries nothing"
    finally:
        cloud.control.faults()
    assert shown(cloud, path)["vpc/vpc_id"] == ("String", "vpc-2")


def test_a_secret_in_its_place_is_named(cloud: LocalCloud, ensure: Set, path: str) -> None:
    tags = [{"Key": name, "Value": value} for name, value in TAGS.items()]
    cloud.client("ssm").put_parameter(Name=f"{path}/vpc/vpc_id", Value="hidden", Type="SecureString", Tags=tags)
    failed = ensure()
    assert f"{path}/vpc/vpc_id is a SecureString" in failed["msg"]
    assert "hidden" not in str(failed)


def test_ours_that_are_too_many_are_removed_and_those_of_others_stay(cloud: LocalCloud, ensure: Set, path: str) -> None:
    ensure()
    cloud.client("ssm").put_parameter(Name=f"{path}/app/colour", Value="red", Type="String")
    less = {"vpc/vpc_id": "vpc-1"}
    assert not ensure(less)["changed"]
    assert ensure(less, purge_values=True, check=True)["changed"]
    removed = ensure(less, purge_values=True)
    assert removed["diff"]["before"] == {f"{path}/vpc/subnet_ids": ["subnet-1", "subnet-2"]}
    assert set(shown(cloud, path)) == {"vpc/vpc_id", "app/colour"}
    assert not ensure(less, purge_values=True)["changed"]


def test_whose_they_are_has_to_be_said(ensure: Set) -> None:
    assert "cutover:stack" in ensure(tags={"CostCenter": "web"})["msg"]


def test_they_are_removed_once(cloud: LocalCloud, run: Run, ensure: Set, path: str) -> None:
    ensure({f"vpc/value_{number}": "1" for number in range(25)})
    names = [f"{path}/vpc/value_{number}" for number in range(25)]
    assert run(ssm_parameters.main, check=True, names=names, state="absent")["changed"]
    assert len(cloud.client("ssm").describe_parameters()["Parameters"]) > 0
    assert len(run(ssm_parameters.main, names=names, state="absent")["parameters"]) == 25
    assert shown(cloud, path) == {}
    assert not run(ssm_parameters.main, names=names, state="absent")["changed"]
