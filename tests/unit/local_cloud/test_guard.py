# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import os
import re

import boto3
import pytest

from local_cloud.guard import ACCESS_KEY, SECRET_KEY, guarded, moto_variables

HOSTILE = {
    "AWS_PROFILE": "production",
    "AWS_DEFAULT_PROFILE": "production",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_CONFIG_FILE": "/home/me/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/home/me/.aws/credentials",
    "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
    "AWS_ROLE_ARN": "arn:aws:iam::1:role/real",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.2/",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2",
    "AWS_ENDPOINT_URL": "https://ec2.amazonaws.com",
    "AWS_ENDPOINT_URL_RDS": "https://rds.amazonaws.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_EC2_METADATA_DISABLED": "false",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://example.org",
    "HTTP_PROXY": "http://proxy",
    "https_proxy": "http://proxy",
    "ALL_PROXY": "socks://proxy",
    "NO_PROXY": "",
    "BOTO_CONFIG": "/home/me/.boto",
    "EC2_URL": "https://ec2.amazonaws.com",
}
ENDPOINT = "http://127.0.0.1:5599"


def test_nothing_hostile_is_left() -> None:
    made = guarded({**HOSTILE, "PATH": "/bin"}, ENDPOINT)
    assert not {value for value in HOSTILE.values() if value} & set(made.values()) - {"true"}
    assert made["PATH"] == "/bin"
    assert made["AWS_ENDPOINT_URL"] == ENDPOINT
    assert made["AWS_CONFIG_FILE"] == made["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert made["AWS_EC2_METADATA_DISABLED"] == "true"
    assert "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS" not in made


@pytest.mark.parametrize("service", ["ec2", "rds", "s3", "sts"])
def test_boto3_goes_to_the_endpoint_with_the_fake_keys(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    for name in set(os.environ):
        monkeypatch.delenv(name)
    for name, value in guarded(HOSTILE, ENDPOINT).items():
        monkeypatch.setenv(name, value)
    session = boto3.Session()
    credentials = session.get_credentials()
    assert credentials is not None
    assert (credentials.access_key, credentials.secret_key, credentials.token) == (ACCESS_KEY, SECRET_KEY, None)
    client = session.client(service)  # type: ignore[call-overload]
    assert client.meta.endpoint_url == ENDPOINT


def test_the_credentials_do_not_upset_the_masking_of_ansible() -> None:
    """A short secret would be masked wherever its letters occur in a result."""
    assert re.fullmatch(r"AKIA[A-Z0-9]{16}", ACCESS_KEY)
    assert len(SECRET_KEY) > 20


def test_motos_settings() -> None:
    assert moto_variables(7)["MOTO_PORT"] == "7"
    assert moto_variables(7)["MOTO_IAM_LOAD_MANAGED_POLICIES"] == "true"
