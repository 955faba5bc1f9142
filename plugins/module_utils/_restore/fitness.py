# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What stands in the way of a restore, by what has been asked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from .._rds.instance import CHANGING, SETTLED
from .._rds.versions import major, numbers, satisfies
from .asked import Asked
from .facts import Facts, Origin
from .kinds import CLUSTER, INSTANCE
from .snapshot import FROM_TAG, RESTORE_TAG
from .wrong import GROWTH, LATEST

LONGEST_TAG = 256
MOST_ACCOUNTS = 20
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 128
LONGEST_OF = {"mysql": 41, "mariadb": 41, "aurora-mysql": 41}
PASSWORD_WITHOUT = frozenset("/@\"' ")
"""The API reference of ModifyDBInstance, MasterUserPassword."""

USABLE = SETTLED | CHANGING | {"creating", "starting"}
ENGINES: Mapping[str, tuple[str, ...]] = {
    INSTANCE.name: ("mysql", "mariadb", "postgres"),
    CLUSTER.name: ("aurora-mysql", "aurora-postgresql"),
}


def mistakes(asked: Asked, origin: Origin, facts: Facts) -> Iterator[str]:
    """All that is known to go wrong."""
    yield from source_mistakes(asked, origin, facts.version, facts.lacks_key)
    if facts.version is not None and _is_offered(facts.version):
        yield from _offers(asked, origin, facts)
        yield from _of_version(asked, origin, facts.version)
    yield from _network(asked, facts)
    yield from _groups(asked, origin, facts)
    yield from _keys(asked, facts)
    yield from _taken(origin, facts)
    yield from _password(origin, facts)
    if len(facts.tag) > LONGEST_TAG:
        yield f"source: {facts.tag} is too long for the tag that remembers it ({LONGEST_TAG} characters)"
    if reserved := sorted({FROM_TAG, RESTORE_TAG} & set(asked.tags)):
        yield f"tags: {', '.join(reserved)} are the module's own"


def source_mistakes(asked: Asked, origin: Origin, version: Mapping[str, Any] | None, lacks_key: bool) -> Iterator[str]:
    """Those that the source alone shows, before there is anything where the database is to be."""
    yield from _origin(asked, origin)
    if lacks_key:
        yield (
            f"source.key_arn: missing; {origin.what} is encrypted and has to be copied on its way, for which AWS wants "
            "a customer managed key (one of the source's account that ours may use, or, without role_arn, one of ours "
            "in the snapshot's region)"
        )
    if asked.source.time is not None:
        yield from _point_in_time(asked, origin)
    yield from _version(asked, origin, version)
    yield from _sizes(asked, origin)


def _origin(asked: Asked, origin: Origin) -> Iterator[str]:
    if origin.engine not in ENGINES[asked.kind.name]:
        yield (
            f"source: {origin.what} is of {origin.engine}, and this restores {', '.join(ENGINES[asked.kind.name])} "
            f"to {asked.kind.name}s"
        )
    if asked.engine and asked.engine != origin.engine:
        yield f"engine: {origin.what} is of {origin.engine}, not {asked.engine}"
    if asked.username and asked.username != origin.username:
        yield f"username: the master user of {origin.what} is {origin.username}, and RDS never renames it"
    if origin.status not in USABLE:
        yield f"source: {origin.what} is {origin.status}; it has to be available"


def _point_in_time(asked: Asked, origin: Origin) -> Iterator[str]:
    if not origin.backups:
        yield f"source.time: {origin.what} keeps no automated backups, so there is no point in time to go back to"
    moment = asked.source.moment
    if asked.source.time != LATEST and moment is not None:
        if origin.latest and moment > origin.latest:
            yield f"source.time: {asked.source.time} is after {_utc(origin.latest)}, the latest that can be restored"
        if origin.earliest and moment < origin.earliest:
            yield f"source.time: {asked.source.time} is before {_utc(origin.earliest)}, where the backups begin"
    if asked.kind is INSTANCE and origin.key != asked.key:
        yield (
            f"key_arn: {origin.what} is encrypted with {origin.key}, and an instance that is restored to a point in "
            "time keeps the key; give that key, or take a snapshot instead"
        )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _version(asked: Asked, origin: Origin, version: Mapping[str, Any] | None) -> Iterator[str]:
    if version is None or not _is_offered(version):
        yield (
            f"engine_version: RDS does not offer {origin.engine} {origin.version} any more; upgrade the snapshot first "
            "(ModifyDBSnapshot)"
        )
        return
    wanted = asked.wanted.get("engine_version")
    if wanted and not satisfies(origin.engine, origin.version, str(wanted)):
        newer = major(origin.engine, origin.version) == major(origin.engine, str(wanted))
        if not newer or numbers(str(wanted)) < numbers(origin.version):
            yield (
                f"engine_version: {origin.what} is {origin.version}; {wanted} is another major version or an older "
                "one, and a restore is not the place to change it"
            )
        elif wanted not in [one["EngineVersion"] for one in version.get("ValidUpgradeTarget") or []]:
            yield f"engine_version: RDS does not upgrade {origin.version} to {wanted}"


def _is_offered(version: Mapping[str, Any]) -> bool:
    return bool(version.get("Status") != "deprecated")


def _offers(asked: Asked, origin: Origin, facts: Facts) -> Iterator[str]:
    for name, options in facts.classes.items():
        if not options:
            yield f"instance_class: {name} is not to be had with {origin.engine} {origin.version} in {asked.region}"
        elif asked.kind is INSTANCE:
            yield from _offer(asked, name, options)


