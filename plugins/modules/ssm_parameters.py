#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The parameters below a path, many at a time."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ssm_parameters
short_description: Set up plain parameters below a path of Parameter Store, many at a time
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates and changes parameters, or removes them. Writes only those that differ, since Parameter Store takes only a
    few writes a second.
  - A parameter of somebody else, one without the tag C(cutover:stack) of O(tags), is never overwritten; the module
    fails and names it.
  - C(community.aws.ssm_parameter) takes one parameter a task, and writes over whatever is there.
  - Values are stored in plain text and are shown by Ansible. Secrets belong into Secrets Manager.
options:
  path:
    description: Where the parameters are, such as V(/acme/prod). Required with O(state=present).
    type: str
  values:
    description:
      - Their values by the rest of their names, such as C(vpc/vpc_id). A text, or a list of texts, which is stored as a
        C(StringList).
    type: dict
    default: {}
  purge_values:
    description:
      - Whether to remove parameters below O(path) that O(values) does not name. Only those with the same
        C(cutover:stack) as in O(tags); somebody else's stay.
    type: bool
    default: false
  tags:
    description: Tags of each, C(cutover:stack) among them; others stay. Required with O(state=present).
    type: dict
  names:
    description: Whole names of those to remove. Required with O(state=absent).
    type: list
    elements: str
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Let other tools find the network
  cutover.aws.ssm_parameters:
    path: /acme/prod
    values:
      vpc/vpc_id: vpc-0123456789abcdef0
      vpc/subnet_ids/private: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    tags: {cutover:stack: acme-prod}

- name: Remove one that nobody reads
  cutover.aws.ssm_parameters:
    names: [/acme/prod/vpc/vpc_id]
    state: absent
"""

RETURN = r"""
parameters:
  description: Names of the parameters that were, or in check mode would be, written, tagged or removed.
  returned: always
  type: list
  elements: str
  sample: [/acme/prod/vpc/vpc_id]
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._model.core import STACK_TAG
from ..module_utils._parameters import api
from ..module_utils._parameters.apply import Owner, carry_out, plan
from ..module_utils._parameters.plan import parameter_of


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "path": {"type": "str"},
            "values": {"type": "dict", "default": {}},
            "purge_values": {"type": "bool", "default": False},
            "tags": {"type": "dict"},
            "names": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["path", "tags"]), ("state", "absent", ["names"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        ensure = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**ensure(module, module.client("ssm")))


def _ensure(module: AnsibleAWSModule, client: Any) -> dict[str, Any]:
    path, tags = module.params["path"], {name: str(value) for name, value in module.params["tags"].items()}
    if STACK_TAG not in tags:
        module.fail_json(msg=f"tags has no {STACK_TAG}, which says whose the parameters are")
    owner = Owner(tags)
    values = {f"{path}/{name}": value for name, value in module.params["values"].items()}
    wanted = {name: parameter_of(name, value) for name, value in values.items()}
    todo, existing = plan(client, path, wanted, owner, purge=module.params["purge_values"])
    if not module.check_mode:
        carry_out(client, todo, owner)
    written = {**todo.create, **todo.overwrite}
    return {
        "changed": not todo.empty,
        "parameters": sorted({*written, *todo.tag, *todo.delete}),
        "diff": {
            "before": {name: existing[name].content for name in (*todo.overwrite, *todo.delete)},
            "after": {name: parameter.content for name, parameter in written.items()},
        },
    }


def _remove(module: AnsibleAWSModule, client: Any) -> dict[str, Any]:
    existing = api.existing(client, module.params["names"])
    if not module.check_mode:
        api.delete(client, sorted(existing))
    before = {name: parameter.content for name, parameter in existing.items()}
    return {"changed": bool(existing), "parameters": sorted(existing), "diff": {"before": before, "after": {}}}


if __name__ == "__main__":
    main()
