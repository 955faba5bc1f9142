# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Running the collection's playbooks against a local cloud, as a person would."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_cloud import guard
from local_cloud.client import Client
from local_cloud.testing import boto3_client

ROOT = Path(__file__).resolve().parents[2]
ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
RECAP = re.compile(
    r"^(?P<host>\S+)\s*: ok=(?P<ok>\d+)\s+changed=(?P<changed>\d+)\s+unreachable=\d+\s+failed=(?P<failed>\d+)",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Run:
    """How a playbook has ended. output is all that it printed, both streams."""

    rc: int
    output: str

    def changed(self, host: str = "prod") -> int:
        """How many tasks of the recap changed something."""
        return int(self._recap()[host]["changed"])

    def _recap(self) -> dict[str, dict[str, str]]:
        return {match["host"]: match.groupdict() for match in RECAP.finditer(self.output)}

    def expect(self, rc: int = 0) -> Run:
        """Itself, or an error with the end of the output."""
        assert self.rc == rc, f"rc {self.rc} instead of {rc}; the output ends:\n{self.output[-6000:]}"
        return self


@dataclass
class Controller:
    """Where playbooks run: against which cloud, and where they leave their files.

    operations are those that the runs so far have called, `service:Operation`; what tests ask by themselves is not
    among them.
    """

    cloud: Client
    directory: Path
    inventories: tuple[str, ...] = ("inventories/prod", "inventories/local")
    variables: dict[str, Any] = field(default_factory=dict)
    operations: set[str] = field(default_factory=set)

    def environment(self) -> dict[str, str]:
        """As after local_cloud exec: nothing of the caller's AWS or Ansible settings is left."""
        status = self.cloud.status()
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("ANSIBLE_") and name != "PYTHONDONTWRITEBYTECODE"
        }
        extra = {
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "PWD": str(self.directory),
            "ANSIBLE_HOME": str(self.directory / "ansible"),
        }
        return guard.guarded(kept, self.cloud.endpoint, dns=status.get("dns", "")) | extra

    def command(self, playbook: str, *arguments: str, **variables: Any) -> list[str]:
        inventories = [argument for inventory in self.inventories for argument in ("-i", str(ROOT / inventory))]
        given = json.dumps({**self.variables, **variables})
        return [str(ANSIBLE_PLAYBOOK), str(ROOT / playbook), *inventories, "-e", given, *arguments]

    def run(self, playbook: str, *arguments: str, **variables: Any) -> Run:
        """Runs it to its end."""
        before = self.cloud.mark()
        done = subprocess.run(
            self.command(playbook, *arguments, **variables),
            cwd=self.directory,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.operations |= {f"{call['service']}:{call['operation']}" for call in self.cloud.calls(since=before)}
        return Run(done.returncode, done.stdout)

    @contextmanager
    def started(self, playbook: str, **variables: Any) -> Iterator[subprocess.Popen[str]]:
        """A run in a process group of its own, which is killed at the end of the block: what a lost controller looks
        like.
        """
        process = subprocess.Popen(
            self.command(playbook, **variables),
            cwd=self.directory,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def plan(self) -> Mapping[str, Any]:
        """What plan.yml says now: the content of plan.json."""
        self.run("playbooks/plan.yml").expect()
        document: Mapping[str, Any] = json.loads((self.directory / "plan.json").read_text())
        return document

    def outputs(self, host: str = "prod") -> Any:
        """The content of outputs/<host>.json."""
        return json.loads((self.directory / "outputs" / f"{host}.json").read_text())

    def aws(self, service: str, region: str = guard.REGION) -> Any:
        """A boto3 client that reads what the run has made."""
        return boto3_client(self.cloud.endpoint, service, region)


def planned(document: Mapping[str, Any], part: str = "plan") -> dict[str, dict[str, Any]]:
    """The changes of plan.json by '<type> <name>'."""
    return {f"{c['type']} {c['name']}": c for layer in document["layers"].values() for c in layer[part]}
