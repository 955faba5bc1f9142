# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""rds_proxy against the local cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import rds_proxy
from local_cloud.testing import LocalCloud
from tests.networks import network

Run = Callable[..., dict[str, Any]]
Writes = Callable[[], list[str]]
Pace = Callable[[float], None]
PASSWORD = "The-passw0rd.of~32-characters-ab"


@pytest.fixture
def writes(cloud: LocalCloud) -> Writes:
    """The operations that have changed something since the test began."""
    mark = cloud.control.mark()
    return lambda: [call["operation"] for call in cloud.control.calls(since=mark, access="write")]


@pytest.fixture(scope="module")
def surroundings(cloud: LocalCloud) -> dict[str, Any]:
    ec2 = cloud.client("ec2")
    vpc, ids = network(ec2)
    group = ec2.create_security_group(GroupName="proxy", Description="proxy", VpcId=vpc)["GroupId"]
    for name, engine in {"db": "mysql", "other": "mariadb", "another-family": "postgres"}.items():
        cloud.client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.m7g.large",
            Engine=engine,
            AllocatedStorage=20,
            MasterUsername="dbadmin",
            MasterUserPassword=PASSWORD,
        )
    return {
        "engine_family": "mysql",
        "instance": "db",
        "secret_arns": [secret(cloud, "login", PASSWORD)],
        "role_arn": "arn:aws:iam::123456789012:role/proxy",
        "subnets": ids,
        "security_groups": [group],
        "tags": {"Team": "web"},
        "timeout": 30,
    }


def secret(cloud: LocalCloud, name: str, password: str) -> str:
    text = json.dumps({"username": "dbadmin", "password": password})
    return str(cloud.client("secretsmanager").create_secret(Name=name, SecretString=text)["ARN"])


@pytest.fixture
def pace(cloud: LocalCloud) -> Iterator[Pace]:
    """pace(scale): from then on states last for some time, as on AWS."""
    yield cloud.control.time_scale
    cloud.control.time_scale(0.0)


@pytest.fixture
def proxy(run: Run, surroundings: dict[str, Any], request: pytest.FixtureRequest) -> Run:
    """proxy(...): the module's result for a proxy that this test alone has."""
    name = str(request.node.name).replace("_", "-")[:60].strip("-")

    def call(**parameters: Any) -> dict[str, Any]:
        asked = {"name": name, **surroundings, **parameters}
        return run(rds_proxy.main, **{option: value for option, value in asked.items() if value is not None})

    return call


def test_it_is_made_once_and_reaches_the_database(proxy: Run, writes: Writes) -> None:
    first = proxy()
    assert first["changed"] is True, first
    assert first["endpoint"] and first["arn"]
    assert writes() == ["CreateDBProxy", "ModifyDBProxyTargetGroup", "RegisterDBProxyTargets"]
    assert proxy()["changed"] is False
    assert len(writes()) == 3


def test_check_mode_says_what_it_would_make(proxy: Run, writes: Writes) -> None:
    result = proxy(check=True)
    assert (result["changed"], result["arn"], writes()) == (True, None, [])
    assert result["diff"]["after"]["require_tls"] is True


def test_settings_are_changed(proxy: Run, writes: Writes) -> None:
    proxy()
    changed = {
        "iam_authentication": "required",
        "idle_client_timeout": 60,
        "borrow_timeout": 10,
        "tags": {"Team": "shop"},
    }
    planned = proxy(check=True, **changed)
    result = proxy(**changed)
    assert result["diff"] == planned["diff"]
    assert result["diff"]["before"] == {
        "iam_authentication": "disabled",
        "idle_client_timeout": 1800,
        "borrow_timeout": 120,
        "tags": {"Team": "web"},
    }
    assert proxy(**changed)["changed"] is False
    assert writes()[3:] == ["ModifyDBProxy", "ModifyDBProxyTargetGroup", "AddTagsToResource"]


