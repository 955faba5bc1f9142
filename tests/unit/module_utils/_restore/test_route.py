# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whatever the snapshot and wherever it is, its way is one that AWS allows."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._restore.kinds import CLUSTER, INSTANCE
from ansible_collections.cutover.aws.plugins.module_utils._restore.route import (
    Copy,
    Hop,
    Share,
    Target,
    lacks_key,
    route,
)
from ansible_collections.cutover.aws.plugins.module_utils._restore.snapshot import Snapshot, copy_name
from tests.unit.module_utils._restore.wishes import FRIDAY, HERE, OTHER, OWN, THERE, WANTED, snapshots, targets


def way(snapshot: Snapshot, target: Target) -> tuple[Hop, ...]:
    return route(snapshot, target, default_key=str(snapshot.key_arn).endswith("default"))


def accounts(target: Target) -> dict[str, str]:
    return {"own": target.account, "source": OTHER if target.access else target.account}


def positions(snapshot: Snapshot, target: Target) -> list[tuple[str, str, str | None]]:
    """(account, region, key) of the snapshot and of each copy."""
    found: list[tuple[str, str, str | None]] = [(snapshot.account, snapshot.region, snapshot.key_arn)]
    for hop in way(snapshot, target):
        if isinstance(hop, Copy):
            found.append((accounts(target)[hop.scope.account], hop.scope.region, hop.key))
    return found


@given(snapshots(), targets())
def test_no_copy_crosses_accounts_and_regions_at_once(snapshot: Snapshot, target: Target) -> None:
    places = positions(snapshot, target)
    for before, after in pairwise(places):
        assert before[0] == after[0] or before[1] == after[1]


@given(snapshots(), targets())
def test_it_ends_where_the_database_is_to_be(snapshot: Snapshot, target: Target) -> None:
    account, region, key = positions(snapshot, target)[-1]
    assert region == target.region
    if target.kind is INSTANCE:
        assert (account, key) == (target.account, target.key)


@given(snapshots(), targets())
def test_only_what_can_be_shared_is_shared_and_before_it_is_used(snapshot: Snapshot, target: Target) -> None:
    hops = way(snapshot, target)
    assume(not lacks_key(snapshot, hops))
    for number, hop in enumerate(hops):
        if isinstance(hop, Share):
            copied = [one for one in hops[:number] if isinstance(one, Copy)]
            assert copied or (snapshot.type == "manual" and not str(snapshot.key_arn).endswith("default"))
            assert (copied[-1].scope.region if copied else snapshot.region) == hop.scope.region
    crossing = snapshot.account != target.account and target.access
    assert any(isinstance(hop, Share) for hop in hops) == crossing


@given(snapshots(), targets())
def test_an_encrypted_snapshot_is_copied_with_a_key_or_that_is_told(snapshot: Snapshot, target: Target) -> None:
    hops = way(snapshot, target)
    keyless = [hop for hop in hops if isinstance(hop, Copy) and not hop.key]
    assert lacks_key(snapshot, hops) == bool(keyless and snapshot.encrypted)


@given(snapshots(), targets())
def test_each_place_gets_one_copy_at_most(snapshot: Snapshot, target: Target) -> None:
    scopes = [hop.scope for hop in way(snapshot, target) if isinstance(hop, Copy)]
    assert len(scopes) == len(set(scopes))


@given(snapshots(), targets())
def test_nothing_is_done_for_nothing(snapshot: Snapshot, target: Target) -> None:
    there = (snapshot.account, snapshot.region) == (OWN, HERE)
    if there and (target.kind is CLUSTER or snapshot.key_arn == WANTED):
        assert way(snapshot, target) == ()


def test_the_ways_of_the_runbook() -> None:
    """Spelled out once."""
    default = replace(FRIDAY, arn=f"arn:aws:rds:{THERE}:{OTHER}:snapshot:friday", type="automated")
    target = Target(INSTANCE, "one", OWN, HERE, WANTED, access=True, source_key="passing")
    name = copy_name("one", default.arn)
    told = [
        (type(hop).__name__, hop.scope.account, hop.scope.region, hop.key if isinstance(hop, Copy) else hop.account)
        for hop in route(default, target, default_key=True)
    ]
    assert told == [
        ("Copy", "source", HERE, "passing"),
        ("Share", "source", HERE, OWN),
        ("Copy", "own", HERE, WANTED),
    ]
    assert name == copy_name("one", default.arn) and name.startswith("one-restore-")


@given(st.text("abc-", min_size=1, max_size=63), st.text(min_size=1))
def test_names_of_copies_are_within_the_limit(identifier: str, arn: str) -> None:
    assert len(copy_name(identifier, arn)) <= 80
