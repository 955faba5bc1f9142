# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From what is asked for to what it is made of: which snapshot, by which way, and whether it can be done at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from . import api, fitness
from .asked import Asked, Refused
from .choice import choose
from .facts import Facts, Origin
from .kinds import CLUSTER, INSTANCE
from .plan import Item, Place, origin_of
from .requests import version
from .route import OWN, Copy, Hop, Scope, Share, Target, lacks_key, route
from .scene import Scene
from .snapshot import Snapshot


@dataclass(frozen=True)
class Way:
    """What decide() needs beside what AWS shows. snapshot is None while it has to be taken, and for a point in time.

    existing: the database is there already, so that there is no way to go.
    """

    place: Place
    hops: tuple[Hop, ...] = ()
    snapshot: Snapshot | None = None
    existing: bool = False


def prepare(scene: Scene, now: datetime) -> Way:
    """Chooses the source and checks everything that can be known before anything is changed. Raises Refused."""
    asked = scene.asked
    database = api.find_database(scene.rds(scene.own), asked.kind, asked.identifier)
    if database is not None and origin_of(asked.kind, database) is None:
        raise Refused([f"{asked.identifier} exists, and is not known to come from a snapshot. {RENAME}"])
    tag, snapshot = choose(scene, database, now)
    place = Place(scene.account, asked.region, tag)
    if database is not None:
        return _existing(asked, place, database)
    origin, described = _described(scene, snapshot)
    hops = _hops(scene, described)
    facts = replace(_facts(scene, origin, described, hops), tag=tag)
    if found := list(fitness.mistakes(asked, origin, facts)):
        raise Refused(found)
    return Way(place, hops, snapshot)


def source_mistakes(scene: Scene, now: datetime) -> list[str]:
    """What is wrong with the source of a database that is not there, as far as it shows before all else is built."""
    try:
        _tag, snapshot = choose(scene, None, now)
        origin, described = _described(scene, snapshot)
    except Refused as refused:
        return list(refused.reasons)
    lacks = described is not None and lacks_key(described, _hops(scene, described))
    offered = api.engine_version(scene.rds(scene.own), origin.engine, origin.version)
    return list(fitness.source_mistakes(scene.asked, origin, offered, lacks))


RENAME = "Rename it or give another identifier: RDS never restores into a database that exists."


def _existing(asked: Asked, place: Place, database: Item) -> Way:
    found = origin_of(asked.kind, database)
    if found != place.origin:
        raise Refused([f"{asked.identifier} exists and comes from {found}, not from {place.origin}. {RENAME}"])
    return Way(place, existing=True)


def _described(scene: Scene, snapshot: Snapshot | None) -> tuple[Origin, Snapshot | None]:
    """What the database is made of; a snapshot that has still to be taken is described by its source."""
    asked, source = scene.asked, scene.asked.source
    if snapshot is not None:
        return (
            Origin(
                what=f"snapshot {snapshot.name}",
                engine=snapshot.engine,
                version=snapshot.version,
                username=snapshot.username,
                storage=snapshot.storage,
                encrypted=snapshot.encrypted,
                key=snapshot.key_arn,
                option_group=snapshot.option_group,
                status=snapshot.status,
            ),
            snapshot,
        )
    item = api.find_database(scene.rds(scene.source), asked.kind, str(source.database))
    if item is None:
        raise Refused([f"source.database: there is no {asked.kind.name} {source.database} in {source.region}"])
    origin = _origin(scene, item)
    return origin, _to_be_taken(scene, item, origin) if source.take else None


def _origin(scene: Scene, item: Item) -> Origin:
    asked = scene.asked
    encrypted = bool(item.get("StorageEncrypted"))
    if asked.kind is CLUSTER:
        earliest, latest = item.get("EarliestRestorableTime"), item.get("LatestRestorableTime")
    elif asked.source.time:
        earliest, latest = api.restore_window(scene.rds(scene.source), str(asked.source.database))
        latest = item.get("LatestRestorableTime") or latest
    else:
        earliest = latest = None
    groups = item.get("OptionGroupMemberships") or []
    return Origin(
        what=f"{asked.kind.name} {asked.source.database}",
        engine=item["Engine"],
        version=item["EngineVersion"],
        username=item["MasterUsername"],
        storage=int(item.get("AllocatedStorage") or 0),
        encrypted=encrypted,
        key=item.get("KmsKeyId") if encrypted else None,
        option_group=next((group["OptionGroupName"] for group in groups), None),
        status=item[asked.kind.status],
        backups=bool(item.get("BackupRetentionPeriod")),
        earliest=earliest,
        latest=latest,
    )


def _to_be_taken(scene: Scene, item: Item, origin: Origin) -> Snapshot:
    """The snapshot as it will be, for the way it will have to go."""
    asked = scene.asked
    return Snapshot(
        name=str(asked.source.take),
        arn=scene.arn(asked.kind.snapshot_resource, str(asked.source.take)),
        database=str(asked.source.database),
        status="creating",
        percent=0,
        type="manual",
        engine=origin.engine,
        version=origin.version,
        username=origin.username,
        encrypted=origin.encrypted,
        key_arn=origin.key,
        storage=origin.storage,
        created=None,
        option_group=origin.option_group,
    )


