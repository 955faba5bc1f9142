# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The policies that AWS manages: a thousand, which moto would read anew for each partition of each account."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

# ruff: noqa: PLC0415  (imports moto)


def read_once() -> None:
    """moto makes them from what was read for the first account. Every account has policies of its own, as before."""
    from moto.iam import models

    backend: Any = models.IAMBackend
    backend._init_aws_policies = _policies


def _policies(backend: Any) -> list[Any]:
    from moto.iam import models
    from moto.settings import load_iam_aws_managed_policies

    policy_of: Any = models.AWSManagedPolicy  # moto leaves abstract what it does not use

    if not load_iam_aws_managed_policies():
        return []
    scope = {"account_id": backend.account_id, "region": backend.region_name}
    return [policy_of(**scope, **policy) for policy in _published()]


@cache
def _published() -> list[dict[str, Any]]:
    """What AWSManagedPolicy.from_data makes of them."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return [
        {
            "name": name,
            "default_version_id": policy.get("DefaultVersionId"),
            "path": policy.get("Path"),
            "document": json.dumps(policy.get("Document")),
            "create_date": datetime.fromisoformat(policy["CreateDate"]),
            "update_date": datetime.fromisoformat(policy["UpdateDate"]),
        }
        for name, policy in json.loads(aws_managed_policies_data).items()
    ]
