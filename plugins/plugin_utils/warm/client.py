# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The interpreter that Ansible starts for a task: hands the task to the fork server, or becomes the real Python.

Ansible pipes a module into `<interpreter>` and reads its standard output and exit status. This program passes its own
standard streams, directory, umask and environment to a server that has boto3 loaded already, and ends as the server's
child ends. Whatever is not exactly that (a file to run, an option, no server, a server that declines) becomes the real
Python, and only while nothing has run: no task ever runs twice.

It starts for every task, so it imports little: `socket`, `json`, `signal` and `tempfile` would triple what it costs.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # what signal is made of; mypy does not know it
import _socket
import fcntl
import os
import struct
import sys
import time
from typing import NoReturn

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
TRACE = "CUTOVER_WARM_TRACE"
"""Environment variable that names a file: each task adds a line to it, `warm` or `stock: <reason>`."""
PATIENCE = 20.0
"""Seconds until a server that has not begun is given up. The slowest start seen, on a loaded machine, took 3."""
READY = b"+"
LOST = 1
"""Exit status when the server is lost in the middle of a task."""


def main(path: str) -> int:
    """The exit status of the task, run by the server at path, unless this process becomes the real Python."""
    if len(sys.argv) > 1:
        become_python("not a script on standard input")
    try:
        connection = _connection(path)
        _send_task(connection)
    except OSError as error:
        become_python(f"no server: {error}")
    return _wait(connection)


def become_python(reason: str) -> NoReturn:
    """The stock path."""
    _trace(f"stock: {reason}")
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])


def _trace(line: str) -> None:
    if TRACE in os.environ:
        with open(os.environ[TRACE], "a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def _connection(path: str) -> _socket.socket:
    """To a child of the server that is ready for a task. Where there is no server, the one of the waiting clients that
    has the lock starts it.
    """
    directory = os.stat(os.path.dirname(path))
    if directory.st_uid != os.geteuid() or directory.st_mode & 0o077:
        raise PermissionError("the directory of the socket is not this user's alone")
    deadline = time.monotonic() + PATIENCE
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    server = 0
    try:
        while True:
            connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
            try:
                connection.connect(path)
                break
            except OSError:
                connection.close()
            if server and os.waitpid(server, os.WNOHANG) != (0, 0):
                raise ChildProcessError("it ended at its start")
            if time.monotonic() > deadline:
                raise TimeoutError("it does not start")
            if not server and _locked(lock):
                server = _spawn(path)
            time.sleep(0.01)
    finally:
        os.close(lock)
    connection.settimeout(PATIENCE)
    if connection.recv(1) != READY:
        raise ConnectionError("it has ended")
    connection.settimeout(None)
    return connection


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _spawn(path: str) -> int:
    """The process of a server, which outlives this one."""
    server = os.fork()
    if server == 0:
        os.setsid()
        nothing, nowhere = os.pipe()
        os.dup2(nothing, 0)  # pipes, as the streams are that tasks get
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        os.closerange(3, 256)
        os.chdir("/")
        os.execv(sys.executable, [sys.executable, SERVER, path])
    return server


def _send_task(connection: _socket.socket) -> None:
    """An error on the way is no harm: the child runs nothing before it has all."""
    umask = os.umask(0)
    os.umask(umask)
    here = os.open(".", os.O_PATH)
    variables = [name + b"=" + value for name, value in os.environb.items()]
    task = b"\0".join([b"%o" % umask, *variables])
    descriptors = struct.pack("4i", 0, 1, 2, here)
    connection.sendmsg([struct.pack("!I", len(task))], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
    connection.sendall(task)


def _wait(connection: _socket.socket) -> int:
    """Ends as the task has ended: the same exit status, or the same signal. An answer with a text is a decline."""
    try:
        answer = connection.recv(4096)
    except ConnectionResetError:
        answer = b""
    if len(answer) > struct.calcsize("!i"):
        become_python(answer[struct.calcsize("!i") :].decode())
    _trace("warm")
    if not answer:
        print("The warm server was lost during the task; whether that changed anything is unknown.", file=sys.stderr)
        return LOST
    status: int = struct.unpack("!i", answer)[0]
    if os.WIFSIGNALED(status):
        if os.WTERMSIG(status) != _signal.SIGKILL:
            _signal.signal(os.WTERMSIG(status), _signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    return os.WEXITSTATUS(status)
