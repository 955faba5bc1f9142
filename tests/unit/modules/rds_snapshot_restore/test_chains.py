# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Each way from a source to a database, on the local cloud with true time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from moto.backends import get_backend

from local_cloud.testing import LocalCloud
from scripts import iam_policy
from tests.unit.modules.rds_snapshot_restore.chains import CHAINS, PASSWORD, Ground
from tests.unit.modules.rds_snapshot_restore.places import EAST, OWN, left_copies, unlike

Run = Callable[..., dict[str, Any]]
GRANTED = {operation.partition(":")[2] for operation in iam_policy.operations(json.loads(iam_policy.CALLS.read_text()))}
OF_THE_SOURCE = {
    "AssumeRole",
    "DescribeDBSnapshotAttributes",
    "DescribeDBClusterSnapshotAttributes",
    "ModifyDBSnapshotAttribute",
    "ModifyDBClusterSnapshotAttribute",
}
"""What only the role in the source's account is for; docs/restore.md has its policy."""


@pytest.mark.parametrize("chain", CHAINS)
def test_chain(chain: str, ground: Ground, restore: Run, writes: Callable[..., list[str]]) -> None:
    """Planned, restored as asked, and left alone by a second run."""
    wanted = CHAINS[chain](ground)
    writes(anew=True)
    planned = restore(check=True, **wanted)
    assert (planned["changed"], planned["done"], writes()) == (True, False, []), planned.get("msg")
    result = restore(**wanted)
    assert (result.get("failed"), result.get("msg")) == (None, None)
    assert (result["changed"], result["done"], result["plan"]) == (True, True, planned["plan"])
    assert unlike(ground.cloud, wanted) == {}
    assert left_copies(ground.cloud, ground.name) == []
    assert set(result["calls"]) - GRANTED <= (OF_THE_SOURCE if "role_arn" in wanted["source"] else set())
    made = writes(anew=True)
    again = restore(**wanted)
    assert (again["changed"], again["done"], again["plan"], writes()) == (False, True, [], []), made
    assert again["differences"] == []
    assert again["restored_from"] == result["restored_from"]


def test_the_password_is_the_secret_s_and_is_never_told(ground: Ground, restore: Run, cloud: LocalCloud) -> None:
    wanted = CHAINS["postgres_with_a_secret_of_ours"](ground)
    result = restore(**wanted)
    database = get_backend("rds")[OWN][EAST].databases[ground.name]
    assert database._master_user_password == PASSWORD
    told = json.dumps(result) + json.dumps(cloud.control.calls(), default=str)
    assert PASSWORD not in told
