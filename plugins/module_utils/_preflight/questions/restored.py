# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a database is to be restored from, and what the one that is there came from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ..._botocore import BotoCoreError, ClientError
from ..._layers import LAYERS
from ..._model.core import UNKNOWN, Found, Resource, Value
from ..._model.database import INSTANCE, SUBNET_GROUP
from ..._restore import api
from ..._restore.asked import Asked, source_of, wish_id
from ..._restore.kinds import INSTANCE as KIND
from ..._restore.prepare import source_mistakes
from ..._restore.provenance import is_unfinished
from ..._restore.scene import Scene
from ..asking import Question, Subject, refused, unreachable, without
from ..findings import Finding, finding
from ..rules.restore import VARIABLE, told

SERVICES = {"AssumeRole": "sts", "GetCallerIdentity": "sts", "DescribeKey": "kms"}
"""Whose operation it is; RDS's, if it is none of these."""


def _database(subject: Subject) -> Iterator[Finding]:
    wanted = subject.models["database"].get(INSTANCE)
    source = wanted.attributes.get("restored_from") if wanted else None
    if wanted is None or not isinstance(source, Mapping):
        return
    found = subject.present.get("database", {}).get(INSTANCE)
    if found is not None:
        yield from _came_from_another(wanted, source, found)
        return
    try:
        yield from _source(subject, Scene(_asked(subject, wanted, source), _clients(subject)))
    except ClientError as error:
        raise refused(SERVICES.get(error.operation_name, "rds"), error.operation_name, error) from error
    except BotoCoreError as error:
        raise unreachable(error) from error


def _came_from_another(wanted: Resource, source: Mapping[str, Value], found: Found) -> Iterator[Finding]:
    origin = found.attributes.get("restored_from")
    if origin != source and not is_unfinished(origin):
        came = f"came from {origin}" if origin else "is not known to have come from any snapshot"
        yield finding(
            VARIABLE,
            source,
            f"{wanted.name} is there and {came}, and RDS never restores into a database that exists",
            "Put back what it came from, or set database_source to new to keep it as it is, or rename it first",
        )


def _source(subject: Subject, scene: Scene) -> Iterator[Finding]:
    take = scene.asked.source.take
    if take and SUBNET_GROUP not in subject.present.get("database", {}):
        # Whoever has died after taking it had made the groups before.
        earlier = api.find_snapshot(scene.rds(scene.source), KIND, take)
        if earlier is not None:
            age = f", with the data of {earlier.created:%Y-%m-%d %H:%M} UTC" if earlier.created else ""
            yield finding(
                f"{VARIABLE}.take",
                take,
                f"there is a snapshot of this name already{age}",
                "Give another name to take a new one, or restore this one: database_source snapshot, and snapshot "
                "instead of database and take",
            )
            return
    for reason in source_mistakes(scene, datetime.now(UTC)):
        yield told(reason)


def _asked(subject: Subject, wanted: Resource, source: Mapping[str, Value]) -> Asked:
    key = LAYERS["keys"].outputs(subject.present.get("keys", {}))["key_arn"]
    return Asked(
        kind=KIND,
        identifier=wanted.name,
        source=source_of(source, subject.stack.region),
        key=str(key or UNKNOWN),
        wanted=wanted.attributes,
        tags={},
        region=subject.stack.region,
        id=wish_id(KIND, wanted.name, source),
        engine=str(wanted.attributes["engine"]),
        username=str(wanted.attributes["username"]),
    )


def _clients(subject: Subject) -> Any:
    def client(service: str, region: str, **credentials: Any) -> Any:
        return subject.context.client_as(service, region, credentials)

    return client


QUESTIONS = (Question("source of the database", VARIABLE, _database, without("database")),)
