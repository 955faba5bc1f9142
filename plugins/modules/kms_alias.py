#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An alias of a KMS key."""

from __future__ import annotations

DOCUMENTATION = r"""
module: kms_alias
short_description: Point an alias to a KMS key, or free it
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates an alias, points it to another key, or removes it.
  - M(amazon.aws.kms_key) makes an alias together with its key, but neither moves one nor frees it. A key that waits
    for its deletion keeps its alias, so that a stack could not be built again for up to 30 days.
options:
  name:
    description: The alias, with or without C(alias/) in front.
    type: str
    required: true
  key_id:
    description: Id or ARN of the key. Required with O(state=present).
    type: str
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Free the alias of a key that is going to be deleted
  cutover.aws.kms_alias:
    name: alias/acme-prod
    state: absent
"""

RETURN = r"""
key_arn:
  description: The key that the alias points to; null where there is no alias.
  returned: always
  type: str
  sample: arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._kms import alias


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "key_id": {"type": "str", "no_log": False},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["key_id"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("kms")
        name = alias.full_name(module.params["name"])
        module.exit_json(**_ensure(module, client, name))


def _ensure(module: AnsibleAWSModule, client: Any, name: str) -> dict[str, Any]:
    present = module.params["state"] == "present"
    before = alias.target(client, name)
    after = alias.key_arn(client, module.params["key_id"]) if present else None
    if before != after and not module.check_mode:
        alias.move(client, name, before, after)
    return {
        "changed": before != after,
        "key_arn": after,
        "diff": {"before": {name: before} if before else {}, "after": {name: after} if after else {}},
    }


if __name__ == "__main__":
    main()
