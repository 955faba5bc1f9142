#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Default encryption of a bucket, in one call."""

from __future__ import annotations

DOCUMENTATION = r"""
module: s3_bucket_encryption
short_description: Set by which key a bucket encrypts what is put into it
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Sets algorithm, key and bucket key in one call.
  - M(amazon.aws.s3_bucket) sets the key first; then it reads the encryption, and writes what it has read back with the
    bucket key. Settings of buckets are read with eventual consistency, so that may be the encryption from before, and
    the bucket is left with S3's own keys instead of KMS.
options:
  bucket:
    description: The bucket.
    type: str
    required: true
  key_arn:
    description: The ARN of the KMS key. Without it S3 encrypts by keys of its own (V(AES256)).
    type: str
  bucket_key:
    description:
      - Whether S3 asks KMS once for a key of the bucket instead of once for each object, which costs less.
      - Only with O(key_arn).
    type: bool
    default: false
extends_documentation_fragment:
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Encrypt assets by the key of the stack
  cutover.aws.s3_bucket_encryption:
    bucket: acme-prod-assets-us-east-1-123456789012
    key_arn: arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555
    bucket_key: true
"""

RETURN = r"""
encryption:
  description: What was asked for.
  returned: always
  type: dict
  sample:
    algorithm: aws:kms
    key_arn: arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555
    bucket_key: true
"""

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._bucket import api, encryption
from ..module_utils._errors import CutoverError, fail_clearly


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "bucket": {"type": "str", "required": True},
            "key_arn": {"type": "str", "no_log": False},
            "bucket_key": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    p = module.params
    with fail_clearly(module):
        if p["bucket_key"] and not p["key_arn"]:
            raise CutoverError(f"bucket {p['bucket']}: a bucket key is of a KMS key; give key_arn, or no bucket_key")
        client = module.client("s3")
        wanted = encryption.to_s3(p["key_arn"], bucket_key=p["bucket_key"])
        before, after = encryption.from_s3(api.encryption(client, p["bucket"])), encryption.from_s3(wanted)
        if before != after and not module.check_mode:
            api.put_encryption(client, p["bucket"], wanted)
        module.exit_json(changed=before != after, encryption=after, diff={"before": before or {}, "after": after})


if __name__ == "__main__":
    main()
