#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Waits for resources that AWS builds in its own time."""

from __future__ import annotations

DOCUMENTATION = r"""
module: wait_for
short_description: Wait until AWS resources are ready, or gone
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Joins what an earlier task started with C(wait=false), so that long waits run beside each other.
  - Asks for all resources in one call every O(interval) seconds, and fails at once on a state that no waiting mends,
    with AWS's reason.
  - Changes nothing.
options:
  resource:
    description: What to wait for.
    type: str
    required: true
    choices:
      - autoscaling_group
      - certificate
      - load_balancer
      - load_balancer_interfaces
      - nat_gateway
      - rds_instance
      - rds_snapshot
      - route53_change
      - target_group
  names:
    description: Their names or ids, as the service's describe call takes them. An empty list is ready at once.
    type: list
    elements: str
    required: true
  state:
    description: V(ready) waits until they can be used, V(absent) until they are gone.
    type: str
    choices: [ready, absent]
    default: ready
  timeout:
    description: Seconds; by default a few times what AWS usually takes for this kind of resource.
    type: int
  interval:
    description: Seconds between two looks, but for the first ones, which come sooner; by default 5 to 15.
    type: int
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
attributes:
  check_mode:
    description: Does not wait, since in check mode nothing was started.
    support: full
  diff_mode:
    description: Has nothing to show.
    support: none
"""

EXAMPLES = r"""
- name: Join the NAT gateways
  cutover.aws.wait_for:
    resource: nat_gateway
    names: [nat-0123456789abcdef0]
"""

RETURN = r"""
states:
  description: The last seen state of each, by name.
  returned: success
  type: dict
  sample: {nat-0123456789abcdef0: available}
"""

import time
from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._wait.conditions import CONDITIONS, Condition
from ..module_utils._wait.poll import Patience, observe, wait_until


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "resource": {"type": "str", "required": True, "choices": list(CONDITIONS)},
            "names": {"type": "list", "elements": "str", "required": True},
            "state": {"type": "str", "choices": ["ready", "absent"], "default": "ready"},
            "timeout": {"type": "int"},
            "interval": {"type": "int"},
        },
        supports_check_mode=True,
    )
    condition, names = CONDITIONS[module.params["resource"]], module.params["names"]
    if module.check_mode or not names:
        module.exit_json(changed=False, states={})
    with fail_clearly(module):
        client = module.client(condition.service)
        patience = Patience(
            module.params["timeout"] or condition.timeout,
            module.params["interval"] or condition.interval,
            Clock(time.monotonic, time.sleep),
        )
        absent = module.params["state"] == "absent"
        states = wait_until(condition, lambda: _look(client, condition, names), names, patience, absent=absent)
        module.exit_json(changed=False, states=states)


def _look(client: Any, condition: Condition, names: Sequence[str]) -> dict[str, str]:
    def not_found(error: Exception) -> bool:
        return isinstance(error, is_boto3_error_code(list(condition.absent_errors), error))

    return observe(client, condition, names, not_found)


if __name__ == "__main__":
    main()
