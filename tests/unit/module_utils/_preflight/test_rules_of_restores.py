# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rules on what a database is restored from."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.database import database_findings
from ansible_collections.cutover.aws.plugins.module_utils._preflight.rules.restore import restore_findings, told
from tests.unit.module_utils._preflight.reading import only

EMPTY = {"snapshot": None, "database": None, "take": None, "time": None}
ROLE = "arn:aws:iam::222222222222:role/source"


def findings(source: str, **given: Any) -> Any:
    typed = {"region": "us-east-1", "database_source": source, "database_restore": {**EMPTY, **given}}
    return restore_findings(typed)


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("new", {}),
        ("none", {}),
        ("snapshot", {"snapshot": "friday"}),
        ("snapshot", {"database": "legacy", "snapshot_type": "automated", "max_age": 3600, "tags": {"keep": "yes"}}),
        ("instance", {"database": "legacy"}),
        ("instance", {"database": "legacy", "time": "2026-11-27T02:15:00Z"}),
        ("instance", {"database": "legacy", "region": "us-west-2", "role_arn": ROLE}),
    ],
)
def test_a_sound_source_has_no_findings(source: str, given: dict[str, Any]) -> None:
    assert list(findings(source, **given)) == []


@pytest.mark.parametrize(
    ("source", "given", "variable", "text"),
    [
        ("new", {"snapshot": "friday"}, "", "nothing reads it while database_source is new"),
        ("snapshot", {}, "", "is missing"),
        ("instance", {}, "", "is missing"),
        ("snapshot", {"database": "legacy", "take": "friday"}, "", "has no take"),
        ("instance", {"snapshot": "friday"}, "", "has no snapshot"),
        ("snapshot", {"snapshot": "friday", "max_age": 60}, "", "goes with database"),
        ("instance", {"take": "friday"}, "", "either snapshot, or database"),
        ("instance", {"database": "legacy", "time": "noon"}, ".time", "is no time"),
        ("instance", {"database": "legacy", "time": "latest", "region": "us-west-2"}, ".time", "within an account"),
        ("snapshot", {"snapshot": "f r"}, "", "no name or ARN"),
        ("snapshot", {"snapshot": "friday", "role_arn": "me"}, ".role_arn", "no ARN of a role"),
        (
            "snapshot",
            {"snapshot": "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:friday"},
            ".snapshot",
            "restores to no instance",
        ),
    ],
)
def test_a_source_that_cannot_be_meant_is_told(source: str, given: dict[str, Any], variable: str, text: str) -> None:
    found = only(findings(source, **given))
    assert found.variable == f"database_restore{variable}"
    assert text in found.rule


@pytest.mark.parametrize(("source", "count"), [("new", 1), ("snapshot", 0), ("instance", 0)])
def test_a_restored_database_keeps_a_name_that_a_new_one_may_not_have(source: str, count: int) -> None:
    typed = {"database_source": source, "database_username": "admin"}
    assert [found.variable for found in database_findings(typed)] == ["database_username"] * count


@pytest.mark.parametrize(
    ("reason", "variable", "rule"),
    [
        ("source: legacy is deleting; it has to be available", "database_restore", "legacy is deleting"),
        ("source.time: noon is no time", "database_restore.time", "noon is no time"),
        ("engine_version: RDS does not offer it", "database_engine_version", "RDS does not offer it"),
        ("arn:aws:rds:x was begun from y, which is gone.", "database_restore", "arn:aws:rds:x was begun"),
    ],
)
def test_what_a_restore_says_is_told_of_the_variable_that_it_is_about(reason: str, variable: str, rule: str) -> None:
    found = told(reason)
    assert found.variable == variable
    assert found.rule.startswith(rule)
