# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One local cloud for all tests here: emptying moto takes seconds, so tests use names of their own instead."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from moto.ec2.models import ec2_backends

from local_cloud.clock import ManualClock
from local_cloud.testing import LocalCloud

# moto's catalogue of images takes seconds to load, and no test here needs it.
os.environ.setdefault("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")

_numbers = count(1)


@pytest.fixture(scope="session")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="session")
def served(clock: ManualClock) -> Iterator[LocalCloud]:
    with LocalCloud(clock=clock) as cloud:
        yield cloud


@pytest.fixture
def cloud(served: LocalCloud) -> Iterator[LocalCloud]:
    """No faults, no time, nothing remembered; moto's resources of earlier tests are still there."""

    def forget() -> None:
        served.cloud.faults.configure([])
        served.cloud.time_scale = 0
        served.cloud.undelegated.clear()
        for reset in served.cloud.resets:
            reset()
        _forget_networks()

    forget()
    yield served
    forget()


def _forget_networks() -> None:
    """The quota of VPCs is small."""
    for regions in ec2_backends.values():
        for backend in regions.values():
            for identifier in [key for key, vpc in backend.vpcs.items() if vpc.is_default != "true"]:
                backend.vpcs.pop(identifier)


@pytest.fixture
def name() -> str:
    return f"thing{next(_numbers)}"


@pytest.fixture
def cidr() -> str:
    return f"10.{next(_numbers) % 250}.0.0/16"


@pytest.fixture
def self_signed() -> Callable[..., tuple[bytes, bytes]]:
    return make_certificate


def make_certificate(name: str = "one.example.com") -> tuple[bytes, bytes]:
    """A self-signed certificate and its key, PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(serialization.Encoding.PEM), pem
