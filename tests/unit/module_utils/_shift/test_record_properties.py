# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What holds for any mix of record groups. Batches are carried out by Route 53's rules, as the local cloud has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

import pytest
from hypothesis import Phase, event, find, given, settings
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._route53.plan import (
    MAX_CHARACTERS,
    MAX_ELEMENTS,
    Change,
    packed,
)
from ansible_collections.cutover.aws.plugins.module_utils._shift.groups import Group
from ansible_collections.cutover.aws.plugins.module_utils._shift.plan import Refused, Split
from ansible_collections.cutover.aws.plugins.module_utils._shift.records import Wish, changes_of, planned, restored
from local_cloud.services.route53 import batch as rules
from tests.unit.module_utils._shift.worlds import SIDES, by_key, carried_out, groups, weights, zone_of

Raw = dict[str, Any]
Shift = tuple[list[Raw], list[Group], Wish]
OWNED = {"Weight", "TTL", "HealthCheckId", "SetIdentifier"}


@st.composite
def shifts(draw: st.DrawFn) -> Shift:
    """A zone, groups of it, and a wish."""
    sides = draw(st.lists(st.sampled_from(SIDES), min_size=2, unique=True))
    names = draw(st.lists(st.sampled_from(["a", "b", "*.c", "d"]), min_size=1, unique=True))
    made = [draw(groups(name, sides)) for name in names]
    simple = draw(st.sampled_from([False, False, True]))
    wish = Wish(draw(weights(sides, 255)), draw(st.sampled_from([None, None, 60, 300])), simple)
    return [record for records, _ in made for record in records], [group for _, group in made], wish


def plans(shift: Shift) -> list[tuple[Group, Split]]:
    """Those of the groups that are not refused."""
    records, asked, wish = shift
    zone = zone_of(records, [group.name for group in asked])
    made = []
    for group in asked:
        try:
            made.append((group, planned(group, wish, zone)))
        except Refused as refused:
            event(f"refused: {refused.reasons[0].partition(': ')[2][:30]}")
    return made


def after_all(records: list[Raw], made: Sequence[tuple[Group, Split]]) -> list[Raw]:
    for batch in packed(changes_of(split) for _, split in made if split.changed):
        records = carried_out(records, tuple(change for unit in batch for change in unit))
    return records


