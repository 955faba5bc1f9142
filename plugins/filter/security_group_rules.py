# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the work items of a plan to the options of ec2_security_group_rules, so that one call handles all rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

COPIED = ("direction", "protocol", "from_port", "to_port", "description", "tags")


def security_group_rules(items: Iterable[Mapping[str, Any]], ids: Mapping[str, str]) -> list[dict[str, Any]]:
    """The option rules: groups and peers of the layer by their ids."""
    return [_rule(item, ids) for item in items]


def _rule(item: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    attributes = item["attributes"]
    return {
        "group_id": ids[attributes["group"]],
        "rule_id": item["id"],
        "peer": ids.get(attributes["peer"], attributes["peer"]),
        **{name: attributes[name] for name in COPIED},
    }


def removed_rules(items: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The option absent: group and id of each rule among items."""
    return [
        {"group_id": item["facts"]["group_id"], "rule_id": item["id"]}
        for item in items
        if item["type"] == "security_group_rule"
    ]


class FilterModule:
    """cutover.aws.security_group_rules and cutover.aws.removed_rules"""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"security_group_rules": security_group_rules, "removed_rules": removed_rules}
