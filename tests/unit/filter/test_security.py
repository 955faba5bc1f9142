# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From work items to the options of modules: rules of groups, transitions of lifecycle rules."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.filter.lifecycle import lifecycle_transitions
from ansible_collections.cutover.aws.plugins.filter.security_group_rules import removed_rules, security_group_rules

IDS = {"security_group/application": "sg-1", "security_group/database": "sg-2"}
SAID = {
    "direction": "egress",
    "protocol": "tcp",
    "from_port": 3306,
    "to_port": 3306,
    "description": "Queries",
    "tags": {},
}


def item(peer: str, identity: str | None = None) -> dict[str, Any]:
    return {"id": identity, "attributes": {"group": "security_group/application", "peer": peer, **SAID}}


@pytest.mark.parametrize(
    ("peer", "expected"),
    [("security_group/database", "sg-2"), ("0.0.0.0/0", "0.0.0.0/0"), ("sg-9", "sg-9")],
)
def test_groups_of_the_layer_are_given_by_id(peer: str, expected: str) -> None:
    assert security_group_rules([item(peer, "sgr-1")], IDS) == [
        {"group_id": "sg-1", "rule_id": "sgr-1", "peer": expected, **SAID}
    ]


def test_a_group_that_was_not_made_is_an_error() -> None:
    with pytest.raises(KeyError):
        security_group_rules([item("0.0.0.0/0")], {})


def test_of_what_is_removed_rules_alone_are_revoked() -> None:
    rule = {"type": "security_group_rule", "id": "sgr-1", "facts": {"group_id": "sg-1"}}
    assert removed_rules([rule, {"type": "certificate", "id": "arn", "facts": {}}]) == [
        {"group_id": "sg-1", "rule_id": "sgr-1"}
    ]


def test_transitions_have_the_words_of_the_stock_module() -> None:
    assert lifecycle_transitions([{"days": 30, "storage_class": "STANDARD_IA"}]) == [
        {"transition_days": 30, "storage_class": "STANDARD_IA"}
    ]
