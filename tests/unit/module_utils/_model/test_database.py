# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The database's model."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.cutover.aws.plugins.module_utils._model.core import (
    KEY_TAG,
    STACK_TAG,
    UNKNOWN,
    ModelError,
    Stack,
)
from ansible_collections.cutover.aws.plugins.module_utils._model.database import (
    DATABASE_TYPES,
    database_model,
    group_prefix,
    instance_name,
    log_group_prefix,
)
from ansible_collections.cutover.aws.plugins.module_utils._model.names import rds_name

STACK = Stack("acme", "prod", "us-east-1", "123456789012", tags={"CostCenter": "web"})
KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
CONFIG: dict[str, Any] = {
    "source": "new",
    "engine": "mysql",
    "engine_version": "8.4",
    "parameter_family": None,
    "parameters": {"slow_query_log": True, "long_query_time": 2, "log_output": "FILE"},
    "instance_class": "db.m7g.large",
    "storage_type": "gp3",
    "allocated_storage": 100,
    "max_allocated_storage": 200,
    "iops": None,
    "storage_throughput": None,
    "multi_az": True,
    "port": None,
    "name": "app",
    "username": "dbadmin",
    "key_arn": KEY,
    "subnet_ids": ["subnet-b", "subnet-a"],
    "security_group_ids": ["sg-b", "sg-a"],
    "deletion_protection": True,
    "backup_retention": 30,
    "backup_window": "03:00-04:00",
    "maintenance_window": "Sun:04:30-Sun:05:30",
    "copy_tags_to_snapshot": True,
    "auto_minor_version_upgrade": True,
    "ca_certificate": "rds-ca-rsa2048-g1",
    "iam_authentication": False,
    "performance_insights": True,
    "performance_insights_retention": 93,
    "monitoring_interval": 60,
    "monitoring_role_arn": "arn:aws:iam::123456789012:role/monitoring",
    "log_exports": ["slowquery", "error"],
    "log_retention": 90,
    "reboot": False,
    "restore": {},
    "option_group": None,
}


def model(**changes: Any) -> Any:
    return database_model(STACK, {**CONFIG, **changes})  # type: ignore[typeddict-item]


def instance(**changes: Any) -> Any:
    return model(**changes)["instance"].attributes


def test_groups_and_logs_come_before_the_instance_that_needs_them() -> None:
    assert list(model()) == [
        "subnet_group",
        "parameter_group/mysql8.4",
        "log_group/slowquery",
        "log_group/error",
        "instance",
    ]


