# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A script on standard input has the same surroundings and the same end as under Python itself. tests/parity does the
same with Ansible's modules.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = {
    "output": "import sys\nprint('out')\nprint('err', file=sys.stderr)",
    "binary output": "import sys\nsys.stdout.buffer.write(bytes(range(256)))",
    "status": "raise SystemExit(3)",
    "status over a byte": "raise SystemExit(259)",
    "text as status": "raise SystemExit('why')",
    "status of another type": "raise SystemExit((1, 2))",
    "no status": "raise SystemExit(None)",
    "exit at once": "import os\nprint('lost')\nos._exit(7)",
    "exception": "def f():\n  raise ValueError('why')\nf()",
    "exception with cause": "try:\n  1/0\nexcept ZeroDivisionError as e:\n  raise OSError(2, 'two') from e",
    "syntax error": "print('begin')\ndef f(:\n",
    "own hook for exceptions": "import sys\nsys.excepthook = lambda *a: print('hook', a[0], flush=True)\n1/0",
    "interrupt": "raise KeyboardInterrupt",
    "status minus two": "raise SystemExit(-2)",
    "SIGINT": "import os\nos.kill(os.getpid(), 2)\nimport time\ntime.sleep(9)",
    "SIGKILL": "import os\nprint('gone', flush=True)\nos.kill(os.getpid(), 9)",
    "SIGTERM": "import os\nos.kill(os.getpid(), 15)",
    "SIGABRT": "import os\nos.abort()",
    "SIGPIPE": "import os, signal\nsignal.signal(signal.SIGPIPE, signal.SIG_DFL)\nos.kill(os.getpid(), 13)",
    "standard input at its end": "import sys\nprint(repr(sys.stdin.read()))",
    "arguments": "import sys\nprint(sys.argv, sys.flags, sys.executable, sys.prefix)",
    "path": "import sys\nprint(sys.path)",
    "main": "print(sorted(globals().items(), key=lambda item: item[0]))",
    "main is importable": "import __main__\nx = 1\nprint(__main__.x)",
    "modules of the server are not there": "import task",
    "environment": "import os\nprint(sorted((n, v) for n, v in os.environb.items() if n[:2] == b'X_'))",
    "directory and umask": "import os\nprint(os.getcwd(), oct(os.umask(0)))",
    "descriptors that programs get": "import subprocess\nprint(subprocess.getoutput('ls /proc/self/fd'))",
    "limits": "print(open('/proc/self/limits').read())",
    "signals": "import signal\nprint([signal.getsignal(n) for n in signal.valid_signals() if n < 32])",
    "masks": "import signal\nprint(signal.pthread_sigmask(signal.SIG_BLOCK, []))",
    "children": "import subprocess\nprint(subprocess.run(['sh', '-c', 'echo $PATH; exit 3']))",
    "thread": "import threading, time\nthreading.Thread(target=lambda: (time.sleep(.05), print('late'))).start()",
    "threads": "import threading as t\nprint(t.active_count(), t.current_thread() is t.main_thread())",
    "at exit": "import atexit\natexit.register(print, 'bye')\nprint('end')",
    "multiprocessing": "import multiprocessing as m\nq = m.get_context('fork').Queue()\nq.put(1)\nprint(q.get())",
    "streams": "import sys, locale\nfor s in sys.stdin, sys.stdout, sys.stderr:\n"
    "  print(s.encoding, s.errors, s.line_buffering, s.write_through, s.seekable(), locale.getpreferredencoding())",
    "random numbers": "import random\nprint(len({random.random()}))",
    "a daemon that holds the output": "import os, time\nif os.fork() == 0:\n  time.sleep(.1)\n  print('child')",
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_ends_as_python_does(name: str, shared: Any, stock: Any) -> None:
    options = {"env": {"X_PLAIN": "1", "X_LINES": "a\nb=c", "X_BYTES": os.fsdecode(b"\xff\xfe")}, "umask": 0o31}
    before = len(shared.trace)
    warm, cold = shared.run(SCRIPTS[name], **options), stock(SCRIPTS[name], **options)

    assert (warm.returncode, warm.stdout, warm.stderr) == (cold.returncode, cold.stdout, cold.stderr)
    assert shared.trace[before:] == ["warm"]


def test_random_numbers_differ(shared: Any) -> None:
    numbers = {shared.run("import random, uuid, tempfile\nprint(random.random())").stdout for _ in range(3)}
    assert len(numbers) == 3


def test_runs_where_the_directory_is_gone(shared: Any, stock: Any, tmp_path: Path) -> None:
    script = "import os\nos.rmdir(os.environ['GONE'])\nos.execv('{}', ['x'])"
    here = tmp_path / "here"
    here.mkdir()
    here_still_open = os.open(here, os.O_PATH)
    here.rmdir()

    def enter() -> None:
        os.fchdir(here_still_open)

    script = "import os\ntry:\n  os.getcwd()\nexcept FileNotFoundError:\n  print('gone')"
    results = [run(script, preexec_fn=enter, pass_fds=[here_still_open]) for run in (shared.run, stock)]
    assert [result.stdout for result in results] == [b"gone\n"] * 2
    assert shared.trace[-1] == "warm"
