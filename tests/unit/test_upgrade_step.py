# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A step of an upgrade is not told as good when it is not, and the former database keeps its backups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROLE = Path(__file__).resolve().parents[2] / "roles/database"
MODULE, FACT, ASSERT = "cutover.aws.rds_blue_green", "ansible.builtin.set_fact", "ansible.builtin.assert"


def tasks() -> list[dict[str, Any]]:
    (play,) = yaml.safe_load((ROLE / "tasks/upgrade.yml").read_text())
    found: list[dict[str, Any]] = play["block"]
    return found


def templar(**variables: Any) -> Templar:
    return Templar(loader=DataLoader(), variables=variables)


def waiting(result: dict[str, Any]) -> Any:
    """What is handed on as being waited for."""
    unjudged = yaml.safe_load((ROLE / "vars/main.yml").read_text())["__database_upgrade_unjudged"]
    (expression,) = [
        task[FACT]["database_upgrade_outputs"]["waiting"]
        for task in tasks()
        if "database_upgrade_outputs" in task.get(FACT, {})
    ]
    values = {"__database_upgrade": result, "__database_upgrade_unjudged": unjudged}
    return templar(**values).template(trust_as_template(expression))


@pytest.mark.parametrize(
    ("step", "result", "good"),
    [
        ("check", {"waiting": None}, True),
        ("check", {"waiting": "shop-green-abc123 is 40 s behind"}, False),
        ("check", {"skipped": True}, False),
        ("create", {"skipped": True}, True),
        ("switch", {"waiting": "anything"}, True),
    ],
)
def test_the_check_fails_where_something_has_to_be_waited_for(step: str, result: dict[str, Any], good: bool) -> None:
    told = {"waiting": waiting(result)}
    task = tasks()[-1]
    values = templar(database_upgrade_step=step, database_upgrade_outputs=told)
    assert values.evaluate_conditional(trust_as_template(task[ASSERT]["that"])) is good
    if not good:
        assert str(told["waiting"]) in values.template(trust_as_template(task[ASSERT]["fail_msg"]))


def test_what_was_not_judged_is_told() -> None:
    assert "nothing was judged" in waiting({"skipped": True})


def test_the_former_database_keeps_its_automated_backups() -> None:
    (task,) = [task for task in tasks() if MODULE in task]
    assert "delete_automated_backups" not in task[MODULE]
