# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The molecule scenarios are complete, give roles what `site` gives them, and look at AWS with eyes of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "extensions" / "molecule"
IN_TWO_PARTS = ("start", "join")
"""Entry points into which site divides `main`, so that other roles can begin in between."""
ASKING = ("amazon.aws.", "community.aws.")
INCLUDE, IMPORT = "ansible.builtin.include_role", "ansible.builtin.import_role"


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def roles_called(tasks: list[dict[str, Any]], how: str) -> dict[tuple[str, str], set[str]]:
    """By role and entry point, the names of the role's variables that it is given."""
    found = {}
    for task in tasks:
        if how in task:
            role, entry = task[how]["name"].removeprefix("cutover.aws."), task[how].get("tasks_from", "main")
            entry = "main" if entry in IN_TWO_PARTS else entry
            found[role, entry] = {name for name in task.get("vars", {}) if name.startswith(f"{role}_")}
    return found


def of_site() -> Mapping[tuple[str, str], set[str]]:
    (play,) = load("playbooks/site.yml")
    (block,) = [task["block"] for task in play["tasks"] if task["name"] == "Build"]
    return roles_called(block, IMPORT)


ROLES = sorted({role for role, _entry in of_site()})


def test_every_role_of_site_has_a_scenario_and_so_has_the_whole() -> None:
    assert {path.parent.name for path in FOLDER.glob("*/molecule.yml")} == {*ROLES, "site", "default"}


@pytest.mark.parametrize("role", ROLES)
def test_converge_calls_the_role_as_site_does(role: str) -> None:
    (play,) = load(f"extensions/molecule/{role}/converge.yml")
    wanted = {call: given for call, given in of_site().items() if call[0] == role}
    assert roles_called(play["tasks"], INCLUDE) == wanted


@pytest.mark.parametrize("playbook", [*(f"{role}/verify.yml" for role in ROLES), "shared/nothing.yml"])
def test_aws_is_asked_with_stock_modules_alone(playbook: str) -> None:
    """What a role has made is not judged by the code that has made it."""
    (play,) = load(f"extensions/molecule/{playbook}")
    used = {key for task in play["tasks"] for key in task if "." in key}
    asking = used - {"ansible.builtin.assert", "ansible.builtin.include_tasks"}
    assert asking or "scenario_parameters" in str(play), "it asks AWS for nothing"
    assert {name for name in asking if not (name.startswith(ASKING) and name.endswith("_info"))} == set()


def test_what_has_no_info_module_is_asked_by_a_stock_lookup() -> None:
    assert "lookup('amazon.aws.ssm_parameter'" in load("extensions/molecule/vars.yml")["scenario_parameters"]


@pytest.mark.parametrize("role", ROLES)
def test_each_verify_asserts_something(role: str) -> None:
    (play,) = load(f"extensions/molecule/{role}/verify.yml")
    assert [task for task in play["tasks"] if "ansible.builtin.assert" in task]


def test_the_whole_is_looked_at_as_each_role_is() -> None:
    imported = {play["ansible.builtin.import_playbook"] for play in load("extensions/molecule/site/verify.yml")}
    assert imported == {f"../{role}/verify.yml" for role in ROLES}
