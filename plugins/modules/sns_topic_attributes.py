#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Attributes of an SNS topic."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sns_topic_attributes
short_description: Set attributes of an SNS topic
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Sets attributes by AWS's own names and leaves all others as they are.
  - M(community.aws.sns_topic) makes topics, but cannot encrypt them.
options:
  topic_arn:
    description: The topic.
    type: str
    required: true
  attributes:
    description: Values by AWS's names, as in C(SetTopicAttributes), for attributes whose values are plain text.
    type: dict
    required: true
extends_documentation_fragment:
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Encrypt the topic
  cutover.aws.sns_topic_attributes:
    topic_arn: arn:aws:sns:us-east-1:123456789012:acme-prod-alarms
    attributes:
      KmsMasterKeyId: arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012
"""

RETURN = r"""
attributes:
  description: The given attributes after the task; in check mode before it.
  returned: always
  type: dict
  sample: {KmsMasterKeyId: arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012}
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._sns import api


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "topic_arn": {"type": "str", "required": True},
            "attributes": {"type": "dict", "required": True},
        },
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client, arn = module.client("sns"), module.params["topic_arn"]
        wanted = {name: str(value) for name, value in module.params["attributes"].items()}
        present = {name: value for name, value in api.attributes_of(client, arn).items() if name in wanted}
        changes = {name: value for name, value in wanted.items() if present.get(name) != value}
        if changes and not module.check_mode:
            api.set_attributes(client, arn, changes)
        after = present if module.check_mode else wanted
        module.exit_json(changed=bool(changes), attributes=after, diff={"before": present, "after": wanted})


if __name__ == "__main__":
    main()
