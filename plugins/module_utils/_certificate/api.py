# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The ACM and Route 53 calls about a certificate that DNS validates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code

from .._errors import CutoverError
from .._plan.settle import Clock
from .plan import DEAD, Certificate, CertificatePlan, Order, Record, asked_for, idempotency_token, usable

if TYPE_CHECKING:
    from botocore.client import BaseClient

KEY_TYPES = ["RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]
"""All of them: without a filter ACM lists RSA keys up to 2048 bits only."""

NOT_FOUND = "ResourceNotFoundException"
PAUSE = 2.0


class NoRecords(CutoverError):
    """ACM has not said in time which records it wants to see."""


class Candidates:
    """The certificates that carry the identity's tags: the one to use, and the ids of those that have failed."""

    def __init__(self, client: BaseClient, wanted: Certificate, identity: Mapping[str, str]) -> None:
        self.certificate: dict[str, Any] | None = None
        self.tags: dict[str, str] = {}
        self.dead: list[str] = []
        for item, tags in _identified(client, wanted.domain, identity):
            if item["Status"] in DEAD:
                self.dead.append(item["CertificateArn"])
            elif usable(item, wanted) and (self.certificate is None or item["Status"] == "ISSUED"):
                self.certificate, self.tags = item, tags


def _identified(
    client: BaseClient, domain: str, identity: Mapping[str, str]
) -> Iterable[tuple[dict[str, Any], dict[str, str]]]:
    for page in client.get_paginator("list_certificates").paginate(Includes={"keyTypes": KEY_TYPES}):
        for summary in page["CertificateSummaryList"]:
            if summary["DomainName"] != domain:
                continue
            tags = _tags(client, summary["CertificateArn"])
            item = describe(client, summary["CertificateArn"])
            if item and all(tags.get(name) == value for name, value in identity.items()):
                yield item, tags


def _tags(client: BaseClient, arn: str) -> dict[str, str]:
    try:
        pairs = client.list_tags_for_certificate(CertificateArn=arn)["Tags"]
    except is_boto3_error_code(NOT_FOUND):
        return {}
    return {pair["Key"]: pair.get("Value", "") for pair in pairs}


def describe(client: BaseClient, arn: str) -> dict[str, Any] | None:
    """The certificate, None where ACM does not know it."""
    try:
        answer: dict[str, Any] = client.describe_certificate(CertificateArn=arn)["Certificate"]
    except is_boto3_error_code(NOT_FOUND):
        return None
    return answer


def apply(client: BaseClient, order: Order, plan: CertificatePlan, found: Candidates) -> str:
    """Carries the plan out; the certificate's ARN."""
    wanted = order.certificate
    if plan.request:
        return _request(client, wanted, order.tags, idempotency_token(wanted, order.request_id, found.dead))
    arn = str(found.certificate["CertificateArn"]) if found.certificate else ""
    if plan.options:
        client.update_certificate_options(
            CertificateArn=arn, Options={"CertificateTransparencyLoggingPreference": wanted.transparency_logging}
        )
    if plan.tags:
        client.add_tags_to_certificate(CertificateArn=arn, Tags=_pairs(plan.tags))
    return arn


def _request(client: BaseClient, wanted: Certificate, tags: Mapping[str, str], token: str) -> str:
    answer = client.request_certificate(
        DomainName=wanted.domain,
        SubjectAlternativeNames=list(wanted.names),
        ValidationMethod="DNS",
        KeyAlgorithm=wanted.key_algorithm,
        Options={"CertificateTransparencyLoggingPreference": wanted.transparency_logging},
        IdempotencyToken=token,
        Tags=_pairs(tags),
    )
    return str(answer["CertificateArn"])


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def delete(client: BaseClient, arn: str) -> None:
    """Removes the certificate; one that is in use is refused by AWS."""
    client.delete_certificate(CertificateArn=arn)


def records(
    look: Callable[[], Mapping[str, Any] | None], timeout: float, clock: Clock
) -> tuple[Mapping[str, Any], list[Record]]:
    """The certificate, and what ACM wants to see in DNS for it.

    ACM takes some seconds after the request to say so; look gives the certificate.
    """
    deadline = clock.now() + timeout
    while True:
        certificate = look()
        asked = asked_for(certificate) if certificate else None
        if certificate is not None and asked is not None:
            return certificate, asked
        if clock.now() >= deadline:
            raise NoRecords(
                f"ACM has not said in {timeout:.0f} s which records validate the certificate. Run the playbook again."
            )
        clock.sleep(PAUSE)


def present_records(client: BaseClient, zone: str, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The CNAME records of these names that the zone has."""
    found = {}
    for name in names:
        answer = client.list_resource_record_sets(
            HostedZoneId=zone, StartRecordName=name, StartRecordType="CNAME", MaxItems="1"
        )
        for record in answer["ResourceRecordSets"]:
            if record["Name"].rstrip(".") == name.rstrip(".") and record["Type"] == "CNAME":
                found[name] = record
    return found


def change(client: BaseClient, zone: str, changes: list[dict[str, Any]]) -> None:
    """All changes in one batch: all are made or none."""
    if changes:
        client.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Comment": "cutover.aws: certificate validation", "Changes": changes}
        )
