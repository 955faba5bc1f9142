# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What all unit tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from local_cloud.clock import Clock, SystemClock
from local_cloud.testing import LocalCloud

# Property tests hold properties, not times: how long an example takes says more of the machine than of the code.
settings.register_profile(
    "unhurried", parent=settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="module")
def clock() -> Clock:
    """The cloud's: the real one, but where tests set the time themselves."""
    return SystemClock()


@pytest.fixture(scope="module")
def cloud(clock: Clock) -> Iterator[LocalCloud]:
    """One for all tests of a file; each uses names of its own."""
    with LocalCloud(clock=clock) as running:
        yield running
