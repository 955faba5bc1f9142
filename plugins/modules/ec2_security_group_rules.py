#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of security groups as objects with ids, descriptions and tags."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ec2_security_group_rules
short_description: Make, change and revoke rules of security groups one by one
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Handles each rule as the object that AWS makes of it, with an id, a description and tags.
  - M(amazon.aws.ec2_security_group) sees a group's rules as one list without ids, cannot tag them, and revokes a rule
    before it makes the one that replaces it.
  - New rules are made before old ones are revoked, so replacing a rule interrupts nothing.
  - A rule that is named neither under O(rules) nor under O(absent) is left alone.
options:
  rules:
    description: The rules that ought to be. One that says the same as an existing rule is that rule.
    type: list
    elements: dict
    default: []
    suboptions:
      group_id:
        description: The group that has the rule.
        type: str
        required: true
      rule_id:
        description: The id of an existing rule that is to say this from now on; none makes a new rule.
        type: str
      direction:
        description: Whether the rule is about traffic to the group or from it.
        type: str
        choices: [ingress, egress]
        required: true
      protocol:
        description: C(tcp), C(udp), C(icmp), C(icmpv6), a protocol number, or C(-1) for all.
        type: str
        default: tcp
      from_port:
        description: First port, or ICMP type; V(-1) for all.
        type: int
        default: -1
      to_port:
        description: Last port, or ICMP code; V(-1) for all.
        type: int
        default: -1
      peer:
        description: Who is at the other end. An IPv4 or IPv6 network, the id of a group, or the id of a prefix list.
        type: str
        required: true
      description:
        description: What the rule is for, at most 255 characters.
        type: str
        default: ""
      tags:
        description: Tags to set; others stay.
        type: dict
        default: {}
  absent:
    description: The rules to revoke. One that does not exist any more is fine.
    type: list
    elements: dict
    default: []
    suboptions:
      group_id:
        description: The group that has the rule.
        type: str
        required: true
      rule_id:
        description: The rule's id.
        type: str
        required: true
extends_documentation_fragment:
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Admit HTTPS, and nothing by another rule
  cutover.aws.ec2_security_group_rules:
    rules:
      - group_id: sg-0123456789abcdef0
        direction: ingress
        from_port: 443
        to_port: 443
        peer: 0.0.0.0/0
        description: HTTPS from anywhere
        tags:
          Name: acme-prod-load-balancer-in-https-ipv4
    absent:
      - group_id: sg-0123456789abcdef0
        rule_id: sgr-0123456789abcdef0
"""

RETURN = r"""
plan:
  description: What was done, or in check mode would be. C(action) is create, update or delete.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      group_id: sg-0123456789abcdef0
      rule_id: null
      direction: ingress
      protocol: tcp
      from_port: 443
      to_port: 443
      peer: 0.0.0.0/0
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._security_group import api
from ..module_utils._security_group.plan import Rule, RulesPlan, rules_plan
from ..module_utils._security_group.render import plan_data, rules_diff

RULE_OPTIONS = {
    "group_id": {"type": "str", "required": True},
    "rule_id": {"type": "str"},
    "direction": {"type": "str", "choices": ["ingress", "egress"], "required": True},
    "protocol": {"type": "str", "default": "tcp"},
    "from_port": {"type": "int", "default": -1},
    "to_port": {"type": "int", "default": -1},
    "peer": {"type": "str", "required": True},
    "description": {"type": "str", "default": ""},
    "tags": {"type": "dict", "default": {}},
}
ABSENT_OPTIONS = {"group_id": {"type": "str", "required": True}, "rule_id": {"type": "str", "required": True}}


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "rules": {"type": "list", "elements": "dict", "default": [], "options": RULE_OPTIONS},
            "absent": {"type": "list", "elements": "dict", "default": [], "options": ABSENT_OPTIONS},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("ec2")
        existing = api.read(client, [rule["group_id"] for rule in (*module.params["rules"], *module.params["absent"])])
        plan = rules_plan(
            [_rule(r) for r in module.params["rules"]], [r["rule_id"] for r in module.params["absent"]], existing
        )
        if not module.check_mode:
            api.apply(client, plan)
        module.exit_json(**_result(plan, existing))


def _rule(options: dict[str, Any]) -> Rule:
    parts = {name: value for name, value in options.items() if name != "rule_id"}
    return Rule(**parts, id=options["rule_id"])


def _result(plan: RulesPlan, existing: list[Rule]) -> dict[str, Any]:
    return {"changed": plan.changed, "plan": plan_data(plan), "diff": rules_diff(plan, existing)}


if __name__ == "__main__":
    main()
