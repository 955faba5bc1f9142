# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reading /proc: on one made by hand, and on the real one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.bench import processes


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """1 started 10 and 20; 10 started 11, whose name tries to look like fields."""
    add(tmp_path, 1, parent=0)
    add(tmp_path, 10, parent=1, user=300, system=100, children=70, memory=2000)
    add(tmp_path, 11, parent=10, name="a) S 1 (b", memory=30)
    add(tmp_path, 20, parent=1, memory=5)
    (tmp_path / "self").mkdir()
    (tmp_path / "stat").write_text("cpu  100 10 20 5000 400 1 2 3 77 0\ncpu0 0 0 0 0 0 0 0 0 0 0\n")
    return tmp_path


def add(
    proc: Path,
    pid: int,
    parent: int,
    name: str = "python",
    user: int = 0,
    system: int = 0,
    children: int = 0,
    memory: int = 0,
) -> None:
    entry = proc / str(pid)
    entry.mkdir()
    between = " ".join("0" for _ in range(9))
    (entry / "stat").write_text(f"{pid} ({name}) S {parent} {between} {user} {system} {children} 1 20")
    (entry / "smaps_rollup").write_text(
        f"55d0-7ffc ---p 00000000 00:00 0    [rollup]\nRss: 9 kB\nPss:    {memory} kB\nPss_Dirty: 7 kB\n"
    )


@pytest.mark.parametrize(
    ("root", "expected"), [(1, {10, 11, 20}), (10, {11}), (11, set())], ids=["all", "one branch", "none"]
)
def test_descendants_are_found_at_any_depth(proc: Path, root: int, expected: set[int]) -> None:
    assert set(processes.descendants(root, proc)) == expected


def test_memory_is_the_proportional_sum_in_bytes(proc: Path) -> None:
    assert processes.proportional_memory([10, 11], proc) == 2030 * 1024


def test_a_process_that_is_gone_takes_nothing(proc: Path) -> None:
    assert processes.proportional_memory([99], proc) == 0
    assert processes.processor_seconds(99, proc) == 0


def test_processor_time_is_user_and_system_time_with_that_of_ended_children(proc: Path) -> None:
    assert processes.processor_seconds(10, proc) == (300 + 100 + 70 + 1) / processes.TICKS


def test_the_machine_is_busy_with_all_but_waiting(proc: Path) -> None:
    assert processes.busy_seconds(proc) == (100 + 10 + 20 + 1 + 2 + 3) / processes.TICKS


def test_the_kernel_of_this_machine_is_understood() -> None:
    assert os.getpid() in processes.descendants(os.getppid())
    assert processes.proportional_memory([os.getpid()]) > 1_000_000
    assert processes.processor_seconds(os.getpid()) > 0
    assert processes.busy_seconds() > 0
