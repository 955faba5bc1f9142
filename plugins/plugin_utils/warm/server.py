# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The fork server: has boto3 and botocore's models loaded, and forks a child for each task.

One thread, so that forking is safe. It ends by itself once it has been idle for a while.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import selectors
import signal
import socket
import struct
import sys
import threading
import traceback
import types
from contextlib import suppress
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import preload  # type: ignore[import-not-found]  # beside this file, which is a program of its own

IDLE_SECONDS = 60.0
"""Long enough to bridge two runs at a prompt, short enough not to linger."""
RIGHTS = struct.calcsize("3i")


class Server:
    """Accepts tasks on the socket at path."""

    def __init__(self, path: str) -> None:
        self._children: dict[int, socket.socket] = {}
        self._reports: dict[int, int] = {}
        self._selector = selectors.DefaultSelector()
        with suppress(FileNotFoundError):
            os.unlink(path)
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(path)
        self._listener.listen(64)
        self._inode = os.stat(path).st_ino
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._woken, wake = os.pipe()
        for end in (self._woken, wake):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        self._selector.register(self._woken, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until idle for IDLE_SECONDS, or until the socket is no longer this server's."""
        while True:
            events = self._selector.select(IDLE_SECONDS)
            if not events and not self._children:
                break
            for key, _mask in events:
                self._handle(key.fileobj)
            if not self._is_ours():
                break
        if self._is_ours():
            os.unlink(self._path)

    def _is_ours(self) -> bool:
        try:
            return os.stat(self._path).st_ino == self._inode
        except FileNotFoundError:
            return False

    def _handle(self, source: object) -> None:
        if source is self._listener:
            connection, _address = self._listener.accept()
            self._begin(connection)
        elif source == self._woken:
            with suppress(BlockingIOError):
                os.read(self._woken, 4096)
            self._reap()
        elif isinstance(source, socket.socket):
            self._hung_up(source)

    def _begin(self, connection: socket.socket) -> None:
        """Forks a child for one task; a stranger, or a caller that ends in the middle of its request, gets nothing."""
        with suppress(OSError, ValueError, KeyError, struct.error):
            peer = struct.unpack(
                "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            )
            if peer[1] == os.getuid():
                task, descriptors = _receive(connection)
                self._fork(connection, task, descriptors)
                return
        connection.close()

    def _fork(self, connection: socket.socket, task: dict[str, Any], descriptors: list[int]) -> None:
        report, reported = os.pipe()
        child = os.fork()
        if child == 0:
            _run(task, descriptors, reported)
        os.close(reported)
        for descriptor in descriptors:
            os.close(descriptor)
        self._children[child] = connection
        self._reports[child] = report
        self._selector.register(connection, selectors.EVENT_READ)

    def _reap(self) -> None:
        while self._children:
            child, status = os.waitpid(-1, os.WNOHANG)
            if child == 0:
                return
            connection = self._children.pop(child)
            with suppress(KeyError):
                self._selector.unregister(connection)
            with suppress(OSError):
                connection.sendall(struct.pack("!i", status))
            connection.close()
            with os.fdopen(self._reports.pop(child), "rb") as report:
                preload.learn(report.read())

    def _hung_up(self, connection: socket.socket) -> None:
        """The caller is gone, as when Ansible is interrupted: its task goes too, with all that it has started."""
        for child, caller in self._children.items():
            if caller is connection:
                with suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGTERM)
        self._selector.unregister(connection)


def _receive(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    head, ancillary, _flags, _address = connection.recvmsg(4, socket.CMSG_SPACE(RIGHTS))
    descriptors = [n for _level, _kind, data in ancillary for n in struct.unpack("3i", data[:RIGHTS])]
    length, received = struct.unpack("!I", head)[0], b""
    while len(received) < length:
        part = connection.recv(length - len(received))
        if not part:
            raise ValueError("the request is incomplete")
        received += part
    return json.loads(received.decode("utf-8", "surrogateescape")), descriptors


def _run(task: dict[str, Any], descriptors: list[int], reported: int) -> None:
    """In the child: what the interpreter would have done with the module on its standard input."""
    status = 1
    try:
        os.setsid()
        for target, descriptor in enumerate(descriptors):
            os.dup2(descriptor, target)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _close_all_but(reported)
        os.umask(task["umask"])
        os.chdir(task["directory"])
        os.environ.clear()
        os.environ.update(task["environment"])
        status = _execute()
    except BaseException:
        traceback.print_exc()
    finally:
        _end(status, reported)


def _close_all_but(kept: int) -> None:
    """The server's sockets and the other tasks' pipes are not the task's; the standard streams are made anew on the new
    descriptors.
    """
    os.closerange(3, kept)
    os.closerange(kept + 1, 4096)
    sys.stdin, sys.stdout, sys.stderr = (open(n, mode, closefd=False) for n, mode in ((0, "r"), (1, "w"), (2, "w")))  # noqa: SIM115


def _execute() -> int:
    source = sys.stdin.buffer.read()
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    sys.argv, sys.path[0] = [""], ""
    try:
        exec(compile(source, "<stdin>", "exec"), main.__dict__)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return ended.code or 0
        print(ended.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _end(status: int, reported: int) -> None:
    """Leaves as an interpreter does: threads joined, exit functions run, output written."""
    with suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    with suppress(OSError):
        os.write(reported, preload.learned())
    os._exit(status & 0xFF)


if __name__ == "__main__":
    preload.install(os.path.dirname(sys.argv[1]))
    gc.collect()
    gc.freeze()
    Server(sys.argv[1]).serve()