def test_without_a_source_there_are_groups_and_no_instance() -> None:
    assert {resource.type for resource in model(source="none").values()} == {
        "subnet_group",
        "parameter_group",
        "log_group",
    }


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"engine": "oracle"}, "database_engine is oracle"), ({"source": "tape"}, "database_source is tape")],
    ids=["engine", "source"],
)
def test_what_has_no_model_is_refused_by_the_name_of_its_variable(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(ModelError, match=named):
        model(**changes)


@pytest.mark.parametrize(
    ("engine", "version", "family", "port"),
    [
        ("mysql", "8.4", "mysql8.4", 3306),
        ("mysql", "8.0.40", "mysql8.0", 3306),
        ("mariadb", "10.11.8", "mariadb10.11", 3306),
        ("postgres", "16.4", "postgres16", 5432),
        ("postgres", "17", "postgres17", 5432),
    ],
)
def test_family_and_port_follow_the_engine(engine: str, version: str, family: str, port: int) -> None:
    resources = model(engine=engine, engine_version=version)
    assert resources[f"parameter_group/{family}"].attributes["family"] == family
    assert resources["instance"].attributes["parameter_group"] == f"parameter_group/{family}"
    assert resources["instance"].attributes["port"] == port


def test_family_and_port_can_be_given() -> None:
    resources = model(parameter_family="mysql8.4x", port=4000)
    assert "parameter_group/mysql8.4x" in resources
    assert resources["instance"].attributes["port"] == 4000


def test_parameters_are_text_and_switches_are_digits() -> None:
    parameters = model()["parameter_group/mysql8.4"].attributes["parameters"]
    assert parameters == {"log_output": "FILE", "long_query_time": "2", "slow_query_log": "1"}


def test_logs_go_where_rds_writes_encrypted_and_with_an_end() -> None:
    group = model()["log_group/error"]
    assert group.name == "/aws/rds/instance/acme-prod-database/error"
    assert (group.attributes["retention"], group.attributes["key_arn"]) == (90, KEY)


def test_nobody_outside_reaches_it_and_nobody_reads_it() -> None:
    attributes = instance()
    assert attributes["publicly_accessible"] is False
    assert attributes["encrypted"] is attributes["password_managed"] is True
    assert attributes["key_arn"] == attributes["password_key_arn"] == attributes["performance_insights_key_arn"] == KEY
    assert [name for name in attributes if "password" in name] == ["password_managed", "password_key_arn"]


def test_values_are_written_as_aws_answers_them() -> None:
    attributes = instance()
    assert attributes["security_groups"] == ["sg-a", "sg-b"]
    assert attributes["log_exports"] == ["error", "slowquery"]
    assert attributes["maintenance_window"] == "sun:04:30-sun:05:30"
    assert model()["subnet_group"].attributes["subnets"] == ["subnet-a", "subnet-b"]


def test_what_another_layer_has_not_made_yet_is_unknown() -> None:
    empty = model(key_arn=None, subnet_ids=[], security_group_ids=None, monitoring_role_arn=None)
    attributes = empty["instance"].attributes
    assert empty["subnet_group"].attributes["subnets"] == UNKNOWN
    for name in ("key_arn", "security_groups", "monitoring_role_arn", "performance_insights_key_arn"):
        assert attributes[name] == UNKNOWN


def test_what_is_off_asks_for_nothing() -> None:
    attributes = instance(performance_insights=False, monitoring_interval=0, monitoring_role_arn=None)
    assert attributes["performance_insights_key_arn"] is attributes["performance_insights_retention"] is None
    assert attributes["monitoring_role_arn"] is None


def test_provisioned_rates_are_held_only_where_somebody_asked() -> None:
    assert not {"iops", "storage_throughput"} & set(instance())
    assert instance(iops=12000)["iops"] == 12000


@pytest.mark.parametrize(("reboot", "held"), [(False, False), (True, True)], ids=["reported", "held"])
def test_a_waiting_reboot_is_only_reported_unless_it_is_allowed(reboot: bool, held: bool) -> None:
    resource = model(reboot=reboot)["instance"]
    assert ("pending_reboot" in resource.attributes) is held
    assert ("pending_reboot" in resource.initial) is not held


def test_every_resource_carries_every_tag_and_its_own_key() -> None:
    for key, resource in model().items():
        tags = resource.attributes["tags"]
        assert (tags[STACK_TAG], tags[KEY_TAG], tags["Name"]) == ("acme-prod", key, resource.name)
        assert {"Environment", "CostCenter", "MigrationPhase", "ManagedBy"} <= set(tags)
        assert resource.type in DATABASE_TYPES


words = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=80)
IDENTIFIER = re.compile(r"[a-z](-?[a-z0-9])*")


@given(name=words, limit=st.sampled_from([30, 63, 255]))
def test_every_name_is_one_that_rds_takes(name: str, limit: int) -> None:
    result = rds_name(f"{name}-database", limit)
    assert IDENTIFIER.fullmatch(result)
    assert len(result) <= limit


@given(one=words, other=words)
def test_two_stacks_never_share_a_name(one: str, other: str) -> None:
    if one != other:
        assert rds_name(f"{one}-database", 63) != rds_name(f"{other}-database", 63)


@given(project=words)
def test_what_the_reader_looks_for_begins_every_name(project: str) -> None:
    stack = Stack(project, "prod", "us-east-1", "123456789012")
    resources = database_model(stack, CONFIG)  # type: ignore[arg-type]
    assert resources["subnet_group"].name.startswith(group_prefix(stack))
    assert resources["parameter_group/mysql8.4"].name.startswith(group_prefix(stack))
    assert resources["instance"].name == instance_name(stack)
    assert resources["log_group/error"].name.startswith(log_group_prefix(stack))
