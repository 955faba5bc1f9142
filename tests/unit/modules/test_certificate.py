# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates that DNS validates, and their records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import acm_certificate_request, acm_validation_records, wait_for
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def order(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a test asks for; its name is no other test's."""
    domain = f"{request.node.name.replace('_', '-')[:40].strip('-')}.example.com"
    identity = {"cutover:stack": domain, "cutover:key": "certificate"}
    return {
        "domain": domain,
        "alternative_names": [f"*.{domain}"],
        "identity": identity,
        "tags": {**identity, "Name": "certificate"},
    }


@pytest.fixture
def zone(cloud: LocalCloud, order: dict[str, Any]) -> str:
    made = cloud.client("route53").create_hosted_zone(Name=order["domain"], CallerReference=order["domain"])
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def request(run: Run, order: dict[str, Any], **parameters: Any) -> dict[str, Any]:
    return run(acm_certificate_request.main, **{**order, **parameters})


def records_in(cloud: LocalCloud, zone: str) -> list[dict[str, Any]]:
    listed = cloud.client("route53").list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    return [record for record in listed if record["Type"] == "CNAME"]


def test_a_certificate_is_requested_once(run: Run, order: dict[str, Any]) -> None:
    first = request(run, order)
    again = request(run, order)
    assert first["changed"] and not again["changed"]
    assert again["certificate_arn"] == first["certificate_arn"]


def test_check_mode_requests_nothing(cloud: LocalCloud, run: Run, order: dict[str, Any]) -> None:
    result = run(acm_certificate_request.main, check=True, **order)
    assert result["changed"] and result["certificate_arn"] is None
    names = [c["DomainName"] for c in cloud.client("acm").list_certificates()["CertificateSummaryList"]]
    assert order["domain"] not in names


def test_somebody_elses_certificate_for_the_domain_is_not_taken(
    cloud: LocalCloud, run: Run, order: dict[str, Any]
) -> None:
    theirs = cloud.client("acm").request_certificate(
        DomainName=order["domain"], SubjectAlternativeNames=order["alternative_names"], ValidationMethod="DNS"
    )
    assert request(run, order)["certificate_arn"] != theirs["CertificateArn"]


def test_other_names_make_another_certificate_and_leave_the_first(
    cloud: LocalCloud, run: Run, order: dict[str, Any]
) -> None:
    first = request(run, order)["certificate_arn"]
    other = request(run, order, alternative_names=[f"www.{order['domain']}"])
    assert other["changed"] and other["certificate_arn"] != first
    assert cloud.client("acm").describe_certificate(CertificateArn=first)["Certificate"]["Status"]


def test_tags_are_repaired(cloud: LocalCloud, run: Run, order: dict[str, Any]) -> None:
    arn = request(run, order)["certificate_arn"]
    changed = request(run, order, tags={**order["tags"], "Name": "new"})
    assert changed["changed"] and changed["diff"]["after"]["tags"]["Name"] == "new"
    tags = cloud.client("acm").list_tags_for_certificate(CertificateArn=arn)["Tags"]
    assert {"Key": "Name", "Value": "new"} in tags


def test_a_certificate_is_removed_once(run: Run, order: dict[str, Any]) -> None:
    arn = request(run, order)["certificate_arn"]
    assert run(acm_certificate_request.main, state="absent", certificate_arn=arn)["changed"]
    assert not run(acm_certificate_request.main, state="absent", certificate_arn=arn)["changed"]


def test_after_its_removal_the_same_request_makes_a_new_one(run: Run, order: dict[str, Any]) -> None:
    first = request(run, order, request_id="sg-1")["certificate_arn"]
    run(acm_certificate_request.main, state="absent", certificate_arn=first)
    second = request(run, order, request_id="sg-2")["certificate_arn"]
    assert second and second != first


def test_its_records_make_it_issued(cloud: LocalCloud, run: Run, order: dict[str, Any], zone: str) -> None:
    arn = request(run, order)["certificate_arn"]
    written = run(acm_validation_records.main, certificate_arn=arn, hosted_zone_id=zone)
    assert written["changed"] and written["status"] == "PENDING_VALIDATION"
    assert [record["domain"] for record in written["records"]] == [order["domain"]]
    assert len(records_in(cloud, zone)) == 1
    assert run(wait_for.main, resource="certificate", names=[arn], interval=1)["states"] == {arn: "ISSUED"}
    assert not run(acm_validation_records.main, certificate_arn=arn, hosted_zone_id=zone)["changed"]


def test_records_are_removed_and_a_second_time_quietly(
    cloud: LocalCloud, run: Run, order: dict[str, Any], zone: str
) -> None:
    arn = request(run, order)["certificate_arn"]
    run(acm_validation_records.main, certificate_arn=arn, hosted_zone_id=zone)
    removal = {"certificate_arn": arn, "hosted_zone_id": zone, "state": "absent"}
    assert run(acm_validation_records.main, check=True, **removal)["changed"] and records_in(cloud, zone)
    assert not run(acm_validation_records.main, **removal, domains=["other.example.com"])["changed"]
    assert run(acm_validation_records.main, **removal)["changed"] and not records_in(cloud, zone)
    assert not run(acm_validation_records.main, **removal)["changed"]
