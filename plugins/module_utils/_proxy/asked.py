# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the task asks for, and what is refused of it before AWS is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .._errors import CutoverError
from .plan import CLUSTER, INSTANCE, POOL, Wanted

LEAST_SUBNETS = 2
NAME = re.compile(r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,62}(?<!-)")

SETTINGS: Mapping[str, Any] = {
    "engine_family": {"type": "str", "choices": ["mysql", "postgresql"]},
    "secret_arns": {"type": "list", "elements": "str", "no_log": False},
    "role_arn": {"type": "str"},
    "iam_authentication": {"type": "str", "choices": ["disabled", "required"], "default": "disabled"},
    "subnets": {"type": "list", "elements": "str"},
    "security_groups": {"type": "list", "elements": "str"},
    "require_tls": {"type": "bool", "default": True},
    "idle_client_timeout": {"type": "int", "default": 1800},
    "debug_logging": {"type": "bool", "default": False},
}
POOL_OPTIONS: Mapping[str, Any] = {
    "max_connections_percent": {"type": "int", "default": 90},
    "max_idle_connections_percent": {"type": "int", "default": 45},
    "borrow_timeout": {"type": "int", "default": 120},
}
LIMITS: Mapping[str, tuple[int, int]] = {
    "idle_client_timeout": (1, 28800),
    "max_connections_percent": (1, 100),
    "max_idle_connections_percent": (0, 100),
    "borrow_timeout": (0, 300),
}
"""CreateDBProxy and ConnectionPoolConfiguration of the API Reference."""


def refuse_unfit(parameters: Mapping[str, Any]) -> None:
    """Raises CutoverError with every mistake."""
    if wrong := list(_wrong(parameters)):
        raise CutoverError(f"{'; '.join(wrong)}. Nothing was changed.")


def _wrong(parameters: Mapping[str, Any]) -> Iterator[str]:
    if not NAME.fullmatch(parameters["name"]):
        yield f"name is {parameters['name']}; AWS takes a letter, then letters, digits and single dashes, 63 in all"
    for name, (least, most) in LIMITS.items():
        if not least <= parameters[name] <= most:
            yield f"{name} is {parameters[name]}; AWS takes {least} to {most}"
    if parameters["max_idle_connections_percent"] > parameters["max_connections_percent"]:
        yield "max_idle_connections_percent is above max_connections_percent"
    for name in ("secret_arns", "security_groups"):
        if parameters["state"] == "present" and not parameters[name]:
            yield f"{name} is empty"
    if parameters["state"] == "present" and len(set(parameters["subnets"] or [])) < LEAST_SUBNETS:
        yield "subnets has to name two or more, in two zones"


def wanted_of(parameters: Mapping[str, Any]) -> Wanted:
    """The proxy that the task describes. AWS keeps the names of databases in lower case."""
    settings = {name: parameters[name] for name in SETTINGS}
    lists = {name: sorted(set(settings[name])) for name in ("secret_arns", "subnets", "security_groups")}
    kind = INSTANCE if parameters["instance"] else CLUSTER
    return Wanted(
        name=parameters["name"],
        settings={**settings, **lists},
        pool={name: parameters[name] for name in POOL},
        target=(kind, parameters[kind].lower()),
        tags=parameters["tags"],
    )
