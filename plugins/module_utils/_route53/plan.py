# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the records that a name has to the one batch that makes them what they ought to be.

A batch is DELETE of exactly what was read and CREATE of what is wanted, never UPSERT: Route 53 carries it out whole or
not at all, so it fails whole
when somebody has changed a record since the read, and it cannot overwrite what it has not seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .._errors import CutoverError
from .records import SIMPLE, WEIGHTED, Raw, Record, as_raw, name_of, parsed, policy_of

CREATE, DELETE = "CREATE", "DELETE"

MAX_ELEMENTS, MAX_CHARACTERS = 1000, 32000
"""What a batch may hold (quotas of ChangeResourceRecordSets): values, with an alias as one, and their characters."""


class NameTaken(CutoverError):
    """The name has records that are not ours to change; the text says which, and what to do."""


@dataclass(frozen=True)
class Change:
    """One change of a batch."""

    action: str
    record: Raw


Batch = tuple[Change, ...]


def group_batch(name: str, kind: str, wanted: Sequence[Record], existing: Sequence[Raw]) -> Batch:
    """The batch that makes the records of a name and type the wanted ones; empty when they are.

    existing are all record sets of the name, of every type. The weight of a wanted record is its first: one that exists
    keeps the weight that it has, and one that is added to a
    group in service begins with 0, so that repairing a group moves no traffic. Raises NameTaken.
    """
    present = [raw for raw in existing if raw["Type"] == kind]
    _refuse_foreign(name, kind, wanted, existing)
    by_identifier = {raw.get("SetIdentifier"): raw for raw in present}
    in_service = any(raw.get("Weight") for raw in present)
    deletes, creates = [], []
    for record in wanted:
        raw = by_identifier.get(record.identifier)
        target = _with_weight(record, raw, in_service=in_service)
        if raw is not None and parsed(raw) == target:
            continue
        if raw is not None:
            deletes.append(Change(DELETE, raw))
        creates.append(Change(CREATE, as_raw(name, kind, target)))
    return (*deletes, *creates)


def removal_batch(
    kind: str, identifiers: Collection[str] | None, existing: Sequence[Raw], only: Record | None = None
) -> Batch:
    """The batch that removes the members of these identifiers, or the simple record where identifiers is None; with
    only, no record that says anything else.
    """
    return tuple(
        Change(DELETE, raw)
        for raw in existing
        if raw["Type"] == kind
        and (policy_of(raw) == SIMPLE if identifiers is None else raw.get("SetIdentifier") in identifiers)
        and only in (None, parsed(raw))
    )


def emptying_batches(zone_name: str, existing: Sequence[Raw]) -> Iterator[Batch]:
    """Batches that remove all of a zone's records but those that make it a zone."""
    # An alias may lead to another record of the zone, and goes before it.
    ordered = sorted(existing, key=lambda raw: "AliasTarget" not in raw)
    doomed = (raw for raw in ordered if name_of(raw) != zone_name or raw["Type"] not in ("NS", "SOA"))
    for batch in packed((Change(DELETE, raw),) for raw in doomed):
        yield tuple(change for unit in batch for change in unit)


def packed(units: Iterable[Batch]) -> Iterator[tuple[Batch, ...]]:
    """Units in their order, as many as Route 53 takes at once; what belongs together is a unit and never split.

    A unit that is too large by itself comes alone, and Route 53 refuses it.
    """
    batch: list[Batch] = []
    elements = characters = 0
    for unit in units:
        more_elements, more_characters = size_of(unit)
        elements, characters = elements + more_elements, characters + more_characters
        if batch and (elements > MAX_ELEMENTS or characters > MAX_CHARACTERS):
            yield tuple(batch)
            batch, elements, characters = [], more_elements, more_characters
        batch.append(unit)
    if batch:
        yield tuple(batch)


def size_of(changes: Batch) -> tuple[int, int]:
    """How many elements and characters changes count for; CREATE and DELETE count once (an UPSERT would twice)."""
    values = [[one["Value"] for one in change.record.get("ResourceRecords", [])] for change in changes]
    return sum(max(1, len(each)) for each in values), sum(len(value) for each in values for value in each)


def shown(batch: Batch) -> dict[str, dict[str, Any]]:
    """before and after of a batch, by record, for --diff."""
    return {
        "before": {_label(change.record): dict(change.record) for change in batch if change.action == DELETE},
        "after": {_label(change.record): dict(change.record) for change in batch if change.action == CREATE},
    }


def _label(raw: Raw) -> str:
    identifier = raw.get("SetIdentifier")
    return f"{name_of(raw)} {raw['Type']}" + (f" {identifier}" if identifier else "")


def _with_weight(record: Record, raw: Raw | None, *, in_service: bool) -> Record:
    if record.identifier is None:
        return record
    if raw is not None:
        return replace(record, weight=raw["Weight"])
    return replace(record, weight=0) if in_service else record


def _refuse_foreign(name: str, kind: str, wanted: Sequence[Record], existing: Sequence[Raw]) -> None:
    rivals = [raw for raw in existing if raw["Type"] != kind and "CNAME" in (raw["Type"], kind)]
    if rivals:
        found = ", ".join(sorted({raw["Type"] for raw in rivals}))
        raise NameTaken(
            f"{name} has a record of type {found}, beside which there can be none of type {kind}. "
            "It is left as it is: remove it, or choose another name."
        )
    policy = WEIGHTED if any(record.identifier is not None for record in wanted) else SIMPLE
    others = sorted({policy_of(raw) for raw in existing if raw["Type"] == kind} - {policy})
    if others:
        raise NameTaken(
            f"{name} has {' and '.join(others)} records of type {kind} already, beside which there can be no {policy} "
            "ones. They are left as they are: remove them, or choose another name."
        )
    identifiers = {raw.get("SetIdentifier") for raw in existing if raw["Type"] == kind}
    if identifiers and identifiers.isdisjoint(record.identifier for record in wanted):
        listed = ", ".join(sorted(str(identifier) for identifier in identifiers))
        raise NameTaken(
            f"{name} has weighted records of type {kind} for {listed}, which are none of this stack's sides. "
            "Adding sides would take their traffic: remove them, or choose another name."
        )
