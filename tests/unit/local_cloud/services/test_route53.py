# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[..., Any]


def new_zone(clients: Clients, name: str = "example.com", reference: str = "one") -> str:
    made = clients("route53").create_hosted_zone(Name=name, CallerReference=reference)
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def record(name: str = "a.example.com", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}], **more}


def change(clients: Clients, zone: str, *changes: tuple[str, dict[str, Any]]) -> None:
    made = [{"Action": action, "ResourceRecordSet": one} for action, one in changes]
    clients("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": made})


def listed(clients: Clients, zone: str) -> list[dict[str, Any]]:
    found = clients("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [one for one in found if one["Type"] not in ("NS", "SOA")]


def test_records_come_back_as_they_were_written(aws: Clients) -> None:
    zone = new_zone(aws)
    name = "One.us-east-1.elb.amazonaws.com"
    alias = {"HostedZoneId": "Z35SXDOTRQ7X7K", "DNSName": name, "EvaluateTargetHealth": True}
    written = {"Name": "w.example.com.", "Type": "A", "SetIdentifier": "blue", "Weight": 0, "AliasTarget": alias}
    change(aws, zone, ("CREATE", record()), ("CREATE", written))
    plain, weighted = listed(aws, zone)
    assert plain == record("a.example.com.")
    expected = {**alias, "DNSName": "one.us-east-1.elb.amazonaws.com."}
    assert weighted == {**written, "AliasTarget": expected}
    change(aws, zone, ("DELETE", weighted))
    assert len(listed(aws, zone)) == 1


def test_a_batch_is_taken_whole_or_not_at_all(aws: Clients, refused: Refused) -> None:
    zone = new_zone(aws)
    change(aws, zone, ("CREATE", record()))
    with refused("InvalidChangeBatch", "do not match the current values"):
        change(aws, zone, ("CREATE", record("b.example.com")), ("DELETE", record(TTL=61)))
    with refused("InvalidInput", "SetIdentifier"):
        change(aws, zone, ("CREATE", record("b.example.com")), ("CREATE", record("c.example.com", Weight=1)))
    assert listed(aws, zone) == [record("a.example.com.")]


def test_canary_moto_weighs_without_identifier(bare: Clients) -> None:
    change(bare, new_zone(bare), ("CREATE", record(Weight=1)))


def test_canary_moto_puts_weighted_beside_simple(bare: Clients) -> None:
    zone = new_zone(bare)
    change(bare, zone, ("CREATE", record()), ("CREATE", record(SetIdentifier="b", Weight=1)))
    assert len(listed(bare, zone)) == 2


def test_canary_moto_deletes_every_record_of_an_identifier(bare: Clients) -> None:
    zone = new_zone(bare)
    records = [record(f"{name}.example.com", SetIdentifier="blue", Weight=1) for name in "ab"]
    change(bare, zone, *(("CREATE", dict(one)) for one in records))
    change(bare, zone, ("DELETE", records[0]))
    assert listed(bare, zone) == []


@pytest.mark.parametrize(
    ("zone_id", "name"),
    [
        ("Z00000000000000000000", "one.us-east-1.elb.amazonaws.com"),
        ("Z35SXDOTRQ7X7K", "one.us-west-2.elb.amazonaws.com"),
        ("own", "none.example.com"),
    ],
    ids=["unknown zone", "other region", "unknown record"],
)
def test_an_alias_needs_its_target(aws: Clients, refused: Refused, zone_id: str, name: str) -> None:
    zone = new_zone(aws)
    target = {"HostedZoneId": zone if zone_id == "own" else zone_id, "DNSName": name, "EvaluateTargetHealth": False}
    with refused("InvalidChangeBatch", "Tried to create an alias"):
        change(aws, zone, ("CREATE", {"Name": "b.example.com", "Type": "A", "AliasTarget": target}))


def test_an_alias_to_a_record_of_the_same_batch_is_taken(aws: Clients) -> None:
    zone = new_zone(aws)
    target = {"HostedZoneId": zone, "DNSName": "a.example.com", "EvaluateTargetHealth": False}
    alias = {"Name": "b.example.com", "Type": "A", "AliasTarget": target}
    change(aws, zone, ("CREATE", record()), ("CREATE", alias))
    assert len(listed(aws, zone)) == 2


def test_records_need_health_checks_and_zones_that_exist(aws: Clients, refused: Refused) -> None:
    with refused("NoSuchHealthCheck"):
        change(aws, new_zone(aws), ("CREATE", record(HealthCheckId="none")))
    with refused("NoSuchHostedZone"):
        change(aws, "Z123", ("CREATE", record()))


def test_lists_are_paged_inside_a_weighted_group(aws: Clients) -> None:
    zone = new_zone(aws)
    records = [record(SetIdentifier=str(number), Weight=1) for number in range(5)]
    change(aws, zone, *(("CREATE", one) for one in records))
    pages = (
        aws("route53")
        .get_paginator("list_resource_record_sets")
        .paginate(HostedZoneId=zone, PaginationConfig={"PageSize": 2})
    )
    found = [one.get("SetIdentifier") for page in pages for one in page["ResourceRecordSets"]]
    assert [one for one in found if one] == ["0", "1", "2", "3", "4"]


def test_a_zone_needs_a_new_reference_and_is_kept_until_empty(aws: Clients, refused: Refused) -> None:
    zone = new_zone(aws)
    with refused("HostedZoneAlreadyExists"):
        new_zone(aws, "other.com")
    change(aws, zone, ("CREATE", record()))
    with refused("HostedZoneNotEmpty"):
        aws("route53").delete_hosted_zone(Id=zone)
    change(aws, zone, ("DELETE", record()))
    aws("route53").delete_hosted_zone(Id=zone)


def test_canary_moto_takes_a_reference_twice(bare: Clients) -> None:
    assert new_zone(bare) != new_zone(bare)


HTTPS = {"Type": "HTTPS", "FullyQualifiedDomainName": "a.example.com", "ResourcePath": "/health"}
ALARM = {
    "Type": "CLOUDWATCH_METRIC",
    "AlarmIdentifier": {"Region": "us-east-1", "Name": "one"},
    "InsufficientDataHealthStatus": "LastKnownStatus",
    "Inverted": True,
}


def new_check(clients: Clients, config: dict[str, Any], reference: str = "one") -> dict[str, Any]:
    made = clients("route53").create_health_check(CallerReference=reference, HealthCheckConfig=config)
    check: dict[str, Any] = made["HealthCheck"]
    return check


def put_alarm(clients: Clients) -> None:
    clients("cloudwatch").put_metric_alarm(
        AlarmName="one",
        Namespace="AWS/ApplicationELB",
        MetricName="UnHealthyHostCount",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Dimensions=[{"Name": "LoadBalancer", "Value": "app/one/1"}],
    )


def test_a_check_that_follows_an_alarm_keeps_it(aws: Clients) -> None:
    put_alarm(aws)
    check = new_check(aws, ALARM)
    assert check["HealthCheckConfig"] == {**ALARM, "Disabled": False}
    read = aws("route53").get_health_check(HealthCheckId=check["Id"])["HealthCheck"]
    assert read["CloudWatchAlarmConfiguration"]["MetricName"] == "UnHealthyHostCount"
    assert aws("route53").list_health_checks()["HealthChecks"] == [read]


def test_canary_moto_loses_the_alarm(bare: Clients) -> None:
    assert "AlarmIdentifier" not in new_check(bare, ALARM)["HealthCheckConfig"]


def test_a_check_has_defaults_and_versions(aws: Clients, refused: Refused) -> None:
    check = new_check(aws, HTTPS)
    config = check["HealthCheckConfig"]
    assert (config["Port"], config["RequestInterval"], config["FailureThreshold"]) == (443, 30, 3)
    assert config["EnableSNI"] is True
    update = aws("route53").update_health_check
    changed = update(HealthCheckId=check["Id"], HealthCheckVersion=1, FailureThreshold=2, Inverted=True)["HealthCheck"]
    assert changed["HealthCheckVersion"] == 2
    assert changed["HealthCheckConfig"] == {**config, "FailureThreshold": 2, "Inverted": True}
    with refused("HealthCheckVersionMismatch"):
        update(HealthCheckId=check["Id"], HealthCheckVersion=1, FailureThreshold=4)
    reset = update(HealthCheckId=check["Id"], ResetElements=["ResourcePath"])["HealthCheck"]
    assert "ResourcePath" not in reset["HealthCheckConfig"]


def test_a_reference_makes_creation_idempotent(aws: Clients, refused: Refused) -> None:
    assert new_check(aws, HTTPS)["Id"] == new_check(aws, HTTPS)["Id"]
    with refused("HealthCheckAlreadyExists"):
        new_check(aws, {**HTTPS, "ResourcePath": "/other"})


@pytest.mark.parametrize(
    "config",
    [
        {"Type": "CLOUDWATCH_METRIC"},
        {"Type": "HTTPS"},
        {**HTTPS, "RequestInterval": 20},
        {**HTTPS, "FailureThreshold": 11},
        {"Type": "TCP", "IPAddress": "192.0.2.1"},
        {"Type": "HTTPS_STR_MATCH", "IPAddress": "192.0.2.1"},
        {"Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": ["none"]},
    ],
    ids=["no alarm", "no endpoint", "interval", "threshold", "no port", "no string", "no child"],
)
def test_impossible_checks_are_refused(aws: Clients, refused: Refused, config: dict[str, Any]) -> None:
    with refused("InvalidInput"):
        new_check(aws, config)


def test_unknown_checks_are_refused(aws: Clients, refused: Refused) -> None:
    route53 = aws("route53")
    for call in (route53.get_health_check, route53.delete_health_check, route53.get_health_check_status):
        with refused("NoSuchHealthCheck"):
            call(HealthCheckId="none")
    with refused("NoSuchHealthCheck"):
        route53.change_tags_for_resource(ResourceType="healthcheck", ResourceId="none", RemoveTagKeys=["one"])
    with refused("NoSuchHostedZone"):
        route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId="Z1")


def test_canary_moto_deletes_unknown_checks(bare: Clients) -> None:
    bare("route53").delete_health_check(HealthCheckId="none")


def test_checks_carry_tags(aws: Clients) -> None:
    check = new_check(aws, HTTPS)["Id"]
    tags = [{"Key": "Name", "Value": "one"}]
    aws("route53").change_tags_for_resource(ResourceType="healthcheck", ResourceId=check, AddTags=tags)
    [found] = aws("route53").list_tags_for_resources(ResourceType="healthcheck", ResourceIds=[check])["ResourceTagSets"]
    assert found["Tags"] == tags
