# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The inputs of roles on the controller: what their files say, and the values of variables one by one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ..module_utils._layers import LAYERS

ROLES = Path(__file__).resolve().parents[2] / "roles"
MAIN = "main"
WIRING = "cutover_wiring"
"""The playbook's variable that holds, by layer, what it gives to the layer's role."""
OUTPUTS = "stack"
"""The variable by which the wiring knows the outputs of the layers below."""
PENDING = "changes_below"
"""The variable by which the wiring knows whether a run would change a layer below, and so perhaps its outputs."""
ENTRY_CONFIGS = {"keys": "__security_keys_config", "zone": "__dns_zone_config"}
"""Layers that are an entry point of a role beside its main one; any other's inputs are in __<role>_config."""


def config_variable(layer: str) -> str:
    """The variable of a role that gathers the inputs of a layer."""
    return ENTRY_CONFIGS.get(layer, f"__{LAYERS[layer].role}_config")


class Roles:
    """What the files of the roles say: defaults, vars, and the options of all entry points."""

    def __init__(self, loader: DataLoader, folder: Path = ROLES) -> None:
        self._loader = loader
        self._folders = sorted(path for path in folder.iterdir() if path.is_dir())

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """Those of all roles, by variable."""
        return self._merged("defaults")

    @cached_property
    def vars(self) -> dict[str, Any]:
        """Those of all roles, by variable."""
        return self._merged("vars")

    @cached_property
    def options(self) -> dict[str, dict[str, Any]]:
        """By role and name, as argument specifications."""
        return {
            role.name: _options(_loaded(self._loader, role / "meta" / "argument_specs.yml")) for role in self._folders
        }

    def _merged(self, what: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for role in self._folders:
            found.update(_loaded(self._loader, role / what / "main.yml"))
        return found


def _options(document: Mapping[str, Any]) -> dict[str, Any]:
    """The options of all entry points; of one that several have, what main says of it, or else the first."""
    entries = document.get("argument_specs", {})
    found: dict[str, Any] = {}
    for entry in sorted(entries, key=lambda name: name != MAIN):
        found = {**entries[entry].get("options", {}), **found}
    return found


def _loaded(loader: DataLoader, path: Path) -> dict[str, Any]:
    # Nobody changes it, so nobody needs a copy.
    return (loader.load_from_file(str(path), unsafe=True, trusted_as_template=True) or {}) if path.exists() else {}


class Reader:
    """Values of variables, one by one, so that a template that fails hides no other."""

    def __init__(self, templar: Templar, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._templar = templar.copy_with_new_env(available_variables=dict(variables))
        self.broken: dict[str, str] = {}

    def value(self, name: str) -> Any:
        """The value, None where there is none or its template fails; the failure is kept in broken."""
        if self._variables.get(name) is None:
            return None
        try:
            return self._templar.template(self._variables[name])
        except AnsibleError as error:
            self.broken[name] = str(error).split("\n", maxsplit=1)[0].rstrip(". ")
            return None


class Inputs:
    """Variables as each layer's role sees them when the playbook calls it.

    variables are those of the host before templating, extra the names given on the command line, which beat the wiring.
    """

    def __init__(self, templar: Templar, roles: Roles, variables: Mapping[str, Any], extra: Iterable[str]) -> None:
        self._templar = templar
        self._below = {**roles.defaults, **variables, **roles.vars}
        self._above = {name: variables[name] for name in extra if name in variables}
        self._wiring: Mapping[str, Mapping[str, Any]] = variables.get(WIRING) or {}

    def of(self, layer: str, outputs: Mapping[str, Any], *, pending: bool = False) -> Reader:
        """Their values for one layer; outputs are those of the layers below, pending whether a run changes one."""
        wired = self._wiring.get(layer) or {}
        known = {OUTPUTS: outputs, PENDING: pending}
        return Reader(self._templar, {**self._below, **wired, **self._above, **known})


def no_outputs() -> dict[str, Any]:
    """The outputs of a stack of which nothing is there."""
    return {name: dict(layer.outputs({})) for name, layer in LAYERS.items()}
