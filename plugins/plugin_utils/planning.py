# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A layer's plan on the controller, from what the preflight has read; where that does not fit, by the module."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase

from ..module_utils._errors import CutoverError
from ..module_utils._layers import LAYERS
from ..module_utils._plan.layer import layer_result, seen
from ..module_utils._stack.module import STACK_OPTIONS, stack_of

MODULE = "cutover.aws.layer_plan"
OPTIONS = {
    "layer": {"type": "str", "required": True, "choices": list(LAYERS)},
    "stack": {"type": "dict", "required": True, "options": STACK_OPTIONS},
    "config": {"type": "dict", "required": True},
    "full": {"type": "bool", "default": False},
}
"""The options of the module that a plan without a look at AWS needs."""


def layer_plan(
    action: ActionBase, arguments: Mapping[str, Any], reading: Mapping[str, str] | None, task_vars: dict[str, Any]
) -> dict[str, Any]:
    """The result of the module layer_plan with these arguments."""
    planned = None if arguments.get("settle") else _from(reading or {}, arguments, action._task.check_mode)
    if planned is None:
        planned = action._execute_module(module_name=MODULE, module_args=dict(arguments), task_vars=task_vars)
    return planned


def _from(reading: Mapping[str, str], arguments: Mapping[str, Any], check_mode: bool) -> dict[str, Any] | None:
    """None where AWS has to be asked, or where the module will say what is wrong with the arguments."""
    if arguments.get("layer") not in reading:
        return None
    checked = ArgumentSpecValidator(OPTIONS).validate({name: arguments[name] for name in OPTIONS if name in arguments})
    if checked.error_messages:
        return None
    asked = checked.validated_parameters
    layer = LAYERS[asked["layer"]]
    try:
        model = layer.model(stack_of(asked["stack"]), asked["config"])
    except CutoverError as error:
        return {"failed": True, "msg": str(error)}
    reality = seen(layer, model, reading[layer.name])
    if reality is None:
        return None
    return layer_result(layer, model, reality, full=asked["full"], check_mode=check_mode)
