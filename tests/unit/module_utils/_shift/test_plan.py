# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules of weights, and what plans of several places say together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._shift.plan import (
    Place,
    Refused,
    Split,
    State,
    all_planned,
    not_expected,
    same_split,
    wrong_weights,
)
from ansible_collections.cutover.aws.plugins.module_utils._shift.transformations import result_of

Weights = dict[str, int]

SPLITS = {
    "the same": ({"b": 90, "g": 10}, {"b": 90, "g": 10}, True),
    "the same ratio": ({"b": 9, "g": 1}, {"b": 90, "g": 10}, True),
    "another ratio": ({"b": 9, "g": 1}, {"b": 91, "g": 9}, False),
    "a side with nothing is none": ({"b": 5, "g": 0}, {"b": 100}, True),
    "another side": ({"b": 1, "g": 0}, {"b": 0, "g": 1}, False),
    "all 0 means all alike": ({"b": 0, "g": 0}, {"b": 50, "g": 50}, True),
    "all 0 is not everything for one": ({"b": 0, "g": 0}, {"b": 100, "g": 0}, False),
}


@pytest.mark.parametrize(("one", "other", "same"), SPLITS.values(), ids=SPLITS)
def test_only_the_ratio_counts(one: Weights, other: Weights, same: bool) -> None:
    assert same_split(one, other) is same_split(other, one) is same


WRONG = {
    "fit": ({"b": 100, "g": 0}, []),
    "the largest": ({"b": 255, "g": 0}, []),
    "all zero": ({"b": 0, "g": 0}, ["all are 0"]),
    "one side": ({"b": 1}, ["two sides or more"]),
    "no side": ({}, ["two sides or more", "all are 0"]),
    "too large and too small": ({"b": 256, "g": -1}, ["256 for b", "-1 for g"]),
}


@pytest.mark.parametrize(("weights", "texts"), WRONG.values(), ids=WRONG)
def test_wrong_weights_are_all_named(weights: Weights, texts: list[str]) -> None:
    found = wrong_weights(weights, 255)
    assert len(found) == len(texts)
    assert all(text in sentence for text, sentence in zip(texts, found, strict=True))


EXPECTED = {
    "nothing is expected": ({"b": 1, "g": 1}, None, None, False),
    "as expected": ({"b": 100, "g": 0}, {"b": 100, "g": 0}, {"b": 90, "g": 10}, False),
    "as wanted": ({"b": 90, "g": 10}, {"b": 100, "g": 0}, {"b": 90, "g": 10}, False),
    "neither": ({"b": 70, "g": 30}, {"b": 100, "g": 0}, {"b": 90, "g": 10}, True),
    "nothing is wanted": ({"b": 70, "g": 30}, {"b": 100, "g": 0}, None, True),
}


@pytest.mark.parametrize(("live", "expected", "wanted", "strange"), EXPECTED.values(), ids=EXPECTED)
def test_weights_that_nobody_left_behind(
    live: Weights, expected: Weights | None, wanted: Weights | None, strange: bool
) -> None:
    assert bool(not_expected(live, expected, wanted)) is strange


def refusing(*reasons: str) -> Callable[[], Split]:
    def plan() -> Split:
        raise Refused(*reasons)

    return plan


def split(name: str, before: Weights, after: Weights, held: int = 60) -> Split:
    states = [
        State(({"weights": one},), one, held, {f"weights.{s}": w for s, w in one.items()}) for one in (before, after)
    ]
    return Split(Place((name,), name), *states, wait=held)


def test_all_reasons_come_together() -> None:
    fine = split("a", {"b": 1}, {"b": 1})
    assert all_planned([lambda: fine]) == [fine]
    with pytest.raises(Refused) as refused:
        all_planned([refusing("one", "two"), lambda: fine, refusing("three")])
    assert refused.value.reasons == ("one", "two", "three")
    assert str(refused.value) == "one two three"


class TestResult:
    def test_of_places_that_differ(self) -> None:
        splits = [split("a", {"b": 1, "g": 0}, {"b": 0, "g": 1}, 300), split("b", {"b": 1, "g": 0}, {"b": 1, "g": 0})]
        result = result_of("thing", ("name",), splits, splits[:1])
        assert (result["changed"], result["weights"], result["ttl"], result["ttl_wait"]) == (True, None, 300, 300)
        assert result["places"] == [
            {"name": "a", "weights": {"b": 0, "g": 1}},
            {"name": "b", "weights": {"b": 1, "g": 0}},
        ]
        assert result["diff"] == {
            "before": {"a": {"weights.b": 1, "weights.g": 0}},
            "after": {"a": {"weights.b": 0, "weights.g": 1}},
        }
        assert [entry["name"] for entry in result["undo"]] == ["a"]

    def test_without_a_change(self) -> None:
        splits = [split("a", {"b": 1, "g": 0}, {"b": 1, "g": 0})]
        result = result_of("thing", ("name",), splits, [])
        assert (result["changed"], result["ttl_wait"], result["undo"], result["plan"]) == (False, 0, [], [])
        assert result["weights"] == {"b": 1, "g": 0}
