# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The playbooks that are compared task by task, and what is expected of each task."""

from __future__ import annotations

from collections.abc import Callable

import yaml

from tests.parity.sides import HERE, Task, differences

PLAYS = HERE / "playbooks"
NOT_A_SCRIPT = "stock: not a script on standard input"
HOW: dict[str, Callable[[str], bool]] = {
    "stock": lambda line: line.startswith("stock: other than the server's: "),
    "file": lambda line: line == NOT_A_SCRIPT,
    "background": lambda line: line in ("warm", NOT_A_SCRIPT),
}
"""By the tag of a task, what the client traces. Without a tag it is `warm`."""
NOTHING = {"elsewhere", "cut"}
"""Tags of tasks of which the client traces nothing: it is not started, or does not come to the end of its task."""


def command(playbook: str) -> list[str]:
    """Arguments of ansible-playbook."""
    return [f"{PLAYS}/{playbook}.yml", "-i", f"{PLAYS}/inventory.yml"]


def tasks_of(playbook: str) -> dict[str, set[str]]:
    """Tags, by the names of tasks."""
    plays = yaml.safe_load((PLAYS / f"{playbook}.yml").read_text(encoding="utf-8"))
    return {task["name"]: set(task.get("tags", [])) for play in plays for task in play["tasks"]}


def assert_same(stock: Task, warm: Task, tags: set[str]) -> None:
    """The same to see, and run as the tags say."""
    assert differences(stock.seen, warm.seen) == []
    assert not stock.how
    if not tags & NOTHING:
        expected = next((HOW[tag] for tag in tags), "warm".__eq__)
        assert warm.how
        assert all(expected(line) for line in warm.how), warm.how
