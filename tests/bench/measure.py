# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Runs one command and measures it with everything that it starts, servers that leave its session included.

`measured` runs this file as a program of its own. That process makes itself the reaper of all its descendants
(PR_SET_CHILD_SUBREAPER), so each of them, a daemon too, is waited for here in the end; the kernel's own account of its
children (RUSAGE_CHILDREN) is then exact, without sampling. Memory alone is sampled, while the command runs.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench.processes import descendants, processor_seconds, proportional_memory

ROOT = Path(__file__).resolve().parents[2]
SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
SAMPLING_SECONDS = 0.25
GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Usage:
    """wall, user, system: seconds, wall without the end of what the command leaves running. memory: the peak, in bytes.

    background: what those processes that still ran when the command had ended had spent of user and system time, with
    their children: the warm server with the modules that it has run.
    """

    status: int
    wall: float
    user: float
    system: float
    memory: int
    background: float


def measured(command: Sequence[str], environment: Mapping[str, str], directory: Path, log: Path) -> Usage:
    """What the command took; both its output streams go to log."""
    order = {
        "command": list(command),
        "environment": dict(environment),
        "directory": str(directory),
        "log": str(log),
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.measure"],
        cwd=ROOT,
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Usage(**json.loads(done.stdout))


def main() -> None:
    order = json.load(sys.stdin)
    _adopt_orphans()
    try:
        with Path(order["log"]).open("wb") as log:
            started = time.monotonic()
            process = subprocess.Popen(
                order["command"],
                env=order["environment"],
                cwd=order["directory"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with PeakMemory() as memory:
            status = _reap_until(process.pid)
            wall = time.monotonic() - started
        background = sum(processor_seconds(pid) for pid in descendants(os.getpid()))
    finally:
        _end_all()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps(asdict(Usage(status, wall, spent.ru_utime, spent.ru_stime, memory.peak, background))))


class PeakMemory:
    """Samples the memory of all descendants of this process while the context lasts."""

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(SAMPLING_SECONDS):
            self.peak = max(self.peak, proportional_memory(descendants(os.getpid())))


def _adopt_orphans() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "cannot become the reaper of orphaned processes")


def _reap_until(wanted: int) -> int:
    """The exit status of the wanted child; orphans that end before it are reaped on the way."""
    while True:
        pid, status = os.wait()
        if pid == wanted:
            return os.waitstatus_to_exitcode(status)


def _end_all() -> None:
    """Ends what the command has left running, so that its time is accounted for and the next run starts clean."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + GRACE_SECONDS
        while (left := descendants(os.getpid())) and time.monotonic() < deadline:
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG) != (0, 0):
                    pass
            time.sleep(0.02)


if __name__ == "__main__":
    main()
