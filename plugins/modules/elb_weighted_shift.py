#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shares of traffic by the weights of target groups."""

from __future__ import annotations

DOCUMENTATION = r"""
module: elb_weighted_shift
short_description: Shift traffic between target groups of one load balancer
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Brings the forward action of any number of listeners and rules to a wanted share of each side's target group, reads
    back and compares. The interface is that of M(cutover.aws.route53_weighted_shift).
  - Only the weights are changed (and the stickiness, when asked). All other settings of the action, and all other
    actions, are written back to the letter, and the rest of the listener or rule is not touched. An action of one
    target group becomes one of several.
  - Elastic Load Balancing has no compare-and-swap, and changes one listener or rule a call. So each is read again just
    before it is written, and left alone if it differs from what was planned on. A change by somebody else in the
    moment between these two calls is overwritten. RV(undo) holds what was there before.
  - Weights are shares of requests, and they hold within seconds, with no cache to wait for. But with target group
    stickiness a client keeps to its group for the duration of its cookie, whatever the weights and the health of the
    group; the weights are then the shares of new clients. See O(stickiness).
  - Refuses before the first change, naming every reason. Weights that are all 0; weights outside of 0 and 999; a target
    group that is none of the sides, that two sides share, or that does not exist; an action that does not forward; and,
    with O(expected), weights that somebody else has moved.
options:
  routes:
    description: The listeners and rules.
    type: list
    elements: dict
    suboptions:
      arn:
        description: A listener, whose default action is meant, or a rule other than the default one.
        type: str
        required: true
      sides:
        description: The ARN of each side's target group, by the side's name. One that the action lacks is added.
        type: dict
        required: true
  weights:
    description:
      - The weight of each side, V(0) to V(999). Only the ratio counts, so percent can be given. All sides are named.
      - Without it the weights stay as they are.
    type: dict
  expected:
    description:
      - The weights that the caller left behind. If others are found, nothing is changed, unless they are those of
        O(weights).
    type: dict
  stickiness:
    description:
      - V(kept) leaves target group stickiness as it is.
      - V(released) turns it off together with the change, so that all clients follow the weights at once. A way back
        needs it, since a client would otherwise stay with a failing side until its cookie is too old.
    type: str
    choices: [kept, released]
    default: kept
  undo:
    description:
      - What an earlier shift returned as RV(undo). Its actions are put back to what they were before it. Weights and
        stickiness may have been moved since; where anything else has changed, nothing is done.
      - Exclusive with O(routes).
    type: list
    elements: dict
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - cutover.aws.module.changes
notes:
  - Check mode reads, refuses and plans as a run does, and writes nothing.
  - A shift that fails after it has written something says what was written, and returns RV(undo) for that part.
  - The secret of an action that authenticates with OIDC stays; AWS never shows it, and is told to keep it.
"""

EXAMPLES = r"""
- name: Send a tenth of the requests to green
  cutover.aws.elb_weighted_shift:
    routes:
      - arn: "{{ listener_arn }}"
        sides: {blue: "{{ blue_target_group_arn }}", green: "{{ green_target_group_arn }}"}
    weights: {blue: 90, green: 10}
    expected: {blue: 100, green: 0}
  register: step

- name: Take everybody off green at once
  cutover.aws.elb_weighted_shift:
    routes:
      - arn: "{{ listener_arn }}"
        sides: {blue: "{{ blue_target_group_arn }}", green: "{{ green_target_group_arn }}"}
    weights: {blue: 100, green: 0}
    stickiness: released

- name: Put everything back
  cutover.aws.elb_weighted_shift:
    undo: "{{ step.undo }}"
"""

RETURN = r"""
weights:
  description: Each side's weight as it is now (in check mode as it would be); null where the places differ.
  returned: always
  type: dict
  sample: {blue: 90, green: 10}
places:
  description: Each listener and rule with its weights.
  returned: always
  type: list
  elements: dict
  sample:
    - arn: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/acme-prod-app/50dc6c49/f2f7dc8e
      weights: {blue: 90, green: 10}
ttl:
  description: For so many seconds a client keeps to its target group, 0 without stickiness; the longest of all places.
  returned: always
  type: int
  sample: 0
ttl_wait:
  description: >-
    Seconds until no client keeps to what was before; 0 where nothing was changed. A client that goes on sending
    requests may have its cookie renewed.
  returned: always
  type: int
  sample: 0
plan:
  description: What is changed.
  returned: always
  type: list
  elements: dict
  sample:
    - action: update
      type: forward
      name: listener app/acme-prod-app/50dc6c49/f2f7dc8e
      attributes:
        weights.blue: {before: 100, after: 90}
        weights.green: {before: 0, after: 10}
undo:
  description: The actions of each changed listener or rule before and after, for O(undo).
  returned: always
  type: list
  elements: dict
  sample:
    - arn: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/acme-prod-app/50dc6c49/f2f7dc8e
      before:
        - Type: forward
          TargetGroupArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/acme-blue/73e2d6bc
      after:
        - Type: forward
          ForwardConfig:
            TargetGroups:
              - TargetGroupArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/acme-blue/73e2d6bc
                Weight: 90
              - TargetGroupArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/acme-green/9a3f00d1
                Weight: 10
calls:
  description: How often each operation was called; attempts that botocore made again count once.
  returned: always
  type: dict
  sample: {DescribeListeners: 3, ModifyListener: 1}
"""

import time
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._shift import asked
from ..module_utils._shift.api import PATIENT
from ..module_utils._shift.forward_router import ForwardRouter
from ..module_utils._shift.plan import Split
from ..module_utils._shift.router import carry_out


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec=_argument_spec(),
        required_one_of=[("routes", "undo")],
        mutually_exclusive=[("routes", "undo"), ("weights", "undo"), ("expected", "undo")],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("elbv2", config=PATIENT)
        router = ForwardRouter(client, Clock(time.monotonic, time.sleep))
        result = carry_out(router, _splits(router, module.params), check_mode=module.check_mode)
        for warning in result.pop("notes"):
            module.warn(warning)
        module.exit_json(**result)


def _argument_spec() -> dict[str, Any]:
    route = {"arn": {"type": "str", "required": True}, "sides": {"type": "dict", "required": True}}
    return {
        "routes": {"type": "list", "elements": "dict", "options": route},
        "weights": {"type": "dict"},
        "expected": {"type": "dict"},
        "stickiness": {"type": "str", "choices": ["kept", "released"], "default": "kept"},
        "undo": {"type": "list", "elements": "dict"},
    }


def _splits(router: ForwardRouter, p: dict[str, Any]) -> list[Split]:
    if p["undo"] is not None:
        asked.undone(p["undo"], router.fields)
        return router.plan_undo(p["undo"])
    return router.plan(*asked.routes(p))


if __name__ == "__main__":
    main()
