#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A health check by its id, of an endpoint or of an alarm."""

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_health_check
short_description: Create a health check that asks an endpoint or follows an alarm
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, repairs or removes a Route 53 health check, which it knows by its id. Without O(health_check_id) it
    always creates one.
  - M(amazon.aws.route53_health_check) knows no check that follows a CloudWatch alarm, cannot repair one that was
    inverted by hand, and takes another check of the same endpoint for its own.
  - Records that carry the check have to be removed before it.
options:
  health_check_id:
    description: The check's id. Required with O(state=absent).
    type: str
  type:
    description:
      - V(https) asks an endpoint over TLS, from many places, without looking at its certificate; it is healthy while
        more than 18 % of them get an answer of status 2xx or 3xx.
      - V(alarm) follows a CloudWatch alarm. Route 53 reads the alarm's data itself, so setting the alarm's state by
        hand moves nothing; metric math, M out of N and high resolution are not possible.
      - AWS cannot change the type of a check.
    type: str
    choices: [https, alarm]
    default: https
  fqdn:
    description: The endpoint's own name, never the name of the record that carries the check. Required with
      O(type=https).
    type: str
  port:
    description: The endpoint's port.
    type: int
    default: 443
  path:
    description: The path that is asked for.
    type: str
    default: /health
  interval:
    description: Seconds between two requests of each checker. AWS cannot change it in a check that exists.
    type: int
    choices: [10, 30]
    default: 30
  failure_threshold:
    description: How many answers in a row change the verdict of a checker, 1 to 10.
    type: int
    default: 3
  sni:
    description: Send the name in the TLS handshake.
    type: bool
    default: true
  measure_latency:
    description: Draw latency graphs. AWS cannot change it in a check that exists.
    type: bool
    default: false
  alarm:
    description: The alarm's name. Required with O(type=alarm).
    type: str
  alarm_region:
    description: The alarm's region. Required with O(type=alarm).
    type: str
  insufficient_data:
    description: What the check says while the alarm has too few data.
    type: str
    choices: [Healthy, Unhealthy, LastKnownStatus]
    default: LastKnownStatus
  inverted:
    description: Say healthy for unhealthy and the reverse.
    type: bool
    default: false
  disabled:
    description: Ask nobody. A disabled check says healthy.
    type: bool
    default: false
  zone_id:
    description: With O(state=absent), refuse while a record of this hosted zone carries the check.
    type: str
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.route53_tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Ask the blue load balancer
  cutover.aws.route53_health_check:
    fqdn: acme-prod-app-blue-1234567890.us-east-1.elb.amazonaws.com
    tags: {"cutover:stack": acme-prod, "cutover:key": health_check/blue-https, Name: acme-prod-health-blue}

- name: Follow the alarm of the green side
  cutover.aws.route53_health_check:
    type: alarm
    alarm: acme-prod-green-5xx
    alarm_region: us-east-1
    insufficient_data: Unhealthy
    tags: {"cutover:stack": acme-prod, "cutover:key": health_check/green-alarm, Name: acme-prod-health-green}
"""

RETURN = r"""
health_check_id:
  description: The check's id; null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: abcdef11-2222-3333-4444-555555fedcba
"""

import secrets
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._route53 import health_checks, tags
from ..module_utils._route53.health_checks import HealthCheck

COMMON = ("type", "inverted", "disabled")
SETTINGS = {
    "https": (*COMMON, "fqdn", "port", "path", "interval", "failure_threshold", "sni", "measure_latency"),
    "alarm": (*COMMON, "alarm", "alarm_region", "insufficient_data"),
}


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "health_check_id": {"type": "str"},
            "type": {"type": "str", "choices": ["https", "alarm"], "default": "https"},
            "fqdn": {"type": "str"},
            "port": {"type": "int", "default": 443},
            "path": {"type": "str", "default": "/health"},
            "interval": {"type": "int", "choices": [10, 30], "default": 30},
            "failure_threshold": {"type": "int", "default": 3},
            "sni": {"type": "bool", "default": True},
            "measure_latency": {"type": "bool", "default": False},
            "alarm": {"type": "str"},
            "alarm_region": {"type": "str"},
            "insufficient_data": {
                "type": "str",
                "choices": ["Healthy", "Unhealthy", "LastKnownStatus"],
                "default": "LastKnownStatus",
            },
            "inverted": {"type": "bool", "default": False},
            "disabled": {"type": "bool", "default": False},
            "zone_id": {"type": "str"},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "absent", ["health_check_id"]), ("type", "alarm", ["alarm", "alarm_region"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("route53")
        check_id = module.params["health_check_id"]
        existing = health_checks.get(client, check_id) if check_id else None
        change = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**change(module, client, existing))


def _ensure(module: AnsibleAWSModule, client: Any, existing: HealthCheck | None) -> dict[str, Any]:
    p = module.params
    wanted = {name: p[name] for name in SETTINGS[p["type"]]}
    diff = {"before": dict(existing.settings) if existing else {}, "after": wanted}
    if existing is None:
        made = None if module.check_mode else health_checks.create(client, wanted, p["tags"], secrets.token_hex(4))
        return {"changed": True, "health_check_id": made, "diff": diff}
    config = health_checks.changed_config(existing, wanted)
    labels = tags.missing(p["tags"], existing.tags)
    if not module.check_mode:
        health_checks.update(client, existing, config, labels)
    return {"changed": bool(config or labels), "health_check_id": existing.id, "diff": diff}


def _remove(module: AnsibleAWSModule, client: Any, existing: HealthCheck | None) -> dict[str, Any]:
    if existing and not module.check_mode:
        health_checks.delete(client, existing.id, module.params["zone_id"])
    diff = {"before": dict(existing.settings) if existing else {}, "after": {}}
    return {"changed": existing is not None, "health_check_id": None, "diff": diff}


if __name__ == "__main__":
    main()
