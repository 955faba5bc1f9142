#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One listener of a load balancer."""

from __future__ import annotations

DOCUMENTATION = r"""
module: elb_listener
short_description: Open a port of a load balancer
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, changes or removes one listener of an Application or Network Load Balancer, with its tags.
  - M(amazon.aws.elb_application_lb) cannot tag a listener, and up to amazon.aws 10 it rewrites weighted listeners in
    every run.
  - A listener is found by its port, of which a load balancer has no two.
options:
  load_balancer_arn:
    description: The load balancer.
    type: str
    required: true
  port:
    description: The port that clients use.
    type: int
    required: true
  protocol:
    description: What clients speak. Required with O(state=present).
    type: str
    choices: [HTTP, HTTPS, TCP, TLS]
  ssl_policy:
    description: Which protocols and ciphers are allowed. Required with O(protocol=HTTPS) and O(protocol=TLS).
    type: str
  certificate_arn:
    description: The default certificate. Required with O(protocol=HTTPS) and O(protocol=TLS).
    type: str
  forward:
    description: The target groups that requests go to.
    type: list
    elements: dict
    suboptions:
      target_group_arn:
        description: The target group.
        type: str
        required: true
      weight:
        description: Its share of the sum of all weights, V(0) to V(999).
        type: int
        default: 1
  redirect:
    description: Where clients are sent instead; host, path and query stay.
    type: dict
    suboptions:
      protocol:
        description: The protocol to come back with.
        type: str
        default: HTTPS
      port:
        description: The port to come back to.
        type: str
        default: "443"
      status:
        description: V(HTTP_301) is remembered by browsers, V(HTTP_302) is not.
        type: str
        choices: [HTTP_301, HTTP_302]
        default: HTTP_301
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Send all HTTPS requests to one target group
  cutover.aws.elb_listener:
    load_balancer_arn: "{{ load_balancer.load_balancer_arn }}"
    port: 443
    protocol: HTTPS
    ssl_policy: ELBSecurityPolicy-TLS13-1-2-2021-06
    certificate_arn: arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012
    forward:
      - target_group_arn: "{{ target_group.target_group_arn }}"

- name: Send HTTP clients to HTTPS
  cutover.aws.elb_listener:
    load_balancer_arn: "{{ load_balancer.load_balancer_arn }}"
    port: 80
    protocol: HTTP
    redirect: {}
"""

RETURN = r"""
listener_arn:
  description: The listener, null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/acme-prod-app-blue/50dc6c49/f2f7dc8e
"""

from dataclasses import asdict
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._elbv2 import api
from ..module_utils._elbv2.listener import Listener, Redirect, Target, listener_plan, one_form, seen
from ..module_utils._errors import fail_clearly


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(argument_spec=_argument_spec(), supports_check_mode=True, **_rules())
    with fail_clearly(module):
        p = module.params
        client = module.client("elbv2")
        existing = api.find_listener(client, p["load_balancer_arn"], p["port"])
        result = _remove(module, client, existing) if p["state"] == "absent" else _ensure(module, client, existing)
        module.exit_json(**result)


def _argument_spec() -> dict[str, Any]:
    target = {"target_group_arn": {"type": "str", "required": True}, "weight": {"type": "int", "default": 1}}
    redirect = {
        "protocol": {"type": "str", "default": "HTTPS"},
        "port": {"type": "str", "default": "443"},
        "status": {"type": "str", "choices": ["HTTP_301", "HTTP_302"], "default": "HTTP_301"},
    }
    return {
        "load_balancer_arn": {"type": "str", "required": True},
        "port": {"type": "int", "required": True},
        "protocol": {"type": "str", "choices": ["HTTP", "HTTPS", "TCP", "TLS"]},
        "ssl_policy": {"type": "str"},
        "certificate_arn": {"type": "str"},
        "forward": {"type": "list", "elements": "dict", "options": target},
        "redirect": {"type": "dict", "options": redirect},
        "tags": {"type": "dict", "default": {}},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }


def _rules() -> dict[str, Any]:
    return {
        "required_if": [
            ("state", "present", ["protocol"]),
            ("state", "present", ["forward", "redirect"], True),
            ("protocol", "HTTPS", ["ssl_policy", "certificate_arn"]),
            ("protocol", "TLS", ["ssl_policy", "certificate_arn"]),
        ],
        "mutually_exclusive": [("forward", "redirect")],
    }


def _wanted(p: dict[str, Any]) -> Listener:
    forward = one_form(Target(target["target_group_arn"], target["weight"]) for target in p["forward"] or [])
    return Listener(
        p["port"],
        p["protocol"],
        p["ssl_policy"],
        p["certificate_arn"],
        forward,
        Redirect(**p["redirect"]) if p["redirect"] else None,
    )


def _ensure(module: AnsibleAWSModule, client: Any, existing: dict[str, Any] | None) -> dict[str, Any]:
    wanted, tags = _wanted(module.params), module.params["tags"]
    arn = existing["ListenerArn"] if existing else None
    existing_tags = api.tags_of(client, arn) if arn else {}
    plan = listener_plan(wanted, tags, existing, existing_tags)
    if not module.check_mode:
        arn = api.apply_listener(client, module.params["load_balancer_arn"], wanted, tags, plan)
    before = {**asdict(seen(existing)), "tags": existing_tags} if existing else {}
    diff = {"before": before, "after": {**asdict(wanted), "tags": {**existing_tags, **tags}}}
    return {"changed": plan.arn is None or bool(plan.changes or plan.tags), "listener_arn": arn, "diff": diff}


def _remove(module: AnsibleAWSModule, client: Any, existing: dict[str, Any] | None) -> dict[str, Any]:
    if existing and not module.check_mode:
        api.delete_listener(client, existing["ListenerArn"])
    return {
        "changed": bool(existing),
        "listener_arn": None,
        "diff": {"before": asdict(seen(existing)) if existing else {}, "after": {}},
    }


if __name__ == "__main__":
    main()
