# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan for rules in the shapes that the module answers with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from .plan import Rule, RulesPlan


def plan_data(plan: RulesPlan) -> list[dict[str, Any]]:
    """[{action, group_id, rule_id, direction, protocol, from_port, to_port, peer}], each rule once."""
    updated = {rule.id: rule for rule in (*plan.retag, *plan.modify)}
    return [
        *(_line("create", rule) for rule in plan.create),
        *(_line("update", rule) for rule in updated.values()),
        *(_line("delete", rule) for rule in plan.revoke),
    ]


def rules_diff(plan: RulesPlan, existing: Iterable[Rule]) -> dict[str, dict[str, Any]]:
    """before and after of the rules that change, by id; new ones by what they say."""
    present = {rule.id: rule for rule in existing}
    updated = {rule.id: rule for rule in (*plan.retag, *plan.modify)}
    gone = [rule.id for rule in plan.revoke]
    return {
        "before": {str(identity): _shown(present[identity]) for identity in (*updated, *gone)},
        "after": {
            **{str(identity): _shown(rule) for identity, rule in updated.items()},
            **{" ".join(str(part) for part in rule.content): _shown(rule) for rule in plan.create},
        },
    }


def _line(action: str, rule: Rule) -> dict[str, Any]:
    shown = asdict(rule)
    return {
        "action": action,
        "rule_id": shown.pop("id"),
        **{name: shown[name] for name in shown if name not in ("tags", "description")},
    }


def _shown(rule: Rule) -> dict[str, Any]:
    return {name: value for name, value in asdict(rule).items() if name != "id"}
