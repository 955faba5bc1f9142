#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what a stack has."""

from __future__ import annotations

DOCUMENTATION = r"""
module: stack_info
short_description: Read what a stack has in AWS
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Reads every layer of a stack by its name alone, all layers at the same time, in the shape of the roles' outputs.
  - Needs no inventory of that stack, so a playbook can ask for a stack that another inventory, or another job, has
    built.
options:
  layers:
    description: Which layers to read; all by default. The outputs of the others are returned too, with nulls.
    type: list
    elements: str
    choices: [keys, zone, vpc, security, storage, database, compute, monitoring, dns, parameters]
  resources:
    description: Return each resource under RV(found) too.
    type: bool
    default: false
  leftovers:
    description:
      - Ask the tagging API for everything that carries the stack's tag, in all of its regions, and return under
        RV(leftovers) what is of a kind that no layer reads.
      - That API lags behind by seconds to minutes, so it is only good for finding what a destroy has forgotten.
    type: bool
    default: false
extends_documentation_fragment:
  - cutover.aws.module.reads
  - cutover.aws.stack
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Ask for the network of another stack
  cutover.aws.stack_info:
    stack: {project: acme, environment: staging, region: us-east-1, account_id: "123456789012"}
    layers: [vpc]
  register: staging
"""

RETURN = r"""
stack:
  description: The outputs of each layer; absent is null.
  returned: always
  type: dict
  sample: {vpc: {vpc_id: vpc-0123456789abcdef0}}
found:
  description: By layer and type, each resource as C({key, type, name, id, arn, attributes, facts}).
  returned: when O(resources=true)
  type: dict
leftovers:
  description: ARNs that carry the stack's tag and are of a kind that no layer reads.
  returned: when O(leftovers=true)
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._layers import LAYERS
from ..module_utils._stack.leftovers import leftovers
from ..module_utils._stack.module import STACK_OPTIONS, context_of, stack_of
from ..module_utils._stack.read import by_type, outputs_of, read_layers


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "stack": {"type": "dict", "required": True, "options": STACK_OPTIONS},
            "layers": {"type": "list", "elements": "str", "choices": list(LAYERS)},
            "resources": {"type": "bool", "default": False},
            "leftovers": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        asked = module.params["layers"]
        layers = {name: layer for name, layer in LAYERS.items() if asked is None or name in asked}
        context = context_of(module, stack_of(module.params["stack"]))
        realities = read_layers(layers, context)
        result: dict[str, Any] = {"stack": outputs_of(LAYERS, realities)}
        if module.params["resources"]:
            result["found"] = {name: by_type(layers[name], reality) for name, reality in realities.items()}
        if module.params["leftovers"]:
            result["leftovers"] = leftovers(context)
        module.exit_json(changed=False, **result)


if __name__ == "__main__":
    main()
