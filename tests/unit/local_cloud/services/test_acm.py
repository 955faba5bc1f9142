# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from collections.abc import Callable
from typing import Any

Clients = Callable[..., Any]
Refused = Callable[..., Any]
Make = Callable[..., tuple[bytes, bytes]]
NAMES = ["b.example.com", "a.example.com", "*.b.example.com"]


def records(clients: Clients) -> dict[str, dict[str, str]]:
    acm = clients("acm")
    arn = acm.request_certificate(DomainName=NAMES[0], SubjectAlternativeNames=NAMES[1:], ValidationMethod="DNS")
    described = acm.describe_certificate(CertificateArn=arn["CertificateArn"])["Certificate"]
    return {one["DomainName"]: one["ResourceRecord"] for one in described["DomainValidationOptions"]}


def test_each_name_has_its_own_record_in_order(aws: Clients) -> None:
    found = records(aws)
    assert list(found) == NAMES
    assert found["a.example.com"]["Value"] != found["b.example.com"]["Value"]
    assert found["*.b.example.com"] == found["b.example.com"]
    assert found == records(aws)


def test_canary_moto_has_one_record_for_all(bare: Clients) -> None:
    assert len({one["Value"] for one in records(bare).values()}) == 1


def imported(clients: Clients, make: Make) -> tuple[str, bytes]:
    certificate, key = make()
    made = clients("acm").import_certificate(Certificate=certificate, PrivateKey=key)
    return made["CertificateArn"], certificate


def test_an_imported_certificate_comes_back_as_it_was(aws: Clients, self_signed: Make) -> None:
    arn, certificate = imported(aws, self_signed)
    found = aws("acm").get_certificate(CertificateArn=arn)
    assert found["Certificate"] == certificate.decode()
    assert found["CertificateChain"] == certificate.decode()
    root, _ = self_signed("root.example.com")
    leaf, key = self_signed()
    aws("acm").import_certificate(CertificateArn=arn, Certificate=leaf, PrivateKey=key, CertificateChain=root)
    assert aws("acm").get_certificate(CertificateArn=arn)["CertificateChain"].strip() == root.decode().strip()


def test_canary_moto_makes_a_chain_up(bare: Clients, self_signed: Make) -> None:
    arn, certificate = imported(bare, self_signed)
    assert bare("acm").get_certificate(CertificateArn=arn)["CertificateChain"] != certificate.decode()


def test_a_foreign_key_is_refused(aws: Clients, refused: Refused, self_signed: Make) -> None:
    certificate, _ = self_signed()
    _, key = self_signed()
    with refused("ValidationException", "does not match the private key"):
        aws("acm").import_certificate(Certificate=certificate, PrivateKey=key)


def test_use_is_listed(aws: Clients, self_signed: Make) -> None:
    imported(aws, self_signed)
    [summary] = aws("acm").list_certificates()["CertificateSummaryList"]
    assert summary["InUse"] is False
