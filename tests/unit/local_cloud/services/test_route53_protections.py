# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Protected record sets stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[..., Any]


@pytest.fixture
def route53(aws: Clients) -> Any:
    return aws("route53")


@pytest.fixture
def zone(route53: Any) -> str:
    made = route53.create_hosted_zone(Name="example.com", CallerReference="one")
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def named(*names: str, kind: str = "A", **more: str) -> list[dict[str, str]]:
    return [{"RecordName": f"{name}.example.com", "RecordType": kind, **more} for name in names]


def create(route53: Any, zone: str, name: str, kind: str = "A", value: str = "192.0.2.1") -> None:
    record = {"Name": f"{name}.example.com", "Type": kind, "TTL": 60, "ResourceRecords": [{"Value": value}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def listed(route53: Any, zone: str, **more: str) -> list[str]:
    found = route53.list_resource_record_set_protections(HostedZoneId=zone, **more)["ResourceRecordSetProtections"]
    return [f"{one['RecordName'].partition('.')[0]} {one['RecordType']}" for one in found]


def test_a_protected_name_and_type_cannot_be_changed(route53: Any, zone: str, refused: Refused) -> None:
    protections = named("www", Comment="frozen until Monday")
    route53.create_resource_record_set_protections(HostedZoneId=zone, Protections=protections)
    with refused("InvalidChangeBatch", "www.example.com., type A is protected .frozen until Monday"):
        create(route53, zone, "WWW")
    create(route53, zone, "www", "AAAA", "2001:db8::1")
    create(route53, zone, "api")
    route53.delete_resource_record_set_protections(HostedZoneId=zone, Protections=named("www"))
    create(route53, zone, "www")


def test_they_are_listed_by_name_and_in_pages(route53: Any, zone: str) -> None:
    route53.create_resource_record_set_protections(HostedZoneId=zone, Protections=named("c", "a", "b"))
    route53.create_resource_record_set_protections(HostedZoneId=zone, Protections=named("b", kind="AAAA"))
    assert listed(route53, zone) == ["a A", "b A", "b AAAA", "c A"]
    assert listed(route53, zone, StartRecordName="b.example.com", StartRecordType="AAAA") == ["b AAAA", "c A"]
    start = {"StartRecordName": "b.example.com", "MaxResults": "2"}
    first = route53.list_resource_record_set_protections(HostedZoneId=zone, **start)
    assert listed(route53, zone, NextToken=first["NextToken"]) == ["c A"]


def test_all_or_none(route53: Any, zone: str, refused: Refused) -> None:
    protect, unprotect = route53.create_resource_record_set_protections, route53.delete_resource_record_set_protections
    protect(HostedZoneId=zone, Protections=named("a"))
    with refused("ProtectionAlreadyExists", "a.example.com. A"):
        protect(HostedZoneId=zone, Protections=named("a"))
    with refused("InvalidResourceRecordSetProtectionBatch", "a.example.com. A"):
        protect(HostedZoneId=zone, Protections=named("a", "b"))
    with refused("InvalidResourceRecordSetProtectionBatch", "b.example.com. A"):
        unprotect(HostedZoneId=zone, Protections=named("a", "b"))
    with refused("InvalidInput"):
        protect(HostedZoneId=zone, Protections=named(*map(str, range(101))))
    with refused("NoSuchHostedZone"):
        protect(HostedZoneId="Z0", Protections=named("a"))
    assert listed(route53, zone) == ["a A"]


def test_a_zone_stays_while_it_has_protections(route53: Any, zone: str, refused: Refused) -> None:
    route53.create_resource_record_set_protections(HostedZoneId=zone, Protections=named("a"))
    with refused("HostedZoneNotEmpty", "protections"):
        route53.delete_hosted_zone(Id=zone)
    route53.delete_resource_record_set_protections(HostedZoneId=zone, Protections=named("a"))
    route53.delete_hosted_zone(Id=zone)


def test_canary_moto_knows_no_protections(bare: Clients, refused: Refused) -> None:
    zone = bare("route53").create_hosted_zone(Name="example.com", CallerReference="one")["HostedZone"]["Id"]
    with refused(".*"):
        listed(bare("route53"), zone.rpartition("/")[2])
