# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plans all layers of a stack at once: each with the outputs that the layers below have in AWS.

This part needs the controller: a layer's inputs are templates of the roles and of the playbook's wiring, and a plan is
nothing but a comparison once the stack has been read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from ..module_utils._layers import LAYERS, Layer
from ..plugin_utils.inputs import OUTPUTS, Inputs, Reader, Roles, config_variable, no_outputs
from ..plugin_utils.planning import layer_plan

SHOWN = ("plan", "left_alone", "unexpected", "resources")
OWN = ("full", "reading", "stack")


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.stack_plan."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The plan of each layer that the run's tags choose, and the outputs of all."""
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, variables)
        outputs = no_outputs()
        plans: dict[str, dict[str, Any]] = {}
        inputs = Inputs(self._templar, Roles(self._loader), variables, load_extra_vars(self._loader))
        chosen = [name for name, layer in LAYERS.items() if _is_chosen(layer, *map(set, _tags(variables)))]
        for name in LAYERS:
            pending = any(planned["plan"] for below, planned in plans.items() if below in chosen)
            plans[name] = self._plan(name, inputs.of(name, outputs, pending=pending), variables)
            outputs[name] = plans[name]["outputs"]
        return {**result, OUTPUTS: outputs, **_summary({name: plans[name] for name in chosen}, self._task)}

    def _plan(self, layer: str, reader: Reader, variables: dict[str, Any]) -> dict[str, Any]:
        variable = config_variable(layer)
        config = reader.value(variable)
        if config is None:
            raise AnsibleActionFail(f"layer {layer}: its inputs cannot be computed: {reader.broken.get(variable)}")
        connection = {name: value for name, value in self._task.args.items() if name not in OWN}
        arguments = {
            **connection,
            "layer": layer,
            "stack": self._task.args["stack"],
            "config": config,
            "full": self._task.args.get("full", False),
        }
        planned = layer_plan(self, arguments, self._task.args.get("reading"), variables)
        if planned.get("failed"):
            raise AnsibleActionFail(f"layer {layer}: {planned.get('msg')}")
        return planned


def _tags(variables: Mapping[str, Any]) -> tuple[Collection[str], Collection[str]]:
    return variables.get("ansible_run_tags") or ["all"], variables.get("ansible_skip_tags") or []


def _is_chosen(layer: Layer, run: set[str], skipped: set[str]) -> bool:
    """A layer's tasks carry its name and its role's as tags."""
    own = {layer.name, layer.role}
    return bool(run & {*own, "all", "tagged"}) and not skipped & own


def _summary(plans: Mapping[str, Mapping[str, Any]], task: Any) -> dict[str, Any]:
    differing = {name: planned["diff"] for name, planned in plans.items() if planned["plan"]}
    shown: dict[str, Any] = {
        "plans": {name: {part: planned[part] for part in SHOWN} for name, planned in plans.items()},
        "apply": any(planned["apply"] for planned in plans.values()),
        "changed": any(planned["changed"] for planned in plans.values()),
    }
    # A run that applies shows each difference where it is applied.
    if task.check_mode:
        shown["diff"] = [
            {"before_header": f"layer {name}", "after_header": f"layer {name}", **diff}
            for name, diff in differing.items()
        ]
    return shown
