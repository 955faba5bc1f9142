#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The records in Route 53 by which ACM sees that a domain is ours."""

from __future__ import annotations

DOCUMENTATION = r"""
module: acm_validation_records
short_description: Put the records that validate an ACM certificate into a hosted zone
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Asks ACM which CNAME records validate a certificate, waiting some seconds until it says so, and writes them into the
    zone in one batch.
  - ACM renews a certificate only while its records are there, so they stay as long as the certificate does.
  - There is no stock module that knows the records, and M(amazon.aws.route53) takes the C(region) of a group of module
    defaults for a latency record.
options:
  certificate_arn:
    description: The certificate.
    type: str
    required: true
  hosted_zone_id:
    description: The zone that the names lie in.
    type: str
    required: true
  domains:
    description: The names whose records are meant, without C(*.); all of the certificate by default.
    type: list
    elements: str
  ttl:
    description: Seconds that resolvers keep the records.
    type: int
    default: 300
  timeout:
    description: Seconds to wait until ACM names the records.
    type: int
    default: 60
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Prove to ACM that the domain is ours
  cutover.aws.acm_validation_records:
    certificate_arn: arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012
    hosted_zone_id: Z0123456789ABCDEFGHIJ
"""

RETURN = r"""
records:
  description: The records that ACM asks for.
  returned: always
  type: list
  elements: dict
  sample:
    - {domain: example.com, name: _1.example.com., value: _2.acm-validations.aws.}
status:
  description: The certificate's status before the records were written; ACM takes minutes to see them.
  returned: always
  type: str
  sample: PENDING_VALIDATION
"""

import time
from dataclasses import asdict

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._certificate import api
from ..module_utils._certificate.plan import record_changes, record_removals, records_diff
from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "certificate_arn": {"type": "str", "required": True},
            "hosted_zone_id": {"type": "str", "required": True},
            "domains": {"type": "list", "elements": "str"},
            "ttl": {"type": "int", "default": 300},
            "timeout": {"type": "int", "default": 60},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        supports_check_mode=True,
    )
    p = module.params
    with fail_clearly(module):
        acm, route53 = module.client("acm"), module.client("route53")
        certificate, asked = api.records(
            lambda: api.describe(acm, p["certificate_arn"]), p["timeout"], Clock(time.monotonic, time.sleep)
        )
        meant = [record for record in asked if p["domains"] is None or record.domain in p["domains"]]
        present = api.present_records(route53, p["hosted_zone_id"], [record.name for record in meant])
        changes = (
            record_removals(meant, present) if p["state"] == "absent" else record_changes(meant, present, p["ttl"])
        )
        if not module.check_mode:
            api.change(route53, p["hosted_zone_id"], changes)
        result = {
            "records": [asdict(record) for record in asked],
            "status": certificate["Status"],
            "diff": records_diff(present, changes),
        }
        module.exit_json(changed=bool(changes), **result)


if __name__ == "__main__":
    main()
