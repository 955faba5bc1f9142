# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""database_secret against the local cloud, and the database that it is the password of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import database_secret
from local_cloud.testing import LocalCloud
from tests.functions import function, let_in

Run = Callable[..., dict[str, Any]]
LOGIN = {"engine": "mysql", "username": "dbadmin"}
PASSWORD = re.compile(r"[A-Za-z0-9._~-]{32}")


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """Of a secret that this test alone has."""
    return str(request.node.name).replace("[", "-").replace("]", "").replace(" ", "-")


@pytest.fixture
def secret(run: Run, cloud: LocalCloud, name: str) -> Run:
    """secret(...): the module's result, in which no password of the secret is."""

    def call(**parameters: Any) -> dict[str, Any]:
        result = run(database_secret.main, **{"name": name, **parameters})
        for password in passwords(cloud, name):
            assert password not in json.dumps(result)
        return result

    return call


def passwords(cloud: LocalCloud, name: str) -> list[str]:
    """All that it has ever had, as far as there is one."""
    client = cloud.client("secretsmanager")
    found = []
    for stage in ("AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"):
        try:
            text = client.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"]
        except client.exceptions.ClientError:
            continue
        if text.startswith("{"):
            found.append(json.loads(text).get("password", "\0"))
    return found


def held(cloud: LocalCloud, name: str) -> dict[str, Any]:
    text = cloud.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    found: dict[str, Any] = json.loads(text)
    return found


def previous_version(cloud: LocalCloud, name: str) -> str:
    found = cloud.client("secretsmanager").get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")
    return str(found["VersionId"])


@pytest.fixture
def writes(cloud: LocalCloud) -> Callable[[], list[str]]:
    """The operations that have changed something since the test began."""
    mark = cloud.control.mark()
    return lambda: [call["operation"] for call in cloud.control.calls(since=mark, access="write")]


Writes = Callable[[], list[str]]


