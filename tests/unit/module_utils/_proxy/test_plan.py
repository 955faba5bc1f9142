# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the proxy that is there to what has to be called."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._proxy.health import REASONS, is_ready, not_ready
from ansible_collections.cutover.aws.plugins.module_utils._proxy.plan import (
    Found,
    NoTarget,
    NotChangeable,
    Wanted,
    proxy_plan,
    refuse_unfit_target,
    settings_of,
    targets_of,
)

SETTINGS: dict[str, Any] = {
    "engine_family": "mysql",
    "secret_arns": ["arn-a", "arn-b"],
    "iam_authentication": "disabled",
    "role_arn": "role",
    "subnets": ["subnet-a", "subnet-b"],
    "security_groups": ["sg-a"],
    "require_tls": True,
    "idle_client_timeout": 1800,
    "debug_logging": False,
}
POOL: dict[str, Any] = {"max_connections_percent": 90, "max_idle_connections_percent": 45, "borrow_timeout": 120}
WANTED = Wanted("one", SETTINGS, POOL, ("instance", "db"), {"Team": "web"})
PROXY: dict[str, Any] = {
    "DBProxyName": "one",
    "EngineFamily": "MYSQL",
    "Auth": [{"AuthScheme": "SECRETS", "SecretArn": arn, "IAMAuth": "DISABLED"} for arn in ("arn-b", "arn-a")],
    "RoleArn": "role",
    "VpcSubnetIds": ["subnet-b", "subnet-a"],
    "VpcSecurityGroupIds": ["sg-a"],
    "RequireTLS": True,
    "IdleClientTimeout": 1800,
    "DebugLogging": False,
}
GROUP: dict[str, Any] = {
    "TargetGroupName": "default",
    "ConnectionPoolConfig": {
        "MaxConnectionsPercent": 90,
        "MaxIdleConnectionsPercent": 45,
        "ConnectionBorrowTimeout": 120,
        "SessionPinningFilters": [],
    },
}
TARGET = {"Type": "RDS_INSTANCE", "RdsResourceId": "db", "TargetHealth": {"State": "AVAILABLE"}}
FOUND = Found(PROXY, GROUP, [TARGET])
TAGS: dict[str, Any] = {"Team": "web", "Other": "stays"}


def plan(wanted: Wanted = WANTED, found: Found | None = FOUND) -> Any:
    return proxy_plan(wanted, found, TAGS)


def test_as_asked_for() -> None:
    assert plan().empty


