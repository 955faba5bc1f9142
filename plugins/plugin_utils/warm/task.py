# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One task, in the child that the server forks for it: what the interpreter would have done with the module on its
standard input.
"""

from __future__ import annotations

import atexit
import builtins
import importlib.machinery
import json
import os
import signal
import socket
import struct
import sys
import threading
import types
from contextlib import suppress
from typing import NamedTuple, NoReturn

import inherited  # type: ignore[import-not-found]  # beside this file, as the following
import preload  # type: ignore[import-not-found]
from client import READY  # type: ignore[import-not-found]

RIGHTS = struct.Struct("4i")
INTERRUPTED = 256
"""Instead of a status: an interpreter whose script does not handle KeyboardInterrupt ends by SIGINT."""


class Peer(NamedTuple):
    """Who is at the other end of a connection, as the kernel says."""

    process: int
    user: int
    group: int


class DeclinedError(Exception):
    """The task is not run here: its caller takes the stock path. The text is the reason."""


def run(connection: socket.socket, reported: int) -> NoReturn:
    """Takes the task from its caller, runs it and ends this process; reported is a pipe to the server."""
    status, declined = 1, ""
    try:
        os.setsid()
        _close_all_but(connection.fileno(), reported)
        connection.sendall(READY)
        _take(connection)
        connection.close()
    except Exception as error:
        declined = str(error) or repr(error)
    else:
        status = _execute()
    _end(status, reported, declined)


def peer(connection: socket.socket) -> Peer:
    """Of a connection."""
    return Peer(
        *struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    )


def read_report(report: bytes) -> tuple[bytes, list[str]]:
    """In the server: why the task was declined, if it was, and the services whose models it had to load itself."""
    try:
        declined, learned = json.loads(report)
    except ValueError:  # a task can do with its descriptors what it likes, also with this pipe
        return b"", []
    return str(declined).encode(), learned


def _close_all_but(*kept: int) -> None:
    """What the server has open is not the task's."""
    start = 3
    for descriptor in sorted(kept):
        os.closerange(start, descriptor)
        start = descriptor + 1
    os.closerange(start, 4096)


def _take(connection: socket.socket) -> None:
    """Becomes a process like the caller: its environment, umask, directory and standard streams."""
    head, ancillary, _flags, _address = connection.recvmsg(4, socket.CMSG_SPACE(RIGHTS.size))
    (length,) = struct.unpack("!I", head)
    descriptors = [descriptor for _level, _kind, data in ancillary for descriptor in RIGHTS.unpack(data)]
    content = b""
    while len(content) < length:
        part = connection.recv(length - len(content))
        if not part:
            raise DeclinedError("the caller has gone")
        content += part
    umask, *variables = content.split(b"\0")
    environment = dict(variable.split(b"=", 1) for variable in variables)
    _compare(connection, environment)
    os.environb.clear()
    os.environb.update(environment)
    os.umask(int(umask, 8))
    for target, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, target)
    os.fchdir(descriptors[3])
    for descriptor in descriptors:
        os.close(descriptor)


def _compare(connection: socket.socket, environment: dict[bytes, bytes]) -> None:
    mine = inherited.inherited(os.getpid(), os.environb)
    theirs = inherited.inherited(peer(connection).process, environment)
    differing = sorted({name for name, _value in mine.items() ^ theirs.items()})
    if differing:
        raise DeclinedError(f"other than the server's: {', '.join(differing)}")


def _execute() -> int:
    main = types.ModuleType("__main__")
    main.__dict__.update(__builtins__=builtins, __annotations__={}, __file__="<stdin>", __cached__=None)
    main.__loader__ = importlib.machinery.BuiltinImporter
    sys.modules["__main__"] = main
    sys.argv, sys.path[0] = [""], ""
    for name in ("client", "inherited", "payload", "preload", "task"):
        del sys.modules[name]
    try:
        exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec"), main.__dict__)
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            return (ended.code or 0) & 0xFF
        print(ended.code, file=sys.stderr)
        return 1
    except BaseException as error:
        trace = error.__traceback__ and error.__traceback__.tb_next  # without this function
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _end(status: int, reported: int, declined: str) -> NoReturn:
    """Leaves as an interpreter does: threads joined, exit functions run, output written."""
    with suppress(Exception):
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    with suppress(OSError):
        os.write(reported, json.dumps([declined, preload.learned()]).encode())
    if status == INTERRUPTED:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGINT)
    os._exit(status)
