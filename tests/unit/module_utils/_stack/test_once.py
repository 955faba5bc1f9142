# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What several askers want to know is asked once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._stack.once import Once


def test_what_several_look_at_is_asked_once() -> None:
    once, asked = Once(), []

    def ask(name: int) -> Callable[[], list[int]]:
        def answer() -> list[int]:
            asked.append(name)
            return [name]

        return answer

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: once.get(n % 2, ask(n % 2)), range(8)))
    assert found == [[0], [1]] * 4
    assert sorted(asked) == [0, 1]


def test_an_error_is_not_kept() -> None:
    once = Once()

    def fail() -> int:
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        once.get("x", fail)
    assert once.get("x", lambda: 1) == 1
