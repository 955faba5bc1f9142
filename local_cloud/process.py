# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What can be known of a process by its id."""

from __future__ import annotations

import os
from pathlib import Path

# Field 22 of /proc/<pid>/stat, counted behind the command's closing parenthesis (proc(5)).
START_FIELD = 19


def process_start(pid: int) -> str | None:
    """When the process began, in the kernel's ticks: with the id it names a process for good. None when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields[START_FIELD]


def is_alive(pid: int, started: str | None) -> bool:
    """Is it still that process, and not another that was given its id?"""
    if started is not None:
        return process_start(pid) == started
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True
