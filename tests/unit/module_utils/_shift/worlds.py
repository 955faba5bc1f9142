# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Zones and listeners that hypothesis makes up, and Route 53's own rules to carry batches out by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.zone import domain
from ansible_collections.cutover.aws.plugins.module_utils._route53.plan import Batch
from ansible_collections.cutover.aws.plugins.module_utils._shift.groups import Group, Member
from local_cloud.services.route53 import batch as rules

Raw = dict[str, Any]
ZONE_ID, ZONE_NAME = "Z1", "example.com."
BALANCERS = "Z35SXDOTRQ7X7K"
SIDES = ("blue", "green", "canary", "old one")


def carried_out(records: Sequence[Raw], changes: Batch) -> list[Raw]:
    """The records after a batch, by the rules of the service; its errors where it would refuse."""
    made = [{"Action": change.action, "ResourceRecordSet": dict(change.record)} for change in changes]
    return rules.apply([dict(record) for record in records], made, ZONE_NAME, lambda *_: None)


def zone_of(records: Sequence[Raw], names: Sequence[str]) -> dict[str, list[Raw]]:
    """As the reader hands them on: by name, empty for a name without any."""
    return {name: [one for one in records if domain(one["Name"]) == name] for name in map(domain, names)}


def by_key(records: Sequence[Raw]) -> dict[Any, Raw]:
    return {rules.key_of(record): record for record in records}


@st.composite
def targets(draw: st.DrawFn, kind: str, ttl: int, *, guarded: bool) -> Raw:
    """Where a record set leads."""
    if draw(st.booleans()):
        name = draw(st.sampled_from(["one", "two", "dualstack.three"]))
        target = {"HostedZoneId": BALANCERS, "DNSName": f"{name}.us-east-1.elb.amazonaws.com."}
        return {"AliasTarget": {**target, "EvaluateTargetHealth": guarded}}
    numbers = draw(st.lists(st.integers(1, 99), min_size=1, max_size=3, unique=True))
    values = [{"Value": value_of(kind, number)} for number in numbers]
    return {"TTL": ttl, "ResourceRecords": values, **({"HealthCheckId": "check-1"} if guarded else {})}


def value_of(kind: str, number: int) -> str:
    return f"192.0.2.{number}" if kind == "A" else f"2001:db8::{number}"


@st.composite
def groups(draw: st.DrawFn, name: str, sides: Sequence[str]) -> tuple[list[Raw], Group]:
    """The record sets of a name, simple or weighted, and a group of them; few are unfit for a shift."""
    kind = draw(st.sampled_from(["A", "AAAA"]))
    ttl = draw(st.sampled_from([60, 60, 60, 300]))
    guarded = draw(st.booleans())
    base = {"Name": rules.normal_name(f"{name}.example.com"), "Type": kind}
    there = draw(st.lists(st.sampled_from(sides), min_size=1, unique=True))
    records = [{**base, **draw(targets(kind, ttl, guarded=guarded))} for _ in there]
    if draw(st.booleans()):
        there, records = there[:1], [{key: value for key, value in records[0].items() if key != "HealthCheckId"}]
        identifiers = {there[0]: there[0]}
    else:
        identifiers = {side: draw(st.sampled_from([side, f"{side} (old)"])) for side in there}
        weights = [draw(st.integers(0, 255)) for _ in there]
        for side, weight, record in zip(there, weights, records, strict=True):
            record |= {"SetIdentifier": identifiers[side], "Weight": weight}
    check = draw(st.sampled_from([None, None, "check-2", ""]))
    new = {side: (value_of(kind, 200 + number),) for number, side in enumerate(sides) if side not in there}
    fresh = "check-1" if guarded and check is None else check
    members = [
        Member(
            side, identifiers.get(side, side), values=new.get(side, ()), health_check=fresh if side in new else check
        )
        for side in sides
    ]
    return records, Group(ZONE_ID, f"{name}.example.com", kind, tuple(members))


@st.composite
def weights(draw: st.DrawFn, sides: Sequence[str], largest: int) -> dict[str, int] | None:
    """None, all on one side, or any that are not all 0."""
    some = [draw(st.integers(0, largest)) for _ in sides]
    winner = draw(st.sampled_from(sides))
    spread = dict(zip(sides, some, strict=True)) | {winner: max(1, some[0])}
    return draw(st.sampled_from([None, spread, spread, {side: 100 if side == winner else 0 for side in sides}]))
