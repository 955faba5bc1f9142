# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which molecule scenarios a change calls for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from scripts import molecule_scenarios
from scripts.molecule_scenarios import called_for, role_scenarios, scenarios, turn


@pytest.mark.parametrize(
    ("path", "scenario"),
    [
        ("roles/vpc/tasks/nat.yml", "vpc"),
        ("roles/vpc/meta/argument_specs.yml", "vpc"),
        ("plugins/module_utils/_model/vpc.py", "vpc"),
        ("plugins/module_utils/_stack/zone.py", "dns"),
        ("plugins/module_utils/_model/keys.py", "security"),
        ("plugins/modules/rds_database.py", "database"),
        ("plugins/module_utils/_rds/parameters.py", "database"),
        ("extensions/molecule/storage/tasks/expect.yml", "storage"),
    ],
)
def test_what_one_role_uses_calls_for_its_scenario(path: str, scenario: str) -> None:
    assert called_for(path) == scenario


@pytest.mark.parametrize(
    "path",
    [
        "plugins/modules/wait_for.py",
        "plugins/modules/preflight.py",
        "plugins/module_utils/_plan/compare.py",
        "plugins/module_utils/_model/core.py",
        "plugins/module_utils/_errors.py",
        "plugins/filter/ids.py",
        "playbooks/site.yml",
        "inventories/prod/group_vars/stacks/vpc.yml",
        "local_cloud/services/s3/buckets.py",
        "extensions/molecule/shared/converge.yml",
        "extensions/molecule/config.yml",
        "extensions/molecule/site/converge.yml",
        "scripts/molecule",
    ],
)
def test_what_several_use_calls_for_the_whole(path: str) -> None:
    assert called_for(path) == "site"


@pytest.mark.parametrize(
    "path", ["README.md", "roles/vpc/README.md", "tests/unit/test_collection.py", "docs/iam-policy.json", ".ci/run"]
)
def test_what_no_scenario_looks_at_calls_for_none(path: str) -> None:
    assert called_for(path) is None


def test_a_change_calls_for_each_scenario_once() -> None:
    changed = ["roles/vpc/tasks/nat.yml", "README.md", "roles/dns/tasks/main.yml", "roles/vpc/vars/main.yml"]
    assert scenarios(changed) == ["dns", "vpc"]


def test_a_change_that_calls_for_many_is_looked_at_as_a_whole() -> None:
    changed = [f"roles/{role}/tasks/main.yml" for role in role_scenarios()]
    assert scenarios(changed[:3]) == list(role_scenarios()[:3])
    assert scenarios(changed[:4]) == ["site"]


def test_every_role_has_its_turn() -> None:
    assert {name for number in range(len(role_scenarios())) for name in turn(f"{number:x}")} == set(role_scenarios())


def test_the_change_is_what_git_tells_since_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *arguments]
        return subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True).stdout.strip()

    git("init", "--quiet")
    (tmp_path / "roles/vpc").mkdir(parents=True)
    (tmp_path / "roles/dns").mkdir()
    (tmp_path / "roles/dns/moved.yml").write_text("---\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "base")
    base = git("rev-parse", "HEAD")
    (tmp_path / "roles/dns/moved.yml").rename(tmp_path / "roles/vpc/moved.yml")
    git("add", "--all")
    git("commit", "--quiet", "--message", "change")
    monkeypatch.setattr(molecule_scenarios, "ROOT", tmp_path)

    assert molecule_scenarios.main([base]) == 0
    assert capsys.readouterr().out == "dns vpc\n"
    assert molecule_scenarios.main([""]) == 0
    assert capsys.readouterr().out.strip() in role_scenarios()
