# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud import wire
from local_cloud.control import Control
from local_cloud.layers.call_log import CallLog, select
from local_cloud.masking import MASK, masked
from local_cloud.testing import LocalCloud


def test_reads_and_writes_are_told_apart(cloud: LocalCloud, cidr: str) -> None:
    ec2 = cloud.client("ec2")
    mark = cloud.control.mark()
    ec2.describe_vpcs()
    ec2.create_vpc(CidrBlock=cidr)
    assert [call["operation"] for call in cloud.control.calls(since=mark)] == ["DescribeVpcs", "CreateVpc"]
    (write,) = cloud.control.calls(since=mark, access="write")
    assert (write["status"], write["error_code"], write["parameters"]) == (200, None, {"CidrBlock": cidr})
    assert write["time"].endswith("Z")
    assert write["access_key"] == "AKIALOCALCLOUD000000"


def test_a_refused_write_is_a_write_with_its_error(cloud: LocalCloud) -> None:
    mark = cloud.control.mark()
    with pytest.raises(ClientError):
        cloud.client("ec2").delete_vpc(VpcId="vpc-00000000")
    (call,) = cloud.control.calls(since=mark, access="write")
    assert (call["status"], call["error_code"]) == (400, "InvalidVpcID.NotFound")


SECRETS: list[tuple[str, str, dict[str, Any], str]] = [
    ("secretsmanager", "CreateSecret", {"Name": "n", "SecretString": "s3cret"}, "SecretString"),
    ("rds", "CreateDBInstance", {"DBInstanceIdentifier": "n", "MasterUserPassword": "s3cret"}, "MasterUserPassword"),
    ("iam", "CreateLoginProfile", {"UserName": "n", "Password": "s3cret"}, "Password"),
    ("acm", "ImportCertificate", {"Certificate": b"c", "PrivateKey": b"s3cret"}, "PrivateKey"),
    ("ssm", "PutParameter", {"Name": "n", "Value": "s3cret"}, "Value"),
    ("kms", "Encrypt", {"KeyId": "k", "Plaintext": b"s3cret"}, "Plaintext"),
]


@pytest.mark.parametrize(("service", "operation", "parameters", "secret"), SECRETS, ids=[s[1] for s in SECRETS])
def test_secrets_are_masked(service: str, operation: str, parameters: dict[str, Any], secret: str) -> None:
    shown = masked(parameters, wire.service_model(service).operation_model(operation).input_shape)
    assert shown[secret] == MASK
    assert "s3cret" not in json.dumps(shown)
    others = {key: value for key, value in shown.items() if key not in (secret, "Certificate")}
    assert MASK not in others.values()


def test_tokens_that_are_no_secrets_stay() -> None:
    parameters = {"NextToken": "t", "ClientToken": "c", "SecretId": "i", "KeyId": "k"}
    assert masked(parameters, None) == parameters


def test_bodies_are_shown_by_size() -> None:
    assert masked({"Body": b"12345"}, None) == {"Body": "<5 bytes>"}


def test_lines_on_disk_are_the_calls(tmp_path: Path) -> None:
    path = tmp_path / "calls.jsonl"
    with closing(CallLog(path)) as log:
        log._append({"id": 1, "access": "read"})
        log._append({"id": 2, "access": "write"})
        assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [1, 2]
        log.reset()
        assert path.read_text() == ""
        assert log.query() == []


def test_select() -> None:
    calls = [{"id": 1, "access": "read"}, {"id": 2, "access": "write"}, {"id": 3, "access": "read"}]
    assert [call["id"] for call in select(calls, 1, {"access": "read"})] == [3]
    assert [call["id"] for call in select(calls, 0, {"access": None})] == [1, 2, 3]


def test_unknown_filters_are_refused(cloud: LocalCloud) -> None:
    control = Control(cloud.cloud, 1)
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/_local-cloud/calls", "QUERY_STRING": "acess=write"}
    assert control.respond(environ, b"").status == 400
