# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever is not exactly as expected takes the stock path, before anything has run."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from ansible_collections.cutover.aws.plugins.lookup import warm_python

from .conftest import Warm

HOW = "import sys, os\nprint('preload' if 'boto3' in sys.modules else 'stock', os.getppid())"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TZ", "Asia/Tokyo"),
        ("HOME", "/"),
        ("LANG", "xx_XX.UTF-8"),
        ("LC_ALL", "C"),
        ("LD_LIBRARY_PATH", "/nowhere"),
        ("PYTHONPATH", "/nowhere"),
        ("PYTHONHASHSEED", "0"),
    ],
)
def test_another_environment_at_start(shared: Warm, variable: str, value: str) -> None:
    result = shared.run(HOW, env={variable: value})
    assert result.stdout.startswith(b"stock"), result
    assert shared.trace[-1].startswith(f"stock: other than the server's: {variable}")


@pytest.mark.parametrize(
    ("prefix", "name"),
    [
        ("nice -n 5", "nice"),
        ("prlimit --nofile=1000", "limits"),
        ("taskset 1", "Cpus_allowed"),
        ("setpriv --no-new-privs", "NoNewPrivs"),
        pytest.param(
            "setpriv --groups 0,7",
            "Groups",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root changes its groups"),
        ),
    ],
)
def test_another_process_state(shared: Warm, prefix: str, name: str) -> None:
    """A task has the limits and privileges of its caller, never those of whoever came first."""
    result = shared.run(HOW, shell=prefix)
    assert result.stdout.startswith(b"stock"), result
    assert name in shared.trace[-1]


def test_a_variable_that_is_not_read_at_start_is_no_reason(shared: Warm) -> None:
    result = shared.run(HOW, env={"AWS_PROFILE": "other", "PATH": "/bin"})
    assert result.stdout == f"preload {shared.server()}\n".encode()


def test_arguments(shared: Warm) -> None:
    assert shared.run("print(1)", "--version").stdout.decode().split()[1] == sys.version.split()[0]
    assert shared.trace[-1] == "stock: not a script on standard input"


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o711])
def test_others_can_reach_the_directory_of_the_socket(warm: Warm, mode: int) -> None:
    Path(warm.socket).parent.chmod(mode)
    result = warm.run(HOW)
    assert result.stdout.startswith(b"stock")
    assert "not this user's alone" in warm.trace[-1]
    assert not warm.servers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
class TestAnotherUser:
    """Neither reaches a server that is not its own."""

    def test_the_socket_is_closed_to_it(self, shared: Warm) -> None:
        connect = f"import socket\nsocket.socket(socket.AF_UNIX).connect({shared.socket!r})"
        Path(shared.directory).chmod(0o711)
        refused = subprocess.run(["python3", "-c", connect], user="nobody", capture_output=True, check=False)
        assert refused.returncode == 1
        assert b"PermissionError" in refused.stderr

    def test_it_is_turned_away_where_it_gets_through(self, warm: Warm) -> None:
        assert warm.run("").returncode == 0
        os.chmod(warm.socket, 0o777)
        os.chmod(os.path.dirname(warm.socket), 0o711)
        ask = f"import socket\ns=socket.socket(socket.AF_UNIX)\ns.connect({warm.socket!r})\nprint(s.recv(1))"
        answer = subprocess.run(["python3", "-c", ask], user="nobody", capture_output=True, check=True)
        assert answer.stdout == b"b''\n"

    def test_its_tasks_take_the_stock_path(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As with become: the launcher is the first user's, in a directory that the second passes through."""
        monkeypatch.setattr(tempfile, "tempdir", str(directory))
        monkeypatch.setattr(sys, "executable", "/usr/bin/python3")  # which every user can run
        launcher = warm_python.launcher()
        assert launcher is not None
        result = subprocess.run(
            [launcher], input=b"import os\nprint(os.getuid())", user="nobody", capture_output=True, check=False
        )
        assert (result.returncode, result.stdout) == (0, b"65534\n"), result.stderr

    def test_also_where_it_cannot_read_the_collection(
        self, directory: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        """Which then lies in the home of the first user, while the interpreter is the system's."""
        monkeypatch.setattr(tempfile, "tempdir", str(directory))
        monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        monkeypatch.setattr(warm_python, "CODE", str(shutil.copytree(warm_python.CODE, closed / "warm")))
        launcher = warm_python.launcher()
        assert launcher is not None
        result = subprocess.run(
            [launcher], input=b"import os\nprint(os.getuid())", user="nobody", capture_output=True, check=False
        )
        assert (result.returncode, result.stdout, result.stderr) == (0, b"65534\n", b"")


class FakeServer:
    """Answers a connection with some bytes, reads the task if it is told to, and closes it."""

    def __init__(self, path: str, answer: bytes, read: bool) -> None:
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, args=(answer, read), daemon=True)
        self._thread.start()

    def _serve(self, answer: bytes, read: bool) -> None:
        connection, _address = self._listener.accept()
        with connection:
            connection.sendall(answer)
            if read:
                (length,) = struct.unpack("!I", connection.recv(4))
                connection.recv(length, socket.MSG_WAITALL)


@pytest.mark.parametrize("answer", [b"", b"?"], ids=["closes", "is something else"])
def test_a_server_that_does_not_begin(warm: Warm, answer: bytes) -> None:
    FakeServer(warm.socket, answer, read=False)
    assert warm.run("print('ran')").stdout == b"ran\n"
    assert warm.trace == ["stock: no server: it has ended"]


def test_a_server_that_is_lost_after_the_task_was_sent(warm: Warm) -> None:
    """What has been handed over is not run again."""
    FakeServer(warm.socket, b"+", read=True)
    result = warm.run("print('ran')")
    assert (result.returncode, result.stdout) == (1, b"")
    assert b"whether that changed anything is unknown" in result.stderr
    assert warm.trace == ["warm"]


def test_a_server_that_cannot_start(warm: Warm) -> None:
    Path(warm.launcher).write_text(
        Path(warm.launcher).read_text().replace("raise", "client.SERVER = '/nowhere'\nraise")
    )
    assert warm.run("print('ran')").stdout == b"ran\n"
    assert warm.trace == ["stock: no server: it ended at its start"]


def test_a_server_that_does_not_answer(warm: Warm) -> None:
    """Another process holds the lock, as a client does that starts a server and was stopped."""
    text = Path(warm.launcher).read_text()
    Path(warm.launcher).write_text(text.replace("raise", "client.PATIENCE = 0.2\nraise"))
    with open(f"{warm.socket}.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert warm.run("print('ran')").stdout == b"ran\n"
    assert warm.trace == ["stock: no server: it does not start"]


def test_a_lock_that_was_left(warm: Warm) -> None:
    Path(f"{warm.socket}.lock").write_text("")
    assert warm.run(HOW).stdout == f"preload {warm.server()}\n".encode()


def test_a_socket_that_was_left(warm: Warm) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(warm.socket)
    assert warm.run(HOW).stdout == f"preload {warm.server()}\n".encode()
