# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The preflight of an inventory in this process: what a playbook's first task does, without the second that a
playbook takes to start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar, trust_as_template
from ansible.vars.manager import VariableManager

from ansible_collections.cutover.aws.plugins.action.preflight import Host, Roles, gather
from ansible_collections.cutover.aws.plugins.module_utils._preflight.account import PERMANENT, Credentials
from ansible_collections.cutover.aws.plugins.module_utils._preflight.inventory import inventory_of
from ansible_collections.cutover.aws.plugins.module_utils._preflight.run import Access, Report, preflight
from ansible_collections.cutover.aws.plugins.module_utils._stack.context import Context
from local_cloud.testing import LocalCloud

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MISSING = object()
"""As the value of a variable: it is not in the inventory at all."""


@dataclass(frozen=True)
class Case:
    """An inventory that differs from prod: variables that are set otherwise or MISSING, names given on the
    command line, and the shell's suffix."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    extra: Sequence[str] = ()
    shell: str | None = None
    host: str = "prod"
    peers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    identity_only: bool = False
    credentials: Credentials = field(default_factory=lambda: Credentials(PERMANENT))


@cache
def _prod() -> tuple[DataLoader, dict[str, Any], Roles]:
    loader = DataLoader()
    sources = [str(ROOT / "inventories" / name) for name in ("prod", "local")]
    manager = InventoryManager(loader=loader, sources=sources)
    variables = VariableManager(loader=loader, inventory=manager).get_vars(host=manager.get_host("prod"))
    return loader, dict(variables), Roles(loader)


def trusted(value: Any) -> Any:
    """Templates in values of a test are templates, as they are in the inventory's files."""
    if isinstance(value, str):
        return trust_as_template(value)
    if isinstance(value, Mapping):
        return {name: trusted(part) for name, part in value.items()}
    return [trusted(part) for part in value] if isinstance(value, list) else value


@cache
def _client(cloud: LocalCloud, service: str, region: str) -> Any:
    """Making a client costs more than all calls of a preflight."""
    return cloud.client(service, region)


def judge(case: Case, cloud: LocalCloud) -> Report:
    """The report of the preflight on this inventory, against this cloud."""
    loader, prod, roles = _prod()
    changed = {**prod, **{name: trusted(value) for name, value in case.variables.items()}}
    variables = {name: value for name, value in changed.items() if value is not MISSING}
    peers = {case.host: variables, **case.peers}
    templar = Templar(loader=loader, variables=variables)
    gathered = gather(Host(case.host, variables, peers, case.extra), roles, templar) | {"suffix": case.shell}
    access = Access(
        context=lambda stack: Context(stack, lambda service, region: _client(cloud, service, region)),
        credentials=lambda: case.credentials,
        now=lambda: NOW,
    )
    return preflight(inventory_of(gathered, identity_only=case.identity_only), access)
