#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Flow logs of a VPC, for which there is no stock module."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ec2_flow_log
short_description: Send the flow logs of a VPC to a CloudWatch log group
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, replaces or removes the flow log of a VPC. There is no stock module for flow logs.
  - AWS cannot change a flow log, so one that differs is removed and made again; what it has written stays in the log
    group.
options:
  name:
    description: The tag C(Name), by which the flow log is found when its destination has changed.
    type: str
    required: true
  resource_id:
    description: The id of the VPC.
    type: str
    required: true
  traffic:
    description: Which traffic is logged.
    type: str
    choices: [ALL, ACCEPT, REJECT]
    default: ALL
  destination:
    description: ARN of the log group, without the trailing C(:*). Required with O(state=present).
    type: str
  role_arn:
    description:
      - ARN of the role that lets C(vpc-flow-logs.amazonaws.com) write to the group. Required with O(state=present).
    type: str
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Log all traffic of the VPC
  cutover.aws.ec2_flow_log:
    name: acme-prod-vpc-flow-logs
    resource_id: vpc-0123456789abcdef0
    destination: arn:aws:logs:us-east-1:123456789012:log-group:/acme-prod/vpc-flow-logs
    role_arn: arn:aws:iam::123456789012:role/acme-prod-flow-logs-us-east-1
"""

RETURN = r"""
flow_log_id:
  description: The flow log, null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: fl-0123456789abcdef0
"""

from dataclasses import asdict
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._flow_log import api
from ..module_utils._flow_log.plan import FlowLog, flow_log_plan, seen


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "resource_id": {"type": "str", "required": True},
            "traffic": {"type": "str", "choices": ["ALL", "ACCEPT", "REJECT"], "default": "ALL"},
            "destination": {"type": "str"},
            "role_arn": {"type": "str"},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["destination", "role_arn"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        p = module.params
        wanted = FlowLog(p["resource_id"], p["traffic"], p["destination"] or "", p["role_arn"] or "")
        client = module.client("ec2")
        existing = api.find(client, p["name"], wanted)
        result = (
            _remove(module, client, existing) if p["state"] == "absent" else _ensure(module, client, wanted, existing)
        )
        module.exit_json(**result)


def _ensure(module: AnsibleAWSModule, client: Any, wanted: FlowLog, existing: dict[str, Any] | None) -> dict[str, Any]:
    tags = module.params["tags"]
    plan = flow_log_plan(wanted, tags, existing)
    identity = existing["FlowLogId"] if existing else None
    if not module.check_mode:
        identity = api.apply(client, wanted, tags, plan, existing)
    diff = {"before": asdict(seen(existing)) if existing else {}, "after": asdict(wanted)}
    return {"changed": plan.create or bool(plan.tags), "flow_log_id": identity, "diff": diff}


def _remove(module: AnsibleAWSModule, client: Any, existing: dict[str, Any] | None) -> dict[str, Any]:
    if existing and not module.check_mode:
        api.delete(client, existing["FlowLogId"])
    return {
        "changed": bool(existing),
        "flow_log_id": None,
        "diff": {"before": asdict(seen(existing)) if existing else {}, "after": {}},
    }


if __name__ == "__main__":
    main()
