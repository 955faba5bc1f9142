# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policy documents of IAM, KMS, S3 and SNS in one form, so that two that mean the same are equal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from .core import Value

VERSION = "2012-10-17"
ACCOUNT_ROOT = re.compile(r"arn:[a-z-]+:iam::(\d{12}):root")
LISTS = ("Action", "NotAction", "Resource", "NotResource")
PRINCIPALS = ("Principal", "NotPrincipal")


def canonical(policy: str | Mapping[str, Value]) -> dict[str, Value]:
    """The document with all that AWS lets one write in several ways written in one.

    Single values are lists, lists and statements are sorted, an account's root ARN is the account's number (AWS turns
    one into the other), conditions' values
    are strings, an empty Sid is none. Whatever changes the meaning stays as it is. policy may be JSON text. AWS accepts
    the result as a policy.
    """
    document: Mapping[str, Value] = json.loads(policy) if isinstance(policy, str) else policy
    rest = {name: value for name, value in document.items() if name != "Statement"}
    statements = [
        _statement(statement) for statement in _items(document.get("Statement")) if isinstance(statement, Mapping)
    ]
    return {**rest, "Statement": sorted(statements, key=lambda statement: json.dumps(statement, sort_keys=True))}


def document(*statements: Mapping[str, Value]) -> dict[str, Value]:
    """The canonical policy of these statements, in the current version of the language."""
    return canonical({"Version": VERSION, "Statement": list(statements)})


def _statement(statement: Mapping[str, Value]) -> dict[str, Value]:
    one_form = dict(statement)
    if not one_form.get("Sid"):
        one_form.pop("Sid", None)
    for name in LISTS:
        if name in one_form:
            one_form[name] = _strings(one_form[name])
    for name in PRINCIPALS:
        if name in one_form:
            one_form[name] = _principal(one_form[name])
    if isinstance(condition := one_form.get("Condition"), Mapping):
        one_form["Condition"] = {
            operator: {key: _strings(value) for key, value in keys.items()}
            for operator, keys in condition.items()
            if isinstance(keys, Mapping)
        }
    return dict(sorted(one_form.items()))


def _principal(principal: Value) -> dict[str, Value]:
    kinds: Mapping[str, Value] = principal if isinstance(principal, Mapping) else {"AWS": principal}
    return {kind: sorted({ACCOUNT_ROOT.sub(r"\1", name) for name in _strings(names)}) for kind, names in kinds.items()}


def _strings(value: Value) -> list[str]:
    return sorted({_text(item) for item in _items(value)})


def _items(value: Value) -> list[Value]:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