def _hops(scene: Scene, snapshot: Snapshot | None) -> tuple[Hop, ...]:
    if snapshot is None:
        return ()
    asked = scene.asked
    target = Target(
        kind=asked.kind,
        identifier=asked.identifier,
        account=scene.account,
        region=asked.region,
        key=asked.key,
        access=asked.source.role is not None,
        source_key=asked.source.key,
    )
    default_key = False
    if target.access and snapshot.account != scene.account and snapshot.key_arn:
        state = api.key_state(scene.client("kms", scene.source), snapshot.key_arn)
        # A key of which nothing is known cannot be counted on to be one that may be shared.
        default_key = state is None or state[1] == "AWS"
    return route(snapshot, target, default_key=default_key)


def _facts(scene: Scene, origin: Origin, snapshot: Snapshot | None, hops: tuple[Hop, ...]) -> Facts:
    asked, rds = scene.asked, scene.rds(scene.own)
    wanted = asked.wanted
    offered = version(asked, snapshot) if snapshot is not None and asked.kind is CLUSTER else origin.version
    classes = {str(one.wanted["instance_class"]) for one in asked.members} or {str(wanted["instance_class"])}
    groups = {(asked.kind, str(wanted["parameter_group"]))}
    groups |= {
        (INSTANCE, str(one.wanted["parameter_group"])) for one in asked.members if "parameter_group" in one.wanted
    }
    listed = wanted["security_groups"]
    role = wanted.get("monitoring_role_arn") or next(
        (one.wanted["monitoring_role_arn"] for one in asked.members if "monitoring_role_arn" in one.wanted), None
    )
    password, user, no_password = _password(scene)
    return Facts(
        version=api.engine_version(rds, origin.engine, origin.version),
        classes={name: api.orderable(rds, origin.engine, offered, name) for name in sorted(classes)},
        network=api.subnet_group_network(rds, str(wanted["subnet_group"])),
        security_groups=api.networks_of(
            scene.client("ec2", scene.own), [str(group) for group in listed] if isinstance(listed, list) else []
        ),
        parameter_groups={key: api.parameter_group_family(rds, *key) for key in sorted(groups, key=lambda key: key[1])},
        keys=_keys(scene, hops),
        option_group="option_group" not in wanted or api.has_option_group(rds, str(wanted["option_group"])),
        monitoring_role=not role or api.has_role(scene.client("iam", scene.own), str(role)),
        password=password,
        password_user=user,
        no_password=no_password,
        taken_members=_taken_members(scene),
        shared=shared(scene, hops, snapshot),
        lacks_key=snapshot is not None and lacks_key(snapshot, hops),
    )


def _password(scene: Scene) -> tuple[str | None, str | None, str | None]:
    """Password, user and, where there is none, why."""
    if scene.asked.secret is None:
        return None, None, None
    try:
        return *api.password_of(scene.client("secretsmanager", scene.own), scene.asked.secret), None
    except api.NoPassword as error:
        return None, None, str(error)


def _keys(scene: Scene, hops: tuple[Hop, ...]) -> dict[str, tuple[str, str] | None]:
    """Every key that will be used, as our account sees it: only its policy lets us see another account's."""
    asked = scene.asked
    found: dict[str, tuple[str, str] | None] = {}
    own = [asked.key, asked.wanted.get("password_key_arn"), asked.wanted.get("performance_insights_key_arn")]
    own += [one.wanted.get("performance_insights_key_arn") for one in asked.members]
    passing = [hop.key for hop in hops if isinstance(hop, Copy)]
    for arn in dict.fromkeys(str(key) for key in [*own, *passing] if key):
        found[arn] = api.key_state(scene.client("kms", Scope(OWN, arn.split(":")[3])), arn)
    return found


def _taken_members(scene: Scene) -> dict[str, str]:
    found = {}
    for one in scene.asked.members:
        item = api.find_database(scene.rds(scene.own), INSTANCE, one.identifier)
        if item is not None:
            found[one.identifier] = item.get("DBClusterIdentifier") or "no cluster"
    return found


def shared(scene: Scene, hops: tuple[Hop, ...], snapshot: Snapshot | None) -> frozenset[str]:
    """With whom the snapshot is shared that the way shares; nobody while it is not there."""
    share = next((hop for hop in hops if isinstance(hop, Share)), None)
    if share is None or snapshot is None:
        return frozenset()
    copied = next((hop for hop in hops if isinstance(hop, Copy) and hop.scope == share.scope), None)
    rds, kind = scene.rds(share.scope), scene.asked.kind
    there = api.find_snapshot(rds, kind, copied.name if copied else snapshot.name)
    return api.shared_with(rds, kind, there.name) if there else frozenset()
