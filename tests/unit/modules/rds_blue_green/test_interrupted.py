# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Killed before and after every call that changes something, and run again: the same end, nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._blue_green import api
from tests.unit.modules.adversity import killed
from tests.unit.modules.rds_blue_green.shop import Shop

Run = Callable[..., dict[str, Any]]
Writes = Callable[..., list[str]]

AVAILABLE, SWITCHED = {"state": "available"}, {"state": "switched_over"}
WAYS: dict[str, list[dict[str, Any]]] = {
    "upgraded": [AVAILABLE, SWITCHED, {"state": "absent", "delete_old": True}],
    "given up": [AVAILABLE, {"state": "absent", "abandon": True}],
}


def wish(shop: Shop, step: dict[str, Any]) -> dict[str, Any]:
    olds = {"delete_old": [f"{shop.name}-old1"]} if step.get("delete_old") else {}
    return shop.wanted(**{**step, **olds})


def state(shop: Shop) -> tuple[Any, ...]:
    """What is left in the end."""
    names = [one.removeprefix(shop.name) for one in shop.all()]
    snapshots = [one.removeprefix(shop.name) for one in shop.snapshots()]
    return shop.is_there(), names, snapshots, shop.now()["EngineVersion"]


@pytest.mark.parametrize("way", WAYS)
def test_every_point(way: str, shop: Shop, upgrade: Run, writes: Writes) -> None:
    steps, counts = WAYS[way], []
    first = replace(shop, name=f"{shop.name}-x").open()
    writes(anew=True)
    for step in steps:
        result = upgrade(**wish(first, step))
        assert result["done"], result.get("msg")
        counts.append(len(result["steps"]))
    expected, end = Counter(writes()), state(first)
    assert sum(counts) >= len(steps)
    points = [
        (number, at, after) for number, count in enumerate(counts) for at in range(count) for after in (False, True)
    ]
    for number, at, after in points:
        other = replace(shop, name=f"{shop.name}-{'ba'[after]}{number}{at}").open()
        writes(anew=True)
        for turn, step in enumerate(steps):
            if turn == number:
                with killed(api, at, after=after):
                    upgrade(**wish(other, step))
            result = upgrade(**wish(other, step))
            assert (number, at, after, result.get("msg"), result["done"]) == (number, at, after, None, True)
        assert (number, at, after, Counter(writes())) == (number, at, after, expected)
        assert state(other) == end
