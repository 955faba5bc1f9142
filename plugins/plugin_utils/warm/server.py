# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The fork server: has libraries and models loaded, and forks a child for each task.

The server never reads from a client and never waits for one, so that none can hold up the others: it forks, and the
child takes the task from the client. One thread, so that forking is safe. It ends once it has been idle for a while.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress
from dataclasses import dataclass

sys.path[0] = os.path.dirname(os.path.abspath(__file__))

import inherited  # type: ignore[import-not-found]  # beside this file, which is a program of its own
import payload  # type: ignore[import-not-found]
import preload  # type: ignore[import-not-found]
import task  # type: ignore[import-not-found]

IDLE_SECONDS = 60.0
"""Long enough to bridge two runs at a prompt, short enough not to linger."""
GRACE_SECONDS = 5.0
"""From SIGTERM to SIGKILL, for a task whose caller is gone."""

MOST = 200
"""Tasks at a time: each takes three descriptors, of 1024 that a process commonly has."""


@dataclass
class Running:
    """A task: its child, the connection to its caller, and the pipe on which the child reports."""

    child: int
    connection: socket.socket
    report: int
    kill_at: float | None = None


class Server:
    """Accepts tasks on the socket at path."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._running: dict[int, Running] = {}  # by pidfd
        with suppress(FileNotFoundError):
            os.unlink(path)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        umask = os.umask(0o177)
        self._listener.bind(path)
        os.umask(umask)
        self._listener.listen(64)
        self._listener.setblocking(False)
        self._inode = os.stat(path).st_ino
        self._poll = select.poll()
        self._poll.register(self._listener, select.POLLIN)

    def serve(self) -> None:
        """Until idle for IDLE_SECONDS or until the socket is another server's; tasks that run are waited for."""
        while self._is_ours() or self._running:
            events = self._poll.poll(self._patience() * 1000)
            if not events and not self._running:
                break
            # New tasks last: they may get descriptors of tasks that have ended.
            for descriptor, _event in sorted(events, key=lambda event: event[0] == self._listener.fileno()):
                self._handle(descriptor)
            self._kill_the_stubborn()
        if self._is_ours():
            os.unlink(self._path)

    def _patience(self) -> float:
        ends = [running.kill_at for running in self._running.values() if running.kill_at]
        return max(0.0, min(ends) - time.monotonic()) if ends else IDLE_SECONDS

    def _is_ours(self) -> bool:
        try:
            return os.stat(self._path).st_ino == self._inode
        except FileNotFoundError:
            return False

    def _handle(self, descriptor: int) -> None:
        if descriptor == self._listener.fileno():
            with suppress(OSError):  # a caller that is gone already, or no process left: it takes the stock path
                self._begin(self._listener.accept()[0])
        elif descriptor in self._running:
            self._end(descriptor)
        else:
            self._hung_up(descriptor)

    def _begin(self, connection: socket.socket) -> None:
        """Forks a child for one task. A stranger gets nothing, nor does who comes when all is taken."""
        if task.peer(connection).user != os.geteuid() or len(self._running) == MOST:
            return
        report, reported = os.pipe()
        try:
            child = os.fork()
        except OSError:
            os.close(report)
            os.close(reported)
            raise
        if child == 0:
            task.run(connection, reported)
        os.close(reported)
        os.set_blocking(report, False)
        ended = os.pidfd_open(child)
        self._running[ended] = Running(child, connection, report)
        self._poll.register(ended, select.POLLIN)
        self._poll.register(connection, select.POLLRDHUP)

    def _end(self, ended: int) -> None:
        running = self._running.pop(ended)
        self._poll.unregister(ended)
        os.close(ended)
        if running.kill_at is None:
            self._poll.unregister(running.connection)
        status = os.waitpid(running.child, 0)[1]
        report = b""
        with suppress(BlockingIOError):  # what the task has left running may hold the pipe open
            report = os.read(running.report, 65536)
        os.close(running.report)
        declined, learned = task.read_report(report)
        with suppress(OSError), running.connection as connection:
            connection.sendall(struct.pack("!i", status) + declined)
        preload.learn(learned)

    def _hung_up(self, descriptor: int) -> None:
        """The caller is gone, as when Ansible is interrupted: its task goes too, with all that it has started."""
        for running in self._running.values():
            if running.connection.fileno() == descriptor:
                running.kill_at = time.monotonic() + GRACE_SECONDS
                _signal(running.child, signal.SIGTERM)
                self._poll.unregister(descriptor)

    def _kill_the_stubborn(self) -> None:
        for running in self._running.values():
            if running.kill_at and running.kill_at <= time.monotonic():
                _signal(running.child, signal.SIGKILL)
                running.kill_at += GRACE_SECONDS


def _signal(group: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)


def main(path: str) -> None:
    """Serves at path, whose name ends with the digest of what its tasks expect to inherit."""
    directory, _separator, name = path.rpartition("/")
    if inherited.digest() != name.rpartition("-")[2]:
        sys.exit("what a task would inherit is not what it was started for")
    server = Server(path)
    preload.install()
    payload.install(os.path.join(directory, "code"))
    gc.collect()
    gc.freeze()
    server.serve()


if __name__ == "__main__":
    main(sys.argv[1])
