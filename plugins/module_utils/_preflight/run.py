# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The whole preflight: rules first, then the account, then everything else of AWS at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from .._model.core import Model, Stack
from .._stack.context import Context
from .account import Caller, Credentials, account_findings, caller, lifetime_findings
from .asking import Skipped, Subject, Unanswered, Unreached
from .findings import Finding, absent, variables_of
from .identity import Environment, environment_of, identity_findings
from .inventory import Inventory, Peer
from .names import models, name_findings
from .present import Answered, ask
from .reach import reach_findings
from .rules import compute, database, dns, limits, monitoring, network, parameters, place, restore, shift, storage, tags
from .variables import PHASES, PLANNED_MINUTES

RULES = (
    tags.tag_findings,
    limits.limit_findings,
    network.network_findings,
    database.database_findings,
    restore.restore_findings,
    compute.compute_findings,
    dns.dns_findings,
    storage.storage_findings,
    monitoring.monitoring_findings,
    parameters.parameters_findings,
)
NOWHERE = "000000000000"
"""Stands for the account while it is not known: the models need one to compute names."""


@dataclass(frozen=True)
class Report:
    """findings are what is wrong, skipped what could not be asked, stack the identity (None while anything is
    wrong), caller who runs it, answered what AWS has said that the run goes on with."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...] = ()
    environment: Environment | None = None
    stack: Stack | None = None
    caller: Caller | None = None
    answered: Answered = field(default_factory=Answered)

    def result(self) -> dict[str, Any]:
        """What the module returns."""
        return {
            "findings": [asdict(found) for found in self.findings],
            "not_asked": [asdict(question) for question in self.skipped],
            "stack": asdict(self.stack) if self.stack else None,
            "environment_source": self.environment.source if self.environment else None,
            "caller": asdict(self.caller) if self.caller else None,
            "reading": {layer: reading.text() for layer, reading in self.answered.readings.items()},
            "images": dict(self.answered.images),
        }


@dataclass(frozen=True)
class Access:
    """How AWS is reached: a reading of a stack, what the credentials are, the time (UTC)."""

    context: Callable[[Stack], Context]
    credentials: Callable[[], Credentials]
    now: Callable[[], datetime]


def preflight(inventory: Inventory, access: Access) -> Report:
    """Everything that can be known to be wrong before anything is changed."""
    peer = next((peer for peer in inventory.peers if peer.host == inventory.host), Peer(inventory.host, None, None))
    environment = environment_of(
        peer, len(inventory.peers), extra="environment_suffix" in inventory.extra, shell=inventory.suffix
    )
    found = [*inventory.findings(), *identity_findings(inventory, environment), *place.place_findings(inventory.typed)]
    stack = _stack(inventory, environment)
    if not inventory.identity_only:
        found += [one for rule in RULES for one in rule(inventory.typed)]
        found += shift.shift_findings(inventory.typed, access.now())
    if stack is None:
        return Report(_once(found), (Skipped("AWS", "project or region is missing or wrong"),), environment)
    return _with_aws(inventory, access, environment, stack, found)


def _with_aws(
    inventory: Inventory, access: Access, environment: Environment, stack: Stack, found: list[Finding]
) -> Report:
    who, wrong = _identified(inventory, access, stack)
    # Of a list of accounts that has mistakes nobody can say whether this one is in it.
    listed = "allowed_account_ids" not in variables_of(found)
    found += [one for one in wrong if listed or one.variable != "allowed_account_ids"]
    if who:
        stack = replace(stack, account_id=who.account_id, partition=who.partition)
    made: dict[str, Model] = {}
    if not inventory.identity_only:
        made, refused = _models(inventory, stack, found)
        found += refused
    answered, skipped = Answered(), []
    if who is None or "allowed_account_ids" in variables_of(found):
        skipped = [Skipped("AWS", "the account is not one that the stack may be in, or is not known")]
    elif not inventory.identity_only:
        mistaken = variables_of(found)
        sound = {name: value for name, value in inventory.typed.items() if name not in mistaken}
        answered, asked, skipped = ask(Subject(stack, access.context(stack).once(), sound, made))
        found += asked
    complete = _once(found)
    if complete:
        return Report(complete, tuple(skipped), environment, None, who)
    return Report((), tuple(skipped), environment, stack, who, answered)


def _models(inventory: Inventory, stack: Stack, found: list[Finding]) -> tuple[dict[str, Model], list[Finding]]:
    """The models of the layers whose variables have no finding, and what they and the names in them show to be wrong.

    The other layers' models would only say the same again.
    """
    mistaken = variables_of(found)
    roles = {role for role, options in inventory.specs.items() if mistaken & set(options)}
    configs = {layer: config for layer, config in inventory.configs.items() if inventory.role_of(layer) not in roles}
    made, refused = models(stack, configs)
    refused = [one for one in refused if not variables_of([one]) & mistaken]
    if not mistaken & {"project", "environment_suffix"}:
        refused += name_findings(stack, made)
    return made, [*refused, *reach_findings(made)]


def _identified(inventory: Inventory, access: Access, stack: Stack) -> tuple[Caller | None, list[Finding]]:
    """The account, and whether it is the right one; nothing else is asked of a wrong one."""
    try:
        who = caller(access.context(stack))
    except Unanswered as error:
        hint = inventory.typed.get("aws_endpoint_hint") if isinstance(error, Unreached) else None
        return None, [absent("account", error.rule, str(hint or error.fix))]
    planned = inventory.typed.get("cutover_planned_minutes")
    minutes = planned if isinstance(planned, int) else PLANNED_MINUTES
    return who, [
        *account_findings(who, inventory.typed),
        *lifetime_findings(access.credentials(), minutes, access.now()),
    ]


def _stack(inventory: Inventory, environment: Environment) -> Stack | None:
    typed = inventory.typed
    project, region, replica = typed.get("project"), typed.get("region"), typed.get("replica_region")
    if not isinstance(project, str) or not isinstance(region, str) or region not in place.partitions():
        return None
    given_tags = typed.get("cutover_tags", inventory.values.get("cutover_tags"))
    return Stack(
        project=project,
        environment=environment.name,
        region=region,
        account_id=NOWHERE,
        partition=place.partition_of(region),
        replica_region=replica if isinstance(replica, str) and replica else None,
        phase=str(typed.get("migration_phase") or PHASES[0]),
        tags={str(name): str(value) for name, value in given_tags.items()} if isinstance(given_tags, dict) else {},
    )


def _once(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(found))
