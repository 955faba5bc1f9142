#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compares one layer of a stack with AWS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: layer_plan
short_description: Compare one layer of a stack with AWS
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Computes what a layer ought to be from the inventory, reads what AWS has, and returns the difference attribute by
    attribute.
  - Changes nothing. In check mode C(changed) says whether a run would change anything; otherwise it is always false.
  - With O(settle) it reads until AWS shows what the model asks for, and fails when it does not.
  - Tags that others have put on a resource are left alone and not compared.
  - Outside of check mode it fails when something of the layer is to be made with a value that another layer would hand
    on and that is not there yet (C(--tags) has left that layer out, say).
options:
  layer:
    description: Which layer.
    type: str
    required: true
    choices: [keys, zone, vpc, security, storage, database, compute, monitoring, dns, parameters]
  config:
    description: The inputs of the layer's role without the role's prefix; see the role's documentation.
    type: dict
    required: true
  full:
    description: List every resource of the model under RV(work), not only those that differ.
    type: bool
    default: false
  reading:
    description:
      - What the preflight has read, its RV(cutover.aws.preflight#module:reading).
      - An action plugin on the controller compares with this, where it shows the layer as the module would read it now;
        AWS is asked only where it does not. Give it where nothing of the layer has been changed since.
    type: dict
  settle:
    description:
      - How many seconds to wait until AWS shows the layer as asked for; C(0) reads once and reports.
      - Reads of AWS are eventually consistent, so a run's last look at a layer waits.
    type: int
    default: 0
  settle_types:
    description:
      - The types of resources that O(settle) waits for; all by default. For a layer that takes long and on whose first
        parts others can begin to build.
    type: list
    elements: str
extends_documentation_fragment:
  - cutover.aws.stack
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
attributes:
  check_mode:
    description: Reads only, so it does the same.
    support: full
  diff_mode:
    description: Shows the attributes that differ.
    support: full
"""

EXAMPLES = r"""
- name: See what would change in the network
  cutover.aws.layer_plan:
    layer: vpc
    stack: "{{ cutover_stack }}"
    config: "{{ vpc_config }}"
  register: network
"""

RETURN = r"""
plan:
  description: What a run would do, in the order in which it would do it.
  returned: always
  type: list
  elements: dict
  sample:
    - action: update
      key: vpc
      type: vpc
      name: acme-prod-vpc
      attributes: {dns_support: {before: false, after: true}}
left_alone:
  description:
    - Values that site sets once and that somebody has moved since (weights, capacities, the phase); a run does not
      touch them.
  returned: always
  type: list
  elements: dict
unexpected:
  description: Resources that carry the stack's tag and are not in the inventory.
  returned: always
  type: list
  elements: dict
apply:
  description: Whether the role's tasks have anything to do now; never in check mode.
  returned: always
  type: bool
work:
  description: By type, what the role's tasks loop over; C(removed) holds what is to be removed.
  returned: always
  type: dict
ids:
  description: The id of each resource that exists, by key.
  returned: always
  type: dict
resources:
  description: Type, name and id of each resource that exists, by key.
  returned: always
  type: dict
outputs:
  description: The layer's outputs; absent is null.
  returned: always
  type: dict
"""

import time

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._layers import LAYERS
from ..module_utils._plan.layer import Settled, layer_result, look_at
from ..module_utils._plan.settle import Clock
from ..module_utils._stack.module import STACK_OPTIONS, context_of, stack_of


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "layer": {"type": "str", "required": True, "choices": list(LAYERS)},
            "stack": {"type": "dict", "required": True, "options": STACK_OPTIONS},
            "config": {"type": "dict", "required": True},
            "full": {"type": "bool", "default": False},
            "reading": {"type": "dict"},
            "settle": {"type": "int", "default": 0},
            "settle_types": {"type": "list", "elements": "str"},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        layer, stack = LAYERS[module.params["layer"]], stack_of(module.params["stack"])
        model = layer.model(stack, module.params["config"])
        context = context_of(module, stack, layer.expected(model))
        clock = Clock(time.monotonic, time.sleep)
        wanted = Settled(module.params["settle"], module.params["settle_types"])
        reality = look_at(layer, model, lambda: layer.read(context), clock, wanted)
        result = layer_result(layer, model, reality, full=module.params["full"], check_mode=module.check_mode)
        module.exit_json(**result)


if __name__ == "__main__":
    main()
