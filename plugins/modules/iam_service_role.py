#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A role with its own and its attached policies."""

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_service_role
short_description: Create a role together with its policies
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, repairs or removes an IAM role with its own (inline) policies and the managed policies attached to it, as
    one object. A policy that somebody has added to the role is removed.
  - M(amazon.aws.iam_role) knows nothing of a role's own policies, and prints a deprecation warning at each call,
    whatever its options.
  - With O(state=absent) it takes the role out of its instance profiles first.
options:
  name:
    description: The role's name, 64 characters at most.
    type: str
    required: true
  description:
    description: What the role is for.
    type: str
    default: ""
  trust:
    description: The policy that says who may assume the role. Required with O(state=present).
    type: dict
  policies:
    description: The role's own policies by name.
    type: dict
    default: {}
  managed_policies:
    description: ARNs of the managed policies that are attached to the role.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Let RDS write enhanced monitoring
  cutover.aws.iam_service_role:
    name: acme-prod-rds-monitoring-us-east-1
    trust:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {Service: monitoring.rds.amazonaws.com}
          Action: sts:AssumeRole
    managed_policies:
      - arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole
"""

RETURN = r"""
arn:
  description: The role's ARN; null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: arn:aws:iam::123456789012:role/acme-prod-rds-monitoring-us-east-1
"""

from dataclasses import asdict
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._iam_role import api
from ..module_utils._iam_role.plan import Role, role_plan
from ..module_utils._model.policy import canonical


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "description": {"type": "str", "default": ""},
            "trust": {"type": "dict"},
            "policies": {"type": "dict", "default": {}},
            "managed_policies": {"type": "list", "elements": "str", "default": []},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["trust"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("iam")
        existing = api.find(client, module.params["name"])
        change = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**change(module, client, existing))


def _ensure(module: AnsibleAWSModule, client: Any, existing: Role | None) -> dict[str, Any]:
    p = module.params
    own = {name: canonical(policy) for name, policy in p["policies"].items()}
    wanted = Role(p["description"], canonical(p["trust"]), own, p["managed_policies"], p["tags"])
    plan = role_plan(wanted, existing)
    if plan.changes and not module.check_mode:
        api.apply(client, p["name"], wanted, plan)
    arn = None if module.check_mode and existing is None else api.arn(client, p["name"])
    return {"changed": plan.changes, "arn": arn, "diff": {"before": _shown(existing), "after": _shown(wanted)}}


def _remove(module: AnsibleAWSModule, client: Any, existing: Role | None) -> dict[str, Any]:
    if existing and not module.check_mode:
        api.delete(client, module.params["name"], existing)
    return {"changed": existing is not None, "arn": None, "diff": {"before": _shown(existing), "after": {}}}


def _shown(role: Role | None) -> dict[str, Any]:
    return asdict(role) if role else {}


if __name__ == "__main__":
    main()
