# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Batches: what they change, what they never do."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._route53.plan import (
    CREATE,
    DELETE,
    MAX_ELEMENTS,
    Batch,
    NameTaken,
    emptying_batches,
    group_batch,
    removal_batch,
)
from ansible_collections.cutover.aws.plugins.module_utils._route53.records import Alias, Record, as_raw, parsed

NAME = "www.example.com"


def member(side: str, weight: int, check: str | None = "check") -> Record:
    return Record(side, weight, Alias(f"{side}.elb.amazonaws.com", "ZLB", True), health_check_id=check)


def raw(record: Record, **changes: Any) -> dict[str, Any]:
    return {**as_raw(f"{NAME}.", "A", record), **changes}


def plain(kind: str, *values: str, name: str = f"{NAME}.") -> dict[str, Any]:
    return {"Name": name, "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value} for value in values]}


WANTED = [member("blue", 100), member("green", 0)]


def batch(existing: list[dict[str, Any]], wanted: list[Record] | None = None) -> Batch:
    return group_batch(NAME, "A", WANTED if wanted is None else wanted, existing)


def carried_out(existing: list[dict[str, Any]], done: Batch) -> list[dict[str, Any]]:
    """What Route 53 has after the batch; it refuses a DELETE that does not match and a CREATE of what is there."""
    left = list(existing)
    for change in done:
        if change.action == DELETE:
            left.remove(dict(change.record))
        else:
            assert change.record.get("SetIdentifier") not in [one.get("SetIdentifier") for one in left]
            left.append(dict(change.record))
    return left


def weights(records: list[dict[str, Any]]) -> dict[str, int]:
    return {record["SetIdentifier"]: record["Weight"] for record in records}


def test_both_sides_are_created_in_one_batch_with_their_first_weights() -> None:
    made = carried_out([], batch([]))
    assert weights(made) == {"blue": 100, "green": 0}
    assert [change.action for change in batch([])] == [CREATE, CREATE]


def test_what_is_right_is_left_alone() -> None:
    assert batch([raw(record) for record in WANTED]) == ()


def test_aws_way_of_writing_names_is_no_difference() -> None:
    alias = {"DNSName": "BLUE.elb.amazonaws.com.", "HostedZoneId": "ZLB", "EvaluateTargetHealth": True}
    assert batch([raw(WANTED[0], AliasTarget=alias), raw(WANTED[1])]) == ()


def test_a_weight_that_a_shift_has_moved_stays_while_the_rest_is_repaired() -> None:
    existing = [raw(member("blue", 10, check=None)), raw(member("green", 90))]
    done = batch(existing)
    assert [(change.action, change.record["SetIdentifier"]) for change in done] == [(DELETE, "blue"), (CREATE, "blue")]
    assert weights(carried_out(existing, done)) == {"blue": 10, "green": 90}


def test_a_side_that_is_missing_comes_back_without_taking_traffic() -> None:
    existing = [raw(member("green", 100))]
    assert weights(carried_out(existing, batch(existing))) == {"blue": 0, "green": 100}


def test_a_group_that_serves_nobody_gets_its_first_weights() -> None:
    existing = [raw(member("green", 0))]
    assert weights(carried_out(existing, batch(existing))) == {"blue": 100, "green": 0}


@pytest.mark.parametrize(
    ("existing", "text"),
    [
        pytest.param([plain("A", "192.0.2.1")], "simple records of type A", id="simple"),
        pytest.param([plain("CNAME", "other.example.com")], "record of type CNAME", id="cname"),
        pytest.param([raw(member("blue", 1), Region="us-east-1", Weight=None)], "latency records", id="latency"),
        pytest.param([raw(member("canary", 5))], "for canary", id="somebody else's weighted ones"),
    ],
)
def test_records_of_others_are_never_touched(existing: list[dict[str, Any]], text: str) -> None:
    existing = [{name: value for name, value in one.items() if value is not None} for one in existing]
    with pytest.raises(NameTaken, match=text):
        batch(existing)


def test_a_stranger_beside_ours_stays() -> None:
    existing = [raw(member("blue", 100, check=None)), raw(member("canary", 5)), raw(member("green", 0))]
    assert raw(member("canary", 5)) in carried_out(existing, batch(existing))


def test_another_type_of_the_name_does_not_matter() -> None:
    assert len(batch([plain("TXT", '"x"'), plain("MX", "10 mail")])) == len(WANTED)


def test_a_simple_record_is_replaced_by_exactly_what_was_read() -> None:
    existing = [plain("A", "192.0.2.1")]
    done = batch(existing, [Record(ttl=60, values=("192.0.2.2",))])
    assert done[0].record == existing[0]
    assert carried_out(existing, done) == [{**plain("A", "192.0.2.2"), "Name": NAME}]


def test_removal_takes_the_members_that_it_names_as_they_are() -> None:
    existing = [
        raw(member("blue", 7, check=None)),
        raw(member("green", 93)),
        raw(member("canary", 1)),
        plain("TXT", '"x"'),
    ]
    left = carried_out(existing, removal_batch("A", ["blue", "green"], existing))
    assert left == existing[2:]


def test_removal_of_a_simple_record_spares_weighted_ones() -> None:
    assert removal_batch("A", None, [raw(member("blue", 7))]) == ()
    assert len(removal_batch("TXT", None, [plain("TXT", '"x"')])) == 1


def test_removal_of_what_a_record_says_spares_another_one() -> None:
    existing = [plain("TXT", '"x"')]
    assert removal_batch("TXT", None, existing, Record(ttl=60, values=('"y"',))) == ()
    assert removal_batch("TXT", None, existing, Record(ttl=61, values=('"x"',))) == ()
    assert len(removal_batch("TXT", None, existing, Record(ttl=60, values=('"x"',)))) == 1


def test_emptying_a_zone_leaves_what_makes_it_a_zone() -> None:
    own = [plain("NS", "ns1", name="example.com."), plain("SOA", "soa", name="example.com.")]
    others = [plain("NS", "ns9", name="sub.example.com."), plain("TXT", '"x"', name="example.com.")]
    [done] = emptying_batches("example.com", [*own, *others])
    assert sorted(change.record["Name"] for change in done) == ["example.com.", "sub.example.com."]
    assert list(emptying_batches("example.com", own)) == []


@given(st.lists(st.integers(1, 400), max_size=30))
def test_emptying_keeps_each_batch_below_what_route53_takes(sizes: list[int]) -> None:
    records = [plain("A", *["192.0.2.1"] * size, name=f"r{n}.example.com.") for n, size in enumerate(sizes)]
    batches = list(emptying_batches("example.com", records))
    assert sorted(change.record["Name"] for done in batches for change in done) == sorted(r["Name"] for r in records)
    for done in batches:
        assert 0 < sum(len(change.record["ResourceRecords"]) for change in done) <= MAX_ELEMENTS


sides = st.sampled_from(["blue", "green", "canary"])
records = st.lists(
    st.builds(member, sides, st.integers(0, 255), st.sampled_from(["check", "other", None])),
    unique_by=lambda record: record.identifier,
    max_size=3,
)


@given(records)
def test_repairing_never_moves_traffic_of_a_group_in_service(present: list[Record]) -> None:
    existing = [raw(record) for record in present]
    try:
        done = batch(existing)
    except NameTaken:
        assert {record.identifier for record in present} == {"canary"}
        return
    after = carried_out(existing, done)
    if any(record.weight for record in present):
        before = weights(existing)
        assert weights(after) == {side: before.get(side, 0) for side in {*before, "blue", "green"}}
    assert batch(after) == ()
    for side in ("blue", "green"):
        [made] = [record for record in after if record["SetIdentifier"] == side]
        assert parsed(made).health_check_id == "check"
