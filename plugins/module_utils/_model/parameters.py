# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The stack's outputs as parameters of Parameter Store, for tools that do not read files of a controller.

One parameter a value, /acme/prod/vpc/vpc_id, so that whoever needs one value reads just that. They are one resource of
the model, since they are made and removed together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from operator import itemgetter
from typing import TypedDict

from .core import Model, ModelError, Resource, Stack, Value, model_of

PARAMETERS = "parameters"
OBSOLETE = "obsolete_parameter"
PARAMETERS_TYPES = (PARAMETERS, OBSOLETE)
PARAMETERS_PRUNED = frozenset({OBSOLETE})

NOT_PUBLISHED = (
    "compute/image_id",
    "compute/sides/*/capacity/*",
    "compute/sides/*/image_id",
    "compute/sides/*/launch_template_version",
    "database/engine_version",
    "database/pending_reboot",
    "dns/weights/*",
    "security/certificate_status",
    "parameters/*",
)
"""Outputs that a shift, a migration or AWS itself moves between two runs: nobody would write them into the parameters
then, and whoever reads one takes it for true. And the path of the parameters themselves.
"""
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_.-]")
"""What the name of a parameter cannot hold:
https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-parameter-name-constraints.html
"""


class ParametersConfig(TypedDict):
    """The inputs of the role parameters. Without path there are none. values are the outputs of all layers; known says
    whether they are those that the run ends with, and not those of a stack that is still to be changed.
    """

    path: str | None
    values: Mapping[str, Value]
    known: bool


def parameters_model(stack: Stack, config: ParametersConfig) -> Model:
    """All parameters, as one resource, or none."""
    path = config["path"]
    if not path:
        return {}
    attributes: dict[str, Value] = {"tags": stack.tagged(PARAMETERS, stack.named(PARAMETERS))}
    if config["known"]:
        attributes["values"] = published({**config["values"], "stack": _identity(stack)})
    return model_of([Resource(PARAMETERS, PARAMETERS, path, attributes)])


def _identity(stack: Stack) -> dict[str, Value]:
    names = ("account_id", "environment", "partition", "project", "region", "replica_region")
    return {name: getattr(stack, name) for name in names}


def published(outputs: Mapping[str, Value]) -> dict[str, Value]:
    """The parameters' values by their names below the path: text, or a list of texts. What is null or empty has no
    parameter. Raises ModelError where two outputs would be one parameter.
    """
    values: dict[str, Value] = {}
    for name, value in _leaves(outputs):
        if name in values:
            raise ModelError(f"parameters_path: two outputs would be the parameter {name}; rename one of them")
        if not _is_held_back(name):
            values[name] = value
    return dict(sorted(values.items(), key=itemgetter(0)))


def _is_held_back(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in NOT_PUBLISHED)


def _leaves(value: Value, *parts: str) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, *parts, NOT_IN_NAMES.sub("_", name))
    elif isinstance(value, list):
        if texts := [_text(item) for item in value if item is not None and item != ""]:
            yield "/".join(parts), texts
    elif value is not None and value != "":
        yield "/".join(parts), _text(value)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)
