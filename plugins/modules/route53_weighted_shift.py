#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Shares of traffic by weighted records."""

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_weighted_shift
short_description: Shift traffic between sides with weighted records
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Brings any number of groups of weighted records (a group is a name and type of a zone, public or private) to a
    wanted share, waits until all name servers have it, reads back and compares.
  - All sides of a group change in one batch, which Route 53 carries out whole or not at all, and as many groups of a
    zone share a batch as its limits allow. A batch deletes exactly what was read and creates what is wanted, so it
    fails when somebody has changed one of the records meanwhile, and never overwrites what it has not seen.
  - Works on records that others have made. Of a record that exists only weight, TTL and health check are changed, and
    these only when asked; everything else is written back to the letter.
  - Makes a simple record into a weighted group, and back, in the same way. RV(undo) holds what is needed to put all
    groups back to what they were, to the letter.
  - Refuses before the first change, naming every reason. Weights that are all 0, which Route 53 takes for all sides
    alike; weights outside of 0 and 255; an identifier that two sides share; records of another routing policy, or of a
    traffic policy; TTLs that differ within a group; a record that is none of the sides; a side that leads elsewhere
    than said; a health check on one side only; protected records; and, with O(expected), weights that somebody else
    has moved.
  - Weights are shares of DNS answers, not of requests. The collection's page C(docs/dns-shifting.md) says what that
    means for caches and long-lived connections, and when M(cutover.aws.elb_weighted_shift) is the better router.
  - M(amazon.aws.route53) writes one record a call, so that two sides never change together.
