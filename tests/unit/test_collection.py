# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The collection's own files agree with each other: metadata, pins, artifact, make targets, documentation."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
# What a user of the collection installs; everything else is for those who develop it.
SHIPPED = {
    "CHANGELOG.rst",
    "FILES.json",
    "LICENSE",
    "MANIFEST.json",
    "README.md",
    "changelogs",
    "docs",
    "meta",
    "playbooks",
    "plugins",
    "roles",
}
PYTHON_LINES = {"3.11": "2.19", "3.12": "2.21", "3.13": "2.21"}


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text())


def requirement_lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line and not line.startswith("#")]


def direct_requirements() -> list[Requirement]:
    files = [path for path in (ROOT / "requirements").glob("*.txt") if not path.name.startswith("constraints-")]
    return [Requirement(line) for path in files for line in requirement_lines(path)]


def constraints(line: str) -> dict[str, str]:
    found = [Requirement(text) for text in requirement_lines(ROOT / "requirements" / f"constraints-{line}.txt")]
    return {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in found}


def installed_collection(name: str) -> str:
    """The version of a collection that is installed beside this one."""
    for directory in sys.path:
        manifest = Path(directory, "ansible_collections", *name.split("."), "MANIFEST.json")
        if manifest.is_file():
            return str(json.loads(manifest.read_text())["collection_info"]["version"])
    raise AssertionError(f"{name} is not installed")


@pytest.fixture(scope="module")
def artifact_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("artifact")
    command = [str(BIN / "ansible-galaxy"), "collection", "build", "--output-path", str(target), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, cwd=target)
    with tarfile.open(next(target.glob("*.tar.gz"))) as archive:
        return set(archive.getnames())


class TestArtifact:
    def test_holds_only_what_a_user_installs(self, artifact_names: set[str]) -> None:
        assert {name.split("/")[0] for name in artifact_names} - SHIPPED == set()

    def test_holds_every_module_and_role(self, artifact_names: set[str]) -> None:
        modules = {f"plugins/modules/{path.name}" for path in (ROOT / "plugins" / "modules").glob("*.py")}
        roles = {f"roles/{path.parts[-3]}/tasks/main.yml" for path in (ROOT / "roles").glob("*/tasks/main.yml")}
        assert modules
        assert (modules | roles) - artifact_names == set()

    def test_holds_no_byte_code(self, artifact_names: set[str]) -> None:
        assert [name for name in artifact_names if "__pycache__" in name or name.endswith(".pyc")] == []


class TestMetadata:
    def test_action_group_lists_every_module_of_aws_once(self) -> None:
        """The others refuse a region: a module that asks name servers has none."""
        entries = load("meta/runtime.yml")["action_groups"]["aws"]
        listed = [entry for entry in entries if isinstance(entry, str)]
        modules = (ROOT / "plugins" / "modules").glob("*.py")
        assert listed == sorted(path.stem for path in modules if "- amazon.aws.common.modules" in path.read_text())

    def test_action_group_extends_the_groups_of_what_we_build_on(self) -> None:
        entries = load("meta/runtime.yml")["action_groups"]["aws"]
        extended = [entry["metadata"]["extend_group"] for entry in entries if isinstance(entry, dict)]
        assert extended == [["amazon.aws.aws", "community.aws.aws"]]

    @pytest.mark.parametrize("name", ["amazon.aws", "community.aws"])
    def test_dependency_range_holds_the_tested_version(self, name: str) -> None:
        assert installed_collection(name) in SpecifierSet(load("galaxy.yml")["dependencies"][name])

    def test_awx_gets_the_same_dependency_ranges_and_this_checkout(self) -> None:
        entries = load("collections/requirements.yml")["collections"]
        assert {entry["name"]: entry["version"] for entry in entries if "version" in entry} == load("galaxy.yml")[
            "dependencies"
        ]
        assert {"name": ".", "type": "dir"} in entries

    def test_core_that_is_tested_is_admitted(self) -> None:
        assert version("ansible-core") in SpecifierSet(load("meta/runtime.yml")["requires_ansible"])

    def test_execution_environment_gets_versions_that_are_tested(self) -> None:
        path = load("meta/execution-environment.yml")["dependencies"]["python"]
        wanted = [Requirement(line) for line in requirement_lines(ROOT / path)]
        assert {"boto3", "botocore"} <= {requirement.name for requirement in wanted}
        assert [str(item) for item in wanted if version(item.name) not in item.specifier] == []


