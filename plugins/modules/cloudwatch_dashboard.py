#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""CloudWatch dashboards."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudwatch_dashboard
short_description: Set up a CloudWatch dashboard
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, changes or removes a dashboard. There is no stock module for dashboards.
options:
  name:
    description: The dashboard's name, unique in the account. Letters, digits, C(-) and C(_).
    type: str
    required: true
  body:
    description:
      - The dashboard as a dictionary, in CloudWatch's own words. Required with O(state=present).
      - It is compared by what it says, not by how it is written.
    type: dict
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Draw the load of the fleet
  cutover.aws.cloudwatch_dashboard:
    name: acme-prod-overview-us-east-1
    body:
      widgets:
        - type: metric
          width: 12
          height: 6
          properties:
            region: us-east-1
            metrics: [[AWS/EC2, CPUUtilization, AutoScalingGroupName, acme-prod-app-blue]]
"""

RETURN = r"""
dashboard_arn:
  description: The dashboard, null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: arn:aws:cloudwatch::123456789012:dashboard/acme-prod-overview-us-east-1
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._cloudwatch import api
from ..module_utils._errors import fail_clearly


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "body": {"type": "dict"},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["body"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("cloudwatch")
        existing = api.find_dashboard(client, module.params["name"])
        ensure = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**ensure(module, client, existing))


def _ensure(module: AnsibleAWSModule, client: Any, existing: dict[str, Any] | None) -> dict[str, Any]:
    name, body, tags = (module.params[option] for option in ("name", "body", "tags"))
    if existing is None:
        arn = None if module.check_mode else _create(client, name, body, tags)
        after = {"body": body, "tags": tags}
        return {"changed": True, "dashboard_arn": arn, "diff": {"before": {}, "after": after}}
    present = api.tags_of(client, [existing["arn"]])[existing["arn"]]
    put = existing["body"] != body
    missing = {tag: value for tag, value in tags.items() if present.get(tag) != value}
    if not module.check_mode:
        if put:
            api.put_dashboard(client, name, body)
        if missing:
            api.tag(client, existing["arn"], missing)
    return {
        "changed": put or bool(missing),
        "dashboard_arn": existing["arn"],
        "diff": {
            "before": {"body": existing["body"], "tags": present},
            "after": {"body": body, "tags": {**present, **tags}},
        },
    }


def _create(client: Any, name: str, body: dict[str, Any], tags: dict[str, str]) -> str | None:
    """Its ARN; null where AWS does not show it yet."""
    has_tags = api.create_dashboard(client, name, body, tags)
    made = api.find_dashboard(client, name)
    if made and tags and not has_tags:
        api.tag(client, made["arn"], tags)
    return made["arn"] if made else None


def _remove(module: AnsibleAWSModule, client: Any, existing: dict[str, Any] | None) -> dict[str, Any]:
    if existing and not module.check_mode:
        api.delete_dashboard(client, module.params["name"])
    before = {"body": existing["body"]} if existing else {}
    return {"changed": bool(existing), "dashboard_arn": None, "diff": {"before": before, "after": {}}}


if __name__ == "__main__":
    main()
