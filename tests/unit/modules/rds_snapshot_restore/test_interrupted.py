# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Killed before and after every call that changes something, and run again: the same end, nothing twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._restore import api
from tests.unit.modules.adversity import killed
from tests.unit.modules.rds_snapshot_restore.chains import CHAINS, Ground
from tests.unit.modules.rds_snapshot_restore.places import left_copies, unlike

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]

THOROUGH = (
    "cross_account_default_key_taken_now",
    "shared_in_another_region",
    "postgres_with_a_secret_of_ours",
    "cluster_across_accounts",
    "point_in_time",
)
"""Between them they have every kind of step."""

MAKING = ("Copy", "Create", "Delete", "Restore")
"""What must not be done twice. A change of settings and a tag may be: the second changes nothing."""


def renamed(wanted: dict[str, Any], name: str, new: str) -> dict[str, Any]:
    """The same wish for another database of the same source."""
    text = json.dumps(wanted)
    for ending in ("", "-1", "-2", "-now"):
        text = text.replace(f'"{name}{ending}"', f'"{new}{ending}"')
    made: dict[str, Any] = json.loads(text)
    return made


def making(operations: list[str]) -> Counter[str]:
    return Counter(one for one in operations if one.startswith(MAKING))


@pytest.mark.parametrize("chain", THOROUGH)
def test_every_point(chain: str, ground: Ground, restore: Run, writes: Writes) -> None:
    wanted = CHAINS[chain](ground)
    first = renamed(wanted, ground.name, f"{ground.name}-x")
    writes(anew=True)
    undisturbed = restore(**first)
    assert undisturbed["done"], undisturbed["msg"]
    expected = making(writes(anew=True))
    for at in range(len(undisturbed["steps"])):
        for after in (False, True):
            new = f"{ground.name}-{'ba'[after]}{at}"
            other = renamed(wanted, ground.name, new)
            writes(anew=True)
            with killed(api, at, after=after):
                restore(**other)
            result = restore(**other)
            where = f"{'after' if after else 'before'} {undisturbed['steps'][at]}"
            assert (where, result.get("msg"), result["done"]) == (where, None, True)
            assert (where, making(writes())) == (where, expected)
            assert unlike(ground.cloud, other) == {}
            assert left_copies(ground.cloud, new) == []
