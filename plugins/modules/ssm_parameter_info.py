#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Values of Parameter Store."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_parameter_info
short_description: Read plain values from Parameter Store
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Reads parameters, AWS's public ones among them, such as those that name the newest machine images.
  - The stock collections have only a lookup for it, which takes neither the credentials nor the endpoint of the task.
options:
  names:
    description:
      - Names of the parameters.
      - A missing one is an error, and so is a secret (C(SecureString)), since what is read here is returned.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - cutover.aws.module.reads
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Ask for the newest Amazon Linux 2023
  cutover.aws.ssm_parameter_info:
    names: [/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64]
  register: images
"""

RETURN = r"""
values:
  description: The values by name.
  returned: always
  type: dict
  sample: {/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64: ami-0123456789abcdef0}
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._parameters import api


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={"names": {"type": "list", "elements": "str", "required": True}},
        supports_check_mode=True,
    )
    with fail_clearly(module):
        module.exit_json(changed=False, values=api.plain_values(module.client("ssm"), module.params["names"]))


if __name__ == "__main__":
    main()
