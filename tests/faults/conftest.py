# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Long tests: whole runs that are interrupted or meet bad weather. `make faults` runs them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from local_cloud.testing import daemon
from tests.integration.conftest import REMOVABLE
from tests.integration.runs import Controller


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """A controller with a cloud of its own, empty."""
    with daemon() as cloud:
        yield Controller(cloud, tmp_path, variables=dict(REMOVABLE))


@pytest.fixture(scope="session")
def writes_of_a_build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """How many writing calls an undisturbed build makes: the points at which it can be interrupted."""
    with daemon() as cloud:
        clean = Controller(cloud, Path(tmp_path_factory.mktemp("clean")), variables=dict(REMOVABLE))
        clean.run("site.yml").expect()
        yield len(cloud.calls(access="write"))


@pytest.fixture
def kill_after() -> Callable[..., None]:
    """Kills a run with all its processes once the cloud has seen so many writing calls."""
    return _kill_after


def _kill_after(controller: Controller, playbook: str, writes: int, **variables: Any) -> None:
    mark = controller.cloud.mark()
    with controller.started(playbook, **variables) as process:
        while process.poll() is None and len(controller.cloud.calls(since=mark, access="write")) < writes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=0.2)
