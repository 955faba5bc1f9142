# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is compared: the collection, warm and stock, and tools that a user would pick instead. Each knows the command of
each phase.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_cloud.client import Client
from tests.bench import inventory, peers
from tests.integration.conftest import REMOVABLE
from tests.integration.runs import ROOT, Controller

BUILD, NO_CHANGE, PLAN, DESTROY = PHASES = ("build", "nochange", "plan", "destroy")


class SubjectError(Exception):
    """A tool that is not here, or that failed."""


@dataclass(frozen=True)
class Place:
    """Where a subject runs: a directory of its own, a cloud of its own, so many stacks."""

    directory: Path
    cloud: Client
    stacks: int

    def environment(self) -> dict[str, str]:
        """Nothing of the caller's AWS, Ansible or Python settings is left."""
        return Controller(self.cloud, self.directory).environment()


class Subject(ABC):
    """name: as in the report. Its files are in the place's directory from `prepare` on."""

    name: str

    def prepare(self, place: Place) -> None:  # noqa: B027  (not every tool has something to prepare)
        """For an empty cloud and a new number of stacks. Raises SubjectError where the tool is not here."""

    @abstractmethod
    def command(self, phase: str, place: Place) -> list[str]:
        """What a user would type."""

    @abstractmethod
    def resources(self, log: str, place: Place) -> int:
        """How many there are, by the output of a build."""

    def environment(self, place: Place) -> dict[str, str]:
        return place.environment()

    def warm_up(self, place: Place) -> list[str]:
        """A run that compiles what is compiled once on a machine; none where there is nothing such."""
        return []

    def setup(self, place: Place) -> list[str]:
        """The quickest way to the state that `build` leaves, where building is not what is measured."""
        return self.command(BUILD, place)


class Collection(Subject):
    """The playbooks of this repository, with modules in the fork server or each in a Python of its own."""

    def __init__(self, name: str, *, warm: bool) -> None:
        self.name = name
        self._warm = warm

    def prepare(self, place: Place) -> None:
        inventory.write(place.directory / "inventory", place.stacks)
        # The socket of a warm server that somebody else on this machine may use is not ours.
        (place.directory / "tmp").mkdir(exist_ok=True)

    def environment(self, place: Place) -> dict[str, str]:
        return place.environment() | {"TMPDIR": str(place.directory / "tmp")}

    def command(self, phase: str, place: Place) -> list[str]:
        return self._command(phase, place, warm=self._warm)

    def warm_up(self, place: Place) -> list[str]:
        return self._command(PLAN, place, warm=True)

    def setup(self, place: Place) -> list[str]:
        return self._command(BUILD, place, warm=True)

    def resources(self, log: str, place: Place) -> int:
        return sum(int(number) for number in re.findall(r"^ *in all +(\d+) +resources", log, re.MULTILINE))

    @staticmethod
    def _command(phase: str, place: Place, *, warm: bool) -> list[str]:
        inventories = (str(place.directory / "inventory"), "inventories/local")
        controller = Controller(place.cloud, place.directory, inventories, {**REMOVABLE, "cutover_warm": warm})
        if phase == DESTROY:
            confirmed = "{{ project ~ '-' ~ environment_suffix }}"
            return controller.command("playbooks/destroy.yml", destroy_confirm=confirmed)
        return controller.command("playbooks/plan.yml" if phase == PLAN else "site.yml")


class Boto3(Subject):
    """The fewest calls that make the same things as the Terraform configuration, in one sequence or on threads."""

    RESOURCES = 92
    """As many as Terraform counts in its configuration."""

    def __init__(self, name: str, threads: int) -> None:
        self.name = name
        self._threads = threads

    def prepare(self, place: Place) -> None:
        _require("openssl")
        peers.write_certificate(place.directory)

    def environment(self, place: Place) -> dict[str, str]:
        return place.environment() | {"PYTHONPATH": str(ROOT)}

    def command(self, phase: str, place: Place) -> list[str]:
        verb = {BUILD: "build", NO_CHANGE: "check", PLAN: "check", DESTROY: "remove"}[phase]
        names = ",".join(peers.names(place.stacks))
        return [sys.executable, "-m", "tests.bench.peers.fewest_calls", verb, names, "--threads", str(self._threads)]

    def resources(self, log: str, place: Place) -> int:
        return self.RESOURCES * place.stacks


class Terraform(Subject):
    """Terraform with the AWS provider, from a mirror on this machine or else from its registry."""

    name = "terraform"

    def prepare(self, place: Place) -> None:
        _require("terraform", "openssl")
        peers.write_certificate(place.directory)
        peers.write_terraform(place.directory)
        self._run("init", place)

    def environment(self, place: Place) -> dict[str, str]:
        return place.environment() | peers.terraform_settings(place.directory)

    def command(self, phase: str, place: Place) -> list[str]:
        environments = ",".join(f"{name}={number}" for number, name in enumerate(peers.names(place.stacks)))
        verb = {
            BUILD: ["apply", "-auto-approve"],
            NO_CHANGE: ["apply", "-auto-approve"],
            PLAN: ["plan", "-detailed-exitcode"],
            DESTROY: ["destroy", "-auto-approve"],
        }[phase]
        return [*self._terraform(place), *verb, "-input=false", "-no-color", "-var", f"envs={{{environments}}}"]

    def resources(self, log: str, place: Place) -> int:
        added = re.search(r"Resources: (\d+) added", log)
        return int(added[1]) if added else 0

    def _run(self, verb: str, place: Place) -> None:
        done = subprocess.run(
            [*self._terraform(place), verb, "-input=false", "-no-color"],
            env=self.environment(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise SubjectError(f"terraform {verb} failed: {done.stdout.strip().splitlines()[-1]}")

    @staticmethod
    def _terraform(place: Place) -> list[str]:
        return ["terraform", f"-chdir={place.directory / 'terraform'}"]


def _require(*programs: str) -> None:
    for program in programs:
        if shutil.which(program) is None:
            raise SubjectError(f"{program} is not installed")


SUBJECTS: Mapping[str, Subject] = {
    subject.name: subject
    for subject in (
        Collection("warm", warm=True),
        Collection("stock", warm=False),
        Terraform(),
        Boto3("boto3", threads=1),
        Boto3("boto3-16", threads=16),
    )
}
