# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The preflight knows every name that the collection itself gives to a variable, so that only people's mistakes are
told.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.cutover.aws.plugins.module_utils._preflight.inventory import Inventory
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.limits import LIMITS, LOG_RETENTION
from ansible_collections.cutover.aws.plugins.module_utils._preflight.variables import IDENTITY, SITE_OPTIONS

ROOT = Path(__file__).resolve().parents[4]
FILES = [*(ROOT / "playbooks").rglob("*.yml"), *(ROOT / "roles").glob("*/tasks/*.yml")]


@cache
def specs() -> dict[str, dict[str, Any]]:
    """The options of all entry points, by role."""
    found: dict[str, dict[str, Any]] = {}
    for path in (ROOT / "roles").glob("*/meta/argument_specs.yml"):
        entries = yaml.safe_load(path.read_text())["argument_specs"].values()
        found[path.parents[1].name] = {name: option for entry in entries for name, option in entry["options"].items()}
    return found


def set_names(node: Any) -> Iterator[str]:
    """The names that tasks give: facts, results, variables of plays and tasks."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "register":
                yield value
            elif key in ("vars", "ansible.builtin.set_fact") and isinstance(value, dict):
                yield from value
            yield from set_names(value)
    elif isinstance(node, list):
        for item in node:
            yield from set_names(item)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_name_of_the_collection_is_taken_for_a_mistake(path: Path) -> None:
    inventory = Inventory(host="prod", names=sorted(set(set_names(yaml.safe_load(path.read_text())))), specs=specs())
    assert [str(found) for found in inventory.findings() if "no such variable" in found.rule] == []


def test_a_name_that_nobody_gives_is_told() -> None:
    inventory = Inventory(host="prod", names=["cutover_fulll", "vpc_cird", "my_own"], specs=specs())
    rules = {found.variable for found in inventory.findings() if "no such variable" in found.rule}
    assert rules == {"cutover_fulll", "vpc_cird"}


def test_limits_are_those_of_variables_that_there_are() -> None:
    known = {*SITE_OPTIONS, *(name for options in specs().values() for name in options)}
    assert set(LIMITS) <= known
    assert any(LOG_RETENTION.fullmatch(name) for name in known)
    assert set(IDENTITY) <= set(SITE_OPTIONS)


def test_a_password_of_whatever_name_is_told_and_never_shown() -> None:
    names = ["smtp_password", "database_secret_string", "aws_secret_key", "app_secret_key"]
    inventory = Inventory(host="prod", names=names, values=dict.fromkeys(names, "hunter2"), specs=specs())
    told = [found for found in inventory.findings() if "is a secret" in found.rule]
    assert [found.variable for found in told] == ["smtp_password", "database_secret_string"]
    assert "hunter2" not in "".join(map(str, told))


def test_a_template_that_fails_for_a_missing_variable_is_told_once() -> None:
    reason = "'vpc_cidr' is undefined"
    inventory = Inventory(
        host="prod",
        specs={"vpc": {"vpc_cidr": {"type": "str", "required": True}, "vpc_network_acls": {"type": "dict"}}},
        broken={"vpc_network_acls": reason, "__vpc_config": reason},
    )
    told = [found.variable for found in inventory.findings() if "vpc" in found.variable]
    assert told == ["vpc_cidr"]
