# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all tests share: Ansible's importer, and which worker of `pytest -n` runs what."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.plugins.loader import init_plugin_loader
from xdist.scheduler import LoadScopeScheduling

# Ansible finds the filters of a collection in this process only where its importer was there before all others.
init_plugin_loader()

BUILT_ONCE = "tests/integration"
"""`prod` is built once for all tests below."""


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
    """A file's tests share what is made for them, so one worker has them all; those of integration are as one file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return BUILT_ONCE if file.startswith(f"{BUILT_ONCE}/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    """The largest first, which is the integration tests."""
    return Scheduling(config, log)
