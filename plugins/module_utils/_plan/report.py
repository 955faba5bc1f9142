# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans as people read them: one line a resource, by layer, and a count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .._layers import LAYERS

SIGNS = {"create": "+", "update": "~", "delete": "-"}
VERBS = {"create": "to create", "update": "to change", "delete": "to remove"}
LONGEST_VALUE = 60
HEADLINES = ("image_id", "restored_from")

LayerPlan = Mapping[str, Sequence[Mapping[str, Any]]]
"""{plan, left_alone, unexpected} as layer_plan returns them."""


def counts(plans: Mapping[str, LayerPlan]) -> dict[str, int]:
    """How many resources a run would create, update and delete; left_alone and unexpected beside them."""
    changes = [change["action"] for plan in plans.values() for change in plan["plan"]]
    return {
        **{action: changes.count(action) for action in VERBS},
        "left_alone": sum(len(plan["left_alone"]) for plan in plans.values()),
        "unexpected": sum(len(plan["unexpected"]) for plan in plans.values()),
    }


def plan_document(plans: Mapping[str, LayerPlan], stack: Mapping[str, Any]) -> dict[str, Any]:
    """plan.json: {stack, counts, layers: {layer: {plan, left_alone, unexpected}}}"""
    parts = ("plan", "left_alone", "unexpected")
    layers = {layer: {part: plan[part] for part in parts} for layer, plan in plans.items()}
    return {"stack": dict(stack), "counts": counts(plans), "layers": layers}


def plan_text(plans: Mapping[str, LayerPlan], title: str) -> str:
    """The plan of a stack: + to create, ~ to change, - to remove, = left alone, ? not in the inventory."""
    lines = [title]
    for layer, plan in plans.items():
        body = list(_layer_lines(plan))
        lines += ["", layer, *body] if body else []
    number = counts(plans)
    summary = ", ".join(f"{number[action]} {verb}" for action, verb in VERBS.items())
    whole = set(LAYERS) <= set(plans)
    same = "No changes. AWS is as the inventory asks." if whole else "No changes."
    lines += ["", f"Plan: {summary}." if any(number[a] for a in VERBS) else same]
    if not whole:
        lines.append(f"Of {', '.join(plans) or 'no layer'} alone: the tags of this run leave the others out.")
    if number["left_alone"]:
        lines.append(
            f"{number['left_alone']} left alone (=): set once, moved since by somebody; a run does not touch them."
        )
    if number["unexpected"]:
        lines.append(
            f"{number['unexpected']} not in the inventory (?): they carry the stack's tag; only destroy removes them."
        )
    return "\n".join(lines)


def _layer_lines(plan: LayerPlan) -> Iterator[str]:
    for change in plan["plan"]:
        details = _details(change["attributes"]) if change["action"] == "update" else _headline(change)
        yield _line(SIGNS[change["action"]], change["type"], change["name"], details)
    for change in plan["left_alone"]:
        yield _line("=", change["type"], change["name"], _details(change["attributes"]))
    for found in plan["unexpected"]:
        yield _line("?", found["type"], found["name"], found["id"])


def _line(sign: str, kind: str, name: str, details: str) -> str:
    return f"  {sign} {kind:<22} {name}" + (f"  {details}" if details else "")


def _headline(change: Mapping[str, Any]) -> str:
    """What tells a new resource from its neighbours better than its name: the image of a fleet, the source of a
    database.
    """
    told = {path: change["attributes"].get(path) for path in HEADLINES}
    return ", ".join(f"{path}: {_value(value['after'])}" for path, value in told.items() if value and value["after"])


def _details(attributes: Mapping[str, Mapping[str, Any]]) -> str:
    return ", ".join(f"{path}: {_value(d['before'])} -> {_value(d['after'])}" for path, d in attributes.items())


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 3]}..."
