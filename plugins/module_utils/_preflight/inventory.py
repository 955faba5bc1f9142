# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An inventory as the controller sees it for one host, and what is wrong with its names, types and values as such."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .._layers import LAYERS
from .._model.core import Value
from .findings import Finding, absent, is_password, is_secret, meant, nearest
from .spec import Option, checked
from .variables import CREDENTIALS, IDENTITY, PLAYBOOK_FACTS, ROLE_FACTS, SITE_OPTIONS

UNDEFINED = re.compile(r"'(\w+)' is undefined")
GIVEN_BY_ROLES = ("_outputs", "_protected", "_retained")
"""Ends of names that roles themselves give to facts."""
OWN_PREFIX = "cutover_"


@dataclass(frozen=True)
class Peer:
    """Another view of a stack of this inventory, as far as its identity goes."""

    host: str
    project: Value
    environment_suffix: Value


@dataclass(frozen=True)
class Inventory:
    """What the action plugin has gathered for one host.

    names are all its variables, values those that the roles and the playbooks declare, configs the inputs of each
    layer (None where they could not be computed), specs
    the options of each role, broken the variables whose template failed, with the reason. extra are the names
    given on the command line, suffix the shell's
    ENVIRONMENT_SUFFIX, identity_only a run that only removes.
    """

    host: str
    names: Sequence[str] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    configs: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    specs: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    peers: Sequence[Peer] = ()
    extra: Sequence[str] = ()
    suffix: str | None = None
    identity_only: bool = False

    @cached_property
    def options(self) -> dict[str, Option]:
        """Every option that there is, of the playbooks and of the roles."""
        if self.identity_only:
            return {name: SITE_OPTIONS[name] for name in IDENTITY}
        return {**SITE_OPTIONS, **{name: option for spec in self.specs.values() for name, option in spec.items()}}

    @cached_property
    def _checked(self) -> tuple[dict[str, Value], list[Finding]]:
        broken = {name: option for name, option in self.options.items() if name not in self.broken}
        return checked(self.values, broken)

    @property
    def typed(self) -> Mapping[str, Value]:
        """The values that have the right type; the rules look at these alone."""
        return self._checked[0]

    @staticmethod
    def role_of(layer: str) -> str:
        """The role that builds a layer."""
        return LAYERS[layer].role

    def findings(self) -> list[Finding]:
        """What is wrong with names, types and templates."""
        found = [*self._checked[1], *self._secrets()]
        if not self.identity_only:
            found += self._unknown()
        missing = {f.variable for f in found if f.value is None}
        return [*found, *self._broken(missing)]

    def _broken(self, missing: set[str]) -> Iterator[Finding]:
        told = set()
        for name, reason in self.broken.items():
            undefined = UNDEFINED.search(reason)
            if (undefined and undefined.group(1) in missing) or reason in told:
                continue
            told.add(reason)
            yield absent(
                name, f"cannot be computed: {reason}", "Put its template right, or give a variable that it uses a value"
            )

    def _secrets(self) -> Iterator[Finding]:
        for name in self.names:
            if (is_password(name) or (is_secret(name) and self._ours(name))) and name not in {
                *CREDENTIALS,
                *self.options,
            }:
                yield absent(
                    name,
                    "is a secret in a variable; secrets have no place in an inventory, encrypted or not",
                    "Remove it: RDS manages the password in Secrets Manager",
                )

    def _unknown(self) -> Iterator[Finding]:
        known = {*self.options, *CREDENTIALS, *PLAYBOOK_FACTS, *ROLE_FACTS}
        for name in self.names:
            if name in known or name.endswith(GIVEN_BY_ROLES) or is_secret(name):
                continue
            if self._ours(name):
                yield absent(
                    name,
                    "there is no such variable",
                    meant(name, known, "Remove it, or see the role's documentation for what there is"),
                )
            elif (guess := nearest(name, SITE_OPTIONS)) and self.values.get(guess) is None:
                yield absent(name, "nothing reads this variable", f"Probably {guess} is meant")

    def _ours(self, name: str) -> bool:
        return name.startswith((OWN_PREFIX, *(f"{role}_" for role in self.specs)))


def inventory_of(gathered: Mapping[str, Any], *, identity_only: bool) -> Inventory:
    """The Inventory of what the action plugin has gathered."""
    peers = [Peer(**peer) for peer in gathered.get("peers", [])]
    fields = {name: value for name, value in gathered.items() if name != "peers"}
    return Inventory(**fields, peers=peers, identity_only=identity_only)
