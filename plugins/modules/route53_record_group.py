#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""All record sets of one name and type, in one batch."""

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_record_group
short_description: Create the records of a name in one batch
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, repairs or removes the record of a name, or the weighted aliases of a name that lead to the sides of a
    stack.
  - All changes of a name go in one batch, which Route 53 carries out whole or not at all. It consists of deletions of
    exactly what was read and of creations, so it fails when somebody has changed a record meanwhile, and never
    overwrites what it has not seen.
  - Weights are only first values. A member that exists keeps its weight, and one that is added to a group in service
    begins with 0, so no traffic moves.
  - Records of another routing policy, a CNAME, or weighted records of other identifiers at the name are left alone
    and make it fail. A simple record is made to say what is asked for.
  - M(amazon.aws.route53) writes one record a call, so that two sides never change together, lists the whole zone for
    each, and takes the region of the action group for latency routing.
options:
  zone_id:
    description: The hosted zone.
    type: str
    required: true
  name:
    description: The record's whole name.
    type: str
    required: true
  type:
    description: The record's type.
    type: str
    required: true
  members:
    description: Weighted aliases by their set identifiers. Exclusive with O(values).
    type: dict
  weights:
    description: First weights by set identifier, 0 to 255. Required with O(members).
    type: dict
  values:
    description:
      - The values of a simple record.
      - With O(state=absent) the record goes only if it has these values and this O(ttl), so that nobody else's is
        removed.
    type: list
    elements: str
  ttl:
    description: Seconds for which resolvers keep a simple record. Required with O(values).
    type: int
  identifiers:
    description: With O(state=absent), the members to remove; without it the simple record.
    type: list
    elements: str
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Lead www to both sides, all traffic to blue
  cutover.aws.route53_record_group:
    zone_id: Z0123456789ABCDEFGHIJ
    name: www.example.com
    type: A
    members:
      blue:
        target: acme-prod-app-blue-1234567890.us-east-1.elb.amazonaws.com
        target_zone: Z35SXDOTRQ7X7K
        evaluate_target_health: true
        health_check: abcdef11-2222-3333-4444-555555fedcba
      green:
        target: acme-prod-app-green-1234567890.us-east-1.elb.amazonaws.com
        target_zone: Z35SXDOTRQ7X7K
        evaluate_target_health: true
        health_check: abcdef11-2222-3333-4444-666666fedcba
    weights: {blue: 100, green: 0}
"""

RETURN = r"""
change_id:
  description: The id of the change, to wait for with M(cutover.aws.wait_for); null where nothing was changed.
  returned: always
  type: str
  sample: /change/C0123456789ABCDEFGHIJ
left:
  description:
    - With O(state=absent) and O(values), the values of a simple record that was left because it is another one; null
      where there is none.
  returned: always
  type: list
  elements: str
  sample: [192.0.2.7]
"""

from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._model.dns import value_of
from ..module_utils._model.zone import domain
from ..module_utils._route53 import api
from ..module_utils._route53.plan import Batch, group_batch, removal_batch, shown
from ..module_utils._route53.records import SIMPLE, Alias, Raw, Record, parsed, policy_of


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "zone_id": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "type": {"type": "str", "required": True},
            "members": {"type": "dict"},
            "weights": {"type": "dict"},
            "values": {"type": "list", "elements": "str"},
            "ttl": {"type": "int"},
            "identifiers": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["members", "values"], True)],
        mutually_exclusive=[("members", "values")],
        required_by={"members": ["weights"], "values": ["ttl"]},
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("route53")
        existing = api.records_of_name(client, module.params["zone_id"], module.params["name"])
        batch = _batch(module.params, existing)
        left = None if batch else _other(module.params, existing)
        change_id = None
        if batch and not module.check_mode:
            change_id = api.change(client, module.params["zone_id"], batch, "cutover.aws")
        module.exit_json(changed=bool(batch), change_id=change_id, left=left, diff=shown(batch))


def _batch(p: dict[str, Any], existing: Sequence[Raw]) -> Batch:
    if p["state"] == "absent":
        only = _wanted(p)[0] if p["values"] is not None else None
        return removal_batch(p["type"], p["identifiers"], existing, only)
    return group_batch(domain(p["name"]), p["type"], _wanted(p), existing)


def _other(p: dict[str, Any], existing: Sequence[Raw]) -> list[str] | None:
    """What a removal that names values has left: the values of the simple record, or where an alias leads."""
    if p["state"] != "absent" or p["values"] is None:
        return None
    simple = [parsed(raw) for raw in existing if raw["Type"] == p["type"] and policy_of(raw) == SIMPLE]
    return next(([record.alias.target] if record.alias else list(record.values) for record in simple), None)


def _wanted(p: dict[str, Any]) -> list[Record]:
    if p["values"] is not None:
        values = tuple(sorted(value_of(p["type"], value) for value in p["values"]))
        return [Record(ttl=p["ttl"], values=values)]
    return [
        Record(
            identifier=identifier,
            weight=int(p["weights"].get(identifier, 0)),
            alias=Alias(domain(member["target"]), member["target_zone"], member["evaluate_target_health"]),
            health_check_id=member.get("health_check"),
        )
        for identifier, member in p["members"].items()
    ]


if __name__ == "__main__":
    main()
