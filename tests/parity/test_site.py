# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A stack is built, left as it is, and removed: each task has the same result on the stock path and warm, and every
module that the roles use is among them.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any

import pytest

from tests.integration.conftest import REMOVABLE
from tests.parity.sides import ROOT, Comparison, Side, differences

VARIABLES = {**REMOVABLE, "parameters_path": "/acme/prod", "cutover_warm": True}
GIVEN = ["-i", f"{ROOT}/inventories/prod", "-i", f"{ROOT}/inventories/local", "-e", json.dumps(VARIABLES)]
SITE = [f"{ROOT}/site.yml", *GIVEN]
DESTROY = [f"{ROOT}/playbooks/destroy.yml", *GIVEN, "-e", "destroy_confirm=acme-prod"]

ALONE = {"cutover.aws.ssm_parameter_info", "cutover.aws.log_group_key"}
"""Of a role by itself, where in a site the preflight has answered already, and of a repair."""

IDS = re.compile(
    r"(?<![A-Za-z0-9])([0-9a-f]{8,}|[A-Z0-9]{13,}|(?=[a-z]*\d)[a-z0-9]{20,})(?![A-Za-z0-9])"
    r"|(?<![\d.])\d+(\.\d+){3}(?![\d./])"
)
"""Of resources, and their addresses. Those of a site depend on which of its threads comes first."""


def without_ids(value: Any) -> Any:
    """And lists in an order that does not depend on them."""
    if isinstance(value, dict):
        return {IDS.sub("ID", name): without_ids(item) for name, item in value.items()}
    if isinstance(value, list):
        return sorted((without_ids(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, str) and value.startswith("{"):
        with suppress(ValueError):
            return without_ids(json.loads(value))
    return sorted(IDS.sub("ID", value).splitlines()) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def sides(comparison: Comparison) -> tuple[Side, Side]:
    return comparison.run(SITE, SITE, DESTROY)


def test_it_works(sides: tuple[Side, Side]) -> None:
    assert [side.status for side in sides] == [[0, 0, 0]] * 2


def test_the_same_tasks_run(sides: tuple[Side, Side]) -> None:
    stock, warm = ([(task.action, task.name) for task in side.tasks] for side in sides)
    assert differences(stock, warm) == []


def test_each_has_the_same_result(sides: tuple[Side, Side]) -> None:
    pairs = zip(*(side.tasks for side in sides), strict=True)
    found = [
        line
        for stock, warm in pairs
        for line in differences(without_ids(stock.seen), without_ids(warm.seen), stock.name)
    ]
    assert found == []


def test_the_same_is_written(sides: tuple[Side, Side]) -> None:
    """How often is read depends on how long things take."""
    stock, warm = (sorted(call for call in side.calls if call.startswith("write")) for side in sides)
    assert differences(stock, warm) == []


def test_every_module_of_the_roles_is_among_them(sides: tuple[Side, Side]) -> None:
    """Of those that build; what else roles call, alone or for a shift, is in playbooks/aws.yml."""
    tasks = (ROOT / "roles").glob("*/tasks/**/*.yml")
    files = [path.read_text(encoding="utf-8") for path in tasks if "migration" not in path.parts]
    modules = {
        name for text in files for name in re.findall(r"^\s+((?:amazon|community|cutover)\.aws\.\w+):$", text, re.M)
    }
    assert modules >= ALONE
    for side in sides:
        assert modules - ALONE - {task.action for task in side.tasks if task.seen["status"] != "skipped"} == set()


def test_each_module_runs_warm(sides: tuple[Side, Side]) -> None:
    stock, warm = ({line for task in side.tasks for line in task.how} for side in sides)
    assert (stock, warm) == (set(), {"warm"})
