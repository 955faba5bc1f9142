# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The arguments of the task cutover.aws.traffic_shift."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ...module_utils._rollout.asked import Unfit

STEP = {
    "weight": {"type": "int", "required": True},
    "bake": {"type": "int", "required": True},
    "approval": {"type": "bool", "default": False},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "stack": {"type": "dict", "required": True},
    "router": {"type": "str", "choices": ["route53", "alb"], "default": "route53"},
    "groups": {"type": "list", "elements": "dict", "default": []},
    "routes": {"type": "list", "elements": "dict", "default": []},
    "old_side": {"type": "str", "default": "blue"},
    "new_side": {"type": "str", "default": "green"},
    "steps": {"type": "list", "elements": "dict", "options": STEP, "required": True},
    "gates": {"type": "list", "elements": "dict", "required": True},
    "interval": {"type": "int", "default": 15},
    "delivery": {"type": "int", "default": 120},
    "hold_timeout": {"type": "int", "default": 900},
    "max_duration": {"type": "int", "default": 14400},
    "approval": {"type": "str", "choices": ["wait", "end"], "default": "wait"},
    "approved": {"type": "int", "default": 0},
    "freeze_windows": {"type": "list", "elements": "dict", "default": []},
    "force_forward": {"type": "str"},
    "back": {"type": "bool", "default": False},
    "guards": {"type": "dict", "default": {}},
    "health_checks": {"type": "dict", "default": {}},
    "ttl": {"type": "int"},
    "ttl_after": {"type": "int"},
    "topic_arn": {"type": "str"},
    "webhook_url": {"type": "str", "no_log": True},
    "caller": {"type": "str"},
    "output_dir": {"type": "path", "default": "."},
}
PLACES = {"route53": "groups", "alb": "routes"}


def asked_of(arguments: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what is asked, how AWS is reached): the rest are arguments that every module takes. Raises Unfit."""
    checked = ArgumentSpecValidator(OPTIONS).validate({n: v for n, v in arguments.items() if n in OPTIONS})
    if checked.error_messages:
        raise Unfit("\n".join(checked.error_messages))
    asked: dict[str, Any] = checked.validated_parameters
    stack = f"{asked['stack']['project']}-{asked['stack']['environment']}"
    places = PLACES[asked["router"]]
    if not asked[places]:
        raise Unfit(f"{places} is empty: there is nothing to shift. The router {asked['router']} needs {places}.")
    if asked["force_forward"] not in (None, "", stack):
        raise Unfit(f"force_forward = {asked['force_forward']}: the stack is {stack}. Write its name, or leave it out.")
    connection = {name: value for name, value in arguments.items() if name not in OPTIONS}
    return {**asked, "stack_name": stack, "region": asked["stack"]["region"]}, connection
