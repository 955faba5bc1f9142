# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A local cloud whose time is the tests' own, with networks and keys in two regions and two accounts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader

from ansible_collections.cutover.aws.plugins.modules import rds_snapshot_restore
from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud
from tests.unit.modules.rds_snapshot_restore.chains import Ground
from tests.unit.modules.rds_snapshot_restore.places import EAST, Place, place_in

Run = Callable[..., dict[str, Any]]

# moto's catalogue of images takes seconds to load, and no test here needs it.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def _still(cloud: LocalCloud, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """States last, but no wait takes time: neither the module's own nor botocore's backoff."""
    monkeypatch.setattr(rds_snapshot_restore, "time", SimpleNamespace(monotonic=clock.now, sleep=clock.sleep))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    cloud.cloud.time_scale = 1
    yield
    cloud.control.faults([])
    clock.advance(3600)
    cloud.cloud.time_scale = 0


@pytest.fixture(scope="module", autouse=True)
def _models_are_read_once() -> Iterator[None]:
    """Each run of a module makes clients anew, and reading a model takes longer than all that they do here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", cache(JSONFileLoader.load_file))
        patch.setattr(JSONFileLoader, "__hash__", lambda _self: 0)
        patch.setattr(JSONFileLoader, "__eq__", lambda _self, _other: True)
        yield


@pytest.fixture(scope="module")
def places(cloud: LocalCloud) -> Callable[[str], Place]:
    made: dict[str, Place] = {}

    def place(region: str = EAST) -> Place:
        if region not in made:
            made[region] = place_in(cloud, region)
        return made[region]

    return place


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """A name that this test alone has."""
    letters = "".join(one if one.isalnum() else "-" for one in request.node.name.lower().removeprefix("test_"))
    return "-".join(part for part in letters.split("-") if part)[-40:].strip("-").lstrip("0123456789-") or "x"


@pytest.fixture
def ground(cloud: LocalCloud, clock: ManualClock, places: Callable[..., Place], name: str) -> Ground:
    return Ground(cloud, clock, places, name)


@pytest.fixture
def restore(run: Run) -> Run:
    def call(*, check: bool = False, **parameters: Any) -> dict[str, Any]:
        return run(rds_snapshot_restore.main, check=check, **parameters)

    return call


@pytest.fixture
def writes(cloud: LocalCloud) -> Callable[[], list[str]]:
    """The operations that have changed something since the test began to ask, and have succeeded."""
    mark = [cloud.control.mark()]

    def since(anew: bool = False) -> list[str]:
        calls = cloud.control.calls(since=mark[0], access="write")
        if anew:
            mark[0] = cloud.control.mark()
        return [call["operation"] for call in calls if call["status"] < 400]

    return since
