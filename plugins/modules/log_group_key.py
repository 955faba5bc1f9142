#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The KMS key of a log group."""

from __future__ import annotations

DOCUMENTATION = r"""
module: log_group_key
short_description: Encrypt an existing CloudWatch Logs group with a KMS key
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Gives a log group the key that encrypts what comes in from then on. Older events stay encrypted as they are, so
    their key must not be removed while they are kept.
  - M(amazon.aws.cloudwatchlogs_log_group) sets a key only when it makes the group.
options:
  log_group_name:
    description: The log group, which must exist.
    type: str
    required: true
  key_arn:
    description:
      - ARN of a symmetric KMS key of the region, whose policy lets the region's CloudWatch Logs service use it.
      - CloudWatch Logs takes up to five minutes until it uses it.
    type: str
    required: true
extends_documentation_fragment:
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Encrypt what RDS logs
  cutover.aws.log_group_key:
    log_group_name: /aws/rds/instance/acme-prod-database/error
    key_arn: arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012
"""

RETURN = r"""
key_arn:
  description: The key after the task; in check mode the one before it, null where there is none.
  returned: always
  type: str
  sample: arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._logs import api


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "log_group_name": {"type": "str", "required": True},
            "key_arn": {"type": "str", "required": True, "no_log": False},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client, name, wanted = module.client("logs"), module.params["log_group_name"], module.params["key_arn"]
        before = api.key_of(client, name)
        if before != wanted and not module.check_mode:
            api.set_key(client, name, wanted)
        module.exit_json(
            changed=before != wanted,
            key_arn=before if module.check_mode else wanted,
            diff={"before": {"key_arn": before}, "after": {"key_arn": wanted}},
        )


if __name__ == "__main__":
    main()
