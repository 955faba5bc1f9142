# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the kernel tells of processes: who descends from whom, what memory and processor time they take (proc(5))."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")

# Fields of /proc/<pid>/stat, counted behind the command's closing parenthesis. The last two: children waited for.
PARENT, USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM = 1, 11, 12, 13, 14
# Columns of the first line of /proc/stat in which the processor did nothing, or waited for a disk.
IDLE, IO_WAIT = 3, 4
# Guests are counted in `user` already.
LAST_COLUMN = 8


def descendants(root: int, proc: Path = PROC) -> list[int]:
    """All processes below root, whatever session or group they have made for themselves."""
    children: dict[int, list[int]] = {}
    for pid, fields in _stats(proc):
        children.setdefault(int(fields[PARENT]), []).append(pid)
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def proportional_memory(pids: list[int], proc: Path = PROC) -> int:
    """Bytes that the processes hold: a page that several share counts for each in proportion."""
    return sum(_proportional(pid, proc) for pid in pids)


def processor_seconds(pid: int, proc: Path = PROC) -> float:
    """User and system time of one process and of its children that have ended; 0 when it is gone."""
    with suppress(OSError):
        fields = _fields(proc / str(pid))
        return sum(int(fields[field]) for field in (USER, SYSTEM, CHILDREN_USER, CHILDREN_SYSTEM)) / TICKS
    return 0.0


def busy_seconds(proc: Path = PROC) -> float:
    """Processor time that the whole machine has spent since it started."""
    columns = [int(text) for text in (proc / "stat").read_text().splitlines()[0].split()[1 : LAST_COLUMN + 1]]
    return (sum(columns) - columns[IDLE] - columns[IO_WAIT]) / TICKS


def _stats(proc: Path) -> Iterator[tuple[int, list[str]]]:
    for entry in proc.iterdir():
        if entry.name.isdecimal():
            with suppress(OSError):  # it has ended meanwhile
                yield int(entry.name), _fields(entry)


def _fields(entry: Path) -> list[str]:
    return (entry / "stat").read_text().rpartition(")")[2].split()


def _proportional(pid: int, proc: Path) -> int:
    with suppress(OSError):
        for line in (proc / str(pid) / "smaps_rollup").read_text().splitlines():
            name, _, value = line.partition(":")
            if name == "Pss":
                return int(value.split()[0]) * 1024
    return 0
