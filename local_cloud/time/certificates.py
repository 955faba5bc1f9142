# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ACM's certificates with DNS validation: pending until every validation record really can be looked up.

With the fault unknown_certificate load balancers do not know one that was issued a moment ago, in the words of
https://github.com/hashicorp/terraform-provider-aws/issues/11334.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local_cloud.dns.zones import find_record
from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

# ACM looks again every few minutes: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
MINUTES_TO_VALIDATE = 2.0
LISTENING = ("CreateListener", "ModifyListener", "AddListenerCertificates")
ISSUED_ONLY = ("IssuedAt", "NotBefore", "NotAfter", "Serial", "Issuer")


class Certificates:
    """Holds at every time scale: it is the record that counts. A certificate that was issued stays issued."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._issued_at: dict[str, float] = {}

    def reset(self) -> None:
        self._issued_at.clear()

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if request.service == "elbv2" and request.operation in LISTENING:
            self._refuse_new(request)
        if request.service != "acm" or request.operation not in ("DescribeCertificate", "ListCertificates"):
            return next_layer(request)
        if request.operation == "ListCertificates":
            return self._list(request, next_layer)
        response = next_layer(request)
        if not response.ok:
            return response
        result = request.read(response)
        if self.is_issued(result["Certificate"]):
            return response
        _make_pending(result["Certificate"], self._proved)
        return request.answer(result)

    def is_issued(self, certificate: dict[str, Any]) -> bool:
        options = certificate.get("DomainValidationOptions", [])
        by_dns = certificate.get("Type") == "AMAZON_ISSUED" and any("ResourceRecord" in option for option in options)
        if not by_dns:
            return True
        arn, now = certificate["CertificateArn"], self._cloud.clock.now()
        if arn not in self._issued_at and all(self._proved(option) for option in options):
            self._issued_at[arn] = now + self._cloud.seconds(MINUTES_TO_VALIDATE)
        return arn in self._issued_at and now >= self._issued_at[arn]

    def _proved(self, option: dict[str, Any]) -> bool:
        record = option.get("ResourceRecord")
        if not record:
            return True
        found = find_record(record["Name"], record["Type"], self._cloud)
        return record["Value"].rstrip(".") in [value.rstrip(".") for value in found]

    def _refuse_new(self, request: Request) -> None:
        rule = self._cloud.faults.covering("unknown_certificate", request)
        if rule is None:
            return
        now = self._cloud.clock.now()
        named = [certificate["CertificateArn"] for certificate in request.parameters.get("Certificates", [])]
        new = [arn for arn in named if now - rule.duration < self._issued_at.get(arn, 0) <= now]
        if new and self._cloud.faults.strike("unknown_certificate", request):
            raise AwsError("CertificateNotFound", f"Certificate '{new[0]}' not found")

    def _list(self, request: Request, next_layer: Next) -> Response:
        """moto filters by its own idea of the status, so all are asked for and filtered here."""
        wanted = request.parameters.get("CertificateStatuses")
        asked = {key: value for key, value in request.parameters.items() if key != "CertificateStatuses"}
        response = next_layer(request.with_parameters(asked))
        if not response.ok:
            return response
        result = request.read(response)
        shown = []
        for summary in result.get("CertificateSummaryList", []):
            describe = request.derive("DescribeCertificate", {"CertificateArn": summary["CertificateArn"]})
            detail = describe.read(next_layer(describe)).get("Certificate", {})
            if detail and not self.is_issued(detail):
                _make_pending(summary, self._proved)
            if not wanted or summary.get("Status") in wanted:
                shown.append(summary)
        return request.answer({**result, "CertificateSummaryList": shown})


def _make_pending(certificate: dict[str, Any], proved: Any) -> None:
    certificate["Status"] = "PENDING_VALIDATION"
    for name in ISSUED_ONLY:
        certificate.pop(name, None)
    for option in certificate.get("DomainValidationOptions", []):
        option["ValidationStatus"] = "SUCCESS" if proved(option) else "PENDING_VALIDATION"
