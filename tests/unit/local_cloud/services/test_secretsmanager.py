# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Secrets: rotation by a function, by RDS, and names that wait for their deletion."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.config import default_user_config

Clients = Callable[..., Any]
Refused = Callable[..., Any]
DAYS = {"AutomaticallyAfterDays": 30}


def function_of(clients: Clients) -> str:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = clients("iam").create_role(RoleName="one", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("one.py", "def handler(event, context): pass")
    made = clients("lambda").create_function(
        FunctionName="one", Runtime="python3.12", Role=role, Handler="one.handler", Code={"ZipFile": archive.getvalue()}
    )
    return str(made["FunctionArn"])


def allow(clients: Clients, source: str | None, service: str = "secretsmanager.amazonaws.com") -> None:
    only = {"SourceArn": source} if source else {}
    clients("lambda").add_permission(
        FunctionName="one", StatementId="one", Action="lambda:InvokeFunction", Principal=service, **only
    )


def login_of_a_database(clients: Clients) -> tuple[str, dict[str, Any]]:
    """The ARN of a secret and what it holds: the login of an instance."""
    made = clients("rds").create_db_instance(
        DBInstanceIdentifier="one",
        DBInstanceClass="db.t3.medium",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="app",
        MasterUserPassword="the-first-one",
    )
    host = made["DBInstance"].get("Endpoint", {}).get("Address") or _host(clients)
    values = {"engine": "mysql", "host": host, "username": "app", "password": "the-first-one"}
    arn = clients("secretsmanager").create_secret(Name="login", SecretString=json.dumps(values))["ARN"]
    return arn, values


def _host(clients: Clients) -> str:
    [found] = clients("rds").describe_db_instances(DBInstanceIdentifier="one")["DBInstances"]
    return str(found["Endpoint"]["Address"])


def value(clients: Clients, arn: str, stage: str = "AWSCURRENT") -> dict[str, Any]:
    text = clients("secretsmanager").get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"]
    found: dict[str, Any] = json.loads(text)
    return found


def test_rotation_needs_a_function(aws: Clients, refused: Refused) -> None:
    secrets = aws("secretsmanager")
    secrets.create_secret(Name="one", SecretString="first")
    with refused("InvalidRequestException", "No Lambda rotation function"):
        secrets.rotate_secret(SecretId="one")
    assert secrets.get_secret_value(SecretId="one")["SecretString"] == "first"


def rotated_by_function(clients: Clients) -> Any:
    """A secret whose rotation function has been called, and could do nothing: it is no login of a database here."""
    function = function_of(clients)
    secrets = clients("secretsmanager")
    allow(clients, secrets.create_secret(Name="one", SecretString="first")["ARN"])
    secrets.rotate_secret(SecretId="one", RotationLambdaARN=function, RotationRules=DAYS)
    return secrets


@pytest.fixture
def no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(default_user_config, "lambda", {"use_docker": False})


def test_the_value_stays_until_the_function_has_done_its_work(aws: Clients) -> None:
    secrets = rotated_by_function(aws)
    assert secrets.get_secret_value(SecretId="one")["SecretString"] == "first"
    assert secrets.describe_secret(SecretId="one")["RotationEnabled"] is True
    stages = secrets.describe_secret(SecretId="one")["VersionIdsToStages"].values()
    assert sorted(stages) == [["AWSCURRENT"], ["AWSPENDING"]]
    assert "LastRotatedDate" not in secrets.describe_secret(SecretId="one")


def test_a_rotation_that_is_not_over_is_not_begun_again(aws: Clients, refused: Refused) -> None:
    secrets = rotated_by_function(aws)
    with refused("InvalidRequestException", "A previous rotation isn't complete"):
        secrets.rotate_secret(SecretId="one")


def test_a_function_that_works_changes_the_password_of_the_database(aws: Clients) -> None:
    function = function_of(aws)
    arn, before = login_of_a_database(aws)
    allow(aws, arn)
    aws("secretsmanager").rotate_secret(SecretId=arn, RotationLambdaARN=function, RotationRules=DAYS)
    after = value(aws, arn)
    assert after["password"] != before["password"]
    assert {**after, "password": before["password"]} == before
    assert value(aws, arn, "AWSPREVIOUS") == before
    described = aws("secretsmanager").describe_secret(SecretId=arn)
    assert (described["RotationLambdaARN"], described["RotationRules"]) == (function, DAYS)
    assert described["LastRotatedDate"]
    assert sorted(described["VersionIdsToStages"].values()) == [["AWSCURRENT"], ["AWSPREVIOUS"]]


def test_rotation_that_is_only_set_up_leaves_the_password(aws: Clients) -> None:
    function = function_of(aws)
    arn, before = login_of_a_database(aws)
    allow(aws, arn)
    aws("secretsmanager").rotate_secret(
        SecretId=arn, RotationLambdaARN=function, RotationRules=DAYS, RotateImmediately=False
    )
    assert value(aws, arn) == before
    described = aws("secretsmanager").describe_secret(SecretId=arn)
    assert list(described["VersionIdsToStages"].values()) == [["AWSCURRENT"]]
    assert described["RotationEnabled"] is True


@pytest.mark.parametrize(
    ("source", "service"),
    [(None, "events.amazonaws.com"), ("arn:aws:secretsmanager:us-east-1:123456789012:secret:other", None)],
    ids=["another service", "another secret"],
)
def test_a_function_that_lets_nobody_in(
    aws: Clients, refused: Refused, source: str | None, service: str | None
) -> None:
    function = function_of(aws)
    arn, _ = login_of_a_database(aws)
    allow(aws, source, **({"service": service} if service else {}))
    with refused("AccessDeniedException", "cannot invoke the specified Lambda function"):
        aws("secretsmanager").rotate_secret(SecretId=arn, RotationLambdaARN=function, RotationRules=DAYS)


def test_a_function_that_is_not_there(aws: Clients, refused: Refused) -> None:
    arn, _ = login_of_a_database(aws)
    function = "arn:aws:lambda:us-east-1:123456789012:function:one"
    with refused("AccessDeniedException", "cannot invoke the specified Lambda function"):
        aws("secretsmanager").rotate_secret(SecretId=arn, RotationLambdaARN=function, RotationRules=DAYS)


@pytest.mark.usefixtures("no_docker")
def test_canary_moto_loses_the_value_although_the_function_did_nothing(bare: Clients) -> None:
    with pytest.raises(ClientError, match="AWSCURRENT"):
        rotated_by_function(bare).get_secret_value(SecretId="one")


def test_canary_moto_loses_the_value_in_rotation(bare: Clients) -> None:
    secrets = bare("secretsmanager")
    secrets.create_secret(Name="one", SecretString="first")
    secrets.rotate_secret(SecretId="one")
    with pytest.raises(ClientError, match="AWSCURRENT"):
        secrets.get_secret_value(SecretId="one")


def test_a_managed_secret_is_rotated_by_its_service(aws: Clients) -> None:
    made = aws("rds").create_db_instance(
        DBInstanceIdentifier="one",
        DBInstanceClass="db.t3.medium",
        Engine="mysql",
        AllocatedStorage=20,
        MasterUsername="app",
        ManageMasterUserPassword=True,
    )
    secret = made["DBInstance"]["MasterUserSecret"]["SecretArn"]
    secrets = aws("secretsmanager")
    before = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    secrets.rotate_secret(SecretId=secret)
    after = json.loads(secrets.get_secret_value(SecretId=secret)["SecretString"])
    assert after["username"] == before["username"]
    assert after["password"] != before["password"]


def test_a_secret_in_deletion_is_left_alone(aws: Clients, refused: Refused) -> None:
    secrets = aws("secretsmanager")
    secrets.create_secret(Name="one", SecretString="first")
    secrets.delete_secret(SecretId="one", RecoveryWindowInDays=7)
    with refused("InvalidRequestException", "already scheduled for deletion"):
        secrets.create_secret(Name="one", SecretString="second")
    with refused("InvalidRequestException", "marked for deletion"):
        secrets.put_secret_value(SecretId="one", SecretString="second")


def test_canary_moto_writes_to_a_secret_in_deletion(bare: Clients) -> None:
    secrets = bare("secretsmanager")
    secrets.create_secret(Name="one", SecretString="first")
    secrets.delete_secret(SecretId="one", RecoveryWindowInDays=7)
    secrets.put_secret_value(SecretId="one", SecretString="second")
