# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One playbook, run on the stock path and warm, and what came of it, made comparable."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from local_cloud import guard
from local_cloud.client import Client
from local_cloud.testing import daemon

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
CALL = ("access", "service", "operation", "status")
SEED = "/moto-api/seed?a=42"
"""Lets moto draw the same ids again."""

# What differs from one stock run to the next: numbers of processes, times, names of temporary files, ports.
PLACEHOLDERS = (
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"localhost:\d+", "localhost:PORT"),
    (r"ansible-tmp-[\d.-]+", "ansible-tmp"),
    (r"ansible-local-\w+/tmp\w+", "ansible-local"),
    (r"ansible_([\w.]+)_payload_\w+", r"ansible_\1_payload"),
    (r"ansible-moduletmp-[\w.-]+(/tmp\w+)?", "ansible-moduletmp"),
    (r"/tmp/tmp\w+", "/tmp/tmp"),
    (r"\.ansible_tmp\w+", ".ansible_tmp"),
    (r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?", "TIME"),
    (r"\w{3}, \d\d \w{3} 20\d\d \d\d:\d\d:\d\d GMT", "TIME"),
    (r"\bj\d+\.\d+", "JOB"),
    (r"\btook +\d+ s", "took"),
    (r"\b20\d{6}[Tt]\d{6}[Zz]\b", "TIME"),
    (r"(Signature|Expires|X-Amz-Signature|X-Amz-Date)=[^&\s]+", r"\1"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\b1[6-9]\d{8}(\d{3}|\.\d+)?\b", "TIME"),
    (r"^( *)(delta|start|end|elapsed|pid|ansible_job_id): .*", r"\1\2: volatile"),
)
VOLATILE = re.compile(
    r"^(_original_basename|cutover_warm|start|end|delta|atime|mtime|ctime|inode|pid|ansible_job_id|elapsed|ansible_(date_time|uptime_seconds|loadavg"
    r"|memfree_mb|memory_mb|swapfree_mb|mounts|hostnqn|processor.*)|size_available|block_.*|inode_.*)$"
)

ABSENT = "absent"
UNORDERED = ("ansible_interfaces",)
"""Made from a set: in another order each time."""


@dataclass(frozen=True)
class Task:
    """What a user can see of a task. how: what the client has traced for each module of it."""

    name: str
    action: str
    seen: dict[str, Any]
    how: tuple[str, ...]


@dataclass(frozen=True)
class Side:
    """status: of each run. screen: both output streams, a line each. calls: those that the cloud has got."""

    status: list[int]
    tasks: list[Task]
    screen: list[str]
    calls: list[str]


class Comparison:
    """Runs a playbook on both sides in the same directory, each with an empty local cloud of its own.

    directory is short, since the socket of the warm server is in it.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def run(self, *runs: Sequence[str], environment: Mapping[str, str] | None = None) -> tuple[Side, Side]:
        """Stock and warm. runs: arguments of ansible-playbook, one run after the other in the same cloud."""
        more = environment or {}
        return self._side(runs, more, "-e", "cutover_warm=false"), self._side(runs, more)  # warm it is by itself

    def _side(self, runs: Sequence[Sequence[str]], environment: Mapping[str, str], *arguments: str) -> Side:
        place, record, trace = (self._directory / part for part in ("run", "record", "trace"))
        for path in (self._directory / "tmp", place):
            path.mkdir(exist_ok=True)
        status, screen = [], []
        with daemon() as cloud:
            cloud.time_scale(0)
            urlopen(Request(f"{cloud.endpoint}{SEED}", method="POST")).close()
            for run in runs:
                done = subprocess.run(
                    [str(ANSIBLE_PLAYBOOK), *run, *arguments],
                    cwd=place,
                    env=self._variables(cloud, place) | {"PARITY_RECORD": str(record), **environment},
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    check=False,
                )
                status.append(done.returncode)
                output, errors = (stream.decode(errors="replace").splitlines() for stream in (done.stdout, done.stderr))
                screen += [_plain(line) for line in [*output, *errors]]
            calls = [" ".join(str(call[name]) for name in CALL) for call in cloud.calls()]
        tasks = [_task(json.loads(line)) for line in record.read_text(encoding="utf-8").splitlines()]
        shutil.rmtree(place)
        record.unlink()
        trace.unlink(missing_ok=True)
        return Side(status, tasks, screen, calls)

    def _variables(self, cloud: Client, place: Path) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ANSIBLE_") and name != "PYTHONDONTWRITEBYTECODE"
        }
        return guard.guarded(kept, cloud.endpoint, dns=cloud.status().get("dns", "")) | {
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_LIBRARY": str(HERE / "library"),
            "ANSIBLE_HOME": str(place / "ansible"),
            "ANSIBLE_REMOTE_TMP": str(place / "ansible/remote"),
            "ANSIBLE_FORCE_COLOR": "0",
            "COLUMNS": "200",
            "PWD": str(place),
            "PYTHONHASHSEED": "0",  # sets have the same order
            "TMPDIR": str(self._directory / "tmp"),
            "CUTOVER_WARM_TRACE": str(self._directory / "trace"),
        }


def _task(line: Mapping[str, Any]) -> Task:
    seen = {name: line[name] for name in ("status", "result", "warnings")}
    return Task(line["name"], line["action"], _comparable(seen), tuple(line["how"]))


def _comparable(value: Any) -> Any:
    """Without what no two runs have in common."""
    if isinstance(value, dict):
        ordered = {k: sorted(v) if k in UNORDERED else v for k, v in value.items()}
        return {_plain(k): "volatile" if VOLATILE.match(k) else _comparable(v) for k, v in ordered.items()}
    if isinstance(value, list):
        return [_comparable(item) for item in value]
    plain = _plain(str(value))
    return value if plain == str(value) else plain


def _plain(text: str) -> str:
    for pattern, placeholder in PLACEHOLDERS:
        text = re.sub(pattern, placeholder, text)
    return text


def differences(stock: Any, warm: Any, place: str = "") -> list[str]:
    """Where two values differ, a line for each place, short enough to read."""
    if isinstance(stock, dict) and isinstance(warm, dict):
        names = [*stock, *(name for name in warm if name not in stock)]
        return [line for n in names for line in differences(stock.get(n, ABSENT), warm.get(n, ABSENT), f"{place}.{n}")]
    if isinstance(stock, list) and isinstance(warm, list) and len(stock) == len(warm):
        pairs = enumerate(zip(stock, warm, strict=True))
        return [line for n, (one, other) in pairs for line in differences(one, other, f"{place}[{n}]")]
    return [] if stock == warm else [f"{place}: stock {stock!r:.300}, warm {warm!r:.300}"]
