#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Checks an inventory before anything is changed."""

from __future__ import annotations

DOCUMENTATION = r"""
module: preflight
short_description: Check the whole inventory, and what it names in AWS, before anything changes
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Checks names, types and values of all variables of the host, runs the models of all layers, and asks AWS whether
    it would accept what they describe. Changes nothing.
  - Fails with all findings at once, each with the variable, its value, the rule, and what to do.
  - The account is asked first. When it is not one of RV(ignore:allowed_account_ids), nothing else is asked.
  - An action plugin on the controller reads the variables and the roles' defaults and argument specifications, so the
    task needs no argument.
  - Region and credentials are those of the inventory variables C(region), C(aws_endpoint_url), C(aws_access_key),
    C(aws_secret_key), C(aws_session_token), C(aws_profile).
  - C(aws_endpoint_hint) is what to do when nobody answers at C(aws_endpoint_url), or nobody who is AWS; the finding
    says it then.
  - What the stack has already is read first, once for the whole run; nothing is asked about a name or a quota of what
    is there.
  - With the variable C(preflight_aws=false) AWS is asked only for the account and for what the stack has.
    C(cutover_planned_minutes) (60) is
    how long credentials have to last; V(0) does not ask.
  - The environment's name is taken from the extra variable C(environment_suffix), the shell's C(ENVIRONMENT_SUFFIX)
    (both only where the inventory has one stack), the inventory, the last part of the host's name, or is C(dev). With
    C(environment_suffix_required=true) it has to be given.
  - C(migration_phase) is the first value of the tag C(MigrationPhase).
options:
  identity_only:
    description:
      - Check only who the stack is, the account and the credentials. For runs that remove.
    type: bool
    default: false
  inventory:
    description:
      - What the action plugin has read. Not to be given by hand.
    type: dict
    default: {}
extends_documentation_fragment:
  - cutover.aws.module.reads
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Check the inventory
  cutover.aws.preflight:
  register: cutover_preflight

- name: Know which stack this is
  ansible.builtin.set_fact:
    cutover_stack: "{{ cutover_preflight.stack }}"
"""

RETURN = r"""
findings:
  description: What has to be put right. The task fails if there are any.
  returned: always
  type: list
  elements: dict
  sample:
    - variable: vpc_subnets.private[1]
      value: 10.20.16.0/20
      rule: overlaps vpc_subnets.public[0] (10.20.16.0/24)
      fix: Give each subnet a range of its own inside vpc_cidr
not_asked:
  description: Questions to AWS that were not asked, and why.
  returned: always
  type: list
  elements: dict
  sample:
    - {question: given zone, reason: dns_zone_id is not set}
stack:
  description: Which stack this is, in the form that all modules of the collection take; null when there are findings.
  returned: always
  type: dict
  sample:
    project: acme
    environment: prod
    region: us-east-1
    replica_region: us-west-2
    account_id: "123456789012"
    partition: aws
    phase: initial
    tags: {CostCenter: platform}
environment_source:
  description: Where the environment's name comes from.
  returned: always
  type: str
  sample: environment_suffix in the inventory
reading:
  description:
    - What AWS has of each layer, by layer, for O(cutover.aws.layer_plan#module:reading) and
      O(cutover.aws.stack_plan#module:reading); empty when there are findings, and with O(identity_only). Each is a text
      that is meant for nobody else.
  returned: always
  type: dict
images:
  description: What the parameters that name images name now.
  returned: always
  type: dict
  sample: {/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64: ami-0123456789abcdef0}
caller:
  description: Who runs this, as C(sts:GetCallerIdentity) says; null when AWS could not be asked.
  returned: always
  type: dict
  sample: {account_id: "123456789012", arn: "arn:aws:iam::123456789012:user/deployer"}
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._preflight.findings import listed
from ..module_utils._preflight.inventory import inventory_of
from ..module_utils._preflight.module import access_of
from ..module_utils._preflight.run import preflight


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "identity_only": {"type": "bool", "default": False},
            "inventory": {"type": "dict", "default": {}},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        inventory = inventory_of(module.params["inventory"], identity_only=module.params["identity_only"])
        report = preflight(inventory, access_of(module))
        if report.findings:
            module.fail_json(msg=listed(report.findings, f"Stack {inventory.host}"), **report.result())
        module.exit_json(changed=False, **report.result())


if __name__ == "__main__":
    main()
