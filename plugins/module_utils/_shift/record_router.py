# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Route 53 as a router: whole groups in as few batches as it takes, each a compare-and-swap."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from .._botocore import BotoCoreError, ClientError
from .._errors import CutoverError
from .._model.core import Value
from .._model.zone import domain
from .._plan.settle import Clock
from .._route53 import api
from .._route53.plan import CREATE, DELETE, MAX_CHARACTERS, MAX_ELEMENTS, Batch, Change, packed, size_of
from .._route53.records import parsed
from . import api as shift_api
from .groups import Group, Zone, shown_items
from .plan import Place, Raw, Refused, Split, all_planned
from .records import Wish, changes_of, planned, restored, same_items
from .router import Router, Unanswered
from .waiters import wait_in_sync

COMMENT = "cutover.aws: shift"


class ChangedMeanwhile(CutoverError):
    """Somebody has changed a group between the read and the write."""


class RecordRouter(Router):
    """Record groups of any number of zones."""

    type = "record_group"
    fields = ("zone_id", "name", "type")

    def __init__(self, client: Any, clock: Clock, wait: float) -> None:
        """wait: seconds to wait for INSYNC in all, 0 for not at all."""
        self.clock = clock
        self._client = client
        self._wait = wait
        self._calls = shift_api.counted(client)
        self._change_ids: list[str] = []

    def plan(self, groups: Sequence[Group], wish: Wish) -> list[Split]:
        """From what is there to what is wished for. Raises Refused."""
        zones = self._zones(groups)
        return all_planned(partial(planned, group, wish, zones[group.zone_id]) for group in groups)

    def plan_undo(self, undo: Sequence[Mapping[str, Any]]) -> list[Split]:
        """From what is there to what was there before the shift that returned undo. Raises Refused."""
        groups = [Group(entry["zone_id"], entry["name"], entry["type"]) for entry in undo]
        zones = self._zones(groups)
        return all_planned(
            partial(restored, group, entry["before"], entry["after"], zones[group.zone_id])
            for group, entry in zip(groups, undo, strict=True)
        )

    def _zones(self, groups: Iterable[Group]) -> dict[str, Zone]:
        """The record sets of the groups' names by zone, and of those names of the same zone that aliases lead to."""
        names: dict[str, list[str]] = {}
        for group in groups:
            names.setdefault(group.zone_id, []).append(group.name)
        return {zone_id: self._zone(zone_id, wanted) for zone_id, wanted in names.items()}

    def _zone(self, zone_id: str, names: Sequence[str]) -> Zone:
        zone = api.records_of_names(self._client, zone_id, names)
        aliases = (parsed(raw).alias for records in zone.values() for raw in records)
        targets = {alias.target for alias in aliases if alias and alias.zone_id == zone_id} - set(zone)
        return zone | (api.records_of_names(self._client, zone_id, targets) if targets else {})

    def check(self, splits: Sequence[Split]) -> list[str]:
        """Refuses what Route 53 would refuse: in the second batch that would come after the first was written."""
        reasons = [f"{split.place.name}: {reason}" for split in splits for reason in _too_large(split)]
        attached = {check for split in splits for check in _checks(split.after.items) - _checks(split.before.items)}
        for check in shift_api.unknown_checks(self._client, attached):
            reasons.append(f"there is no health check {check}.")
        warnings = []
        for zone_id in dict.fromkeys(split.place.key[0] for split in splits):
            try:
                reasons += self._protected(zone_id, splits)
            except shift_api.CannotAsk as error:
                # A way back must not hang on a question that Route 53 answers by itself when it is written to.
                warnings.append(str(error))
        if reasons:
            raise Refused(*reasons)
        return warnings

    def _protected(self, zone_id: str, splits: Sequence[Split]) -> list[str]:
        places = {split.place.key[1:]: split.place for split in splits if split.place.key[0] == zone_id}
        return [
            f"{places[key].name}: it is protected ({one.get('Comment') or 'without a comment'}), and Route 53 would "
            "refuse the whole batch. Remove the protection first (aws route53 "
            "delete-resource-record-set-protections)."
            for one in shift_api.protections(self._client, zone_id)
            if (key := (domain(one["RecordName"]), one["RecordType"])) in places
        ]

    def write(self, splits: Sequence[Split]) -> Iterator[Sequence[Split]]:
        """A batch at a time, zone by zone."""
        for zone_id in dict.fromkeys(split.place.key[0] for split in splits):
            waiting = [split for split in splits if split.place.key[0] == zone_id]
            for batch in packed(map(changes_of, waiting)):
                part, waiting = waiting[: len(batch)], waiting[len(batch) :]
                changes = tuple(change for unit in batch for change in unit)
                self._change_ids.append(self._carry_out(zone_id, part, changes))
                yield part

    def _carry_out(self, zone_id: str, part: Sequence[Split], changes: Batch) -> str:
        """The id of the change. Where the call fails, the zone says what that means."""
        try:
            return api.change(self._client, zone_id, changes, COMMENT)
        except (api.BatchRefused, ClientError, BotoCoreError) as error:
            try:
                seen = self.read(part)
            except (ClientError, BotoCoreError) as silence:
                raise Unanswered(error, part) from silence
            if all(same_items(seen[split.place], split.after.items) for split in part):
                return self._confirmed(zone_id, seen, part)
            moved = [split for split in part if not same_items(seen[split.place], split.before.items)]
            if not moved:
                raise
            listed = "; ".join(
                f"{split.place.name}: {self.told(split.before.items, seen[split.place])}" for split in moved
            )
            raise ChangedMeanwhile(
                f"Somebody has changed the records between this run's reading and writing ({listed}), so Route 53 "
                "refused the batch and nothing of it was written. Find out who; then run again."
            ) from error

    def _confirmed(self, zone_id: str, seen: Mapping[Place, Sequence[Raw]], part: Sequence[Split]) -> str:
        """An attempt whose answer was lost had been carried out. Its id is lost too, and only an id can be waited for:
        the same is written once more."""
        items = [raw for found in seen.values() for raw in found]
        deletes = (Change(DELETE, raw) for raw in items)
        try:
            return api.change(self._client, zone_id, (*deletes, *(Change(CREATE, raw) for raw in items)), COMMENT)
        except (api.BatchRefused, ClientError, BotoCoreError) as error:
            raise Unanswered(error, part) from error

    def settle(self) -> None:
        """Until all name servers have it."""
        if self._wait:
            wait_in_sync(self._client, self._change_ids, self._wait, self.clock)

    def read(self, splits: Sequence[Split]) -> dict[Place, Sequence[Raw]]:
        """The groups' record sets now."""
        zones: dict[str, Zone] = {}
        for zone_id in dict.fromkeys(split.place.key[0] for split in splits):
            names = [split.place.key[1] for split in splits if split.place.key[0] == zone_id]
            zones[zone_id] = api.records_of_names(self._client, zone_id, names)
        return {place: _of(place, zones) for place in (split.place for split in splits)}

    def same(self, one: Sequence[Raw], other: Sequence[Raw]) -> bool:
        """Whether Route 53 would take them for the same."""
        return same_items(one, other)

    def shown(self, items: Sequence[Raw]) -> Mapping[str, Value]:
        """By identifier."""
        return shown_items(items)

    def facts(self) -> dict[str, Any]:
        """The ids of the changes, and the calls."""
        return {"change_ids": list(self._change_ids), "calls": dict(self._calls)}


def _of(place: Place, zones: Mapping[str, Zone]) -> list[Raw]:
    zone_id, name, kind = place.key
    return [raw for raw in zones[zone_id][name] if raw["Type"] == kind]


def _checks(items: Sequence[Raw]) -> set[str]:
    return {raw["HealthCheckId"] for raw in items if "HealthCheckId" in raw}


def _too_large(split: Split) -> Iterator[str]:
    elements, characters = size_of(changes_of(split))
    if elements > MAX_ELEMENTS or characters > MAX_CHARACTERS:
        yield (
            f"its records are too large to be changed at once ({elements} values of {characters} characters; Route 53 "
            f"takes {MAX_ELEMENTS} of {MAX_CHARACTERS})."
        )
