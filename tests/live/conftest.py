# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whole shifts under load, each on a live local cloud of its own. `make live` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.testing import daemon
from tests.integration.runs import Controller
from tests.live.world import LiveWorld


@pytest.fixture
def world(tmp_path: Path) -> Iterator[LiveWorld]:
    with daemon() as cloud:
        made = LiveWorld(Controller(cloud, tmp_path), "shift.example")
        made.load.start()
        yield made
        made.load.stop()