options:
  groups:
    description: The groups of records.
    type: list
    elements: dict
    suboptions:
      zone_id:
        description: The hosted zone.
        type: str
        required: true
      name:
        description: The records' whole name.
        type: str
        required: true
      type:
        description: The records' type.
        type: str
        required: true
      members:
        description:
          - The sides, by name. Without it each side is the record of its own name as identifier.
          - Of each side C(identifier) (by default the side's name); C(target) and C(target_zone) with
            C(evaluate_target_health) (by default true) of an alias, or C(values); C(health_check), the id of the check
            that its record carries, empty for none, absent to leave it as it is.
          - Where a side leads is needed only to make its record. Of a record that exists it is compared.
        type: dict
  weights:
    description:
      - The weight of each side, V(0) to V(255). Only the ratio counts, so percent can be given. All sides are named.
      - Without it the weights stay as they are, and a simple record that becomes a group keeps all the traffic.
    type: dict
  expected:
    description:
      - The weights that the caller left behind. If others are found, nothing is changed, unless they are those of
        O(weights).
    type: dict
  ttl:
    description:
      - Seconds for which resolvers keep an answer. Aliases have the TTL of their target.
      - A shorter one is refused together with other weights, since resolvers keep the present answers for the present
        TTL. Shorten it ahead, without O(weights), and wait for RV(ttl_wait) seconds.
    type: int
  routing:
    description:
      - V(simple) makes one record without a weight out of the side that has all the traffic, and removes the others.
        The check of the record goes too, since it only serves a choice.
    type: str
    choices: [weighted, simple]
    default: weighted
  undo:
    description:
      - What an earlier shift returned as RV(undo). Its groups are put back to what they were before it. Weights, TTLs
        and health checks may have been moved since; where anything else of a group has changed, nothing is done.
      - Exclusive with O(groups).
    type: list
    elements: dict
  wait:
    description: Whether to wait until all name servers have the changes.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait. As a rule it takes less than a minute.
    type: int
    default: 300
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - cutover.aws.module.changes
notes:
  - Check mode reads, refuses and plans as a run does, and writes nothing.
  - A shift that fails after it has written something says what was written, and returns RV(undo) for that part.
  - Throttling and C(PriorRequestNotComplete) are tried again by botocore, up to ten times unless C(aws_config) says
    otherwise.
"""

EXAMPLES = r"""
- name: Shorten the TTL an hour ahead, and make a group out of the simple record
  cutover.aws.route53_weighted_shift:
    groups:
      - zone_id: Z0123456789ABCDEFGHIJ
        name: www.example.com
        type: A
        members:
          blue: {}
          green:
            values: [203.0.113.10]
    ttl: 60
  register: prepared

- name: Send a tenth of the answers to green
  cutover.aws.route53_weighted_shift:
    groups:
      - {zone_id: Z0123456789ABCDEFGHIJ, name: www.example.com, type: A}
      - {zone_id: Z0123456789ABCDEFGHIJ, name: www.example.com, type: AAAA}
    weights: {blue: 90, green: 10}
    expected: {blue: 100, green: 0}
  register: step

- name: Attach checks that follow each side's alarm, without moving traffic
  cutover.aws.route53_weighted_shift:
    groups:
      - zone_id: Z0123456789ABCDEFGHIJ
        name: www.example.com
        type: A
        members:
          blue: {health_check: abcdef11-2222-3333-4444-555555fedcba}
          green: {health_check: abcdef11-2222-3333-4444-666666fedcba}

- name: Put everything back
  cutover.aws.route53_weighted_shift:
    undo: "{{ step.undo }}"
"""

RETURN = r"""
weights:
  description: >-
    Each side's weight as it is now (in check mode as it would be), V(100) for a simple record; null where the groups
    differ. After O(undo) the sides are the records' identifiers.
  returned: always
  type: dict
  sample: {blue: 90, green: 10}
places:
  description: Each group with its weights.
  returned: always
  type: list
  elements: dict
  sample:
    - {zone_id: Z0123456789ABCDEFGHIJ, name: www.example.com, type: A, weights: {blue: 90, green: 10}}
ttl:
  description: For so many seconds resolvers keep an answer; the longest of all groups.
  returned: always
  type: int
  sample: 60
ttl_wait:
  description: >-
    Seconds after the change is in sync until no resolver that keeps to TTLs gives the answers of before; 0 where
    nothing was changed.
  returned: always
  type: int
  sample: 60
plan:
  description: What is changed.
  returned: always
  type: list
  elements: dict
  sample:
    - action: update
      type: record_group
      name: www.example.com A in Z0123456789ABCDEFGHIJ
      attributes:
        weights.blue: {before: 100, after: 90}
        weights.green: {before: 0, after: 10}
undo:
  description: The record sets of each changed group before and after, for O(undo).
  returned: always
  type: list
  elements: dict
  sample:
    - zone_id: Z0123456789ABCDEFGHIJ
      name: www.example.com
      type: A
      before:
        - {Name: www.example.com., Type: A, TTL: 60, ResourceRecords: [{Value: 203.0.113.1}]}
      after:
        - Name: www.example.com.
          Type: A
          SetIdentifier: blue
          Weight: 90
          TTL: 60
          ResourceRecords: [{Value: 203.0.113.1}]
        - Name: www.example.com.
          Type: A
          SetIdentifier: green
          Weight: 10
          TTL: 60
          ResourceRecords: [{Value: 203.0.113.10}]
change_ids:
  description: The ids of the changes, to wait for with M(cutover.aws.wait_for) after O(wait=false).
  returned: always
  type: list
  elements: str
  sample: [/change/C0123456789ABCDEFGHIJ]
calls:
  description: How often each operation of Route 53 was called; attempts that botocore made again count once.
  returned: always
  type: dict
  sample: {ListResourceRecordSets: 2, ListResourceRecordSetProtections: 1, ChangeResourceRecordSets: 1, GetChange: 4}
"""

import time
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._shift import asked
from ..module_utils._shift.api import PATIENT
from ..module_utils._shift.plan import Split
from ..module_utils._shift.record_router import RecordRouter
from ..module_utils._shift.router import carry_out


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec=_argument_spec(),
        required_one_of=[("groups", "undo")],
        mutually_exclusive=[("groups", "undo"), ("weights", "undo"), ("expected", "undo"), ("ttl", "undo")],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        p = module.params
        client = module.client("route53", config=PATIENT)
        router = RecordRouter(client, Clock(time.monotonic, time.sleep), p["wait_timeout"] if p["wait"] else 0)
        result = carry_out(router, _splits(router, p), check_mode=module.check_mode)
        for warning in result.pop("notes"):
            module.warn(warning)
        module.exit_json(**result)


def _argument_spec() -> dict[str, Any]:
    group = {
        "zone_id": {"type": "str", "required": True},
        "name": {"type": "str", "required": True},
        "type": {"type": "str", "required": True},
        "members": {"type": "dict"},
    }
    return {
        "groups": {"type": "list", "elements": "dict", "options": group},
        "weights": {"type": "dict"},
        "expected": {"type": "dict"},
        "ttl": {"type": "int"},
        "routing": {"type": "str", "choices": ["weighted", "simple"], "default": "weighted"},
        "undo": {"type": "list", "elements": "dict"},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 300},
    }


def _splits(router: RecordRouter, p: dict[str, Any]) -> list[Split]:
    if p["undo"] is not None:
        asked.undone(p["undo"], router.fields)
        return router.plan_undo(p["undo"])
    return router.plan(*asked.record_groups(p))


if __name__ == "__main__":
    main()
