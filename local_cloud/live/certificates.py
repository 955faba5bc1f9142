# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""TLS for HTTPS listeners, with the certificate that ACM has for them."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Sequence
from typing import Any

from local_cloud import wire
from local_cloud.errors import LocalCloudError

Scope = tuple[str, str]


def context_for(scope: Scope, certificates: Sequence[Any]) -> ssl.SSLContext:
    """Raises LocalCloudError where ACM has none of them: a listener never has another one."""
    bundles = wire.moto_backend("acm", scope[1], scope[0])._certificates
    for one in certificates:
        arn = one["CertificateArn"] if isinstance(one, dict) else one
        if arn in bundles:
            return _context(bundles[arn].cert, bundles[arn].key)
    raise LocalCloudError(f"a listener has no certificate that ACM knows: {list(certificates)}")


def _context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OpenSSL only reads files; this one is gone at the end of the block, and nobody else may read it meanwhile
    with tempfile.NamedTemporaryFile(suffix=".pem") as pem:
        pem.write(key + b"\n" + certificate)
        pem.flush()
        context.load_cert_chain(pem.name)
    return context
