#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Access logs of a bucket, into one that has no ACLs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket_logging
short_description: Log who asks a bucket for what
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Turns the server access logs of a bucket on, into another bucket, or off.
  - M(community.aws.s3_logging) gives the target an ACL, which S3 refuses for a bucket whose objects all belong to its
    owner. There a statement in the target's policy lets C(logging.s3.amazonaws.com) write; it must be there beforehand.
  - S3 delivers only to a bucket in the same region that encrypts with S3's own keys, not with KMS.
options:
  bucket:
    description: The bucket that is watched.
    type: str
    required: true
  target:
    description: The bucket that takes the logs. Required with O(state=present).
    type: str
  prefix:
    description: Beginning of the logs' keys.
    type: str
    default: ""
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Log who asks for assets
  cutover.aws.s3_bucket_logging:
    bucket: acme-prod-assets-us-east-1-123456789012
    target: acme-prod-access-logs-us-east-1-123456789012
    prefix: assets/
"""

RETURN = r"""
logging:
  description: Target and prefix, null where nothing is logged.
  returned: always
  type: dict
  sample: {target: acme-prod-access-logs-us-east-1-123456789012, prefix: assets/}
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._bucket import api
from ..module_utils._errors import fail_clearly


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "bucket": {"type": "str", "required": True},
            "target": {"type": "str"},
            "prefix": {"type": "str", "default": ""},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["target"])],
        supports_check_mode=True,
    )
    p = module.params
    with fail_clearly(module):
        client = module.client("s3")
        enabled = api.logging(client, p["bucket"])
        before = {"target": enabled["TargetBucket"], "prefix": enabled.get("TargetPrefix", "")} if enabled else None
        after = {"target": p["target"], "prefix": p["prefix"]} if p["state"] == "present" else None
        if before != after and not module.check_mode:
            api.put_logging(client, p["bucket"], after["target"] if after else None, p["prefix"])
        module.exit_json(changed=before != after, logging=after, diff={"before": before or {}, "after": after or {}})


if __name__ == "__main__":
    main()
