# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The Route 53 calls about hosted zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._model.references import caller_reference
from .._model.zone import domain
from . import api, tags
from .plan import emptying_batches


@dataclass(frozen=True)
class Zone:
    """A hosted zone. id is without /hostedzone/ in front."""

    id: str
    name: str
    comment: str
    tags: Mapping[str, str]
    name_servers: tuple[str, ...] = ()


def bare_id(zone_id: str) -> str:
    """Z123 of /hostedzone/Z123."""
    return zone_id.removeprefix("/hostedzone/")


def get(client: Any, zone_id: str, labels: Mapping[str, str] | None = None) -> Zone | None:
    """The zone, None where there is none; with labels its tags are known and not asked for."""
    try:
        answer = client.get_hosted_zone(Id=zone_id)
        tagged = tags.read(client, tags.ZONE, [bare_id(zone_id)]) if labels is None else {bare_id(zone_id): labels}
    except is_boto3_error_code("NoSuchHostedZone"):
        return None
    zone = answer["HostedZone"]
    servers = answer.get("DelegationSet", {}).get("NameServers", [])
    return Zone(
        id=bare_id(zone["Id"]),
        name=domain(zone["Name"]),
        comment=zone["Config"].get("Comment") or "",
        tags=tagged.get(bare_id(zone_id), {}),
        name_servers=tuple(sorted(domain(server) for server in servers)),
    )


def create(client: Any, wanted: Zone, nonce: str) -> Zone:
    """Makes a public zone; it, with its id and name servers."""
    answer = client.create_hosted_zone(
        Name=wanted.name,
        CallerReference=caller_reference(wanted.tags, nonce),
        HostedZoneConfig={"Comment": wanted.comment, "PrivateZone": False},
    )
    made = bare_id(answer["HostedZone"]["Id"])
    tags.write(client, tags.ZONE, made, wanted.tags)
    servers = tuple(sorted(domain(server) for server in answer["DelegationSet"]["NameServers"]))
    return Zone(made, wanted.name, wanted.comment, wanted.tags, servers)


def update(client: Any, existing: Zone, wanted: Zone) -> bool:
    """Writes comment and tags where they differ; whether any did."""
    unset = tags.missing(wanted.tags, existing.tags)
    if existing.comment != wanted.comment:
        client.update_hosted_zone_comment(Id=existing.id, Comment=wanted.comment)
    tags.write(client, tags.ZONE, existing.id, unset)
    return differs(existing, wanted)


def differs(existing: Zone, wanted: Zone) -> bool:
    """Whether an update has anything to write."""
    return existing.comment != wanted.comment or bool(tags.missing(wanted.tags, existing.tags))


def delete(client: Any, zone: Zone) -> None:
    """Removes the zone with all of its records."""
    for batch in emptying_batches(zone.name, api.records_of_zone(client, zone.id)):
        api.change(client, zone.id, batch, "The zone is being removed")
    client.delete_hosted_zone(Id=zone.id)
