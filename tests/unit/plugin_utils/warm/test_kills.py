# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Server, child, client or their caller are killed at each step: nothing hangs, nothing leaks, nothing runs twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Warm, children, eventually, parent, state

SLOW = """
import os, sys, time
with open({log!r}, "a") as log:
    print(os.getpid(), file=log)
while not os.path.exists({log!r} + ".go"):
    time.sleep(0.01)
print("done")
"""
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLOW
WRITE = """
import os
for descriptor in range(3, 64):
    try:
        os.write(descriptor, {!r}.encode())
    except OSError:
        pass
print("x")
"""
CARELESS_SERVER = """
import sys
sys.path.insert(0, {code!r})
import server
server.GRACE_SECONDS = 0.2
server.main({socket!r})
"""


class Log:
    """Where tasks note that they run; they end once they are told to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def processes(self) -> list[int]:
        return [int(line) for line in self.path.read_text().split()] if self.path.exists() else []

    def started(self) -> int:
        (process,) = eventually(self.processes, "the task runs")
        return int(process)

    def go(self) -> None:
        Path(f"{self.path}.go").touch()

    def script(self, text: str = SLOW) -> str:
        return text.format(log=str(self.path))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


def _ended(process: int) -> bool:
    return state(process) in ("", "X")


def _descriptors(process: int) -> list[str]:
    return sorted(os.readlink(path).split(":")[0] for path in Path(f"/proc/{process}/fd").iterdir())


def test_the_server_is_killed(warm: Warm, log: Log) -> None:
    """The task goes on to its end, as it would if Ansible were killed. It is not started again."""
    client = warm.start(log.script())
    task = log.started()
    os.kill(warm.server(), signal.SIGKILL)
    log.go()
    out, err = client.communicate(timeout=30)

    assert (client.returncode, out) == (1, b"done\n")
    assert b"The warm server was lost" in err
    assert log.processes() == [task]
    assert warm.run("print('next')").stdout == b"next\n"
    assert warm.trace == ["warm", "warm"]


def test_the_server_is_killed_before_it_is_ready(warm: Warm) -> None:
    """Clients that wait for it run their tasks themselves."""
    Path(warm.socket).parent.joinpath("code").mkdir(mode=0o700, exist_ok=True)
    clients = [warm.start("print('ran')") for _ in range(3)]
    os.kill(eventually(warm.servers, "a server starts")[0], signal.SIGKILL)
    for client in clients:
        out, _err = client.communicate(timeout=30)
        assert (client.returncode, out) == (0, b"ran\n")
    assert len(warm.trace) == 3


def test_the_child_is_killed(warm: Warm, log: Log) -> None:
    """The client ends by the same signal: the shell says the same of both."""
    client = warm.start(log.script())
    os.kill(log.started(), signal.SIGKILL)
    out, err = client.communicate(timeout=30)

    assert (client.returncode, out, err.strip()) == (137, b"", b"Killed")
    assert not children(warm.server())


def test_the_client_is_killed(warm: Warm, log: Log) -> None:
    client = warm.start(f"import subprocess\nsubprocess.Popen(['sleep', '60'])\n{log.script()}")
    task = log.started()
    (helper,) = eventually(lambda: children(task), "the task has started a program")
    _kill_clients(warm, client)
    client.communicate(timeout=30)

    eventually(lambda: _ended(task) and _ended(helper), "task and program are ended")
    assert not children(warm.server())
    assert warm.run("print('next')").stdout == b"next\n"


def _kill_clients(warm: Warm, shell: subprocess.Popen[bytes]) -> None:
    for process in children(shell.pid):
        os.kill(process, signal.SIGKILL)


@pytest.fixture
def careless(warm: Warm) -> Iterator[Warm]:
    """With a server that has little patience."""
    code = str(Path(__file__).resolve().parents[4] / "plugins" / "plugin_utils" / "warm")
    text = CARELESS_SERVER.format(code=code, socket=warm.socket)
    server = subprocess.Popen([Path(warm.launcher).read_text().split()[0].removeprefix("#!"), "-c", text], cwd="/")
    eventually(lambda: os.path.exists(warm.socket), "the server listens")
    yield warm
    server.kill()
    server.wait()


def test_a_task_that_does_not_mind_sigterm_is_killed_after_a_while(careless: Warm, log: Log) -> None:
    client = careless.start(log.script(STUBBORN))
    task = log.started()
    _kill_clients(careless, client)
    client.communicate(timeout=30)
    eventually(lambda: _ended(task), "the task is killed")
    assert careless.run("print('next')").stdout == b"next\n"


def test_a_client_that_is_killed_before_it_has_sent_its_task(warm: Warm, log: Log) -> None:
    """It runs nothing, and it holds up nobody."""
    assert warm.run("").returncode == 0
    before = _descriptors(warm.server())
    for request in (b"", b"\0\0", b"\0\0\xff\xff012"):
        with socket.socket(socket.AF_UNIX) as client:
            client.connect(warm.socket)
            client.sendall(request)
            assert warm.run("print('other')").stdout == b"other\n"
    eventually(lambda: not children(warm.server()), "no child is left")
    assert _descriptors(warm.server()) == before


def test_the_playbook_is_killed(warm: Warm, log: Log) -> None:
    """A module runs on to its end, as it does with Ansible's own path."""
    shell = warm.start(log.script(), preexec_fn=os.setsid)
    task = log.started()
    shell.kill()
    log.go()
    eventually(lambda: _ended(task), "the task ends by itself")
    out, _err = shell.communicate(timeout=30)
    assert out == b"done\n"


