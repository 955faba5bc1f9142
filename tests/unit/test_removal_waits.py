# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS refuses to remove while something else is still going is tried again, and nothing but that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template

ROLES = Path(__file__).resolve().parents[2] / "roles"
HELD = {
    ("vpc", "amazon.aws.ec2_vpc_subnet"): "DependencyViolation",
    ("vpc", "amazon.aws.ec2_vpc_route_table"): "DependencyViolation",
    ("vpc", "amazon.aws.ec2_vpc_igw"): "DependencyViolation",
    ("vpc", "amazon.aws.ec2_vpc_net"): "DependencyViolation",
    ("security", "amazon.aws.ec2_security_group"): "DependencyViolation",
    ("security", "cutover.aws.acm_certificate_request"): "ResourceInUseException",
}
"""What something that goes in its own time may hold, and the word with which AWS refuses it till then."""


def removal(role: str, module: str) -> dict[str, Any]:
    (play,) = yaml.safe_load((ROLES / role / "tasks/destroy.yml").read_text())
    (task,) = [task for task in play["block"] if module in task]
    found: dict[str, Any] = task
    return found


def ends(task: dict[str, Any], result: dict[str, Any]) -> bool:
    """Whether the task is not tried again after this result."""
    templar = Templar(loader=DataLoader(), variables={task["register"]: result})
    return bool(templar.evaluate_conditional(trust_as_template(task["until"])))


def test_copies_of_snapshots_that_have_failed_are_not_waited_for() -> None:
    (block,) = [play for play in yaml.safe_load((ROLES / "database/tasks/destroy.yml").read_text()) if "block" in play]
    waits = [task["cutover.aws.wait_for"] for task in block["block"] if "cutover.aws.wait_for" in task]
    (names,) = [one["names"] for one in waits if one["resource"] == "rds_snapshot"]
    copies = [{"name": name, "facts": {"changing": name == "copying"}} for name in ("copying", "failed", "available")]
    templar = Templar(loader=DataLoader(), variables={"__database_copies": copies})
    assert templar.template(trust_as_template(names)) == ["copying"]


@pytest.mark.parametrize(("role", "module"), HELD)
def test_a_removal_is_tried_again_while_something_holds_it(role: str, module: str) -> None:
    task, code = removal(role, module), HELD[role, module]
    held = {"failed": True, "msg": f"An error occurred ({code}) when calling the Delete operation: in use"}
    assert not ends(task, held)
    assert ends(task, {"failed": True, "msg": "An error occurred (UnauthorizedOperation): no"})
    assert ends(task, {"failed": False, "changed": True})
    assert task["retries"] * task["delay"] >= 600