class TestPassword:
    def test_it_is_made_once(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        first = secret(**LOGIN)
        made = held(cloud, name)
        again = secret(**LOGIN)
        assert (first["changed"], again["changed"]) == (True, False)
        assert first["arn"] == again["arn"]
        assert held(cloud, name) == made
        assert PASSWORD.fullmatch(made["password"])
        assert {**made, "password": ""} == {**LOGIN, "password": ""}

    def test_check_mode_makes_none(self, secret: Run, writes: Writes) -> None:
        result = secret(**LOGIN, check=True)
        assert (result["changed"], result["arn"], writes()) == (True, None, [])
        assert result["diff"]["after"]["values"] == LOGIN

    def test_what_becomes_known_is_added_and_the_password_stays(
        self, secret: Run, cloud: LocalCloud, name: str
    ) -> None:
        secret(**LOGIN)
        before = held(cloud, name)
        where = {"host": "db.example.com", "port": 3306, "dbname": "shop", "identifier": "shop-database"}
        result = secret(**where)
        assert held(cloud, name) == {
            **before,
            "host": "db.example.com",
            "port": 3306,
            "dbname": "shop",
            "dbInstanceIdentifier": "shop-database",
        }
        assert result["diff"]["before"]["values"] == LOGIN
        assert secret(**LOGIN, **where)["changed"] is False

    def test_a_secret_without_a_password_gets_one(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        text = '{"username": "other", "host": "db.example.com"}'
        cloud.client("secretsmanager").create_secret(Name=name, SecretString=text)
        assert secret(**LOGIN)["changed"] is True
        assert (held(cloud, name)["host"], held(cloud, name)["username"]) == ("db.example.com", "dbadmin")
        assert PASSWORD.fullmatch(held(cloud, name)["password"])

    def test_a_secret_of_somebody_else_is_left_alone(
        self, secret: Run, cloud: LocalCloud, name: str, writes: Writes
    ) -> None:
        cloud.client("secretsmanager").create_secret(Name=name, SecretString="token-of-somebody-else")
        result = secret(**LOGIN)
        assert "holds no JSON object" in result["msg"]
        assert result["msg"].endswith("Nothing was changed.")
        assert "token-of-somebody-else" not in json.dumps(result)
        assert writes() == ["CreateSecret"]

    def test_a_secret_that_is_no_login_is_left_alone(
        self, secret: Run, cloud: LocalCloud, name: str, writes: Writes
    ) -> None:
        text = json.dumps({"api_key": "key-of-somebody-else", "host": "api.example.com"})
        cloud.client("secretsmanager").create_secret(Name=name, SecretString=text)
        result = secret(**LOGIN)
        assert "holds neither password nor username" in result["msg"]
        assert "key-of-somebody-else" not in json.dumps(result)
        assert writes() == ["CreateSecret"]

    def test_what_else_is_in_it_stays_and_is_never_shown(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        others = {"api_key": "key-of-an-interface", "url": "mysql://dbadmin:word-in-a-url@db.example.com"}
        text = json.dumps({**LOGIN, "password": "the-password-that-is-there", **others})
        client = cloud.client("secretsmanager")
        client.create_secret(Name=name, SecretString=text)
        results = [
            secret(**LOGIN),
            secret(host="db.example.com", check=True),
            secret(host="db.example.com"),
            secret(rotation_function_arn="arn", rotation_days=0),
        ]
        assert [result["changed"] for result in results[:3]] == [False, True, True]
        assert results[2]["diff"]["after"]["values"] == {**LOGIN, "host": "db.example.com"}
        assert held(cloud, name) == {**json.loads(text), "host": "db.example.com"}
        client.update_secret_version_stage(
            SecretId=name, VersionStage="AWSPENDING", MoveToVersionId=previous_version(cloud, name)
        )
        results.append(secret(host="elsewhere.example.com"))
        assert "host cannot be changed now" in results[-1]["msg"]
        for other in others.values():
            assert other not in json.dumps(results)


class TestSettings:
    def test_description_key_and_tags(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        secret(**LOGIN, description="one", tags={"CostCenter": "web"})
        password = held(cloud, name)["password"]
        key = cloud.client("kms").create_key()["KeyMetadata"]["Arn"]
        changed = {**LOGIN, "description": "two", "key_arn": key, "tags": {"Team": "shop"}}
        assert secret(**changed)["changed"] is True
        described = cloud.client("secretsmanager").describe_secret(SecretId=name)
        assert (described["Description"], described["KmsKeyId"]) == ("two", key)
        assert {tag["Key"]: tag["Value"] for tag in described["Tags"]} == {"CostCenter": "web", "Team": "shop"}
        assert secret(**changed)["changed"] is False
        assert held(cloud, name)["password"] == password

    def test_a_description_that_is_not_given_stays(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        secret(**LOGIN, description="of a colleague")
        result = secret(**LOGIN)
        assert (result["changed"], result["diff"]["after"]["description"]) == (False, "of a colleague")
        assert cloud.client("secretsmanager").describe_secret(SecretId=name)["Description"] == "of a colleague"


class TestRemoval:
    def test_it_can_be_taken_back_with_its_password(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        secret(**LOGIN)
        before = held(cloud, name)
        assert secret(state="absent", recovery_days=7)["changed"] is True
        assert secret(state="absent")["changed"] is False
        assert secret(**LOGIN, check=True)["changed"] is True
        assert secret(**LOGIN)["changed"] is True
        assert held(cloud, name) == before
        assert secret(**LOGIN)["changed"] is False

    def test_one_that_is_no_login_is_not_said_to_be_unchanged(self, secret: Run, cloud: LocalCloud, name: str) -> None:
        client = cloud.client("secretsmanager")
        client.create_secret(Name=name, SecretString='{"api_key": "key-of-somebody-else"}')
        client.delete_secret(SecretId=name, RecoveryWindowInDays=7)
        told = secret(**LOGIN)["msg"]
        assert told.endswith("It was taken back from its deletion, and nothing else was changed.")
        assert "Nothing was changed" not in told

    def test_one_that_is_being_rotated_is_not_taken_back(
        self, secret: Run, cloud: LocalCloud, name: str, writes: Writes
    ) -> None:
        secret(**LOGIN)
        secret(host="db.example.com")
        client = cloud.client("secretsmanager")
        client.update_secret_version_stage(
            SecretId=name, VersionStage="AWSPENDING", MoveToVersionId=previous_version(cloud, name)
        )
        secret(state="absent")
        before = writes()
        for check in (True, False):
            result = secret(rotation_function_arn="arn", rotation_days=30, check=check)
            assert result["msg"].endswith("Nothing was changed.")
        assert writes() == before

    def test_check_mode_removes_nothing(self, secret: Run, writes: Writes) -> None:
        secret(**LOGIN)
        assert secret(state="absent", check=True)["changed"] is True
        assert writes() == ["CreateSecret"]

    def test_what_is_not_there(self, secret: Run) -> None:
        assert secret(state="absent")["changed"] is False


class TestRotation:
    @pytest.fixture
    def rotating(self, cloud: LocalCloud, secret: Run, name: str) -> dict[str, Any]:
        """A database with the secret's password, and what the module is asked for to rotate it."""
        arn = secret(**LOGIN)["arn"]
        identifier = name.replace("_", "-")[:60].strip("-")
        cloud.client("rds").create_db_instance(
            DBInstanceIdentifier=identifier,
            DBInstanceClass="db.m7g.large",
            Engine="mysql",
            AllocatedStorage=20,
            MasterUsername="dbadmin",
            MasterUserPassword=held(cloud, name)["password"],
        )
        [item] = cloud.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)["DBInstances"]
        function_arn = function(cloud, identifier)
        let_in(cloud, identifier, arn)
        return {
            "host": item["Endpoint"]["Address"],
            "port": 3306,
            "rotation_function_arn": function_arn,
            "rotation_days": 30,
        }

    def test_the_first_time_the_password_is_changed_at_once(
        self, secret: Run, cloud: LocalCloud, name: str, rotating: dict[str, Any]
    ) -> None:
        before = held(cloud, name)["password"]
        result = secret(**rotating)
        after = held(cloud, name)["password"]
        assert result["changed"] is True and after != before
        assert secret(**rotating)["changed"] is False
        assert held(cloud, name)["password"] == after

    def test_the_password_before_the_last_rotation_stays_when_the_login_changes(
        self, secret: Run, cloud: LocalCloud, name: str, rotating: dict[str, Any]
    ) -> None:
        """A database that comes back from a snapshot has it."""
        before = held(cloud, name)["password"]
        secret(**rotating)
        assert passwords(cloud, name) == [held(cloud, name)["password"], before]
        secret(dbname="shop")
        assert held(cloud, name)["dbname"] == "shop"
        assert passwords(cloud, name) == [held(cloud, name)["password"], before]
        described = cloud.client("secretsmanager").describe_secret(SecretId=name)
        stages = [stage for found in described["VersionIdsToStages"].values() for stage in found]
        assert sorted(stages) == ["AWSCURRENT", "AWSPREVIOUS"]

    def test_another_interval_leaves_the_password(
        self, secret: Run, cloud: LocalCloud, name: str, rotating: dict[str, Any]
    ) -> None:
        secret(**rotating)
        before = held(cloud, name)
        assert secret(**{**rotating, "rotation_days": 7})["changed"] is True
        described = cloud.client("secretsmanager").describe_secret(SecretId=name)
        assert described["RotationRules"] == {"AutomaticallyAfterDays": 7}
        assert held(cloud, name) == before

    def test_a_function_that_may_not_be_called_is_named(
        self, secret: Run, cloud: LocalCloud, name: str, rotating: dict[str, Any]
    ) -> None:
        other = function(cloud, f"other-{name}"[:60].replace("_", "-"))
        result = secret(**{**rotating, "rotation_function_arn": other})
        assert f"Secrets Manager may not call {other}" in result["msg"]
        assert "SourceArn" in result["msg"]

    def test_a_rotation_that_does_not_end(
        self, secret: Run, cloud: LocalCloud, name: str, rotating: dict[str, Any]
    ) -> None:
        """The local cloud knows no database at this host, so its function fails."""
        before = held(cloud, name)["password"]
        asked = {**rotating, "host": "nowhere.example.com", "rotation_timeout": 0}
        result = secret(**asked)
        assert re.search(r"after 0 s the rotation of .* is not over", result["msg"])
        assert "/aws/lambda/" in result["msg"]
        assert held(cloud, name)["password"] == before
        again = secret(**{**asked, "host": "elsewhere.example.com"})
        assert "is being rotated" in again["msg"] and "host cannot be changed now" in again["msg"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "with space"}, "name is with space"),
        ({"rotation_function_arn": "arn", "rotation_days": 0}, "rotation_days is 0"),
        ({"recovery_days": 31}, "recovery_days is 31; AWS takes 7 to 30"),
    ],
    ids=["name", "days", "recovery"],
)
def test_bad_input_is_refused_before_aws_is_asked(
    run: Run, cloud: LocalCloud, asked: dict[str, Any], told: str
) -> None:
    mark = cloud.control.mark()
    result = run(database_secret.main, **{"name": "one", **asked})
    assert told in result["msg"]
    assert cloud.control.calls(since=mark) == []
