# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is next, from nothing but what AWS shows. Pure.

decide() is asked again after every call and every wait, so a run that has died goes on where it was: there is no record
of a restore but names and tags.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .._errors import CutoverError
from .._rds.cluster import cluster_changes
from .._rds.instance import SETTLED, STOPPED, reboot_pending
from .._rds.plan import instance_plan
from .._stack.context import tags_of
from .._wait.steps import Done, Wait
from . import requests
from .asked import Asked
from .kinds import CLUSTER, INSTANCE, SNAPSHOT_FAILED, Kind
from .requests import COMPLETE, PASSWORD_TAG, Write
from .route import OWN, SOURCE, Copy, Hop, Scope, Share
from .snapshot import FROM_TAG, RESTORE_TAG, Snapshot

Item = Mapping[str, Any]


Command: TypeAlias = "Write | Wait | Done"


@dataclass(frozen=True)
class Place:
    """Where the database is to be: our account and region; origin is what it comes from, as its tag says it."""

    account: str
    region: str
    origin: str

    @property
    def own(self) -> Scope:
        """Ours."""
        return Scope(OWN, self.region)


@dataclass(frozen=True)
class Seen:
    """What AWS shows. snapshot is the one to restore from, None while it has to be taken, and for a point in time.

    copies are those that this restore has begun, shared the accounts that may use the one that is shared; source is the
    state of the database that a snapshot is to be taken of.
    """

    database: Item | None = None
    members: Mapping[str, Item] = field(default_factory=dict)
    snapshot: Snapshot | None = None
    copies: Mapping[Scope, Snapshot] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    source: str | None = None


class Broken(CutoverError):
    """Something is in a state that no waiting mends."""

    def __init__(self, kind: Kind, name: str, status: str, scope: Scope, *, snapshot: bool = False) -> None:
        what = "snapshot" if snapshot else kind.name
        super().__init__(f"{what} {name} is {status}")
        self.scope = scope
        self.events = kind.snapshot_events if snapshot else kind.events
        self.name = name
        self.status = status


class NotAsAsked(CutoverError):
    """RDS has taken a change, and does not show it."""


LOOK = "Look at the database's events, mend what they say, and run this again."


def decide(asked: Asked, place: Place, hops: Sequence[Hop], seen: Seen, tried: Collection[str]) -> Command:
    """The next command. tried are the keys of changes that were sent already. Raises Broken and NotAsAsked."""
    if seen.database is None:
        return _toward_restore(asked, place, hops, seen)
    return next(_after_restore(asked, place, seen, seen.database, tried), Done())


