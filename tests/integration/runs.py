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
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from local_cloud import guard
from local_cloud.client import Client
from local_cloud.testing import boto3_client

ROOT = Path(__file__).resolve().parents[2]
ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
RECAP = re.compile(
    r"^(?P<host>\S+)\s*: ok=(?P<ok>\d+)\s+changed=(?P<changed>\d+)\s+unreachable=\d+\s+failed=(?P<failed>\d+)",
    re.MULTILINE,
)
POLL = 0.1
NOTHING_TO_DO = {"create": 0, "update": 0, "delete": 0, "left_alone": 0, "unexpected": 0}
"""The counts of an empty plan."""


@dataclass(frozen=True)
class Run:
    """How a playbook has ended. output is all that it printed, both streams."""

    rc: int
    output: str

    def changed(self, host: str = "prod") -> int:
        """How many tasks of the recap changed something."""
        return int(self._recap()[host]["changed"])

    def hosts(self) -> list[str]:
        """Those of the recap."""
        return list(self._recap())

    def _recap(self) -> dict[str, dict[str, str]]:
        return {match["host"]: match.groupdict() for match in RECAP.finditer(self.output)}

    def expect(self, rc: int = 0) -> Run:
        """Itself, or an error with the end of the output."""
        assert self.rc == rc, f"rc {self.rc} instead of {rc}; the output ends:\n{self.output[-6000:]}"
        return self


@dataclass
class Controller:
    """Where playbooks run: against which cloud, with what in the shell, and where they leave their files.

    inventories are relative to the checkout, or absolute. operations are those that the runs so far have called,
    `service:Operation`; what tests ask by themselves is not among them.
    """

    cloud: Client
    directory: Path
    inventories: tuple[str, ...] = ("inventories/prod", "inventories/local")
    variables: dict[str, Any] = field(default_factory=dict)
    shell: dict[str, str] = field(default_factory=dict)
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
        return guard.guarded(kept, self.cloud.endpoint, dns=status.get("dns", "")) | extra | self.shell

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

    def lost(self, playbook: str, when: Callable[[], bool], **variables: Any) -> bool:
        """Starts it, and kills it with all its processes once when() is true: what a lost controller looks like.
        Whether it still ran then.
        """
        with subprocess.Popen(
            self.command(playbook, **variables),
            cwd=self.directory,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            while process.poll() is None and not when():
                with suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=POLL)
            alive = process.poll() is None
            for pid in _family(process.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            return alive

    def plan(self, *arguments: str) -> Mapping[str, Any]:
        """What plan.yml says now: the content of plan.json."""
        self.run("playbooks/plan.yml", *arguments).expect()
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


def _family(pid: int) -> list[int]:
    """The process and all that descend from it; Ansible's workers are in sessions of their own."""
    children: list[str] = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):
            children += listed.read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


SECOND_HOST = {
    "environment_suffix": "prod-eu",
    "vpc_cidr": "10.30.0.0/16",
    "vpc_subnets": {
        "public": ["10.30.0.0/24", "10.30.1.0/24", "10.30.2.0/24"],
        "private": ["10.30.16.0/20", "10.30.32.0/20", "10.30.48.0/20"],
        "database": ["10.30.8.0/24", "10.30.9.0/24", "10.30.10.0/24"],
    },
    "dns_zone_name": "eu.acme.example",
}
"""Where a second stack has to differ. Its name begins with the whole name of the first, acme-prod, which is as alike as
two can be.
"""


def with_second_host(controller: Controller, directory: Path, **variables: Any) -> Controller:
    """The controller with an inventory of two stacks: prod as it is, and the host eu. directory is for its file."""
    hosts = yaml.safe_load((ROOT / "inventories/prod/hosts.yml").read_text())
    (connection,) = hosts["stacks"]["hosts"].values()
    second = {"stacks": {"hosts": {"eu": {**connection, **SECOND_HOST, **variables}}}}
    file = directory / "second.yml"
    file.write_text(yaml.safe_dump(second))
    first, *overlays = controller.inventories
    return replace(controller, inventories=(first, str(file), *overlays))
