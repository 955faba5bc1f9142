# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Zones and record sets for the tests of the shift."""

from __future__ import annotations

from typing import Any

from local_cloud.testing import LocalCloud

Raw = dict[str, Any]
BALANCERS = "Z35SXDOTRQ7X7K"


def new_zone(cloud: LocalCloud, reference: str, **more: Any) -> str:
    made = cloud.client("route53").create_hosted_zone(Name="example.com", CallerReference=reference, **more)
    return str(made["HostedZone"]["Id"].removeprefix("/hostedzone/"))


def alias(side: str, **more: Any) -> Raw:
    target = {
        "DNSName": f"{side}.us-east-1.elb.amazonaws.com.",
        "HostedZoneId": BALANCERS,
        "EvaluateTargetHealth": True,
    }
    return {"Name": "www.example.com.", "Type": "A", "AliasTarget": target, **more}


def plain(*values: str, **more: Any) -> Raw:
    records = [{"Value": value} for value in values]
    return {"Name": "www.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": records, **more}


def weighted(side: str, weight: int, record: Raw | None = None, **more: Any) -> Raw:
    return {**(record or alias(side)), "SetIdentifier": side, "Weight": weight, **more}


def pair(blue: int = 100, green: int = 0, **more: Any) -> list[Raw]:
    return [weighted("blue", blue, **more), weighted("green", green, **more)]


def write(cloud: LocalCloud, zone: str, records: list[Raw], action: str = "CREATE") -> None:
    changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
    for start in range(0, len(changes), 500):
        batch = {"Changes": changes[start : start + 500]}
        cloud.client("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def records(cloud: LocalCloud, zone: str) -> list[Raw]:
    pages = cloud.client("route53").get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    return [one for page in pages for one in page["ResourceRecordSets"] if one["Type"] not in ("NS", "SOA")]


def weights(cloud: LocalCloud, zone: str) -> dict[str, int]:
    return {one["SetIdentifier"]: one["Weight"] for one in records(cloud, zone)}


def www(zone: str, **more: Any) -> Raw:
    return {"zone_id": zone, "name": "www.example.com", "type": "A", **more}


def new_check(cloud: LocalCloud, reference: str) -> str:
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": f"{reference}.example.com"}
    made = cloud.client("route53").create_health_check(CallerReference=reference, HealthCheckConfig=config)
    return str(made["HealthCheck"]["Id"])
