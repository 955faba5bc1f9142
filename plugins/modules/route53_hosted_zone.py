#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A public hosted zone by its id."""

from __future__ import annotations

DOCUMENTATION = r"""
module: route53_hosted_zone
short_description: Create a public hosted zone, or remove one with its records
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, repairs or removes a public hosted zone, which it knows by its id. Without O(zone_id) it always creates
    one.
  - M(amazon.aws.route53_zone) looks a zone up by its name alone, so it takes another zone of the same name for its
    own, and it cannot remove a zone that has records.
  - With O(state=absent) it removes all of the zone's records, also those that nobody here has made.
options:
  zone_id:
    description: The zone's id. Required with O(state=absent).
    type: str
  name:
    description: The zone's domain name. Required with O(state=present).
    type: str
  comment:
    description: What the console shows beside the zone.
    type: str
    default: ""
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.route53_tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Create the zone
  cutover.aws.route53_hosted_zone:
    name: shop.example.com
    tags: {"cutover:stack": acme-prod, "cutover:key": hosted_zone}
"""

RETURN = r"""
zone_id:
  description: The zone's id; null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: Z0123456789ABCDEFGHIJ
name_servers:
  description: The name servers that the parent zone has to delegate to.
  returned: always
  type: list
  elements: str
  sample: [ns-1.awsdns-01.org, ns-2.awsdns-02.com]
"""

import secrets
from dataclasses import asdict
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._model.zone import domain
from ..module_utils._route53 import zones
from ..module_utils._route53.zones import Zone


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "zone_id": {"type": "str"},
            "name": {"type": "str"},
            "comment": {"type": "str", "default": ""},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["name"]), ("state", "absent", ["zone_id"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("route53")
        zone_id = module.params["zone_id"]
        existing = zones.get(client, zone_id) if zone_id else None
        change = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**change(module, client, existing))


def _ensure(module: AnsibleAWSModule, client: Any, existing: Zone | None) -> dict[str, Any]:
    p = module.params
    wanted = Zone(existing.id if existing else "", domain(p["name"]), p["comment"], p["tags"])
    changed = existing is None or zones.differs(existing, wanted)
    made = existing
    if existing is None and not module.check_mode:
        made = zones.create(client, wanted, secrets.token_hex(4))
    elif existing is not None and changed and not module.check_mode:
        zones.update(client, existing, wanted)
    return {
        "changed": changed,
        "zone_id": made.id if made else None,
        "name_servers": list(made.name_servers) if made else [],
        "diff": {"before": _shown(existing), "after": _shown(wanted)},
    }


def _remove(module: AnsibleAWSModule, client: Any, existing: Zone | None) -> dict[str, Any]:
    if existing and not module.check_mode:
        zones.delete(client, existing)
    diff = {"before": _shown(existing), "after": {}}
    return {"changed": existing is not None, "zone_id": None, "name_servers": [], "diff": diff}


def _shown(zone: Zone | None) -> dict[str, Any]:
    shown = asdict(zone) if zone else {}
    return {name: value for name, value in shown.items() if name in ("name", "comment", "tags")}


if __name__ == "__main__":
    main()
