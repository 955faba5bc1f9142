# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The interpreter that Ansible starts for a task: hands the task to the fork server, or becomes the real Python.

Ansible pipes a module into `<interpreter>` and reads its standard output and exit status. This program passes its own
standard input, output and error, environment, directory and umask to a server that has boto3 loaded already, and ends
as the server's child ends. Whatever is not exactly that (a file to run, an option, no server) is given to the real
Python before anything has run, so nothing ever runs twice.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import signal
import socket
import stat
import struct
import sys
import tempfile
import time
from contextlib import suppress

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server.py")
IMPORT_TIME_VARIABLES = ("PYTHON", "LD_", "LC_", "LANG", "TZ", "HOME")
"""Read once when an interpreter starts or a library is imported: each setting of them has a server of its own."""
START_TIMEOUT = 20.0
LIVED_ON = 1
"""Exit status when the server is lost in the middle of a task."""


def main() -> int:
    """The exit status, unless this process becomes the real Python."""
    if len(sys.argv) > 1:
        become_python()
    connection = _connect()
    if connection is None:
        become_python()
        return LIVED_ON
    _send_task(connection)
    return _wait(connection)


def become_python() -> None:
    """The stock path."""
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])


def rendezvous() -> str:
    """The path of the socket: in a directory of this user alone, named after everything that the server's state depends
    on.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    directory = os.path.join(runtime, f"cutover-warm-{os.getuid()}")
    os.makedirs(directory, mode=0o700, exist_ok=True)
    owner = os.lstat(directory)
    if owner.st_uid != os.getuid() or stat.S_IMODE(owner.st_mode) != stat.S_IRWXU or not stat.S_ISDIR(owner.st_mode):
        raise PermissionError(f"{directory} is not this user's alone")
    state = {name: value for name, value in sorted(os.environ.items()) if name.startswith(IMPORT_TIME_VARIABLES)}
    stamps = [os.stat(path).st_mtime_ns for path in (SERVER, os.__file__)]
    digest = hashlib.sha256(json.dumps([sys.executable, sys.version, stamps, state]).encode()).hexdigest()
    return os.path.join(directory, digest[:16])


def _connect() -> socket.socket | None:
    try:
        path = rendezvous()
        return _connected(path) or _start(path)
    except OSError:
        return None


def _connected(path: str) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        return None
    return connection


def _start(path: str) -> socket.socket | None:
    """One of the waiting clients starts the server; the others find it when they get the lock."""
    with open(f"{path}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = _connected(path)
        if connection is None:
            _spawn(path)
            deadline = time.monotonic() + START_TIMEOUT
            while connection is None and time.monotonic() < deadline:
                time.sleep(0.02)
                connection = _connected(path)
        return connection


def _spawn(path: str) -> None:
    """Starts the server as nobody's child, so that no zombie is left to Ansible."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, 256)
    os.chdir("/")
    os.execv(sys.executable, [sys.executable, SERVER, path])


def _send_task(connection: socket.socket) -> None:
    umask = os.umask(0)
    os.umask(umask)
    task = json.dumps({"environment": dict(os.environ), "directory": os.getcwd(), "umask": umask}).encode(
        "utf-8", "surrogateescape"
    )
    descriptors = struct.pack("3i", 0, 1, 2)
    connection.sendmsg([struct.pack("!I", len(task))], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
    connection.sendall(task)


def _wait(connection: socket.socket) -> int:
    """Ends as the task has ended: the same exit status, or the same signal."""
    answer = connection.recv(4)
    if len(answer) != struct.calcsize("!i"):
        print(
            "the warm server was lost while the task ran; whether the task has changed anything is unknown",
            file=sys.stderr,
        )
        return LIVED_ON
    status = struct.unpack("!i", answer)[0]
    if os.WIFSIGNALED(status):
        with suppress(OSError):  # SIGKILL has no handler to reset
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    return os.WEXITSTATUS(status)


if __name__ == "__main__":
    sys.exit(main())
