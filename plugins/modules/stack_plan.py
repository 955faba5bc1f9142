# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of the action plugin of this name."""

from __future__ import annotations

DOCUMENTATION = r"""
module: stack_plan
short_description: Compare all layers of a stack with AWS
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Computes what each layer ought to be, compares it with what the preflight has read, and returns the differences, as
    M(cutover.aws.layer_plan) does for one layer.
  - The inputs of a layer are those that its role would have. The variable C(cutover_wiring) holds, by layer, the
    variables that the playbook gives to the role; they may use C(stack), the outputs of the layers below.
  - Changes nothing. In check mode C(changed) says whether a run would change anything; otherwise it is always false.
  - It asks AWS only about layers of which there is no reading, or whose reading was made for other inputs.
  - Of the layers only those have a plan that the tags of the run choose by the name of the layer or of its role.
options:
  full:
    description: Say under RV(apply) that there is something to do even if nothing differs.
    type: bool
    default: false
  reading:
    description: What the preflight has read, its RV(cutover.aws.preflight#module:reading).
    type: dict
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
    description: In check mode, the attributes that differ. A run shows them where it changes them.
    support: full
"""

EXAMPLES = r"""
- name: See what a run would change
  cutover.aws.stack_plan:
    stack: "{{ cutover_stack }}"
    reading: "{{ cutover_preflight.reading }}"
  vars:
    cutover_wiring:
      vpc:
        vpc_key_arn: "{{ stack['keys'].key_arn }}"
  register: planned
"""

RETURN = r"""
stack:
  description: The outputs of all layers as AWS has them now; absent is null.
  returned: always
  type: dict
  sample: {vpc: {vpc_id: vpc-0123456789abcdef0}}
plans:
  description:
    - By layer, C({plan, left_alone, unexpected, resources}) as M(cutover.aws.layer_plan) returns them.
  returned: always
  type: dict
apply:
  description: Whether the roles have anything to do now; never in check mode.
  returned: always
  type: bool
"""
