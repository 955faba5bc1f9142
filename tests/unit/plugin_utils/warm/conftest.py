# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Real clients and servers, as Ansible starts them, in a directory of their own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.lookup import warm_python

DEADLINE = 30.0
"""Seconds until a test that waits for something gives up; none waits that long when all is well."""


def eventually(condition: Callable[[], Any], what: str) -> Any:
    """The first true answer of condition."""
    end = time.monotonic() + DEADLINE
    while not (answer := condition()):
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.01)
    return answer


@dataclass
class Warm:
    """A launcher, and what it takes to look at its clients and servers from outside."""

    launcher: str
    directory: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def socket(self) -> str:
        launcher = Path(self.launcher)
        return str(launcher.with_name(warm_python.PRIVATE) / launcher.name.removesuffix("-python"))

    @property
    def trace(self) -> list[str]:
        """What the clients have noted so far: how each task was run."""
        path = self.directory / "trace"
        return path.read_text().splitlines() if path.exists() else []

    def start(self, script: str | bytes, *arguments: str, shell: str = "", **options: Any) -> subprocess.Popen[bytes]:
        """A client with the script on its standard input; shell is a prefix such as `nice`."""
        environment = {**os.environ, **options.pop("env", {}), "CUTOVER_WARM_TRACE": str(self.directory / "trace")}
        client = subprocess.Popen(
            [*shell.split(), "/bin/sh", "-c", shlex.join([self.launcher, *arguments]) + " && sleep 0"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            **options,
        )
        self.started.append(client)
        assert client.stdin is not None
        with suppress(BrokenPipeError):
            client.stdin.write(script if isinstance(script, bytes) else script.encode())
        client.stdin.close()
        client.stdin = None
        return client

    def run(self, script: str | bytes, *arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
        """The same, to its end."""
        client = self.start(script, *arguments, **options)
        out, err = client.communicate(timeout=DEADLINE)
        return subprocess.CompletedProcess(client.args, client.returncode, out, err)

    def servers(self) -> list[int]:
        """Processes of the server that has the socket; neither its children nor what these have left."""
        mine = f"server.py\0{self.socket}\0".encode()
        found = [int(path.name) for path in Path("/proc").glob("[0-9]*") if _read(path / "cmdline").endswith(mine)]
        return [process for process in found if parent(process) not in found and os.getsid(process) == process]

    def server(self) -> int:
        (process,) = self.servers()
        return process

    def stop(self) -> None:
        for client in self.started:
            if client.poll() is None:
                client.kill()
            client.communicate()
        for process in self.servers():
            os.kill(process, signal.SIGKILL)


def _read(path: Path) -> bytes:
    with suppress(OSError):
        return path.read_bytes()
    return b""


def _status(process: int) -> dict[str, str]:
    lines = _read(Path(f"/proc/{process}/status")).decode().splitlines()
    return {name: value.strip() for name, _colon, value in (line.partition(":") for line in lines)}


def parent(process: int) -> int:
    return int(_status(process).get("PPid", 0))


def state(process: int) -> str:
    """As `ps` shows it, R, S, T, Z and so on; nothing where there is no such process."""
    return _status(process).get("State", "")[:1]


def children(process: int) -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if parent(int(path.name)) == process]


@pytest.fixture
def directory() -> Iterator[Path]:
    """Short, because the path of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="w", dir="/tmp") as temporary:
        Path(temporary).chmod(0o711)
        yield Path(temporary)


@pytest.fixture(scope="session", autouse=True)
def byte_code() -> Iterator[None]:
    """Kept, whatever the shell says that these tests were started from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


def _warm(directory: Path) -> Warm:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(directory))
        launcher = warm_python.launcher()
    assert launcher is not None
    return Warm(launcher, directory)


@pytest.fixture
def warm(directory: Path) -> Iterator[Warm]:
    """Not started yet."""
    warm = _warm(directory)
    yield warm
    warm.stop()


@pytest.fixture(scope="module")
def shared() -> Iterator[Warm]:
    """One server for all tests of a module that leave it as they found it."""
    with tempfile.TemporaryDirectory(prefix="w", dir="/tmp") as temporary:
        warm = _warm(Path(temporary))
        assert warm.run("").returncode == 0
        yield warm
        warm.stop()


@pytest.fixture
def stock() -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """The interpreter of these tests, run as Ansible runs it."""

    def run(script: str | bytes, shell: str = "", **options: Any) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, **options.pop("env", {})}
        given = script if isinstance(script, bytes) else script.encode()
        return subprocess.run(
            [*shell.split(), "/bin/sh", "-c", f"{sys.executable} && sleep 0"],
            input=given,
            capture_output=True,
            env=environment,
            timeout=DEADLINE,
            check=False,
            **options,
        )

    return run
