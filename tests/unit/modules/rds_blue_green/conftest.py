# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A local cloud whose time is the tests' own, with a network, keys and parameter groups."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import rds_blue_green
from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud
from tests.unit.modules.rds_blue_green.shop import Shop, groups
from tests.unit.modules.rds_snapshot_restore.conftest import _models_are_read_once, clock, name, places, writes
from tests.unit.modules.rds_snapshot_restore.places import EAST, Place

__all__ = ["_models_are_read_once", "clock", "name", "places", "writes"]

Run = Callable[..., dict[str, Any]]


@pytest.fixture(autouse=True)
def _still(cloud: LocalCloud, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """States last, a minute of AWS's time for a second, but no wait takes time."""
    monkeypatch.setattr(rds_blue_green, "time", SimpleNamespace(monotonic=clock.now, sleep=clock.sleep))
    monkeypatch.setattr(rds_blue_green, "datetime", SimpleNamespace(now=lambda _zone: cloud.now()))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    cloud.cloud.time_scale = 1
    yield
    cloud.control.faults([])
    clock.advance(3600)
    cloud.cloud.time_scale = 0


@pytest.fixture(scope="module")
def ready(cloud: LocalCloud, places: Callable[..., Place]) -> Place:
    place = places(EAST)
    groups(cloud.client("rds", EAST))
    return place


@pytest.fixture
def shop(cloud: LocalCloud, clock: ManualClock, ready: Place, name: str) -> Shop:
    return Shop(cloud, clock, ready, name)


@pytest.fixture
def upgrade(run: Run) -> Run:
    def call(*, check: bool = False, **parameters: Any) -> dict[str, Any]:
        return run(rds_blue_green.main, check=check, **parameters)

    return call
