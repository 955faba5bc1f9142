# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task asks for, and what is wrong with it before AWS has been asked anything. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._errors import CutoverError
from .._model.core import Value
from .._restore.wrong import IDENTIFIER

AVAILABLE, SWITCHED_OVER, ABSENT = "available", "switched_over", "absent"
NAME = re.compile(r"[a-zA-Z](?:-?[a-zA-Z0-9]+)*")
LONGEST_NAME = 60
"""botocore's rds model, BlueGreenDeploymentName."""

OLD = re.compile(r"(?P<of>.+)-old\d+")
"""What RDS names the former production database, https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/
blue-green-deployments-switching.html."""

SHORTEST_TIMEOUT, LONGEST_TIMEOUT = 30, 3600
CHANGES = ("engine_version", "parameter_group", "instance_class", "storage_type", "allocated_storage")
STORAGE_CHANGES = ("iops", "storage_throughput")
LONGEST_GREEN = 63 - len("-green-abc123")
"""RDS appends this to the names of the copies."""

Given = Mapping[str, Any]


class Refused(CutoverError):
    """What is asked for is not done, and nothing was changed; the text has every reason."""

    def __init__(self, reasons: Iterable[str]) -> None:
        self.reasons = "\n".join(reasons)
        super().__init__(f"Nothing was changed, since this cannot be done:\n{self.reasons}")


@dataclass(frozen=True)
class Asked:
    """source is the name of the production database, now and afterwards. wanted has, in the words of the model, what is
    to be another; storage_config whether the file system of its storage is. lag is in seconds, lag_bytes in bytes,
    timeout in seconds.
    """

    name: str
    source: str
    state: str
    wanted: Mapping[str, Value]
    storage_config: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)
    timeout: int = 300
    lag: int = 10
    lag_bytes: int = 16 * 1024 * 1024
    keys_checked: bool = False
    abandon: bool = False
    delete_old: tuple[str, ...] = ()
    final_snapshot: bool = True
    delete_backups: bool = False

    @property
    def changes(self) -> bool:
        """Whether it is said what is to be another."""
        return bool(self.wanted) or self.storage_config


def asked_of(p: Given) -> Asked:
    """From the options of the module. Raises Refused with all that is wrong."""
    if reasons := list(_wrong(p)):
        raise Refused(reasons)
    return Asked(
        name=p["name"],
        source=p["source"],
        state=p["state"],
        wanted={name: p[name] for name in (*CHANGES, *STORAGE_CHANGES) if p[name] is not None},
        storage_config=p["upgrade_storage_config"],
        tags=p["tags"],
        timeout=p["switchover_timeout"],
        lag=p["max_lag"],
        lag_bytes=p["max_lag_bytes"],
        keys_checked=p["primary_keys_checked"],
        abandon=p["abandon"],
        delete_old=tuple(p["delete_old"]),
        final_snapshot=p["final_snapshot"],
        delete_backups=p["delete_automated_backups"],
    )


def _wrong(p: Given) -> Iterator[str]:
    if not NAME.fullmatch(p["name"]) or len(p["name"]) > LONGEST_NAME:
        yield (
            f"name: {p['name']!r} is none that RDS takes; give up to {LONGEST_NAME} letters, digits and single dashes, "
            "beginning with a letter and not ending with a dash"
        )
    if not IDENTIFIER.fullmatch(p["source"]):
        yield f"source: {p['source']!r} is no name of a DB instance; give it as RDS shows it, in lower case"
    elif len(p["source"]) > LONGEST_GREEN:
        yield f"source: {p['source']} has more than {LONGEST_GREEN} characters; RDS appends -green-abc123"
    yield from _wrong_numbers(p)
    yield from _wrong_changes(p)
    yield from _wrong_removal(p)


def _wrong_numbers(p: Given) -> Iterator[str]:
    if not SHORTEST_TIMEOUT <= p["switchover_timeout"] <= LONGEST_TIMEOUT:
        yield f"switchover_timeout: {p['switchover_timeout']} s; AWS takes {SHORTEST_TIMEOUT} to {LONGEST_TIMEOUT}"
    for name in ("max_lag", "max_lag_bytes"):
        if p[name] < 0:
            yield f"{name}: {p[name]} is less than nothing"


def _wrong_changes(p: Given) -> Iterator[str]:
    given = [name for name in (*CHANGES, *STORAGE_CHANGES) if p[name] is not None]
    if p["state"] == AVAILABLE and not given and not p["upgrade_storage_config"]:
        yield (
            f"{', '.join((*CHANGES, *STORAGE_CHANGES))}, upgrade_storage_config: give what is to be another. By it "
            "is known later that nothing is left to do"
        )
    if p["storage_throughput"] is not None and p["storage_type"] not in (None, "gp3"):
        yield f"storage_throughput: {p['storage_type']} has none; it is gp3's"
    if p["storage_type"] in ("io1", "io2") and not p["iops"]:
        yield f"iops: missing; AWS wants it with {p['storage_type']}"


def _wrong_removal(p: Given) -> Iterator[str]:
    if p["state"] != ABSENT:
        for name in ("abandon", "delete_old"):
            if p[name]:
                yield f"{name}: goes with state absent only"
        return
    if p["abandon"] and p["delete_old"]:
        yield "abandon, delete_old: the first is for what was never switched over, the second for what was; give one"
    for name in p["delete_old"]:
        if not OLD.fullmatch(name):
            yield f"delete_old: {name} is not named as RDS names a former database, such as {p['source']}-old1"
