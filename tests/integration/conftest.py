# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A local cloud in a process of its own, and `prod` built on it once for all tests that only look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_cloud.client import Client
from local_cloud.testing import daemon
from tests.integration.runs import Controller, Run

# A stack that can be removed again at the end of the tests; everything else is as a person would have it.
REMOVABLE = {"database_deletion_protection": False, "storage_destroy_data": True}


@dataclass(frozen=True)
class Built:
    """What happened while `prod` was built: the plan on the empty account, the run, and where."""

    controller: Controller
    plan: Any
    calls_of_plan: list[dict[str, Any]]
    run: Run


@pytest.fixture(scope="session")
def cloud() -> Iterator[Client]:
    with daemon() as client:
        yield client


@pytest.fixture(scope="session")
def controller(cloud: Client, tmp_path_factory: pytest.TempPathFactory) -> Controller:
    return Controller(cloud, Path(tmp_path_factory.mktemp("controller")), variables=dict(REMOVABLE))


@pytest.fixture(scope="session")
def prod(controller: Controller) -> Built:
    before = controller.cloud.mark()
    plan = controller.plan()
    calls = controller.cloud.calls(since=before, access="write")
    return Built(controller, plan, calls, controller.run("site.yml", "-vvv").expect())
