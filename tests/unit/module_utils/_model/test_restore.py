# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a stack's database is restored from, in the model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import ModelError
from ansible_collections.cutover.aws.plugins.module_utils._model.restore import restored_from
from tests.unit.module_utils._model.test_database import instance


@pytest.mark.parametrize(
    ("source", "config", "expected"),
    [
        ("snapshot", {"snapshot": "friday", "database": None}, {"snapshot": "friday"}),
        (
            "snapshot",
            {"database": "legacy", "max_age": "3600", "tags": {"keep": 1}},
            {"database": "legacy", "max_age": 3600, "tags": {"keep": "1"}},
        ),
        ("instance", {"database": "legacy"}, {"database": "legacy", "take": "acme-prod-database-from-legacy"}),
        ("instance", {"database": "legacy", "take": "friday"}, {"database": "legacy", "take": "friday"}),
        ("instance", {"database": "legacy", "time": "latest"}, {"database": "legacy", "time": "latest"}),
        (
            "instance",
            {"database": "legacy", "time": datetime(2026, 11, 27, 2, 15, tzinfo=UTC)},
            {"database": "legacy", "time": "2026-11-27T02:15:00+00:00"},
        ),
    ],
    ids=["snapshot", "rule", "taken", "taken by name", "point in time", "time that YAML has read"],
)
def test_it_is_the_source_of_a_restore_however_its_values_are_written(
    source: str, config: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert restored_from(source, config, "acme-prod-database") == expected


@pytest.mark.parametrize("config", [{}, {"snapshot": None}, {"region": "us-west-2"}], ids=["empty", "null", "where"])
def test_nothing_to_restore_from_has_no_model(config: dict[str, Any]) -> None:
    with pytest.raises(ModelError, match="database_restore does not say"):
        restored_from("snapshot", config, "acme-prod-database")


def test_a_restored_database_has_the_names_of_its_source_and_all_other_settings_as_asked() -> None:
    made, restored = instance(), instance(source="snapshot", restore={"snapshot": "friday"})
    assert restored.pop("restored_from") == {"snapshot": "friday"}
    assert made.pop("database_name") == "app"
    assert made == restored


def test_an_option_group_is_held_only_where_somebody_asked() -> None:
    assert "option_group" not in instance()
    assert instance(option_group="audited")["option_group"] == "audited"
