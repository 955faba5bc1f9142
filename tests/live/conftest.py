# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whole shifts under load, each on a live local cloud of its own. `make live` runs them, but for the long ones
(`--long`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.testing import daemon
from tests.integration.runs import Controller
from tests.live.world import LiveWorld


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the test that takes most of an hour, and no other")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: takes most of an hour")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Those that are long run where they are asked for, by themselves."""
    chosen = [item for item in items if bool(item.get_closest_marker("long")) == config.getoption("--long")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LiveWorld]:
    with daemon() as cloud:
        made = LiveWorld(Controller(cloud, tmp_path), "shift.example")
        made.load.start()
        yield made
        made.load.stop()
