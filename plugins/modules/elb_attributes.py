#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Attributes of load balancers and target groups."""

from __future__ import annotations

DOCUMENTATION = r"""
module: elb_attributes
short_description: Set attributes of a load balancer or a target group
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Sets attributes by AWS's own names, so every attribute that AWS has, or will have, can be set.
  - Leaves all others as they are.
  - M(community.aws.elb_target_group) knows neither the slow start nor how to switch stickiness off.
options:
  arn:
    description: The load balancer or target group.
    type: str
    required: true
  attributes:
    description:
      - Values by AWS's names, as in C(ModifyLoadBalancerAttributes) and C(ModifyTargetGroupAttributes).
      - Booleans and numbers are turned into AWS's strings.
    type: dict
    required: true
extends_documentation_fragment:
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Let new targets warm up for a minute
  cutover.aws.elb_attributes:
    arn: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/acme-prod-app-blue/943f017f100becff
    attributes:
      slow_start.duration_seconds: 60
"""

RETURN = r"""
attributes:
  description: All attributes after the task; in check mode before it.
  returned: always
  type: dict
  sample: {slow_start.duration_seconds: "60", stickiness.enabled: "false"}
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._elbv2 import api
from ..module_utils._elbv2.attributes import differing, spelled
from ..module_utils._errors import fail_clearly


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={"arn": {"type": "str", "required": True}, "attributes": {"type": "dict", "required": True}},
        supports_check_mode=True,
    )
    with fail_clearly(module):
        module.exit_json(**_ensure(module, module.client("elbv2")))


def _ensure(module: AnsibleAWSModule, client: Any) -> dict[str, Any]:
    arn, wanted = module.params["arn"], spelled(module.params["attributes"])
    present = api.attributes_of(client, arn)
    changes = differing(wanted, present)
    if changes and not module.check_mode:
        api.set_attributes(client, arn, changes)
    after = present if module.check_mode else {**present, **changes}
    return {
        "changed": bool(changes),
        "attributes": after,
        "diff": {"before": {name: present.get(name) for name in wanted}, "after": wanted},
    }


if __name__ == "__main__":
    main()
