# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a run of the benchmark has found: single measurements, and the middle of those that belong together."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Case:
    """What was measured under which conditions: everything that has to be equal for two numbers to be comparable.

    latency: seconds added to each call. time_scale: real seconds for a minute of AWS's time.
    """

    phase: str
    stacks: int = 1
    latency: float = 0.0
    time_scale: float = 0.0


@dataclass(frozen=True)
class Measurement:
    """One run. wall, processor, background, cloud, others: seconds; processor is user and system time of all that the
    command has started, background the part of it in the warm server, cloud that of the local cloud meanwhile, others
    that of everything else on the machine. memory: bytes. read, written: how many calls of each operation.
    """

    case: Case
    subject: str
    wall: float
    processor: float
    background: float
    cloud: float
    others: float
    memory: int
    read: Mapping[str, int]
    written: Mapping[str, int]
    resources: int
    load: float

    @property
    def reads(self) -> int:
        return sum(self.read.values())

    @property
    def writes(self) -> int:
        return sum(self.written.values())

    @property
    def calls(self) -> int:
        return self.reads + self.writes


NUMBERS = (
    "wall",
    "processor",
    "background",
    "cloud",
    "others",
    "memory",
    "reads",
    "writes",
    "calls",
    "resources",
    "load",
)


@dataclass(frozen=True)
class Figures:
    """Medians of the runs of one subject in one case."""

    runs: int
    wall: float
    processor: float
    background: float
    cloud: float
    others: float
    memory: float
    reads: float
    writes: float
    calls: float
    resources: float
    load: float

    def each(self, number: str) -> float:
        """A figure per resource."""
        return float(getattr(self, number)) / self.resources


@dataclass
class Results:
    """absent: why a subject has no figures, or not all. machine: where it ran."""

    machine: dict[str, Any]
    measurements: list[Measurement] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)

    def cases(self) -> list[Case]:
        """In the order of their first measurement."""
        return list(dict.fromkeys(one.case for one in self.measurements))

    def subjects(self, case: Case) -> list[str]:
        return list(dict.fromkeys(one.subject for one in self.measurements if one.case == case))

    def figures(self, case: Case, subject: str) -> Figures | None:
        """None where there is no measurement."""
        return medians(one for one in self.measurements if (one.case, one.subject) == (case, subject))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")


def load(path: Path) -> Results:
    """What `save` has written."""
    found = json.loads(path.read_text())
    measurements = [Measurement(**{**one, "case": Case(**one["case"])}) for one in found["measurements"]]
    return Results(found["machine"], measurements, found["absent"])


def medians(measurements: Iterable[Measurement]) -> Figures | None:
    """Number by number; None for no measurements."""
    runs = list(measurements)
    if not runs:
        return None
    return Figures(len(runs), **{name: median(getattr(run, name) for run in runs) for name in NUMBERS})


def ratio(one: float, other: float) -> float | None:
    """How many times the other; None where that means nothing."""
    return one / other if other else None


def machine() -> dict[str, Any]:
    """Where and with what this runs."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "date": datetime.now(UTC).isoformat(timespec="minutes").replace("+00:00", "Z"),
        "cores": os.cpu_count(),
        "processor": _processor(),
        "memory_gb": round(memory / MEGABYTE / 1000),
        "python": platform.python_version(),
        "ansible_core": version("ansible-core"),
        "boto3": version("boto3"),
        "load": [round(number, 2) for number in os.getloadavg()],
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
