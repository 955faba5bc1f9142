# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A local cloud whose time is the tests' own, and the module as Ansible would call it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import route53_weighted_shift
from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud
from tests.unit.modules.route53_weighted_shift.zones import new_zone

Run = Callable[..., dict[str, Any]]

# moto's catalogue of images takes seconds to load, and no test here needs it.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(autouse=True)
def _still(cloud: LocalCloud, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither the module's waits nor botocore's backoff take time; faults and slowness are over after each test."""
    still = SimpleNamespace(monotonic=clock.now, sleep=clock.sleep)
    monkeypatch.setattr(route53_weighted_shift, "time", still)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    yield
    cloud.control.faults([])
    cloud.cloud.time_scale = 0


@pytest.fixture
def zone(cloud: LocalCloud, request: pytest.FixtureRequest) -> str:
    return new_zone(cloud, request.node.name)


@pytest.fixture
def shift(run: Run) -> Run:
    def call(*, check: bool = False, **parameters: Any) -> dict[str, Any]:
        return run(route53_weighted_shift.main, check=check, **parameters)

    return call


class Calls:
    """The calls since it was last told to start anew."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._control = cloud.control
        self.anew()

    def anew(self) -> None:
        self._mark = self._control.mark()

    def __call__(self, operation: str | None = None, *, access: str | None = None) -> int:
        return len(self._control.calls(since=self._mark, operation=operation, access=access))


@pytest.fixture
def calls(cloud: LocalCloud) -> Calls:
    return Calls(cloud)
