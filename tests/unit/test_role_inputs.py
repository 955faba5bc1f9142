# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Switches and numbers can be given on the command line, where everything is text. `false` is true as a text, and a
model's 30 is not AWS's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[2] / "roles"
PLAYBOOKS = sorted((ROLES.parent / "playbooks").rglob("*.yml"))
NAMES = sorted(path.parent.name for path in ROLES.glob("*/tasks"))
CONDITIONS = ("when", "that", "until")
IN_BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def options(role: str, *kinds: str) -> list[str]:
    """The variables of a role that are of these types."""
    entries = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())["argument_specs"].values()
    specs: dict[str, Any] = {name: spec for entry in entries for name, spec in entry.get("options", {}).items()}
    return [name for name, spec in specs.items() if spec.get("type") in kinds and name.startswith(f"{role}_")]


def expressions(value: Any, key: str = "") -> Iterator[str]:
    """All of a file."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from expressions(part, str(name))
    elif isinstance(value, list):
        for part in value:
            yield from expressions(part, key)
    elif isinstance(value, str):
        yield from [value] if key in CONDITIONS else IN_BRACES.findall(value)


def files(role: str, *parts: str) -> Iterator[tuple[str, str]]:
    for path in (path for part in parts for path in sorted((ROLES / role / part).glob("*.yml"))):
        for expression in expressions(yaml.safe_load(path.read_text())):
            yield str(path.relative_to(ROLES)), expression


def uncast(expression: str, name: str, filters: str) -> bool:
    """Whether the variable is used as it comes. Whether a number is there at all may be asked of the text too."""
    asked = "" if filters == "bool" else r"(?<!\bif )"
    bare = re.compile(rf"(?<![\w.'\"]){asked}{name}\b(?!\s*\|\s*(?:default\(\w+\)\s*\|\s*)?(?:{filters})\b)")
    return bool(bare.search(expression))


def entry_points(of: Any) -> Iterator[tuple[str, str]]:
    """What the playbooks enter roles by, as (role, entry point)."""
    if isinstance(of, list):
        for part in of:
            yield from entry_points(part)
    elif isinstance(of, dict):
        included = of.get("ansible.builtin.include_role") or of.get("ansible.builtin.import_role") or {}
        if "{{" not in included.get("name", "{{"):
            yield included["name"].rpartition(".")[-1], included.get("tasks_from", "main")
        if {"role", "entry"} <= set(of):
            yield of["role"], of["entry"]
        for part in of.values():
            yield from entry_points(part)


ENTERED = sorted({found for path in PLAYBOOKS for found in entry_points(yaml.safe_load(path.read_text()))})


@pytest.mark.parametrize(("role", "entry"), ENTERED)
def test_every_way_into_a_role_has_a_specification(role: str, entry: str) -> None:
    """Without one its variables are not checked, and the role's page does not tell of it."""
    assert entry in yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())["argument_specs"]


def test_the_ways_into_roles_are_found() -> None:
    assert {("vpc", "start"), ("vpc", "destroy"), ("security", "keys"), ("monitoring", "main")} <= set(ENTERED)


@pytest.mark.parametrize("role", NAMES)
def test_switches_are_cast_wherever_they_are_used(role: str) -> None:
    found = [
        f"{path}: {expression.strip()}"
        for path, expression in files(role, "defaults", "vars", "tasks")
        for name in options(role, "bool")
        if uncast(expression, name, "bool")
    ]
    assert found == []


@pytest.mark.parametrize("role", NAMES)
def test_numbers_are_cast_on_their_way_into_the_model(role: str) -> None:
    found = [
        f"{path}: {expression.strip()}"
        for path, expression in files(role, "vars")
        for name in options(role, "int", "float")
        if uncast(expression, name, "int|float")
    ]
    assert found == []


@pytest.mark.parametrize(
    ("expression", "bad"),
    [
        ("vpc_s3_endpoint | bool", False),
        ("vpc_s3_endpoint", True),
        ("'a' if vpc_s3_endpoint | bool else 'no'", False),
        ("not vpc_s3_endpoint or x", True),
        ("'a' if vpc_s3_endpoint else 'no'", True),
        ("item.vpc_s3_endpoint", False),
    ],
)
def test_the_judge_sees_a_bare_switch(expression: str, bad: bool) -> None:
    assert uncast(expression, "vpc_s3_endpoint", "bool") == bad