def key_of(write: Write) -> str:
    """By which a change is known to have been sent. One that fails to show is not sent for ever."""
    text = json.dumps([write.operation, write.request, write.secret], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def is_complete(item: Item) -> bool:
    """Whether a restore of ours has come to its end here; from then on the database is its keeper's."""
    return COMPLETE in _mark(item)


def _mark(item: Item) -> list[str]:
    """The words of the tag: id, how far it is, and at its end the resource id."""
    return str(tags_of(item.get("TagList")).get(RESTORE_TAG, "")).split()


def _toward_restore(asked: Asked, place: Place, hops: Sequence[Hop], seen: Seen) -> Command:
    last = seen.snapshot
    if asked.source.time is None:
        if last is None:
            return _take(asked, place, seen)
        if waiting := _wait_for(asked.kind, last, place.own):
            return waiting
        for hop in hops:
            if isinstance(hop, Share):
                if hop.account not in seen.shared:
                    return requests.share(asked, hop, last)
                continue
            copied = seen.copies.get(hop.scope)
            if copied is None:
                return requests.copy(asked, hop, last, place.origin)
            if waiting := _wait_for(asked.kind, copied, hop.scope):
                return waiting
            last = copied
    return requests.restore(asked, place.own, place.account, last, place.origin)


def _take(asked: Asked, place: Place, seen: Seen) -> Command:
    source = asked.source
    scope = Scope(SOURCE if source.role else OWN, source.region)
    if seen.source in asked.kind.failed | {STOPPED, None}:
        raise Broken(asked.kind, str(source.database), seen.source or "not there", scope)
    if seen.source not in SETTLED:
        return Wait(f"{source.database} is {seen.source}")
    return requests.take(asked, scope)


def _wait_for(kind: Kind, snapshot: Snapshot, scope: Scope) -> Wait | None:
    if snapshot.status in SNAPSHOT_FAILED:
        raise Broken(kind, snapshot.name, snapshot.status, scope, snapshot=True)
    if snapshot.ready:
        return None
    tens = snapshot.percent // 10 * 10
    return Wait(f"snapshot {snapshot.name} in {snapshot.region} is {snapshot.status}, {tens} %")


def _after_restore(asked: Asked, place: Place, seen: Seen, item: Item, tried: Collection[str]) -> Iterator[Command]:
    """What is left to do, in order; only the first of it counts, since the next look may show something else."""
    own, tags = place.own, tags_of(item.get("TagList"))
    if is_complete(item):
        return
    yield from _until_settled(asked.kind, own, asked.identifier, item)
    for one in asked.members:
        if one.identifier not in seen.members:
            yield requests.member(asked, own, one, item["Engine"])
        else:
            yield from _until_settled(INSTANCE, own, one.identifier, seen.members[one.identifier])
    yield from _change(asked, own, asked.identifier, item, tried)
    for one in asked.members:
        yield from _change(asked, own, one.identifier, seen.members[one.identifier], tried)
    if asked.secret and tags.get(PASSWORD_TAG) != asked.secret:
        write = requests.set_password(asked, own)
        yield write if key_of(write) not in tried else _tagged(asked, own, item, {PASSWORD_TAG: asked.secret})
    if (item.get("MasterUserSecret") or {}).get("SecretStatus", "active") != "active":
        yield Wait(f"the secret of {asked.identifier} is {item['MasterUserSecret']['SecretStatus']}")
    yield from (_rebooted(own, name, tried) for name in _to_reboot(asked, seen, item))
    if not asked.keep_copies:
        yield from _removals(asked, seen)
    yield _tagged(asked, own, item, {RESTORE_TAG: f"{asked.id} {COMPLETE} {item[asked.kind.resource_id]}"})


def _until_settled(kind: Kind, own: Scope, name: str, item: Item) -> Iterator[Command]:
    status = str(item[kind.status])
    if status in kind.failed:
        raise Broken(kind, name, status, own)
    if status == STOPPED:
        yield requests.start(kind, own, name)
    elif status not in SETTLED:
        yield Wait(f"{kind.name} {name} is {status}")


def changes_left(asked: Asked, name: str, item: Item) -> Mapping[str, Any]:
    """What a call has to change of the database or of an instance of its cluster, empty where it is as asked."""
    members = {one.identifier: one.wanted for one in asked.members}
    if name not in members and asked.kind is CLUSTER:
        return cluster_changes(asked.wanted, item)
    return instance_plan(name, members.get(name, asked.wanted), {}, item).modify or {}


def _change(asked: Asked, own: Scope, name: str, item: Item, tried: Collection[str]) -> Iterator[Command]:
    kind = asked.kind if name == asked.identifier else INSTANCE
    request = changes_left(asked, name, item)
    pending = sorted(key for key, value in (item.get("PendingModifiedValues") or {}).items() if value)
    if request:
        write = requests.modify(kind, own, name, request)
        if key_of(write) not in tried:
            yield write
        elif not pending:
            left = ", ".join(sorted(set(request) - {kind.identifier, "ApplyImmediately"}))
            raise NotAsAsked(f"{name} is not as asked: RDS has taken the change of {left} and does not show it. {LOOK}")
    if pending:
        yield Wait(f"{name} has changes pending: {', '.join(pending)}")


def _to_reboot(asked: Asked, seen: Seen, item: Item) -> list[str]:
    """Where parameters wait for it; a cluster's own are brought into force by its instances."""
    if asked.kind is INSTANCE:
        return [asked.identifier] if reboot_pending(item) else []
    of_cluster = {
        one["DBInstanceIdentifier"]
        for one in item.get("DBClusterMembers") or []
        if one.get("DBClusterParameterGroupStatus") == "pending-reboot"
    }
    return [
        one.identifier
        for one in asked.members
        if one.identifier in of_cluster or reboot_pending(seen.members[one.identifier])
    ]


def _rebooted(own: Scope, name: str, tried: Collection[str]) -> Write:
    write = requests.reboot(own, name)
    if key_of(write) in tried:
        raise NotAsAsked(f"{name} has been rebooted, and its parameters still wait for a reboot. {LOOK}")
    return write


def _removals(asked: Asked, seen: Seen) -> Iterator[Command]:
    for scope, copied in seen.copies.items():
        yield requests.remove_copy(asked, scope, copied)


def _tagged(asked: Asked, own: Scope, item: Item, tags: Mapping[str, str]) -> Write:
    return requests.tag(own, asked.identifier, item[asked.kind.arn], tags)


def origin_of(kind: Kind, item: Item) -> str | None:
    """What a database came from, as its tag says it; None where it has none, or has another database's.

    Snapshots carry the tags of their database, and so do databases that somebody else restores from them.
    """
    origin, mark = tags_of(item.get("TagList")).get(FROM_TAG), _mark(item)
    inherited = COMPLETE in mark and mark[-1] != item[kind.resource_id]
    return str(origin) if origin and not inherited else None


def copies_on(hops: Sequence[Hop]) -> list[Copy]:
    """The copies of a way."""
    return [hop for hop in hops if isinstance(hop, Copy)]
