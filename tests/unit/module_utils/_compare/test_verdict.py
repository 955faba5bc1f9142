# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what was seen to a verdict: unknown is never good, and what differs is never passed over."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._compare.narrow import Found
from ansible_collections.cutover.aws.plugins.module_utils._compare.schema import behind, differences, unread_counters
from ansible_collections.cutover.aws.plugins.module_utils._compare.shapes import (
    Counter,
    Item,
    KeyColumn,
    Movement,
    Table,
)
from ansible_collections.cutover.aws.plugins.module_utils._compare.sides import Both
from ansible_collections.cutover.aws.plugins.module_utils._compare.tables import Limits, Result, unfit
from ansible_collections.cutover.aws.plugins.module_utils._compare.verdict import Seen, evidence, verdict
from ansible_collections.cutover.aws.plugins.module_utils._rollout.judge import FAIL, PASS

STILL = Movement(False)
SAME = Result("orders", ["id"], rows=[7, 7], chunks=1, done=True)
OTHER = Result("items", ["id"], rows=[7, 6], differing=1, ranges=[(None, (9,), 7, 6)], keys=Found(missing=[(4,)]))
UNREAD = Result("odd", ["id"], unread="its engine is MyISAM", done=True)
INDEX = {"kind": "index", "name": "orders.by_name", "difference": "missing", "attributes": {}}

MOVEMENTS = st.sampled_from([STILL, Movement(True, "written: a"), Movement(None, "no log")])
SEEN = st.builds(
    Seen,
    schema=st.lists(st.just(INDEX), max_size=1),
    results=st.lists(st.sampled_from([SAME, OTHER, UNREAD]), max_size=3),
    unread=st.lists(st.just("more tables"), max_size=1),
    movements=st.builds(Both, MOVEMENTS, MOVEMENTS),
    earlier=MOVEMENTS,
    left=st.lists(st.just("late"), max_size=1),
)


@given(SEEN)
def test_only_what_is_proved_passes(seen: Seen) -> None:
    word, reason = verdict(seen)
    still = all(movement.moved is False for movement in (seen.movements.source, seen.movements.target, seen.earlier))
    differs = bool(seen.schema) or OTHER in seen.results
    known = bool(seen.results) and UNREAD not in seen.results and not seen.unread and not seen.left
    assert reason
    assert (word == PASS) == (still and known and not differs)
    assert (word == FAIL) == (still and differs)
    told = evidence(seen)
    assert (len(told["schema"]) + len(told["data"]) > 0) == differs


def test_a_reason_names_table_and_key() -> None:
    seen = Seen([INDEX], [SAME, OTHER], [], Both(STILL, STILL))
    assert verdict(seen) == (FAIL, "index orders.by_name is missing; table items: rows by id: missing 4")
    assert evidence(seen)["data"][0]["ranges"] == [{"after": None, "to": [9], "rows": {"source": 7, "target": 6}}]


def test_a_reason_stays_short() -> None:
    many = Result("t", ["id"], differing=1, keys=Found(changed=[(number,) for number in range(100)], complete=False))
    assert verdict(Seen([], [many], [], Both(STILL, STILL)))[1] == (
        "table t: rows by id: changed 0, 1, 2, 3, 4, 95 more, and more"
    )


class TestSchema:
    def test_definitions_are_not_shown(self) -> None:
        """They may hold values."""
        ours, theirs = (Item("view", "v", {"definition": text, "checked": "a", "valid": valid}) for text, valid in
                        (("SELECT 'secret'", True), ("SELECT 'other'", False)))  # fmt: skip
        (found,) = differences(Both([ours], [theirs]))
        assert found["attributes"] == {"definition": None, "valid": [True, False]}

    def test_parts_of_a_table_that_is_missing_are_not_told_too(self) -> None:
        parts = [
            Item("table", "a", {}),
            Item("column", "a.id", {}),
            Item("table", "ab", {}),
            Item("column", "ab.id", {}),
        ]
        found = differences(Both(parts, parts[2:3]))
        assert [(item["kind"], item["name"]) for item in found] == [("column", "ab.id"), ("table", "a")]

    @pytest.mark.parametrize(
        ("ours", "theirs", "step", "expected"),
        [(5, 5, 1, []), (5, 4, 1, ["behind"]), (5, 37, 1, []), (-5, -4, -1, ["behind"]), (-5, -9, -1, []),
         (None, 4, 1, []), (5, None, 1, [])],
    )  # fmt: skip
    def test_a_sequence_that_gives_a_number_again(
        self, ours: int | None, theirs: int | None, step: int, expected: list[str]
    ) -> None:
        counters = Both([Counter("s", ours, step)], [Counter("s", theirs, step)])
        assert [found["difference"] for found in behind(counters)] == expected
        assert len(list(unread_counters(counters))) == [ours, theirs].count(None)


def table(key: str = "id", order: str = "", **other: object) -> Table:
    settings = {"columns": {"id": "int", "name": "text"}, "row": "h", **other}
    return Table("t", "t", key=(KeyColumn(key, key, key, order=order),), **settings)  # type: ignore[arg-type]


CASES = {
    "fit": (table(), table(), None),
    "engine": (table(), table(unfit="its engine is MyISAM"), "on the target: its engine is MyISAM"),
    "column": (table(), table(columns={"id": "int"}), "its columns differ (name)"),
    "type": (table(), table(columns={"id": "bigint", "name": "text"}), "its columns differ (id)"),
    "order": (table(), table(columns={"name": "text", "id": "int"}), "its columns differ (in their order)"),
    "key": (table(), table("name"), "its keys differ, so that its rows cannot be told apart in the same way"),
    "sorting": (table(order="icu 153.120"), table(order="icu 153.14"), "its key id is sorted by icu 153.120 on the"),
    "large with a key": (table(estimate=11), table(), None),
    "large without": (table(by_digest=True), table(by_digest=True, estimate=11), "about 11 rows, where 10 may be"),
}  # fmt: skip


class TestUnfit:
    @pytest.mark.parametrize("case", CASES)
    def test_why_rows_are_not_compared(self, case: str) -> None:
        source, target, expected = CASES[case]
        found = unfit(Both(source, target), Limits(10, 10))
        assert (found is None) if expected is None else (expected in (found or ""))
