# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads all variables of the host and what the roles declare, and hands them to the module preflight.

This part needs the controller: a module sees neither the names of variables nor the roles' files, and a variable
whose template fails
would stop the play with that one error, before the others could be told.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.template import Templar
from ansible.utils.vars import load_extra_vars

from ..module_utils._layers import LAYERS
from ..module_utils._preflight.variables import CREDENTIALS, SITE_OPTIONS
from ..plugin_utils.inputs import Inputs, Reader, Roles, config_variable, no_outputs

GROUP = "stacks"
CONNECTION = {
    "region": "region",
    "endpoint_url": "aws_endpoint_url",
    "access_key": "aws_access_key",
    "secret_key": "aws_secret_key",
    "session_token": "aws_session_token",
    "profile": "aws_profile",
}
"""How the inventory calls the parameters that every module of amazon.aws has."""
SHARED = "cutover_"
"""Options of every role that the playbooks set or that are checked as variables of no role."""
PEER_VARIABLES = ("project", "environment_suffix")


@dataclass(frozen=True)
class Host:
    """One host: its variables as Ansible has them, before templating. peers are all hosts of the group with the
    variables that identify them, extra the names given on the command line."""

    name: str
    variables: Mapping[str, Any]
    peers: Mapping[str, Mapping[str, Any]]
    extra: Sequence[str] = ()


def gather(host: Host, roles: Roles, templar: Templar) -> dict[str, Any]:
    """The module's parameter inventory."""
    everything = {**roles.defaults, **host.variables, **roles.vars}
    reader = Reader(templar, everything)
    specs = {
        role: {name: option for name, option in options.items() if not name.startswith(SHARED)}
        for role, options in roles.options.items()
    }
    declared = [*SITE_OPTIONS, *(name for options in specs.values() for name in options)]
    hidden = {name for options in specs.values() for name, option in options.items() if option.get("no_log")}
    values = {name: reader.value(name) for name in declared if name in everything and name not in hidden}
    for name in CREDENTIALS:
        reader.value(name)  # only whether its template works
    inputs = Inputs(templar, roles, host.variables, host.extra)
    by_layer = {layer: inputs.of(layer, no_outputs()) for layer in LAYERS}
    configs = {layer: reading.value(config_variable(layer)) for layer, reading in by_layer.items()}
    return {
        "host": host.name,
        "names": [name for name in host.variables if not name.startswith(("_", "ansible_"))],
        "values": values,
        "configs": configs,
        "specs": specs,
        "broken": {**reader.broken, **{name: why for one in by_layer.values() for name, why in one.broken.items()}},
        "peers": [{"host": name, **_identity(held)} for name, held in host.peers.items()],
        "extra": list(host.extra),
        "suffix": os.environ.get("ENVIRONMENT_SUFFIX") or None,
    }


def _identity(held: Mapping[str, Any]) -> dict[str, Any]:
    """What identifies a host; a template that fails is told by the host's own run."""
    found = {}
    for name in PEER_VARIABLES:
        try:
            found[name] = held.get(name)
        except AnsibleError:
            found[name] = None
    return found


class ActionModule(ActionBase):  # type: ignore[misc]
    """The task cutover.aws.preflight."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Gathers, then lets the module judge and ask."""
        variables = task_vars or {}
        result: dict[str, Any] = super().run(tmp, variables)
        name = str(variables["inventory_hostname"])
        peers = {peer: variables["hostvars"][peer] for peer in variables["groups"].get(GROUP, [name])}
        host = Host(name, variables, peers, list(load_extra_vars(self._loader)))
        gathered = gather(host, Roles(self._loader), self._templar)
        reader = Reader(self._templar, variables)
        connection = {
            parameter: reader.value(name) for parameter, name in CONNECTION.items() if variables.get(name) is not None
        }
        arguments = {**connection, **self._task.args, "inventory": gathered}
        result.update(
            self._execute_module(module_name="cutover.aws.preflight", module_args=arguments, task_vars=variables)
        )
        return result
