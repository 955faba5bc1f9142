# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From an instance that is there to the calls that make it the one that is wanted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.session import get_session

from ansible_collections.cutover.aws.plugins.module_utils._rds.plan import (
    CREATE_NAMES,
    FIXED,
    InstancePlan,
    NotChangeable,
    deletion,
    instance_plan,
)

NAME = "acme-prod-database"
OTHER = "arn:aws:kms:us-east-1:123456789012:key/other"
Shape = dict[str, Any]


def plan(wanted: Shape, item: Shape | None, tags: dict[str, str] | None = None, **changes: Any) -> InstancePlan:
    return instance_plan(NAME, {**wanted, **changes}, tags or {}, item)


def modified(wanted: Shape, item: Shape, **changes: Any) -> Shape:
    """What ModifyDBInstance is sent beside the name and ApplyImmediately."""
    request = dict(plan(wanted, item, **changes).modify or {})
    assert (request.pop("DBInstanceIdentifier"), request.pop("ApplyImmediately")) == (NAME, True)
    return request


def test_an_instance_as_wanted_is_left_alone(item: Shape, wanted: Shape) -> None:
    assert plan(wanted, item, {"Name": NAME}).empty


def test_a_new_instance_gets_every_attribute_and_tag(wanted: Shape) -> None:
    create = plan(wanted, None, {"Name": NAME}).create
    assert create is not None
    assert {CREATE_NAMES[name] for name in wanted} | {"DBInstanceIdentifier", "Tags"} == set(create)
    assert (create["Tags"], create["ManageMasterUserPassword"]) == ([{"Key": "Name", "Value": NAME}], True)
    assert "MasterUserPassword" not in create


def test_what_is_not_given_is_not_sent(wanted: Shape) -> None:
    create = plan(wanted, None, max_allocated_storage=None, log_exports=[], monitoring_role_arn=None).create
    assert create is not None
    assert not {"MaxAllocatedStorage", "EnableCloudwatchLogsExports", "MonitoringRoleArn"} & set(create)


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"multi_az": False}, {"MultiAZ": False}),
        ({"backup_retention": 0}, {"BackupRetentionPeriod": 0}),
        ({"deletion_protection": False}, {"DeletionProtection": False}),
        ({"port": 4000}, {"DBPortNumber": 4000}),
        ({"engine_version": "8.4.8"}, {"EngineVersion": "8.4.8"}),
        ({"security_groups": ["sg-a"]}, {"VpcSecurityGroupIds": ["sg-a"]}),
        ({"max_allocated_storage": 300}, {"MaxAllocatedStorage": 300}),
        ({"max_allocated_storage": None}, {"MaxAllocatedStorage": 100}),
        (
            {"log_exports": ["error", "general"]},
            {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["general"], "DisableLogTypes": ["slowquery"]}},
        ),
        (
            {"log_exports": []},
            {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": [], "DisableLogTypes": ["error", "slowquery"]}},
        ),
    ],
    ids=",".join,
)
def test_only_what_differs_is_sent(item: Shape, wanted: Shape, changes: Shape, sent: Shape) -> None:
    assert modified(wanted, item, **changes) == sent


def test_some_attributes_are_taken_only_beside_others(item: Shape, wanted: Shape) -> None:
    assert set(modified(wanted, item, performance_insights_retention=7)) == {
        "EnablePerformanceInsights",
        "PerformanceInsightsKMSKeyId",
        "PerformanceInsightsRetentionPeriod",
    }
    assert modified(wanted, item, monitoring_interval=0, monitoring_role_arn=None) == {"MonitoringInterval": 0}


def test_a_password_that_somebody_took_over_goes_back_to_rds(item: Shape, wanted: Shape) -> None:
    del item["MasterUserSecret"]
    assert modified(wanted, item) == {
        "ManageMasterUserPassword": True,
        "MasterUserSecretKmsKeyId": wanted["password_key_arn"],
    }


