# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Start, find and stop the process that serves. Every state dir has its own."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local_cloud.client import Client
from local_cloud.clock import DEFAULT_TIME_SCALE, Clock, SystemClock
from local_cloud.errors import LocalCloudError
from local_cloud.process import is_alive

DEFAULT_PORT = 5599
DEFAULT_STATE_DIR = Path(".local_cloud")

STATE_FILE = "server.json"
LOG_FILE = "server.log"
CALLS_FILE = "calls.jsonl"

# Modules that the server imports, and the distribution that brings each.
NEEDED = {"moto": "moto[server]", "flask": "moto[server]", "flask_cors": "moto[server]", "dns": "dnspython"}
START_TIMEOUT = 60.0
STOP_TIMEOUT = 15.0
POLL = 0.05

Status = dict[str, Any]


class Daemon:
    def __init__(
        self,
        state_dir: Path,
        python: str = sys.executable,
        environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.state_dir = state_dir.absolute()
        self._python = python
        self._environment = dict(os.environ if environment is None else environment)
        self._clock = clock or SystemClock()

    @property
    def log_file(self) -> Path:
        return self.state_dir / LOG_FILE

    @property
    def calls_file(self) -> Path:
        return self.state_dir / CALLS_FILE

    def start(self, port: int | None = None, time_scale: float = DEFAULT_TIME_SCALE, dns_port: int = 0) -> Status:
        """Start it, unless it runs already, and wait until it answers.

        ``port`` 0 takes a free one; None the usual one, or wherever it runs already.
        """
        require_dependencies()
        self.state_dir.mkdir(parents=True, exist_ok=True)
        with self._locked():
            running = self.status()
            if running is not None:
                if port not in (None, 0, running["port"]):
                    raise LocalCloudError(
                        f"it runs already, at {running['endpoint']}; stop it first, or use another --state-dir"
                    )
                return running
            self._state_file.unlink(missing_ok=True)
            process = self._spawn(DEFAULT_PORT if port is None else port, time_scale, dns_port)
            return self._wait_for_answer(process)

    def stop(self) -> bool:
        """End it. False when nothing ran."""
        if not self.state_dir.is_dir():
            return False
        with self._locked():
            state = self._read_state()
            if state is None:
                return False
            pid, started = state["pid"], state["process_start"]
            if self._answer(state) is not None:
                Client(state["endpoint"]).stop(state["token"])
            elif is_alive(pid, started):
                # it is our process (id and start time say so), but it does not answer
                os.kill(pid, signal.SIGTERM)
            else:
                self._state_file.unlink(missing_ok=True)
                return False
            if not self._until(lambda: not is_alive(pid, started), STOP_TIMEOUT):
                os.kill(pid, signal.SIGKILL)
            self._state_file.unlink(missing_ok=True)
            return True

    def status(self) -> Status | None:
        """What it says of itself; None when it does not run."""
        state = self._read_state()
        return None if state is None else self._answer(state)

    def require(self) -> Status:
        """Its status, or an error that says why there is none."""
        state = self._read_state()
        if state is None:
            raise LocalCloudError(f"not running (state dir {self.state_dir})")
        answer = self._answer(state)
        if answer is None:
            fate = "does not answer" if is_alive(state["pid"], state["process_start"]) else "is gone"
            raise LocalCloudError(f"not running: process {state['pid']} of {self._state_file} {fate}")
        return answer

    @property
    def _state_file(self) -> Path:
        return self.state_dir / STATE_FILE

    def _read_state(self) -> Status | None:
        try:
            state = json.loads(self._state_file.read_text())
            return {key: state[key] for key in ("pid", "process_start", "port", "endpoint", "token")}
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _answer(self, state: Status) -> Status | None:
        """The token tells our process from another one that has taken its port."""
        try:
            answer = Client(state["endpoint"], timeout=10).status()
        except LocalCloudError:
            return None
        return {**answer, "state_dir": str(self.state_dir)} if answer.get("token") == state["token"] else None

    def _spawn(self, port: int, time_scale: float, dns_port: int) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).parent.parent)
        search = os.pathsep.join(filter(None, [root, self._environment.get("PYTHONPATH")]))
        command = [self._python, "-m", "local_cloud.serve", "--port", str(port), "--state-dir", str(self.state_dir)]
        with self.log_file.open("wb") as log:
            return subprocess.Popen(
                [*command, "--time-scale", str(time_scale), "--dns-port", str(dns_port)],
                env={**self._environment, "PYTHONPATH": search},
                cwd=self.state_dir,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _wait_for_answer(self, process: subprocess.Popen[bytes]) -> Status:
        self._until(lambda: process.poll() is not None or self.status() is not None, START_TIMEOUT)
        status = self.status()
        if status is not None:
            return status
        if process.poll() is None:
            process.kill()
            process.wait()
            raise LocalCloudError(f"it did not answer within {START_TIMEOUT:.0f} seconds; see {self.log_file}")
        raise LocalCloudError(self._last_words())

    def _last_words(self) -> str:
        lines = self.log_file.read_text(errors="replace").splitlines()
        said = lines[-1].removeprefix("local_cloud: error: ") if lines else "it ended without a word"
        return said if lines and lines[-1] != said else f"{said}; see {self.log_file}"

    def _until(self, condition: Callable[[], bool], timeout: float) -> bool:
        end = self._clock.now() + timeout
        while not condition():
            if self._clock.now() > end:
                return False
            self._clock.sleep(POLL)
        return True

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Two commands on one state dir take turns."""
        with (self.state_dir / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def require_dependencies() -> None:
    missing = sorted({needed for module, needed in NEEDED.items() if importlib.util.find_spec(module) is None})
    if missing:
        raise LocalCloudError(
            f"missing in {sys.executable}: {', '.join(missing)} (pip install -r requirements/run.txt)"
        )


def follow(path: Path, lines: int, *, forever: bool, write: Callable[[str], object]) -> None:
    """The last lines of a file, and then what is added to it."""
    with path.open(errors="replace") as file:
        for line in file.readlines()[-lines:] if lines else []:
            write(line)
        while forever:
            line = file.readline()
            if line:
                write(line)
            else:
                time.sleep(0.2)