def test_server_and_client_are_stopped_for_a_while(warm: Warm, log: Log) -> None:
    """System calls are interrupted in both."""
    client = warm.start(log.script())
    log.started()
    processes = [warm.server(), *children(client.pid)]
    for number in (signal.SIGSTOP, signal.SIGCONT, signal.SIGWINCH):
        for process in processes:
            os.kill(process, number)
    log.go()
    out, _err = client.communicate(timeout=30)
    assert (client.returncode, out) == (0, b"done\n")


def test_many_tasks_at_a_time_and_in_a_row_leave_nothing_behind(warm: Warm) -> None:
    assert warm.run("").returncode == 0
    server, before = warm.server(), _descriptors(warm.server())
    clients = [warm.start(f"print({number})") for number in range(30)]
    outputs = [int(client.communicate(timeout=30)[0]) for client in clients]

    assert outputs == list(range(30))
    assert warm.server() == server
    assert not children(server)
    assert _descriptors(server) == before


def test_first_tasks_at_the_same_moment_share_a_server(warm: Warm) -> None:
    clients = [warm.start("import os\nprint(os.getppid())") for _ in range(8)]
    assert len({client.communicate(timeout=30)[0] for client in clients}) == 1
    assert warm.trace == ["warm"] * 8


@pytest.mark.parametrize(
    "script",
    [
        "import os\nos.closerange(3, 4096)\nprint('x')",
        WRITE.format("[[junk"),
        WRITE.format("{}"),
    ],
    ids=["closed", "junk in it", "JSON in it"],
)
def test_what_a_task_does_with_the_report_is_its_own_affair(warm: Warm, script: str) -> None:
    assert (warm.run(script).returncode, warm.run(script).stdout) == (0, b"x\n")
    assert warm.server()


def test_a_daemon_that_a_task_leaves_holds_up_nobody(warm: Warm, log: Log) -> None:
    """It has all descriptors of the task, also of the pipe on which the child reports."""
    leave = "import os\nif os.fork():\n  print('left')\n  os._exit(0)\nos.close(1)\nos.close(2)\n"
    assert warm.run(leave + log.script()).stdout == b"left\n"
    daemon = log.started()
    assert warm.run("print('next')").stdout == b"next\n"
    assert parent(daemon) != warm.server()
    log.go()
    eventually(lambda: _ended(daemon), "the daemon ends by itself")


def test_a_server_whose_socket_is_gone_ends_after_its_tasks(warm: Warm, log: Log) -> None:
    client = warm.start(log.script())
    log.started()
    first = warm.server()
    os.unlink(warm.socket)
    assert warm.run("print('next')").stdout == b"next\n"
    log.go()
    assert client.communicate(timeout=30)[0] == b"done\n"
    eventually(lambda: _ended(first), "the first server ends")