def test_a_new_one_has_everything_in_the_right_order() -> None:
    made = proxy_plan(WANTED, None, {})
    assert made.create["Auth"] == [
        {"AuthScheme": "SECRETS", "SecretArn": arn, "IAMAuth": "DISABLED"} for arn in ("arn-a", "arn-b")
    ]
    assert made.create["RequireTLS"] is True
    assert made.pool["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 90
    assert (made.register, made.modify) == ((("instance", "db"),), {})


@pytest.mark.parametrize(
    ("name", "value", "member", "sent"),
    [
        ("require_tls", False, "RequireTLS", False),
        ("role_arn", "other", "RoleArn", "other"),
        ("security_groups", ["sg-b"], "SecurityGroups", ["sg-b"]),
        ("idle_client_timeout", 60, "IdleClientTimeout", 60),
        ("debug_logging", True, "DebugLogging", True),
    ],
)
def test_a_setting_is_changed_without_another_one(name: str, value: Any, member: str, sent: Any) -> None:
    made = plan(replace(WANTED, settings={**SETTINGS, name: value}))
    assert made.modify[member] == sent
    assert (made.before, made.after) == ({name: SETTINGS[name]}, {name: value})
    assert not (made.pool or made.register or made.deregister or made.create)


def test_iam_is_a_change_of_each_secret() -> None:
    made = plan(replace(WANTED, settings={**SETTINGS, "iam_authentication": "required"}))
    assert {entry["IAMAuth"] for entry in made.modify["Auth"]} == {"REQUIRED"}


def test_the_pool_is_sent_whole() -> None:
    made = plan(replace(WANTED, pool={**POOL, "borrow_timeout": 30}))
    assert made.pool["ConnectionPoolConfig"] == {
        "MaxConnectionsPercent": 90,
        "MaxIdleConnectionsPercent": 45,
        "ConnectionBorrowTimeout": 30,
    }
    assert not made.modify


def test_what_the_pool_has_that_is_no_option_stays() -> None:
    kept = {"InitQuery": "SET x=1, y=2", "SessionPinningFilters": ["EXCLUDE_VARIABLE_SETS"]}
    found = replace(FOUND, group={**GROUP, "ConnectionPoolConfig": {**GROUP["ConnectionPoolConfig"], **kept}})
    assert plan(found=found).empty
    sent = plan(replace(WANTED, pool={**POOL, "borrow_timeout": 30}), found).pool["ConnectionPoolConfig"]
    assert sent["ConnectionBorrowTimeout"] == 30
    assert {name: sent[name] for name in kept} == kept


@pytest.mark.parametrize(
    ("engine", "family"),
    [
        ("mysql", "mysql"),
        ("mariadb", "mysql"),
        ("aurora-mysql", "mysql"),
        ("postgres", "postgresql"),
        ("aurora-postgresql", "postgresql"),
    ],
)
def test_a_database_of_another_family_is_refused(engine: str, family: str) -> None:
    other = {"mysql": "postgresql", "postgresql": "mysql"}[family]
    refuse_unfit_target(replace(WANTED, settings={**SETTINGS, "engine_family": family}), engine)
    with pytest.raises(NoTarget, match=f"one: the instance db is {engine}, .*family {other}"):
        refuse_unfit_target(replace(WANTED, settings={**SETTINGS, "engine_family": other}), engine)


@pytest.mark.parametrize(("engine", "told"), [(None, "there is no instance db"), ("oracle-ee", "is oracle-ee")])
def test_a_database_that_no_proxy_can_have_is_refused(engine: str | None, told: str) -> None:
    with pytest.raises(NoTarget, match=told):
        refuse_unfit_target(WANTED, engine)


@pytest.mark.parametrize(("name", "value"), [("engine_family", "postgresql"), ("subnets", ["subnet-c", "subnet-a"])])
def test_what_aws_cannot_change_is_refused(name: str, value: Any) -> None:
    with pytest.raises(NotChangeable, match=f"one: {name} is "):
        plan(replace(WANTED, settings={**SETTINGS, name: value}))


def test_another_database_takes_the_place_of_the_first() -> None:
    made = plan(replace(WANTED, target=("cluster", "aurora")))
    assert (made.register, made.deregister) == ((("cluster", "aurora"),), (("instance", "db"),))


def test_the_instances_of_a_cluster_come_with_it() -> None:
    items = [
        {"Type": "TRACKED_CLUSTER", "RdsResourceId": "aurora"},
        {"Type": "RDS_INSTANCE", "RdsResourceId": "aurora-1", "TrackedClusterId": "aurora"},
    ]
    assert targets_of(items) == [("cluster", "aurora")]
    assert plan(replace(WANTED, target=("cluster", "aurora")), replace(FOUND, targets=items)).empty


def test_tags_of_others_stay() -> None:
    made = plan(replace(WANTED, tags={"Team": "shop"}))
    assert (made.tags, made.before, made.after) == (
        {"Team": "shop"},
        {"tags": {"Team": "web"}},
        {"tags": {"Team": "shop"}},
    )


def test_secrets_with_different_ways_in_are_no_setting() -> None:
    auth = [{"SecretArn": "arn-a", "IAMAuth": "DISABLED"}, {"SecretArn": "arn-b", "IAMAuth": "REQUIRED"}]
    assert settings_of({**PROXY, "Auth": auth})["iam_authentication"] == "mixed"


class TestHealth:
    def test_each_reason_is_told_with_what_it_means(self) -> None:
        for reason, meaning in REASONS.items():
            health = {"State": "UNAVAILABLE", "Reason": reason, "Description": "AWS says more"}
            told = not_ready([{**TARGET, "TargetHealth": health}])
            assert told == f"db is UNAVAILABLE {reason}: {meaning}: AWS says more"

    def test_nothing_registered_is_not_ready(self) -> None:
        assert not is_ready([])
        assert not_ready([]) == "it has no target"

    def test_what_is_not_known_is_not_ready(self) -> None:
        assert not is_ready([{"Type": "RDS_INSTANCE", "RdsResourceId": "db"}])

    def test_a_cluster_is_as_healthy_as_its_instances(self) -> None:
        cluster = {"Type": "TRACKED_CLUSTER", "RdsResourceId": "aurora"}
        assert not is_ready([cluster])
        assert is_ready([cluster, TARGET])
        assert not is_ready([cluster, TARGET, {**TARGET, "TargetHealth": {"State": "REGISTERING"}}])