@pytest.mark.parametrize(
    ("storage", "kind", "iops"),
    [(100, "gp3", None), (400, "gp3", 12000), (100, "io1", 3000), (100, "gp2", None)],
)
def test_more_storage_comes_with_iops_where_aws_wants_them(
    item: Shape, wanted: Shape, storage: int, kind: str, iops: int | None
) -> None:
    item |= {"AllocatedStorage": storage, "StorageType": kind, "Iops": iops or 3000, "MaxAllocatedStorage": 1000}
    if kind == "gp2":
        del item["Iops"]
    changes = {"allocated_storage": storage * 2, "storage_type": kind, "max_allocated_storage": 1000}
    request = modified(wanted, item, **changes)
    assert (request["AllocatedStorage"], request.get("Iops")) == (storage * 2, iops)


def test_autoscaling_is_turned_off_at_the_size_that_was_reached(item: Shape, wanted: Shape) -> None:
    item["AllocatedStorage"] = 150
    assert modified(wanted, item, max_allocated_storage=None) == {"MaxAllocatedStorage": 150}


@pytest.mark.parametrize("attribute", FIXED)
def test_what_aws_cannot_change_is_refused_by_name(item: Shape, wanted: Shape, attribute: str) -> None:
    with pytest.raises(NotChangeable, match=f"{NAME}: {attribute} is"):
        plan(wanted, item, **{attribute: "other"})


@pytest.mark.parametrize(
    "changes",
    [{"engine_version": "9.0"}, {"password_key_arn": OTHER}, {"performance_insights_key_arn": OTHER}],
    ids=["major version", "secret's key", "insights' key"],
)
def test_so_is_what_aws_fixes_later(item: Shape, wanted: Shape, changes: Shape) -> None:
    with pytest.raises(NotChangeable, match=next(iter(changes))):
        plan(wanted, item, **changes)


def test_insights_can_get_their_first_key(item: Shape, wanted: Shape) -> None:
    item |= {"PerformanceInsightsEnabled": False}
    assert modified(wanted, item)["PerformanceInsightsKMSKeyId"] == wanted["performance_insights_key_arn"]


def test_tags_are_added_and_none_is_taken_away(item: Shape, wanted: Shape) -> None:
    result = plan(wanted, item, {"Name": NAME, "CostCenter": "web"})
    assert (result.tags, result.modify, result.empty) == ({"CostCenter": "web"}, None, False)


def test_a_stopped_instance_is_started_before_it_is_changed(item: Shape, wanted: Shape) -> None:
    result = plan(wanted, {**item, "DBInstanceStatus": "stopped"}, multi_az=False)
    assert (result.start, result.modify) == (True, None)


def test_the_difference_is_shown(item: Shape, wanted: Shape) -> None:
    result = plan(wanted, item, {"CostCenter": "web"}, multi_az=False)
    assert result.before == {"multi_az": True, "tags": {"CostCenter": None}}
    assert result.after == {"multi_az": False, "tags": {"CostCenter": "web"}}


@pytest.mark.parametrize(
    ("status", "snapshot", "sent"),
    [
        ("available", "last", {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": "last"}),
        ("available", None, {"SkipFinalSnapshot": True}),
        ("failed", "last", {"SkipFinalSnapshot": True}),
        ("incompatible-network", "last", {"SkipFinalSnapshot": True}),
        ("creating", "last", {"SkipFinalSnapshot": True}),
        ("storage-full", "last", {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": "last"}),
    ],
)
def test_a_last_snapshot_is_asked_for_where_there_is_something_to_keep(
    item: Shape, status: str, snapshot: str | None, sent: Shape
) -> None:
    request = deletion({**item, "DBInstanceStatus": status}, snapshot, delete_automated_backups=False)
    assert request == {"DBInstanceIdentifier": NAME, "DeleteAutomatedBackups": False, **sent}


def test_every_name_is_one_that_the_api_knows() -> None:
    rds = get_session().get_service_model("rds")
    assert set(CREATE_NAMES.values()) <= set(rds.operation_model("CreateDBInstance").input_shape.members)
    renamed = {"Port", "EnableCloudwatchLogsExports"}
    fixed = {CREATE_NAMES[name] for name in FIXED} - {"DBSubnetGroupName"}
    changeable = set(CREATE_NAMES.values()) - renamed - fixed | {"DBPortNumber", "CloudwatchLogsExportConfiguration"}
    assert changeable - {"Engine"} <= set(rds.operation_model("ModifyDBInstance").input_shape.members)
