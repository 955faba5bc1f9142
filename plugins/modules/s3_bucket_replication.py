#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Replication of a bucket, for which there is no stock module."""

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket_replication
short_description: Replicate a bucket into others
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Sets, changes or ends the replication of a bucket. There is no stock module for it.
  - The rules are the whole configuration; a rule that is not named is removed.
  - Both sides must be versioned beforehand. S3 copies objects that are written from now on, not those that exist.
options:
  bucket:
    description: The bucket whose objects are copied.
    type: str
    required: true
  role_arn:
    description: The role that S3 takes to read here and write there. Required with O(state=present).
    type: str
  rules:
    description: What is copied where. Required with O(state=present).
    type: list
    elements: dict
    suboptions:
      id:
        description: The rule's name.
        type: str
        required: true
      status:
        description: Whether the rule works.
        type: str
        choices: [Enabled, Disabled]
        default: Enabled
      priority:
        description: Of two rules for one object and destination, the one with the higher number counts.
        type: int
        default: 1
      prefix:
        description: Beginning of the keys that are copied; all of them when it is empty.
        type: str
        default: ""
      delete_markers:
        description: Whether a deletion, which makes a marker in a versioned bucket, is copied too.
        type: bool
        default: true
      encrypted_objects:
        description: Whether objects encrypted with KMS keys are copied; without it S3 passes them over.
        type: bool
        default: true
      destination:
        description: ARN of the bucket that takes the copies.
        type: str
        required: true
      replica_key_arn:
        description:
          - The KMS key, in the destination's region, that encrypts the copies. Required when
            O(rules[].encrypted_objects=true).
        type: str
      time_control:
        description:
          - S3 Replication Time Control, which promises most copies within 15 minutes and measures it. It costs extra.
        type: bool
        default: false
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Copy everything to the other region
  cutover.aws.s3_bucket_replication:
    bucket: acme-prod-assets-us-east-1-123456789012
    role_arn: arn:aws:iam::123456789012:role/acme-prod-replication-us-east-1
    rules:
      - id: all
        destination: arn:aws:s3:::acme-prod-assets-us-west-2-123456789012
        replica_key_arn: arn:aws:kms:us-west-2:123456789012:key/12345678-1234-1234-1234-123456789012
"""

RETURN = r"""
replication:
  description: Role and rules, null where nothing is replicated.
  returned: always
  type: dict
  sample:
    role_arn: arn:aws:iam::123456789012:role/replication
    rules:
      - {id: all, status: Enabled, destination: "arn:aws:s3:::copy"}
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._bucket import api
from ..module_utils._bucket.replication import from_s3, to_s3
from ..module_utils._errors import fail_clearly

RULE_OPTIONS = {
    "id": {"type": "str", "required": True},
    "status": {"type": "str", "choices": ["Enabled", "Disabled"], "default": "Enabled"},
    "priority": {"type": "int", "default": 1},
    "prefix": {"type": "str", "default": ""},
    "delete_markers": {"type": "bool", "default": True},
    "encrypted_objects": {"type": "bool", "default": True},
    "destination": {"type": "str", "required": True},
    "replica_key_arn": {"type": "str", "no_log": False},
    "time_control": {"type": "bool", "default": False},
}


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "bucket": {"type": "str", "required": True},
            "role_arn": {"type": "str"},
            "rules": {
                "type": "list",
                "elements": "dict",
                "options": RULE_OPTIONS,
                "required_if": [("encrypted_objects", True, ["replica_key_arn"])],
            },
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["role_arn", "rules"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client, bucket = module.client("s3"), module.params["bucket"]
        before = _shown(api.replication(client, bucket))
        after = _wanted(module)
        if before != after and not module.check_mode:
            _apply(client, bucket, after)
        module.exit_json(
            changed=before != after, replication=after, diff={"before": before or {}, "after": after or {}}
        )


def _wanted(module: AnsibleAWSModule) -> dict[str, Any] | None:
    if module.params["state"] == "absent":
        return None
    rules = to_s3(module.params["role_arn"], module.params["rules"])["Rules"]
    return {"role_arn": module.params["role_arn"], "rules": from_s3(rules)}


def _apply(client: Any, bucket: str, wanted: dict[str, Any] | None) -> None:
    if wanted is None:
        api.delete_replication(client, bucket)
    else:
        api.put_replication(client, bucket, to_s3(wanted["role_arn"], wanted["rules"]))


def _shown(configuration: dict[str, Any] | None) -> dict[str, Any] | None:
    return {"role_arn": configuration["Role"], "rules": from_s3(configuration["Rules"])} if configuration else None


if __name__ == "__main__":
    main()
