# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Requested certificates: a validation record for each name, in order; and certificates in use.

When one is issued is `local_cloud.time.certificates`' business.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from local_cloud.dns.zones import find_record
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.state import Store

# The names of a request in its order, which moto loses.
_names: Store[dict[str, list[str]]] = Store(dict)
# Certificates that were found proved once; they stay so when the record goes away.
_proved: Store[set[str]] = Store(set)


def is_usable(request: Request, arn: str) -> bool:
    """Whether a listener can have it. True for one that is not there: moto refuses that by itself."""
    bundle = request.backend("acm")._certificates.get(arn)
    if bundle is None or bundle.type != "AMAZON_ISSUED":
        return bundle is None or bundle.status == "ISSUED"
    proved = _proved[request.scope]
    if all(_has_record(request, name) for name in names_of(request, bundle)):
        proved.add(arn)
    return arn in proved


def names_of(request: Request, bundle: Any) -> list[str]:
    return _names[request.scope].get(bundle.arn) or sorted(bundle.sans, key=lambda name: name != bundle.common_name)


def validation_record(account: str, domain: str) -> dict[str, str]:
    """The same for every request of an account for a name, with or without a wildcard, as AWS has it."""
    name = domain.removeprefix("*.")
    digest = hashlib.sha256(f"{account}/{name}".encode()).hexdigest()
    return {
        "Name": f"_{digest[:32]}.{name}.",
        "Type": "CNAME",
        "Value": f"_{digest[32:]}.local.acm-validations.aws.",
    }


def _has_record(request: Request, name: str) -> bool:
    record = validation_record(request.account, name)
    found = find_record(record["Name"], record["Type"], request.cloud)
    return record["Value"].rstrip(".") in [value.rstrip(".") for value in found]


@handles("acm", "RequestCertificate")
def remember_order_of_names(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if response.ok:
        names = [request.parameters["DomainName"], *request.parameters.get("SubjectAlternativeNames", [])]
        arn = request.read(response)["CertificateArn"]
        _names[request.scope].setdefault(arn, list(dict.fromkeys(names)))
    return response


@amends("acm", "DescribeCertificate")
def describe_validation(request: Request, result: dict[str, Any]) -> None:
    """moto offers one and the same record for every name of every certificate."""
    certificate = result["Certificate"]
    arn = certificate["CertificateArn"]
    certificate["InUseBy"] = list(balancers_with(request, arn))
    if certificate["Type"] == "AMAZON_ISSUED":
        names = names_of(request, request.backend()._certificates[arn])
        certificate["SubjectAlternativeNames"] = names
        certificate["DomainValidationOptions"] = [_validation(request, name, certificate["Status"]) for name in names]


def _validation(request: Request, name: str, status: str) -> dict[str, Any]:
    return {
        "DomainName": name,
        "ValidationDomain": name,
        "ValidationMethod": "DNS",
        "ValidationStatus": "SUCCESS" if status == "ISSUED" else status,
        "ResourceRecord": validation_record(request.account, name),
    }


@amends("acm", "ListCertificates")
def list_use(request: Request, result: dict[str, Any]) -> None:
    for certificate in result.get("CertificateSummaryList", []):
        certificate["InUse"] = any(balancers_with(request, certificate["CertificateArn"]))


@handles("acm", "DeleteCertificate")
def refuse_certificate_in_use(request: Request, next_handler: Next) -> Response:
    arn = request.parameters.get("CertificateArn", "")
    if any(balancers_with(request, arn)):
        raise AwsError("ResourceInUseException", f"Certificate {arn} in account {request.account} is in use.")
    return next_handler(request)


def balancers_with(request: Request, arn: str) -> Iterator[str]:
    """ARNs of the load balancers that have a listener with the certificate."""
    for balancer in request.backend("elbv2").load_balancers.values():
        if any(arn in listener.certificates for listener in balancer.listeners.values()):
            yield balancer.arn
