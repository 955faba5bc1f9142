# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which snapshot it is: the one that was named, the newest that a rule admits, or the one that an earlier run has begun
with.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from .._stack.context import tags_of
from . import api
from .asked import Asked, Refused
from .plan import Item, origin_of
from .route import OWN, SOURCE, Scope
from .scene import Scene
from .snapshot import FROM_TAG, Snapshot, admitted, is_copy, wish_of

RESUMED_WITHIN = timedelta(days=1)
"""What an earlier run has begun, a copy or a snapshot that it took, is gone on with; an older one may hold data that
nobody wants any more.
"""


def choose(scene: Scene, database: Item | None, now: datetime) -> tuple[str, Snapshot | None]:
    """What the database will be said to come from, and the snapshot if it is there and the database is not."""
    asked, source = scene.asked, scene.asked.source
    origin = source.origin(asked.kind, scene.arn)
    if origin is not None:
        if source.time or database is not None:
            return origin, None
        snapshot = find_origin(scene, origin)
        if source.take and snapshot is not None:
            _see_that_it_is_new(snapshot, now)
        return origin, snapshot
    if database is not None and wish_of(tags_of(database.get("TagList"))) == asked.id:
        return str(origin_of(asked.kind, database)), None
    chosen = _newest(scene, now)
    return chosen.arn, chosen


def find_origin(scene: Scene, arn: str) -> Snapshot | None:
    """The snapshot that was asked for. Raises Refused where there ought to be one."""
    asked = scene.asked
    account, name = arn.split(":")[4], arn.split(":", 6)[6]
    foreign = account != scene.source_account
    found = api.find_snapshot(scene.rds(scene.source), asked.kind, arn if foreign else name, foreign=foreign)
    if found is None and asked.source.take is None:
        where = f"{arn} does not exist, or is not shared with {scene.account}" if foreign else f"{arn} does not exist"
        raise Refused([f"source.snapshot: {where}"])
    if found is not None and asked.source.database not in (None, found.database):
        raise Refused([f"source.take: {found.name} exists, and is of {found.database}. Give another name"])
    return found


def _see_that_it_is_new(taken: Snapshot, now: datetime) -> None:
    """Whoever asks for a snapshot to be taken wants the data of now. While it is being made it may have no time yet."""
    if taken.created and now - taken.created > RESUMED_WITHIN:
        raise Refused(
            [
                f"source.take: {taken.name} exists, with the data of {taken.created:%Y-%m-%d %H:%M} UTC, which is too "
                "old to go on with. Delete it or give another name to take a new one, or restore this one: name it "
                "with snapshot, instead of database and take"
            ]
        )


def _newest(scene: Scene, now: datetime) -> Snapshot:
    asked, source = scene.asked, scene.asked.source
    everything = api.snapshots_of(scene.rds(scene.source), asked.kind, str(source.database))
    fit = admitted(everything, source.rule, now)
    begun = _begun(scene, everything)
    if begun is None:
        if not fit:
            raise Refused([f"source: {source.database} has no snapshot that {_said(scene)} admits"])
        return fit[0]
    origin = next((one for one in everything if one.arn == begun.tags[FROM_TAG]), None)
    if origin is None:
        raise Refused([f"{begun.arn} was begun from {begun.tags[FROM_TAG]}, which is gone. {REMOVE}"])
    if origin not in fit or (begun.made and now - begun.made > RESUMED_WITHIN):
        raise Refused([f"{begun.arn} was begun from {origin.arn} by an earlier run, and is too old to go on. {REMOVE}"])
    return origin


REMOVE = "Remove that copy, or name the snapshot."


def _said(scene: Scene) -> str:
    rule = scene.asked.source.rule
    age = f", of the last {rule.max_age} s" if rule.max_age is not None else ""
    tags = "".join(f", tagged {key}={value}" for key, value in rule.tags.items())
    return f"the rule (type {rule.type}{age}{tags})"


def _begun(scene: Scene, everything: Sequence[Snapshot]) -> Snapshot | None:
    """The copy that an earlier run of the same wish has begun, if any."""
    asked = scene.asked
    lists = {scene.source: everything}
    for scope in copy_scopes(asked):
        if scope not in lists:
            lists[scope] = api.snapshots_of(scene.rds(scope), asked.kind, str(asked.source.database))
    found = [one for snapshots in lists.values() for one in snapshots if is_copy(one) and wish_of(one.tags) == asked.id]
    return max((one for one in found if one.made), key=lambda one: str(one.made), default=next(iter(found), None))


def copy_scopes(asked: Asked) -> list[Scope]:
    """Wherever a way may lead through."""
    scopes = [Scope(OWN, asked.region), Scope(OWN, asked.source.region)]
    return list(dict.fromkeys([*scopes, *([Scope(SOURCE, asked.region)] if asked.source.role else [])]))
