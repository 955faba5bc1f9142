# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An instance in the words of the model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rds.instance import (
    CHANGING,
    COMING,
    FAILED,
    SETTLED,
    STOPPED,
    as_wanted,
    instance_attributes,
    instance_facts,
    state,
)


def test_an_instance_as_asked_for_has_the_attributes_that_were_asked_for(
    item: dict[str, Any], wanted: dict[str, Any]
) -> None:
    found = as_wanted(instance_attributes(item), wanted)
    assert {name: found[name] for name in wanted} == wanted
    assert (found["state"], found["pending_reboot"], found["tags"]) == (
        "running",
        False,
        {"Name": "acme-prod-database"},
    )


@pytest.mark.parametrize("status", sorted(SETTLED | CHANGING))
def test_a_database_that_answers_is_running(item: dict[str, Any], status: str) -> None:
    assert state({**item, "DBInstanceStatus": status}) == "running"


@pytest.mark.parametrize("status", sorted(COMING | FAILED | {STOPPED}))
def test_any_other_state_is_told_in_the_words_of_aws(item: dict[str, Any], status: str) -> None:
    assert state({**item, "DBInstanceStatus": status}) == status


def test_without_an_endpoint_it_does_not_run(item: dict[str, Any]) -> None:
    assert state({**item, "DBInstanceStatus": "modifying", "Endpoint": {}}) == "modifying"


def test_no_state_means_two_things() -> None:
    groups = [SETTLED, CHANGING, COMING, FAILED, frozenset({STOPPED})]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


def test_an_instance_that_is_being_created_can_be_read() -> None:
    new = {"DBInstanceIdentifier": "one", "DBInstanceStatus": "creating", "Engine": "mysql", "EngineVersion": "8.4.7"}
    new["DBInstanceClass"] = "db.m7g.large"
    attributes = instance_attributes(new)
    assert (attributes["state"], attributes["port"], attributes["security_groups"]) == ("creating", None, [])
    assert instance_facts(new)["endpoint"] is None
    assert as_wanted(attributes, {"port": 3306})["port"] == 3306


@pytest.mark.parametrize(
    ("found", "wanted", "shown"),
    [(150, 100, 100), (100, 100, 100), (100, 150, 100)],
    ids=["grown by itself", "as asked", "to grow"],
)
def test_storage_that_has_grown_is_no_difference(item: dict[str, Any], found: int, wanted: int, shown: int) -> None:
    attributes = instance_attributes({**item, "AllocatedStorage": found})
    assert as_wanted(attributes, {"allocated_storage": wanted})["allocated_storage"] == shown
    assert instance_facts({**item, "AllocatedStorage": found})["allocated_storage"] == found


def test_insights_that_are_off_have_no_key(item: dict[str, Any]) -> None:
    attributes = instance_attributes({**item, "PerformanceInsightsEnabled": False})
    assert attributes["performance_insights_key_arn"] is attributes["performance_insights_retention"] is None


def test_a_reboot_that_parameters_wait_for_is_seen(item: dict[str, Any]) -> None:
    item["DBParameterGroups"][0]["ParameterApplyStatus"] = "pending-reboot"
    assert instance_attributes(item)["pending_reboot"] is True


def test_a_pending_password_is_named_and_not_shown(item: dict[str, Any]) -> None:
    item["PendingModifiedValues"] = {"MasterUserPassword": "hunter2", "MultiAZ": False, "Port": None}
    facts = instance_facts(item)
    assert facts["pending"] == ["MasterUserPassword", "MultiAZ"]
    assert "hunter2" not in json.dumps([facts, instance_attributes(item)])