def _of_version(asked: Asked, origin: Origin, version: Mapping[str, Any]) -> Iterator[str]:
    logs = asked.wanted.get("log_exports")
    strange = set(logs if isinstance(logs, list) else []) - set(version.get("ExportableLogTypes") or [])
    if strange:
        yield f"log_exports: {origin.engine} {origin.version} exports no {', '.join(sorted(strange))}"
    authorities = version.get("SupportedCACertificateIdentifiers") or []
    for authority in {asked.wanted.get("ca_certificate"), *(one.wanted.get("ca_certificate") for one in asked.members)}:
        if authority and authority not in authorities:
            yield f"ca_certificate: {authority} is none of {', '.join(authorities)}"


def _offer(asked: Asked, name: str, options: list[Any]) -> Iterator[str]:
    kind = asked.wanted.get("storage_type")
    fit = [one for one in options if one.get("StorageType") == kind]
    if not fit:
        yield f"storage_type: {kind} is not to be had with {name} in {asked.region}"
    elif asked.wanted.get("multi_az") and not any(one.get("MultiAZCapable") for one in fit):
        yield f"multi_az: {name} with {kind} has no standby in another zone in {asked.region}"


def _sizes(asked: Asked, origin: Origin) -> Iterator[str]:
    if asked.kind is CLUSTER:
        return
    size, limit = asked.wanted.get("allocated_storage"), asked.wanted.get("max_allocated_storage")
    if isinstance(size, int) and size < origin.storage:
        yield f"allocated_storage: {origin.what} has {origin.storage} GiB, and storage never shrinks; {size} is less"
    elif isinstance(size, int) and origin.storage < size < origin.storage * GROWTH:
        yield f"allocated_storage: {size} GiB is not a tenth more than {origin.storage} GiB; AWS grows by no less"
    largest = max(origin.storage, size if isinstance(size, int) else 0)
    if isinstance(limit, int) and limit < largest * GROWTH:
        yield f"max_allocated_storage: {limit} GiB is not a tenth more than {largest} GiB, as AWS wants it to be"
    if origin.option_group and not origin.option_group.startswith("default:") and "option_group" not in asked.wanted:
        yield (
            f"option_group: {origin.what} has {origin.option_group}, and a restore would drop its options unsaid; name "
            "that group, or the one that takes its place"
        )


def _network(asked: Asked, facts: Facts) -> Iterator[str]:
    if facts.network is None:
        yield f"subnet_group: there is no {asked.wanted['subnet_group']} in {asked.region}"
    groups = asked.wanted["security_groups"]
    for group in groups if isinstance(groups, list) else []:
        if group not in facts.security_groups:
            yield f"security_groups: there is no {group} in {asked.region}"
        elif facts.network not in (None, facts.security_groups[group]):
            yield f"security_groups: {group} is in {facts.security_groups[group]}, the subnet group in {facts.network}"


def _groups(asked: Asked, origin: Origin, facts: Facts) -> Iterator[str]:
    family = (facts.version or {}).get("DBParameterGroupFamily")
    for (_kind, name), found in facts.parameter_groups.items():
        if found is None:
            yield f"parameter_group: there is no {name} in {asked.region}"
        elif family and found != family:
            yield f"parameter_group: {name} is of the family {found}, {origin.engine} {origin.version} of {family}"
    if not facts.option_group:
        yield f"option_group: there is no {asked.wanted['option_group']} in {asked.region}"
    if not facts.monitoring_role:
        yield "monitoring_role_arn: there is no such role"


def _keys(asked: Asked, facts: Facts) -> Iterator[str]:
    for arn, state in facts.keys.items():
        if state is None:
            yield f"key {arn} does not exist, or its policy does not let this account use it"
        elif state[0] != "Enabled":
            yield f"key {arn} is {state[0]}"
        elif arn == asked.source.key and state[1] == "AWS":
            yield f"source.key_arn: {arn} is managed by AWS, and no other account can be let use it; give one of yours"


def _taken(origin: Origin, facts: Facts) -> Iterator[str]:
    for name, cluster in facts.taken_members.items():
        yield f"instances: {name} exists already, and belongs to {cluster}"
    if len(facts.shared) >= MOST_ACCOUNTS:
        yield f"source: {origin.what} is shared with {len(facts.shared)} accounts, and AWS allows {MOST_ACCOUNTS}"


def _password(origin: Origin, facts: Facts) -> Iterator[str]:
    if facts.no_password:
        yield f"password_secret_arn: {facts.no_password}"
    if facts.password is None:
        return
    longest = LONGEST_OF.get(origin.engine, LONGEST_PASSWORD)
    printable = all("!" <= letter <= "~" for letter in facts.password)
    if (
        not SHORTEST_PASSWORD <= len(facts.password) <= longest
        or not printable
        or PASSWORD_WITHOUT & set(facts.password)
    ):
        yield (
            f"password_secret_arn: RDS does not take its password; {origin.engine} wants {SHORTEST_PASSWORD} to "
            f"{longest} printable ASCII characters other than / @ quotes and space"
        )
    if facts.password_user and facts.password_user != origin.username:
        yield (
            f"password_secret_arn: it is for {facts.password_user}, and the master user of {origin.what} is "
            f"{origin.username}"
        )