class TestPins:
    def test_every_direct_requirement_names_one_version(self) -> None:
        assert [str(item) for item in direct_requirements() if not str(item.specifier).startswith("==")] == []

    @pytest.mark.parametrize("line", PYTHON_LINES)
    def test_constraints_name_one_version_of_everything(self, line: str) -> None:
        assert [name for name, wanted in constraints(line).items() if not wanted.startswith("==")] == []

    @pytest.mark.parametrize("line", PYTHON_LINES)
    def test_constraints_agree_with_the_direct_requirements(self, line: str) -> None:
        bootstrap = {Requirement(text).name for text in requirement_lines(ROOT / "requirements" / "bootstrap.txt")}
        environment = {"python_version": line}
        pinned = constraints(line)
        applying = [
            item
            for item in direct_requirements()
            if item.name not in bootstrap and (item.marker is None or item.marker.evaluate(environment))
        ]
        assert applying
        assert [str(item) for item in applying if pinned.get(canonicalize_name(item.name)) != str(item.specifier)] == []

    @pytest.mark.parametrize(("line", "core"), PYTHON_LINES.items())
    def test_python_gets_its_ansible(self, line: str, core: str) -> None:
        assert constraints(line)["ansible-core"].startswith(f"=={core}.")

    def test_there_are_constraints_for_the_tested_pythons_alone(self) -> None:
        found = {path.stem.removeprefix("constraints-") for path in (ROOT / "requirements").glob("constraints-*")}
        assert found == set(PYTHON_LINES)


def make(*arguments: str, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=ROOT,
        env={**inherited, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


class TestMake:
    def test_nothing_of_the_caller_leaks_in(self) -> None:
        leaks = {
            "AWS_PROFILE": "real",
            "AWS_ENDPOINT_URL": "https://real.example.com",
            "ANSIBLE_FORCE_COLOR": "1",
            "BOTO_CONFIG": "/real",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": "/elsewhere",
        }
        seen = dict(
            line.split("=", 1) for line in make("--eval=probe: ; @env", "probe", **leaks).splitlines() if "=" in line
        )
        assert seen.keys() & leaks.keys() == set()
        assert seen["ANSIBLE_CONFIG"] == str(ROOT / "ansible.cfg")

    def test_help_comes_first_and_names_every_target(self) -> None:
        text = (ROOT / "Makefile").read_text()
        phony = set(re.findall(r"^\.PHONY: ([\w-]+)$", text, re.MULTILINE))
        assert set(re.findall(r"^([a-z-]+):", text, re.MULTILINE)) == phony
        assert set(re.findall(r"^  make ([\w-]+)", make(), re.MULTILINE)) == phony - {"python"}

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
    def test_pages_name_only_targets_that_exist(self, page: str) -> None:
        targets = set(re.findall(r"^  make ([\w-]+)", make(), re.MULTILINE))
        named = set(re.findall(r"(?:^|`)make (?:PYTHON=\S+ )?([a-z]+)", (ROOT / page).read_text(), re.MULTILINE))
        assert {"demo", "test"} <= named
        assert named - targets == set()

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
    def test_pages_link_only_to_files_that_exist(self, page: str) -> None:
        links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / page).read_text())
        assert links
        assert [link for link in links if not (ROOT / link).exists()] == []

    def test_old_python_is_refused_in_a_sentence(self, tmp_path: Path) -> None:
        old = tmp_path / "python3"
        old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
        old.chmod(0o755)
        with pytest.raises(subprocess.CalledProcessError) as caught:
            make("setup", f"PYTHON={old}")
        assert "Python 3.9.2, but cutover.aws needs Python 3.11, 3.12 or 3.13" in caught.value.stderr

    def test_missing_python_is_refused_in_a_sentence(self) -> None:
        with pytest.raises(subprocess.CalledProcessError) as caught:
            make("setup", "PYTHON=no-such-python")
        assert "there is no no-such-python here" in caught.value.stderr
