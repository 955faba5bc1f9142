# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A plan in the shapes that modules answer with: data, and the diff that Ansible shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .compare import Change, Plan


def change_data(change: Change) -> dict[str, Any]:
    """{action, key, type, name, attributes: {path: {before, after}}}"""
    return {
        "action": change.action,
        "key": change.key,
        "type": change.type,
        "name": change.name,
        "attributes": {d.path: {"before": d.before, "after": d.after} for d in change.differences},
    }


def plan_data(plan: Plan) -> dict[str, list[dict[str, Any]]]:
    """The plan as lists: plan (what a run does), left_alone (values that belong to someone else), unexpected (owned,
    but not in the inventory).
    """
    return {
        "plan": [change_data(change) for change in plan.changes],
        "left_alone": [change_data(change) for change in plan.left_alone],
        "unexpected": [{"key": f.key, "type": f.type, "name": f.name, "id": f.id} for f in plan.unexpected],
    }


def diff_data(changes: Iterable[Change]) -> dict[str, dict[str, Any]]:
    """before and after of the resources that change, attribute by attribute, for --diff."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for change in changes:
        name = f"{change.type} {change.name}"
        if change.action != "create":
            before[name] = {d.path: d.before for d in change.differences}
        if change.action != "delete":
            after[name] = {d.path: d.after for d in change.differences}
    return {"before": before, "after": after}
