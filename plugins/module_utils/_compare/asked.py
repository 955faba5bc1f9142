# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task asks for, checked before anything is asked of anybody: all that is wrong with it at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._errors import CutoverError
from .api import region_of
from .drivers import trusting
from .sides import Both
from .tables import Limits

PORTS = {"mysql": 3306, "mariadb": 3306, "postgres": 5432}

Given = Mapping[str, Any]


class Refused(CutoverError):
    """What is asked for cannot be compared; the text has every reason."""

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__("Nothing was compared:\n" + "\n".join(reasons))


@dataclass(frozen=True)
class Place:
    """Where a database is, and which secret opens it."""

    host: str
    port: int
    database: str
    ca_file: str
    secret_arn: str
    region: str
    username: str | None

    def named(self) -> dict[str, Any]:
        """By what people know it."""
        return {"host": self.host, "port": self.port, "database": self.database}


@dataclass(frozen=True)
class Asked:
    """One comparison. target: None where only the source's position is wanted. Times are in seconds."""

    engine: str
    source: Place
    target: Place | None
    gate: str
    without: frozenset[str]
    since: Mapping[str, Any] | None
    limits: Limits
    chunk_seconds: float
    max_running: int
    timeout: float

    def identity(self) -> dict[str, Any]:
        """What progress belongs to."""
        places = {"source": self.source.named(), "target": self.target.named() if self.target else None}
        return {"engine": self.engine, **places, "without": sorted(self.without)}

    def places(self) -> Both[Place | None]:
        """Both sides."""
        return Both(self.source, self.target)


def asked_of(given: Given) -> Asked:
    """From the task's parameters. Raises Refused."""
    places = {name: _place(given["engine"], given[name]) for name in ("source", "target") if given[name]}
    if reasons := [*_wrong(given), *_wrong_places(places)]:
        raise Refused(reasons)
    return Asked(
        engine=given["engine"],
        source=places["source"],
        target=places.get("target"),
        gate=given["gate"],
        without=frozenset(given["exclude"]),
        since=given["since"],
        limits=Limits(given["max_keys"], given["max_rows_without_key"]),
        chunk_seconds=given["chunk_seconds"],
        max_running=given["max_running"],
        timeout=given["timeout"],
    )


def _place(engine: str, given: Given) -> Place:
    return Place(
        host=given["host"],
        port=PORTS[engine] if given["port"] is None else given["port"],
        database=given["database"],
        ca_file=given["ca_file"],
        secret_arn=given["secret_arn"],
        region=region_of(given["secret_arn"]) or "",
        username=given["username"],
    )


def _wrong(given: Given) -> Iterator[str]:
    for name, least in (("chunk_seconds", 0.01), ("max_running", 1), ("max_keys", 1), ("timeout", 1)):
        if given[name] < least:
            yield f"{name}: {given[name]} is too little; give {least} or more."
    if given["max_rows_without_key"] < 0:
        yield f"max_rows_without_key: {given['max_rows_without_key']} is less than nothing; give 0 or more."
    if given["since"] is not None and not _is_position(given["engine"], given["since"]):
        yield "since: it is no position of this engine. Give what an earlier call returned as position, unchanged."
    directory = Path(given["progress_file"]).parent if given["progress_file"] else None
    if directory and not directory.is_dir():
        yield f"progress_file: there is no directory {directory}. Make it, or name another one."


def _is_position(engine: str, since: Given) -> bool:
    if engine == "postgres":
        return isinstance(since.get("snapshot"), str) and isinstance(since.get("written"), Mapping)
    return bool(since.get("file")) and all(str(since.get(name)).isdecimal() for name in ("server", "position"))


def _wrong_places(places: Mapping[str, Place]) -> Iterator[str]:
    for name, place in places.items():
        if not place.region:
            yield f"{name}.secret_arn: {place.secret_arn} is no ARN of a secret of Secrets Manager."
        if not 0 < place.port < 65536:  # noqa: PLR2004  (the ports there are)
            yield f"{name}.port: there is no port {place.port}."
        if problem := _wrong_authorities(place.ca_file):
            yield f"{name}.ca_file: {problem}"
    if len(places) == 2 and places["source"].named() == places["target"].named():  # noqa: PLR2004  (two sides)
        yield "target: it is the source itself. Name the database that is to be compared with it."


def _wrong_authorities(path: str) -> str | None:
    try:
        trusting(path)
    except FileNotFoundError:
        return f"there is no {path}. RDS's are at https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem."
    except OSError as error:
        return f"{path} holds no certificates of authorities: {error}."
    return None
