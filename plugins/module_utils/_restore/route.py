# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""By which copies a snapshot gets to where it is restored. Pure.

The rules are AWS's. A copy crosses accounts or regions, never both. An automated snapshot, and one under the account's
default key, cannot be shared, so a copy of it is. An instance takes no key when it is restored, so its snapshot has to
be encrypted with the wanted one; a cluster does. An encrypted snapshot of another account is copied before an instance
is restored from it.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/share-encrypted-snapshot.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from .kinds import CLUSTER, Kind
from .snapshot import Snapshot, copy_name

OWN, SOURCE = "own", "source"


@dataclass(frozen=True)
class Scope:
    """Whose account (own or source) and which region."""

    account: str
    region: str


@dataclass(frozen=True)
class Copy:
    """A snapshot made from the one before it. key is None where it stays unencrypted."""

    scope: Scope
    name: str
    key: str | None


@dataclass(frozen=True)
class Share:
    """Lets our account use the snapshot before it."""

    scope: Scope
    account: str


Hop: TypeAlias = "Copy | Share"


@dataclass(frozen=True)
class Target:
    """Where the database is to be. access: there are credentials for the source's account.

    source_key encrypts copies on the way: a key of the source's account in our region where there is access, one of
    our own in the snapshot's region where there is none.
    """

    kind: Kind
    identifier: str
    account: str
    region: str
    key: str
    access: bool = False
    source_key: str | None = None


def route(snapshot: Snapshot, target: Target, *, default_key: bool = False) -> tuple[Hop, ...]:
    """The way, empty where it can be restored as it is. default_key: it is encrypted with the account's own RDS key."""
    hops: list[Hop] = []
    name = copy_name(target.identifier, snapshot.arn)
    foreign = snapshot.account != target.account
    region, encrypted, key = snapshot.region, snapshot.encrypted, snapshot.key_arn
    passing = target.source_key
    if foreign and target.access:
        there = Scope(SOURCE, target.region)
        if region != target.region or snapshot.type != "manual" or default_key:
            hops.append(Copy(there, name, passing))
            region, encrypted, key = target.region, encrypted or passing is not None, passing
        hops.append(Share(there, target.account))
    elif foreign and region != target.region:
        hops.append(Copy(Scope(OWN, region), name, passing))
        foreign, encrypted, key = False, encrypted or passing is not None, passing
    if _own_copy(target, region, foreign=foreign, encrypted=encrypted, key=key):
        hops.append(Copy(Scope(OWN, target.region), name, target.key))
    return tuple(hops)


def _own_copy(target: Target, region: str, *, foreign: bool, encrypted: bool, key: str | None) -> bool:
    if region != target.region:
        return True
    if target.kind is CLUSTER:
        return False
    return foreign or not encrypted or key != target.key


def lacks_key(snapshot: Snapshot, hops: tuple[Hop, ...]) -> bool:
    """Whether an encrypted snapshot would have to be copied without a key: AWS wants one there."""
    return snapshot.encrypted and any(isinstance(hop, Copy) and hop.key is None for hop in hops)
