# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each task has the same result, and shows the same, whether its module runs in a Python of its own or warm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.parity.sides import Comparison, Side, differences
from tests.parity.tasks import assert_same, command, tasks_of

PLAYBOOKS = ("core", "odd", "aws")
EACH = [(playbook, name) for playbook in PLAYBOOKS for name in tasks_of(playbook)]


@pytest.fixture(scope="module")
def sides(comparison: Comparison) -> Callable[[str], tuple[Side, Side]]:
    """Of a playbook, which is run once."""
    found: dict[str, tuple[Side, Side]] = {}

    def run(playbook: str) -> tuple[Side, Side]:
        if playbook not in found:
            found[playbook] = comparison.run(command(playbook))
        return found[playbook]

    return run


@pytest.mark.parametrize(("playbook", "name"), EACH)
def test_the_result_is_the_same(sides: Callable[[str], tuple[Side, Side]], playbook: str, name: str) -> None:
    (stock,), (warm,) = ([task for task in side.tasks if task.name == name] for side in sides(playbook))
    assert_same(stock, warm, tasks_of(playbook)[name])


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_screen_shows_the_same(sides: Callable[[str], tuple[Side, Side]], playbook: str) -> None:
    stock, warm = sides(playbook)
    assert differences(stock.screen, warm.screen) == []
    assert stock.status == warm.status


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_the_cloud_gets_the_same_calls(sides: Callable[[str], tuple[Side, Side]], playbook: str) -> None:
    stock, warm = sides(playbook)
    assert differences(stock.calls, warm.calls) == []


@pytest.mark.parametrize("setting", ["ANSIBLE_PIPELINING=0", "ANSIBLE_KEEP_REMOTE_FILES=1"])
def test_modules_that_are_written_to_files_take_the_stock_path(comparison: Comparison, setting: str) -> None:
    stock, warm = comparison.run(command("sample"), environment=dict([setting.split("=")]))
    for one, other in zip(stock.tasks, warm.tasks, strict=True):
        assert_same(one, other, {"file"})
