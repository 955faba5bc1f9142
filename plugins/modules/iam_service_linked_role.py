#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The role by which a service acts in an account, for which there is no stock module."""

from __future__ import annotations

DOCUMENTATION = r"""
module: iam_service_linked_role
short_description: Create the role that a service keeps in the account
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Makes sure that a service's linked role exists. AWS makes most of them when a service is used for the first time;
    a key policy that names the role needs it before.
  - There is one for the whole account, so it is never removed here. There is no stock module for it.
options:
  name:
    description: The name that AWS gives the role.
    type: str
    required: true
  service:
    description: The service's principal.
    type: str
    required: true
extends_documentation_fragment:
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Have the role of Auto Scaling before a key policy names it
  cutover.aws.iam_service_linked_role:
    name: AWSServiceRoleForAutoScaling
    service: autoscaling.amazonaws.com
"""

RETURN = r"""
arn:
  description: The role's ARN; null in check mode before it is made.
  returned: always
  type: str
  sample: arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._iam_role import linked


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "service": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    name, service = module.params["name"], module.params["service"]
    with fail_clearly(module):
        client = module.client("iam")
        arn = linked.find(client, name)
        missing = arn is None
        if missing and not module.check_mode:
            arn = linked.create(client, name, service)
        diff = {"before": {} if missing else {"name": name}, "after": {"name": name}}
        module.exit_json(changed=missing, arn=arn, diff=diff)


if __name__ == "__main__":
    main()
