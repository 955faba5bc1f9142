# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a process has from its parent and cannot be given later: a task and its server must have the same."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress

READ_AT_START = (b"PYTHON", b"LD_", b"LC_", b"LANG", b"TZ", b"HOME")
"""Variables that are read once, when an interpreter starts or a library is imported."""
STATUS = ("Uid", "Gid", "Groups", "Cap", "NoNewPrivs", "Seccomp:", "Cpus_allowed:", "Mems_allowed:")
FILES = ("limits", "cgroup", "attr/current")
NAMESPACES = ("mnt", "net", "pid", "user", "uts", "ipc")


def inherited(process: int, environment: Mapping[bytes, bytes]) -> dict[str, str]:
    """Of a process of this user, by name, with the environment that it gives to its children.

    Raises OSError where /proc does not show it.
    """
    found = {os.fsdecode(k): os.fsdecode(v) for k, v in environment.items() if k.startswith(READ_AT_START)}
    root = f"/proc/{process}"
    with open(f"{root}/status", encoding="utf-8") as status:
        found |= dict(line.split(":", 1) for line in status if line.startswith(STATUS))
    for name in FILES:
        # Where no security module is active, nothing can be read of attr/current.
        with suppress(OSError), open(f"{root}/{name}", encoding="utf-8") as file:
            found[name] = file.read()
    found |= {name: os.readlink(f"{root}/ns/{name}") for name in NAMESPACES}
    return found | {"nice": str(os.getpriority(os.PRIO_PROCESS, process))}


def digest(*more: object) -> str:
    """Of what this process hands to its children, and of more."""
    content = sorted(inherited(os.getpid(), os.environb).items())
    return hashlib.sha256(repr([content, more]).encode("utf-8", "surrogateescape")).hexdigest()[:16]
