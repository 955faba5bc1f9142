# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a database came from against what its stack wants."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._model.core import Stack
from ansible_collections.cutover.aws.plugins.module_utils._restore.asked import wish_id
from ansible_collections.cutover.aws.plugins.module_utils._restore.kinds import CLUSTER, INSTANCE, Kind
from ansible_collections.cutover.aws.plugins.module_utils._restore.provenance import is_unfinished, provenance
from ansible_collections.cutover.aws.plugins.module_utils._restore.snapshot import FROM_TAG, RESTORE_TAG

STACK = Stack("acme", "prod", "us-east-1", "123456789012")
NAME, RESOURCE_ID = "acme-prod-database", "db-ONE"
HERE = "arn:aws:rds:us-east-1:123456789012"
FRIDAY = f"{HERE}:snapshot:friday"


def item(origin: str | None, mark: str = f"0123456789ab complete {RESOURCE_ID}", kind: Kind = INSTANCE) -> Any:
    tags = {FROM_TAG: origin, RESTORE_TAG: mark} if origin else {}
    return {
        kind.identifier: NAME,
        kind.resource_id: RESOURCE_ID,
        "TagList": [{"Key": key, "Value": value} for key, value in tags.items()],
    }


@pytest.mark.parametrize(
    ("wanted", "origin"),
    [
        ({"snapshot": "friday"}, FRIDAY),
        ({"snapshot": FRIDAY}, FRIDAY),
        ({"database": "legacy", "take": "friday"}, FRIDAY),
        ({"snapshot": "friday", "region": "us-west-2"}, "arn:aws:rds:us-west-2:123456789012:snapshot:friday"),
        (
            {"snapshot": "friday", "role_arn": "arn:aws:iam::222222222222:role/source"},
            "arn:aws:rds:us-east-1:222222222222:snapshot:friday",
        ),
        ({"database": "legacy", "time": "latest"}, f"{HERE}:db:legacy@latest"),
    ],
    ids=["name", "ARN", "taken", "region", "account", "point in time"],
)
def test_what_is_wanted_is_known_by_what_the_tag_names(wanted: dict[str, Any], origin: str) -> None:
    assert provenance(STACK, INSTANCE, item(origin), wanted) == wanted


def test_of_a_rule_only_the_wish_itself_is_known() -> None:
    wanted = {"database": "legacy", "max_age": 3600}
    mark = f"{wish_id(INSTANCE, NAME, wanted)} complete {RESOURCE_ID}"
    assert provenance(STACK, INSTANCE, item(FRIDAY, mark), wanted) == wanted
    assert provenance(STACK, INSTANCE, item(FRIDAY, mark), {**wanted, "max_age": 60}) == FRIDAY


def test_a_restore_that_has_not_ended_is_told_and_gone_on_with() -> None:
    found = provenance(STACK, INSTANCE, item(FRIDAY, "0123456789ab begun"), {"snapshot": "friday"})
    assert found == f"{FRIDAY} (unfinished)"
    assert is_unfinished(found)
    other = provenance(STACK, INSTANCE, item(FRIDAY, "0123456789ab begun"), {"snapshot": "monday"})
    assert other == FRIDAY
    assert not is_unfinished(other)


@pytest.mark.parametrize(
    ("wanted", "tagged", "found"),
    [
        ({"snapshot": "monday"}, item(FRIDAY), FRIDAY),
        ({"snapshot": "friday", "region": "us-west-2"}, item(FRIDAY), FRIDAY),
        ({"snapshot": "friday"}, item(None), None),
        ({"snapshot": "friday"}, item(FRIDAY, "0123456789ab complete db-ANOTHER"), None),
        (None, item(FRIDAY), FRIDAY),
    ],
    ids=["another", "elsewhere", "unknown", "tags of its source", "nothing wanted"],
)
def test_anything_else_is_told_by_what_it_came_from(wanted: Any, tagged: Any, found: str | None) -> None:
    assert provenance(STACK, INSTANCE, tagged, wanted) == found


def test_a_cluster_comes_from_snapshots_of_clusters() -> None:
    origin = f"{HERE}:cluster-snapshot:friday"
    assert provenance(STACK, CLUSTER, item(origin, kind=CLUSTER), {"snapshot": "friday"}) == {"snapshot": "friday"}
    assert provenance(STACK, CLUSTER, item(FRIDAY, kind=CLUSTER), {"snapshot": "friday"}) == FRIDAY