KINDS: dict[str, Callable[[Split], bool]] = {
    "new weights": lambda split: len(split.before.items) == len(split.after.items) > 1,
    "a new side": lambda split: 1 < len(split.before.items) < len(split.after.items),
    "simple to weighted": lambda split: "Weight" not in split.before.items[0] and "Weight" in split.after.items[0],
    "weighted to simple": lambda split: "Weight" in split.before.items[0] and "Weight" not in split.after.items[0],
    "a shorter TTL": lambda split: split.after.held < split.before.held,
    "a check attached": lambda split: split.after.items[0].get("HealthCheckId") == "check-2",
    "a wildcard": lambda split: split.place.key[1].startswith("*"),
    "nothing to do": lambda split: not split.changed,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_made_up_zones_have_every_kind_of_shift(kind: str) -> None:
    def has_it(shift: Shift) -> bool:
        return any(KINDS[kind](split) for _, split in plans(shift) if split.changed == (kind != "nothing to do"))

    find(shifts(), has_it, settings=settings(max_examples=2000, phases=[Phase.generate]))


@given(shifts())
def test_weights_are_never_all_zero(shift: Shift) -> None:
    wish = shift[2]
    for group, split in plans(shift):
        event("planned")
        assert any(split.after.weights.values())
        assert any(record.get("Weight", 1) for record in split.after.items)
        assert set(split.after.weights) == {member.side for member in group.members}
        if wish.weights and not wish.simple:
            assert split.after.weights == wish.weights


@given(shifts())
def test_a_plan_is_carried_out_and_then_there_is_nothing_to_do(shift: Shift) -> None:
    records, _, wish = shift
    made = plans(shift)
    done = after_all(records, made)
    for group, split in made:
        again = planned(described(group, split), wish, zone_of(done, [group.name]))
        assert again.before.items == split.after.items
        assert not again.changed


def described(group: Group, split: Split) -> Group:
    """Of a simple record it can only be told whose it is where the sides say where they lead."""
    if len(split.after.items) > 1 or "Weight" in split.after.items[0]:
        return group
    serving = next(side for side, weight in split.after.weights.items() if weight)
    members = (
        replace(member, alias=None, values=() if member.side == serving else ("192.0.2.250",))
        for member in group.members
    )
    return replace(group, members=tuple(members))


@given(shifts())
def test_undo_restores_to_the_letter(shift: Shift) -> None:
    records, asked, _ = shift
    made = [(group, split) for group, split in plans(shift) if split.changed]
    done = after_all(records, made)
    zone = zone_of(done, [group.name for group in asked])
    undone = [(g, restored(g, split.before.items, split.after.items, zone)) for g, split in made]
    assert by_key(after_all(done, undone)) == by_key(records)


@given(shifts())
def test_only_what_a_shift_owns_is_changed(shift: Shift) -> None:
    records, *_ = shift
    made = plans(shift)
    for group, split in made:
        new = {member.values for member in group.members if member.values}
        for record in split.after.items:
            values = tuple(one["Value"] for one in record.get("ResourceRecords", []))
            assert not_owned(record) in map(not_owned, split.before.items) or values in new
    others = [record for record in records if not any(record in split.before.items for _, split in made)]
    done = after_all(records, made)
    assert all(record in done for record in others)


def not_owned(record: Mapping[str, Any]) -> Raw:
    return {key: value for key, value in record.items() if key not in OWNED}


@given(shifts(), st.data())
def test_a_change_by_somebody_else_since_the_read_fails_the_batch(shift: Shift, data: st.DataObject) -> None:
    records, *_ = shift
    for _, split in plans(shift):
        if not split.changed:
            continue
        victim = dict(data.draw(st.sampled_from(split.before.items)))
        field = "Weight" if "Weight" in victim else "HealthCheckId"
        theirs = {**victim, field: (victim["Weight"] + 1) % 256 if field == "Weight" else "theirs"}
        disturbed = [theirs if record == victim else record for record in records]
        with pytest.raises(rules.InvalidBatch, match="do not match the current values"):
            carried_out(disturbed, changes_of(split))


@st.composite
def units(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """The changes of many groups, some with many or long values."""
    made = []
    sizes = st.tuples(st.integers(2, 5), st.integers(1, 90), st.integers(1, 240))
    for number, (members, values, length) in enumerate(draw(st.lists(sizes, max_size=25))):
        records = [{"Value": "x" * length}] * min(values, MAX_CHARACTERS // (2 * members * length))
        base = {"Name": f"n{number}.example.com.", "Type": "TXT", "TTL": 60, "ResourceRecords": records}
        sides = [{**base, "SetIdentifier": str(side), "Weight": side} for side in range(members)]
        group = Group("Z1", f"n{number}.example.com", "TXT")
        wish = Wish({str(side): members - side for side in range(members)})
        made.append(changes_of(planned(group, wish, zone_of(sides, [group.name]))))
    return made


@given(units())
def test_batches_are_within_the_limits_and_groups_are_never_split(changes: list[tuple[Any, ...]]) -> None:
    batches = list(packed(changes))
    assert [unit for batch in batches for unit in batch] == changes
    for batch in batches:
        records = [change.record["ResourceRecords"] for unit in batch for change in unit]
        assert sum(map(len, records)) <= MAX_ELEMENTS
        assert sum(len(one["Value"]) for values in records for one in values) <= MAX_CHARACTERS
        rules.check_size([{"Action": c.action, "ResourceRecordSet": dict(c.record)} for unit in batch for c in unit])


@given(st.integers(1, 1200))
def test_no_more_batches_than_it_takes(number: int) -> None:
    """4 elements a group of two sides."""
    sides = [{"SetIdentifier": side, "Weight": 1, "Type": "A", "AliasTarget": {}} for side in "bg"]
    unit = tuple(Change(action, side) for action in ("DELETE", "CREATE") for side in sides)
    assert len(list(packed([unit] * number))) == ceil(4 * number / MAX_ELEMENTS)
