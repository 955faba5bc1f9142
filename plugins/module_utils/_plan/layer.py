# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One layer's plan from one reading: what the module layer_plan answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from .._errors import CutoverError
from .._layers import Layer
from .._model.core import Model, Reality
from .._stack.read import Reading
from .apply import work_items
from .compare import Plan, compare
from .render import diff_data, plan_data
from .settle import Clock, settle


class NotSettled(CutoverError):
    """After a run AWS still does not show what the model asks for; the text lists the differences."""


@dataclass(frozen=True)
class Settled:
    """What a look waits for: that nothing differs any more, for at most timeout seconds (0 looks once). types are those
    that count, None stands for all.
    """

    timeout: float = 0
    types: Collection[str] | None = None

    def of(self, plan: Plan) -> Plan:
        """What of the plan counts."""
        if self.types is None:
            return plan
        return replace(plan, changes=tuple(change for change in plan.changes if change.type in self.types))


def look_at(layer: Layer, model: Model, read: Callable[[], Reality], clock: Clock, settled: Settled) -> Reality:
    """What AWS has of the layer. Raises NotSettled if what is waited for does not come in time."""

    def look() -> tuple[Reality, Plan]:
        reality = read()
        return reality, settled.of(compare(model, reality, layer.pruned))

    reality, plan = settle(look, settled.timeout, clock)
    if settled.timeout and plan.changes:
        raise NotSettled(_unsettled(layer, plan, settled.timeout))
    return reality


def seen(layer: Layer, model: Model, reading: str) -> Reality | None:
    """What a reading that preflight has handed on shows of the layer; None where it was made for another model."""
    made = Reading.of(reading)
    return made.found if made.expected == layer.expected(model) else None


def layer_result(
    layer: Layer, model: Model, reality: Reality, *, full: bool = False, check_mode: bool = False
) -> dict[str, Any]:
    """The result of layer_plan; see that module's documentation."""
    plan = compare(model, reality, layer.pruned)
    work = work_items(layer.types, model, reality, plan, full=full)
    return {
        "changed": check_mode and bool(plan.changes),
        "apply": any(work.values()) and not check_mode,
        **plan_data(plan),
        "diff": diff_data(plan.changes),
        "ids": {key: found.id for key, found in reality.items()},
        "work": {kind: [asdict(item) for item in group] for kind, group in work.items()},
        "resources": {key: {"type": f.type, "name": f.name, "id": f.id} for key, f in reality.items()},
        "outputs": dict(layer.outputs(reality)),
    }


def _unsettled(layer: Layer, plan: Plan, timeout: float) -> str:
    lines = [
        f"{change.type} {change.name}: "
        + (", ".join(_wanted(d.path, d.before, d.after) for d in change.differences) or change.action)
        if change.action == "update"
        else f"{change.type} {change.name}: to {change.action}"
        for change in plan.changes
    ]
    return (
        f"layer {layer.name}: {timeout:.0f} s after the run AWS does not show what was asked for. "
        + "; ".join(lines)
        + ". "
        "Run the playbook again; if the same line comes back, compare it with what the AWS console shows."
    )


def _wanted(path: str, before: object, after: object) -> str:
    return f"{path} is {before!r}, not {after!r}"
