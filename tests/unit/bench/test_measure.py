# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A command is measured with all that it starts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.bench.measure import Usage, measured
from tests.bench.processes import descendants

BURN = "import time\nwhile time.process_time() < 0.4: pass\n"
HOLD = "block = bytearray(60_000_000)\nimport time; time.sleep(1)\n"
# As a server that starts in the background: a grandchild in a session of its own that nobody waits for.
DAEMON = f"""
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        {BURN.strip().replace(chr(10), chr(10) + "        ")}
        open("burnt", "w").close()
        time.sleep(600)
    os._exit(0)
os.wait()
while not os.path.exists("burnt"):
    time.sleep(0.01)
"""


def run(script: str, directory: Path, **environment: str) -> Usage:
    return measured([sys.executable, "-c", script], environment, directory, directory / "log")


def test_status_output_environment_and_directory_are_those_of_the_command(tmp_path: Path) -> None:
    script = "import os, sys; print(os.environ['WHO'], os.getcwd()); print('oops', file=sys.stderr); sys.exit(3)"
    assert run(script, tmp_path, WHO="me").status == 3
    assert set((tmp_path / "log").read_text().splitlines()) == {f"me {tmp_path}", "oops"}


def test_a_killed_command_has_a_negative_status(tmp_path: Path) -> None:
    assert run("import os; os.kill(os.getpid(), 9)", tmp_path).status == -9


def test_time_of_a_child_counts(tmp_path: Path) -> None:
    usage = run(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])", tmp_path)
    assert usage.user + usage.system >= 0.4


def test_a_daemon_that_is_left_running_counts_and_is_ended(tmp_path: Path) -> None:
    before = descendants(os.getpid())
    usage = run(DAEMON, tmp_path)
    assert usage.user + usage.system >= 0.4
    assert usage.background > 0.3, "the kernel shows whole ticks"
    assert set(descendants(os.getpid())) <= set(before)


@pytest.mark.parametrize("script", [HOLD, f"import os\nif os.fork() == 0:\n    exec({HOLD!r})\nelse:\n    os.wait()"])
def test_the_peak_of_memory_is_seen_wherever_it_is(tmp_path: Path, script: str) -> None:
    assert run(script, tmp_path).memory > 60_000_000
