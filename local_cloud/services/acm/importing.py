# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Imported certificates come back as they were given; moto adds a root of its own to the chain."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles


@amends("acm", "GetCertificate")
def return_what_was_imported(request: Request, result: dict[str, Any]) -> None:
    from moto.acm.models import AWS_ROOT_CA  # noqa: PLC0415  (moto is slow to import)

    bundle = request.backend()._certificates[request.parameters["CertificateArn"]]
    if bundle.type == "IMPORTED":
        chain = result["CertificateChain"].removesuffix(AWS_ROOT_CA.decode() + "\n").removesuffix("\n")
        # As community.aws.acm_certificate found it to be: without a chain, the certificate stands in for it.
        result["CertificateChain"] = chain or result["Certificate"]


@handles("acm", "ImportCertificate")
def refuse_foreign_key(request: Request, next_handler: Next) -> Response:
    if not _belong_together(request.parameters):
        message = "The certificate field contains a certificate whose public key does not match the private key."
        raise AwsError("ValidationException", message)
    return next_handler(request)


def _belong_together(parameters: dict[str, Any]) -> bool:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415  (comes with moto)
    from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415

    try:
        certificate = load_pem_x509_certificate(parameters["Certificate"])
        key = load_pem_private_key(parameters["PrivateKey"], password=None)
    except (ValueError, TypeError, KeyError):
        # moto says what is wrong with it
        return True
    return certificate.public_key() == key.public_key()