def test_another_database_is_registered_in_its_place(proxy: Run, writes: Writes) -> None:
    proxy()
    assert proxy(instance="other")["changed"] is True
    assert writes()[3:] == ["DeregisterDBProxyTargets", "RegisterDBProxyTargets"]
    assert proxy(instance="other")["changed"] is False


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"instance": "nobody"}, "there is no instance nobody"),
        ({"instance": None, "cluster": "nobody"}, "there is no cluster nobody"),
        ({"instance": "another-family"}, "the instance another-family is postgres"),
    ],
    ids=["instance", "cluster", "family"],
)
def test_a_working_database_is_not_given_up_for_one_that_does_not_fit(
    proxy: Run, writes: Writes, target: dict[str, Any], told: str
) -> None:
    assert told in proxy(**target, check=True)["msg"]
    assert told in proxy(**target)["msg"]
    assert writes() == []
    proxy()
    before = writes()
    assert told in proxy(**target, check=True)["msg"]
    assert told in proxy(**target)["msg"]
    assert writes() == before


def test_the_state_of_a_proxy_is_looked_at_where_nothing_is_to_be_changed(
    proxy: Run, cloud: LocalCloud, surroundings: dict[str, Any], pace: Pace
) -> None:
    proxy()
    pace(60)
    name = proxy(check=True)["endpoint"].partition(".")[0]
    cloud.client("rds").modify_db_proxy(DBProxyName=name, RoleArn=surroundings["role_arn"])
    assert "is modifying: after 0 s it is not available" in proxy(timeout=0)["msg"]


def test_a_secret_that_does_not_fit_is_named_with_what_it_means(proxy: Run, cloud: LocalCloud) -> None:
    arns = [secret(cloud, "wrong", "not-the-password")]
    result = proxy(secret_arns=arns, timeout=0)
    while "is creating" in result["msg"]:
        result = proxy(secret_arns=arns, timeout=2)
    assert (
        "does not reach its database: db is UNAVAILABLE AUTH_FAILURE: the database does not take the login"
        in result["msg"]
    )
    assert "not-the-password" not in json.dumps(result)


def test_what_cannot_be_changed_is_refused(proxy: Run, writes: Writes, surroundings: dict[str, Any]) -> None:
    proxy()
    before = writes()
    result = proxy(subnets=[*surroundings["subnets"][:1], "subnet-other"])
    assert "AWS cannot change that of a proxy that exists" in result["msg"]
    assert writes() == before


def test_it_is_removed_once(proxy: Run, cloud: LocalCloud) -> None:
    proxy()
    assert proxy(state="absent", check=True)["changed"] is True
    assert proxy(state="absent")["changed"] is True
    assert proxy(state="absent")["changed"] is False
    names = [item["DBProxyName"] for item in cloud.client("rds").describe_db_proxies()["DBProxies"]]
    assert not [name for name in names if name.startswith("test-it-is-removed")]


def test_a_removal_that_has_begun_is_waited_for(proxy: Run, writes: Writes, pace: Pace) -> None:
    proxy()
    pace(3)
    assert "is deleting and not gone" in proxy(state="absent", timeout=0)["msg"]
    assert proxy(state="absent")["changed"] is False
    assert proxy(check=True)["arn"] is None
    assert writes().count("DeleteDBProxy") == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"name": "two--dashes"}, "name is two--dashes"),
        ({"idle_client_timeout": 0}, "idle_client_timeout is 0; AWS takes 1 to 28800"),
        ({"max_connections_percent": 10}, "max_idle_connections_percent is above"),
        ({"subnets": ["subnet-a"]}, "subnets has to name two or more"),
        ({"secret_arns": []}, "secret_arns is empty"),
    ],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_bad_input_is_refused_before_aws_is_asked(
    proxy: Run, cloud: LocalCloud, asked: dict[str, Any], told: str
) -> None:
    mark = cloud.control.mark()
    assert told in proxy(**asked)["msg"]
    assert cloud.control.calls(since=mark) == []
