# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is wrong with an inventory, one finding a mistake, and how it is told."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._model.core import Value

SHOWN = 100
"""Longer values are cut: the variable's name leads to the rest."""
SIMILAR = 0.75
PASSWORD_WORDS = ("password", "passwd", "passphrase")
SECRET_WORDS = (
    *PASSWORD_WORDS,
    "secret_access_key",
    "secret_key",
    "secret_value",
    "secret_string",
    "session_token",
    "private_key",
)


@dataclass(frozen=True)
class Finding:
    """One mistake: the variable as one would write it (vpc_subnets.private[1]), its value as text (None: nothing
    to show), the rule that it breaks, and what to do.

    rule and fix are sentences without their full stop.
    """

    variable: str
    value: str | None
    rule: str
    fix: str

    def __str__(self) -> str:
        where = self.variable if self.value is None else f"{self.variable} = {self.value}"
        return f"{where}: {self.rule}. {self.fix}."


def finding(variable: str, value: Value, rule: str, fix: str) -> Finding:
    """A finding about a variable that has a value; the value of a secret is not shown."""
    return Finding(variable, None if is_secret(variable) else shown(value), rule, fix)


def absent(variable: str, rule: str, fix: str) -> Finding:
    """A finding about something that is not there, or whose value must not be shown."""
    return Finding(variable, None, rule, fix)


def is_secret(name: str) -> bool:
    """Whether a variable of this name holds something that must never be printed."""
    return any(word in name.lower() for word in SECRET_WORDS)


def is_password(name: str) -> bool:
    """Whether a variable of this name holds a password, whoever reads it."""
    return any(word in name.lower() for word in PASSWORD_WORDS)


def shown(value: Value) -> str:
    """A value as one would write it in the inventory; secrets inside it are masked."""
    text = value if isinstance(value, str) and value else json.dumps(_masked(value), default=str)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 4]} ..."


def _masked(value: Value) -> Value:
    if isinstance(value, Mapping):
        return {str(name): "***" if is_secret(str(name)) else _masked(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_masked(part) for part in value]
    return value


def variables_of(findings: Iterable[Finding]) -> set[str]:
    """The variables of the inventory that findings are about, without the places inside them."""
    return {found.variable.split(".")[0].split("[")[0] for found in findings}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that somebody probably meant; None where none is similar."""
    matches = difflib.get_close_matches(name, sorted(known), n=5, cutoff=SIMILAR)
    exchanged = [match for match in matches if sorted(match) == sorted(name)]
    return next(iter([*exchanged, *matches]), None)


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """The end of a finding about an unknown name: a guess, or otherwise."""
    guess = nearest(name, known)
    return f"Probably {guess} is meant" if guess else otherwise


def listed(findings: Sequence[Finding], what: str) -> str:
    """All findings as one error text."""
    count = len(findings)
    head = f"{what}: {count} {'thing has' if count == 1 else 'things have'} to be put right before anything is changed."
    return "\n".join([head, *(f"  {number}. {found}" for number, found in enumerate(findings, 1))])
