# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The little of the suite that every run of the tests has time for."""

from __future__ import annotations

from tests.parity.sides import Comparison, differences
from tests.parity.tasks import assert_same, command, tasks_of


def test_a_sample_has_the_same_results(comparison: Comparison) -> None:
    stock, warm = comparison.run(command("sample"))
    assert [task.name for task in stock.tasks] == list(tasks_of("sample"))
    for one, other in zip(stock.tasks, warm.tasks, strict=True):
        assert_same(one, other, set())
    assert differences(stock.screen, warm.screen) == []
    assert differences(stock.calls, warm.calls) == []


def test_a_difference_is_seen() -> None:
    one = {"a": [1, {"b": "x"}], "c": None}
    assert differences(one, {"a": [1, {"b": "y"}], "d": 2}) == [
        ".a[1].b: stock 'x', warm 'y'",
        ".c: stock None, warm 'absent'",
        ".d: stock 'absent', warm 2",
    ]
