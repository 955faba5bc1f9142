# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which stack a host of the inventory is: project, environment, region; names and tags are made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .._model.core import Value
from .findings import Finding, absent, finding
from .inventory import Inventory, Peer

SUFFIX = "environment_suffix"
SHELL = "ENVIRONMENT_SUFFIX"
FALLBACK = "dev"
PROJECT = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ENVIRONMENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 40
"""Names longer than a service allows are cut, but a name should stay recognisable: load balancers have 32 characters
in all."""
PRODUCTION = ("prod", "production", "live", "prd")
ACCOUNT = re.compile(r"\d{12}")


@dataclass(frozen=True)
class Environment:
    """The environment's name, and where it comes from."""

    name: str
    source: str
    explicit: bool


def environment_of(peer: Peer, stacks: int, *, extra: bool, shell: str | None) -> Environment:
    """The environment of one stack.

    In this order: extra variable, variable of the shell (both only where the inventory has one stack, since they
    would name all alike), inventory, last part of the host's name,
    dev. extra says whether the variable environment_suffix comes from the command line.
    """
    given = str(peer.environment_suffix) if peer.environment_suffix not in (None, "") else None
    if given and extra and stacks == 1:
        return Environment(given, "extra variable environment_suffix", True)
    if shell and stacks == 1:
        return Environment(shell, f"variable {SHELL} of the shell", True)
    if given:
        return Environment(given, "environment_suffix in the inventory", True)
    last = peer.host.split(".")[0].rsplit("-", 1)[-1]
    if last and last != "localhost" and peer.host != peer.project:
        return Environment(last, f"last part of the host's name {peer.host}", False)
    return Environment(FALLBACK, "nothing else names it", False)


def identity_findings(inventory: Inventory, environment: Environment) -> Iterator[Finding]:
    """Rules on who the stack is; they hold for runs that remove, too."""
    yield from _project(inventory.typed)
    yield from _environment(inventory, environment)
    yield from _same_names(inventory)
    yield from _accounts(inventory.typed, environment)
    yield from _confirmation(inventory)


def _project(typed: Mapping[str, Value]) -> Iterator[Finding]:
    project = typed.get("project")
    if isinstance(project, str):
        if not PROJECT.fullmatch(project):
            yield finding(
                "project",
                project,
                "names of buckets and databases begin with it, which allow lower-case letters, digits and "
                "single dashes, a letter first",
                "Choose such a name",
            )
        elif len(project) > LONGEST:
            yield finding("project", project, f"is longer than {LONGEST} characters", "Choose a shorter name")


def _environment(inventory: Inventory, environment: Environment) -> Iterator[Finding]:
    if SUFFIX in inventory.extra and len(inventory.peers) > 1:
        yield finding(
            SUFFIX,
            environment.name,
            f"given on the command line it would name all {len(inventory.peers)} stacks of the inventory alike",
            "Set it per host in the inventory",
        )
    if inventory.typed.get("environment_suffix_required") and not environment.explicit:
        yield absent(
            SUFFIX,
            "has to be given, and is not (environment_suffix_required is true)",
            f"Give it with -e {SUFFIX}=..., as {SHELL} in the shell, or in the inventory",
        )
    if not ENVIRONMENT.fullmatch(environment.name):
        rule = (
            "AWS allows lower-case letters, digits and single dashes in the names that are made of it (it "
            f"comes from: {environment.source})"
        )
        yield finding(SUFFIX, environment.name, rule, "Choose such a name")
    elif len(environment.name) > LONGEST:
        yield finding(SUFFIX, environment.name, f"is longer than {LONGEST} characters", "Choose a shorter name")


def _stack_names(inventory: Inventory) -> dict[str, str]:
    """The stack that each host of the inventory is, by host."""
    extra, stacks = SUFFIX in inventory.extra, len(inventory.peers)
    return {
        peer.host: f"{peer.project}-{environment_of(peer, stacks, extra=extra, shell=inventory.suffix).name}"
        for peer in inventory.peers
    }


def _same_names(inventory: Inventory) -> Iterator[Finding]:
    names = _stack_names(inventory)
    own = names.get(inventory.host)
    same = sorted(host for host, name in names.items() if name == own)
    if len(same) > 1:
        yield finding(
            SUFFIX,
            own,
            f"the hosts {' and '.join(same)} are all the stack of this name, and would build over each other",
            "Give each host an environment_suffix of its own",
        )


def _accounts(typed: Mapping[str, Value], environment: Environment) -> Iterator[Finding]:
    accounts = typed.get("allowed_account_ids", [])
    if not accounts and environment.name.split("-")[-1] in PRODUCTION and "allowed_account_ids" in typed:
        yield absent(
            "allowed_account_ids",
            f"is missing, and {environment.name} is a production environment",
            'List the accounts that it may be built in: ["123456789012"]',
        )
    for index, account in enumerate(accounts if isinstance(accounts, list) else []):
        if isinstance(account, str) and ACCOUNT.fullmatch(account):
            continue
        if isinstance(account, int) and ACCOUNT.fullmatch(str(account)):
            continue
        unquoted = "; YAML reads a number without quotes and loses a leading zero" if isinstance(account, int) else ""
        yield finding(
            f"allowed_account_ids[{index}]",
            account,
            f"an account id has 12 digits{unquoted}",
            'Write all 12 digits in quotes: "012345678901"',
        )


def _confirmation(inventory: Inventory) -> Iterator[Finding]:
    given = inventory.typed.get("destroy_confirm")
    if given is None:
        return
    names = sorted(set(_stack_names(inventory).values()))
    if "destroy_confirm" not in inventory.extra:
        yield finding(
            "destroy_confirm",
            given,
            "stands in the inventory, where it would confirm every destroy",
            "Remove it there; give it on the command line of the one run that is to destroy",
        )
    elif not inventory.identity_only:
        yield finding(
            "destroy_confirm",
            given,
            "this playbook removes nothing",
            "Leave it out, or run destroy.yml if the stack is to go",
        )
    elif given not in names:
        stacks = "stack of this inventory is" if len(names) == 1 else "stacks of this inventory are"
        right = " or ".join(f"destroy_confirm={name}" for name in names)
        yield finding(
            "destroy_confirm",
            given,
            f"the {stacks} {' and '.join(names)}",
            f"Write {right} if that is to go, or take another inventory",
        )
