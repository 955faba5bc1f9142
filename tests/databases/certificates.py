# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An authority of certificates for tests, and the certificates of servers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Authority:
    """path: its certificate, for ca_file."""

    path: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def made(cls, path: Path, name: str) -> Authority:
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _builder(name, name, key.public_key(), authority=True).sign(key, hashes.SHA256())
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return cls(path, key, certificate)

    def issue(self, directory: Path, host: str) -> None:
        """server.crt and server.key for a host."""
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject.rfc4514_string().removeprefix("CN=")
        builder = _builder(host, issuer, key.public_key(), authority=False)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        public = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        (directory / "server.crt").write_bytes(public)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (directory / "server.key").touch(mode=0o600)
        (directory / "server.key").write_bytes(private)


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePublicKey, *, authority: bool) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    usage = x509.BasicConstraints(ca=authority, path_length=None)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(usage, critical=True)
    )
