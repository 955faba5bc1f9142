# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to be done to a parameter group."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rds.parameters import (
    FamilyFixed,
    Wanted,
    parameter_plan,
    user_parameters,
)

PARAMETERS: list[dict[str, Any]] = [
    {"ParameterName": "slow_query_log", "ParameterValue": "1", "Source": "user", "ApplyType": "dynamic"},
    {"ParameterName": "performance_schema", "ParameterValue": "0", "Source": "user", "ApplyType": "static"},
    {"ParameterName": "autocommit", "ParameterValue": "1", "Source": "engine-default", "ApplyType": "dynamic"},
    {"ParameterName": "port", "ParameterValue": "{EndPointPort}", "Source": "system", "ApplyType": "static"},
    {"ParameterName": "general_log", "Source": "engine-default", "ApplyType": "dynamic"},
]
GROUP: dict[str, Any] = {"DBParameterGroupFamily": "mysql8.4", "Tags": {"Name": "one", "Other": "theirs"}}
SAME = {"performance_schema": "0", "slow_query_log": "1"}


def wanted(parameters: dict[str, str], family: str = "mysql8.4", **tags: str) -> Wanted:
    return Wanted("one", family, parameters, {"Name": "one", **tags})


def test_only_what_somebody_set_counts() -> None:
    assert user_parameters(PARAMETERS) == SAME


def test_a_group_as_wanted_is_left_alone() -> None:
    assert parameter_plan(wanted(SAME), GROUP, PARAMETERS).empty


@pytest.mark.parametrize(
    ("name", "value", "method"),
    [("slow_query_log", "0", "immediate"), ("performance_schema", "1", "pending-reboot")],
    ids=["dynamic", "static"],
)
def test_a_parameter_applies_as_soon_as_it_can(name: str, value: str, method: str) -> None:
    plan = parameter_plan(wanted({**SAME, name: value}), GROUP, PARAMETERS)
    assert plan.set == [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]
    assert plan.reset == []


def test_a_default_that_is_asked_for_by_name_is_set() -> None:
    plan = parameter_plan(wanted({**SAME, "autocommit": "1"}), GROUP, PARAMETERS)
    assert [change["ParameterName"] for change in plan.set] == ["autocommit"]


def test_what_nobody_asked_for_goes_back_to_the_default() -> None:
    plan = parameter_plan(wanted({"slow_query_log": "1"}), GROUP, PARAMETERS)
    assert plan.reset == [{"ParameterName": "performance_schema", "ApplyMethod": "pending-reboot"}]


def test_tags_are_added_and_none_is_taken_away() -> None:
    plan = parameter_plan(wanted(SAME, CostCenter="web"), GROUP, PARAMETERS)
    assert (plan.tags, plan.empty) == ({"CostCenter": "web"}, False)


def test_another_family_is_refused() -> None:
    with pytest.raises(FamilyFixed, match=r"one is of the family mysql8\.4, not mysql8\.0"):
        parameter_plan(wanted(SAME, family="mysql8.0"), GROUP, PARAMETERS)


def test_a_new_group_is_created() -> None:
    plan = parameter_plan(wanted({"slow_query_log": "1"}), None, [])
    assert (plan.create, len(plan.set)) == (True, 1)
