# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Long tests: whole runs that are interrupted, meet bad weather or stand beside another stack. `make faults` runs them,
and CI a sample of the interruptions: `--sample=<any text>` draws one point of each kind by that text.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_cloud.testing import daemon
from tests.faults.account import account, masked, portrait
from tests.integration.conftest import REMOVABLE
from tests.integration.runs import Controller

POINTS = 10
SEED = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sample", help="one interruption of each kind, drawn by this text, and nothing else")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A point is how much of a build is done: one in each tenth, or one anywhere where a sample is asked for."""
    if "point" not in metafunc.fixturenames:
        return
    sample = metafunc.config.getoption("--sample")
    if sample:
        points = [random.Random(f"{metafunc.function.__name__} {sample}").random()]
    else:
        points = [(n + random.Random(SEED + n).random()) / POINTS for n in range(POINTS)]
    metafunc.parametrize("point", points, ids=lambda point: f"{point:.0%}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--sample"):
        return
    left_out = [item for item in items if "point" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@dataclass(frozen=True)
class Undisturbed:
    """What a build ends in that nothing has disturbed, ids taken out, and how many writing calls it has made."""

    writes: int
    portrait: Counter[str]
    outputs: str


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """A controller with a cloud of its own, empty."""
    with daemon() as cloud:
        yield Controller(cloud, tmp_path, variables=dict(REMOVABLE))


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    with daemon() as cloud:
        clean = Controller(cloud, Path(tmp_path_factory.mktemp("undisturbed")), variables=dict(REMOVABLE))
        clean.run("site.yml").expect()
        writes = len(cloud.calls(access="write"))
        return Undisturbed(writes, portrait(account(clean)), masked(clean.outputs()))
