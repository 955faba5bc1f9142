# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS shows of a restore that is under way."""

from __future__ import annotations

from collections.abc import Mapping

from . import api
from .asked import Refused
from .choice import copy_scopes, find_origin
from .kinds import INSTANCE
from .plan import Item, Seen, copies_on, is_complete, origin_of
from .prepare import Way, shared
from .route import Scope
from .scene import Scene
from .snapshot import FROM_TAG, Snapshot, copy_name


def look(scene: Scene, way: Way) -> Seen:
    """Asks for no more than decide() wants to know at this stage. Raises Refused where a name is somebody else's."""
    asked = scene.asked
    database = api.find_database(scene.rds(scene.own), asked.kind, asked.identifier)
    if database is None:
        return _before(scene, way)
    if origin_of(asked.kind, database) != way.place.origin:
        raise Refused(
            [f"{asked.identifier} has been made meanwhile by somebody else, and not from {way.place.origin}."]
        )
    complete = is_complete(database)
    return Seen(
        database=database,
        members=_members(scene),
        copies={} if complete or asked.keep_copies else _copies(scene, way, copy_scopes(asked)),
    )


def _before(scene: Scene, way: Way) -> Seen:
    asked, source = scene.asked, scene.asked.source
    if source.time is not None:
        return Seen()
    snapshot = find_origin(scene, way.place.origin)
    state = None
    if snapshot is None:
        item = api.find_database(scene.rds(scene.source), asked.kind, str(source.database))
        state = item[asked.kind.status] if item else None
    copies = _copies(scene, way, [hop.scope for hop in copies_on(way.hops)])
    return Seen(snapshot=snapshot, copies=copies, shared=shared(scene, way.hops, snapshot), source=state)


def _members(scene: Scene) -> Mapping[str, Item]:
    asked, found = scene.asked, {}
    for one in asked.members:
        item = api.find_database(scene.rds(scene.own), INSTANCE, one.identifier)
        if item is not None and item.get("DBClusterIdentifier") != asked.identifier:
            raise Refused([f"{one.identifier} exists, and is none of {asked.identifier}'s."])
        if item is not None:
            found[one.identifier] = item
    return found


def _copies(scene: Scene, way: Way, scopes: list[Scope]) -> dict[Scope, Snapshot]:
    """The copies of this restore. One of the name that says otherwise is somebody else's."""
    name, found = copy_name(scene.asked.identifier, way.place.origin), {}
    for scope in scopes:
        copied = api.find_snapshot(scene.rds(scope), scene.asked.kind, name)
        if copied is not None and copied.tags.get(FROM_TAG) != way.place.origin:
            raise Refused([f"{copied.arn} exists, and is not known to be a copy of {way.place.origin}. Rename it."])
        if copied is not None:
            found[scope] = copied
    return found
