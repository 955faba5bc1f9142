# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which record Route 53 answers with: its table of weights and health, and what holds for every group."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.dns.choice import candidates, choose


def group(*weights: int) -> list[dict[str, Any]]:
    return [{"SetIdentifier": str(number), "Weight": weight} for number, weight in enumerate(weights, 1)]


def possible(weights: tuple[int, ...], health: str) -> str:
    """Identifiers of the records that may be answered; H is healthy, U is not."""
    healthy = {str(number) for number, one in enumerate(health, 1) if one == "H"}
    found = candidates(group(*weights), lambda one: one["SetIdentifier"] in healthy)
    return "".join(one["SetIdentifier"] for one in found)


@pytest.mark.parametrize(
    ("weights", "health", "expected"),
    [
        # the table of "Weighted routing" in the Developer Guide: weights 1, 1 and 0
        ((1, 1, 0), "HHH", "12"),
        ((1, 1, 0), "HUH", "1"),
        ((1, 1, 0), "UHU", "2"),
        ((1, 1, 0), "UUH", "3"),
        ((1, 1, 0), "UUU", "12"),
        # all zero: every healthy one
        ((0, 0, 0), "HHH", "123"),
        ((0, 0, 0), "HUH", "13"),
        ((0, 0, 0), "UUU", "123"),
        ((100, 0), "UH", "2"),
        ((100, 0), "UU", "1"),
    ],
)
def test_the_table_of_the_developer_guide(weights: tuple[int, ...], health: str, expected: str) -> None:
    assert possible(weights, health) == expected


@pytest.mark.parametrize(
    ("draw", "expected"), [(0.0, "1"), (0.249, "1"), (0.25, "3"), (0.999, "3")], ids=["0", "below", "at", "1"]
)
def test_a_draw_is_a_share_of_the_weights(draw: float, expected: str) -> None:
    found = choose(group(1, 0, 3), lambda _: True, draw)
    assert found is not None
    assert found["SetIdentifier"] == expected


def test_other_policies_are_not_answered() -> None:
    assert choose([{"SetIdentifier": "one", "Failover": "PRIMARY"}], lambda _: True, 0) is None
    assert choose([], lambda _: True, 0) is None
    assert choose([{"Type": "A"}], lambda _: False, 0) == {"Type": "A"}


weights_and_health = st.lists(st.tuples(st.integers(0, 255), st.booleans()), min_size=1, max_size=6)


@given(weights_and_health, st.floats(0, 1, exclude_max=True))
def test_what_is_unhealthy_or_weightless_answers_only_for_want_of_better(
    records: list[tuple[int, bool]], draw: float
) -> None:
    healthy = {str(number): one[1] for number, one in enumerate(records, 1)}
    found = choose(group(*(weight for weight, _ in records)), lambda one: healthy[one["SetIdentifier"]], draw)
    assert found is not None
    if any(healthy.values()):
        assert healthy[found["SetIdentifier"]]
    alike = [weight for weight, well in records if well or not any(healthy.values())]
    if any(alike):
        assert found["Weight"] > 0


@given(st.lists(st.integers(0, 255), min_size=1, max_size=4), st.integers(0, 2**32))
def test_shares_follow_weights(weights: list[int], seed: int) -> None:
    chance, number = random.Random(seed), 2000
    counted: Counter[str] = Counter()
    for _ in range(number):
        found = choose(group(*weights), lambda _: True, chance.random())
        counted[(found or {})["SetIdentifier"]] += 1
    whole = sum(weights)
    for place, weight in enumerate(weights, 1):
        share = weight / whole if whole else 1 / len(weights)
        # five standard deviations: one false alarm in 1.7 million
        assert abs(counted[str(place)] - number * share) <= 5 * (number * share * (1 - share)) ** 0.5 + 1e-9
