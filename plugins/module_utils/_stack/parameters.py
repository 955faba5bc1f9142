# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What Parameter Store has of a stack's outputs.

They are found by the stack's tag, so that they are found too when the inventory no longer names their path. The tags of
each would be a call for each: those that carry every wanted tag are listed instead, and one of the others is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from posixpath import commonpath

from .._model.core import PHASE_TAG, STACK_TAG, Found, Reality, Resource, Value
from .._model.parameters import OBSOLETE, PARAMETERS
from .._parameters import api
from .context import Context

PARAMETERS_HINTS = {PARAMETERS: ("tags",)}


def read_parameters(context: Context) -> Reality:
    """The stack's parameters below the inventory's path as one resource, and each elsewhere as one of its own.

    Where the inventory names no path, all are one that the model does not know: the plan reports it, and only destroy
    removes it.
    """
    own = api.tagged(context.client("ssm"), {STACK_TAG: context.stack.name})
    if not own:
        return {}
    wanted = context.wanted.get(PARAMETERS)
    if wanted is None:
        return {PARAMETERS: _all(own)}
    below = {name for name in own if name.startswith(f"{wanted.name}/")}
    found = [Found(f"{OBSOLETE}{name}", OBSOLETE, name, name, {}) for name in sorted(own - below)]
    if below:
        found.append(_current(context, wanted, below))
    return {resource.key: resource for resource in found}


def _all(names: Collection[str]) -> Found:
    path = commonpath(names)
    return Found(PARAMETERS, PARAMETERS, path, path, {}, facts={"names": sorted(names)})


def _current(context: Context, wanted: Resource, names: set[str]) -> Found:
    path = wanted.name
    below = api.below(context.client("ssm"), path)
    values: dict[str, Value] = {
        name.removeprefix(f"{path}/"): one.content for name, one in below.items() if name in names
    }
    return Found(PARAMETERS, PARAMETERS, path, path, {"values": values, "tags": _tags(context, wanted, sorted(names))})


def _tags(context: Context, wanted: Resource, names: list[str]) -> dict[str, Value]:
    """Those of a parameter that lacks one, or else of any."""
    client, tags = context.client("ssm"), wanted.attributes["tags"]
    held = {name: value for name, value in tags.items() if name != PHASE_TAG} if isinstance(tags, Mapping) else {}
    complete = api.tagged(client, held)
    lacking = [name for name in names if name not in complete]
    return dict(api.tags_of(client, (lacking or names)[0]))


def parameters_outputs(found: Reality) -> dict[str, Value]:
    """Below which path the parameters are; null where there are none."""
    parameters = found.get(PARAMETERS)
    return {"path": parameters.name if parameters else None}
