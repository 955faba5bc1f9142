# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A small judge of policies: would AWS let this call through? It knows the operators that the stack's policies use and
refuses to guess at others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

EXACT = ("StringEquals", "Bool")
PATTERNS = ("StringLike", "ArnLike")


@dataclass(frozen=True)
class Call:
    """Who does what with what. principal is {AWS: account or ARN} or {Service: name}; context: the condition keys."""

    principal: Mapping[str, str]
    action: str
    resource: str = "*"
    context: Mapping[str, str] = field(default_factory=dict)


def allowed(policy: str | Mapping[str, Any], call: Call) -> bool:
    """Some statement allows the call and none denies it."""
    effects = effects_of(policy, call)
    return "Allow" in effects and "Deny" not in effects


def denied(policy: str | Mapping[str, Any], call: Call) -> bool:
    """A statement denies the call, whatever else allows it."""
    return "Deny" in effects_of(policy, call)


def effects_of(policy: str | Mapping[str, Any], call: Call) -> set[str]:
    """The effects of the statements that apply to the call."""
    document = json.loads(policy) if isinstance(policy, str) else policy
    return {statement["Effect"] for statement in document["Statement"] if _applies(statement, call)}


def listed(value: Any) -> list[str]:
    return [str(item) for item in (value if isinstance(value, list) else [value])]


def _applies(statement: Mapping[str, Any], call: Call) -> bool:
    return (
        _principal(statement.get("Principal", "*"), call.principal)
        and _matches(call.action, listed(statement["Action"]))
        and _matches(call.resource, listed(statement["Resource"]))
        and all(_condition(operator, keys, call.context) for operator, keys in statement.get("Condition", {}).items())
    )


def _principal(named: Any, caller: Mapping[str, str]) -> bool:
    if named == "*":
        return True
    return any(kind in named and bool({"*", who} & set(listed(named[kind]))) for kind, who in caller.items())


def _condition(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """A key that the call does not carry fails the condition, as with AWS."""
    if operator in EXACT:
        return all(context.get(key) in listed(values) for key, values in keys.items())
    assert operator in PATTERNS, f"the judge does not know the operator {operator}"
    return all(key in context and _matches(context[key], listed(values)) for key, values in keys.items())


def _matches(value: str, patterns: list[str]) -> bool:
    return any(value == pattern or fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in patterns)
