# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Principals in policy documents, and whether IAM knows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from local_cloud.request import Request

# arn:aws:iam::123456789012:role/path/name
_entity = re.compile(r"arn:[a-z-]+:iam::(?P<account>\d{12}):(?P<kind>role|user)/(?:.*/)?(?P<name>[^/]+)")


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def aws_principals(statement: dict[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    if principal == "*":
        return ["*"]
    return [str(one) for one in as_list(principal.get("AWS", []))] if isinstance(principal, dict) else []


def unknown_principals(request: Request, document: dict[str, Any]) -> list[str]:
    """Roles and users named in a resource policy that do not exist: AWS refuses the whole policy for one."""
    statements = as_list(document.get("Statement", []))
    named = (one for statement in statements for one in aws_principals(statement))
    return list(_unknown(request, named))


def _unknown(request: Request, named: Iterator[str]) -> Iterator[str]:
    for arn in named:
        found = _entity.fullmatch(arn)
        if found is None or found["name"] == "*":
            continue
        backend = request.backend("iam", "aws", found["account"])
        if found["kind"] == "role":
            known = any(role.name == found["name"] for role in backend.roles.values())
        else:
            known = found["name"] in backend.users
        if not known:
            yield arn
