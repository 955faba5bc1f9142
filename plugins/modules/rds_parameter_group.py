#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DB parameter groups whose parameters are exactly those that were asked for."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rds_parameter_group
short_description: Hold a DB parameter group to exactly the given parameters
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Creates, changes or removes a DB parameter group.
  - Dynamic parameters are applied at once, static ones wait for a reboot. M(amazon.aws.rds_instance_param_group) knows
    one method for all of them, and AWS refuses to apply a static one at once.
  - A parameter that somebody has set and that O(parameters) does not name goes back to the engine's default, which the
    stock module does not do.
  - Values are sent as they are. The stock module turns V(ON) of a switch into C(0).
  - A group that an instance uses cannot be removed.
options:
  name:
    description: Name of the group, lower case, up to 255 letters, digits and dashes.
    type: str
    required: true
  family:
    description: Engine and major version, for example C(mysql8.4). AWS cannot change it. Required with
      O(state=present).
    type: str
  description:
    description: Set when the group is made; AWS cannot change it. Required with O(state=present).
    type: str
  parameters:
    description:
      - Values by name, as AWS writes them. Switches are C(0) and C(1).
      - Names and values are checked by AWS.
    type: dict
    default: {}
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Require TLS of every client
  cutover.aws.rds_parameter_group:
    name: acme-prod-mysql8-4
    family: mysql8.4
    description: Database parameters of acme-prod
    parameters:
      require_secure_transport: "1"
"""

RETURN = r"""
arn:
  description: The group's ARN, null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: arn:aws:rds:us-east-1:123456789012:pg:acme-prod-mysql8-4
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._rds import parameter_api as api
from ..module_utils._rds.parameters import Wanted, parameter_plan, user_parameters


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "family": {"type": "str"},
            "description": {"type": "str"},
            "parameters": {"type": "dict", "default": {}},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", ["family", "description"])],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("rds")
        group = api.find(client, module.params["name"])
        act = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**act(module, client, group))


def _ensure(module: AnsibleAWSModule, client: Any, group: dict[str, Any] | None) -> dict[str, Any]:
    p = module.params
    values = {name: str(value) for name, value in p["parameters"].items()}
    wanted = Wanted(p["name"], p["family"], values, p["tags"])
    present = api.parameters(client, wanted.name) if group else []
    plan = parameter_plan(wanted, group, present)
    arn = str(group["DBParameterGroupArn"]) if group else ""
    if not (plan.empty or module.check_mode):
        todo = plan
        if plan.create:
            arn = api.create(client, wanted, p["description"])
            # Only now does AWS say which parameters of the family can change at once.
            made = {"DBParameterGroupFamily": wanted.family, "Tags": wanted.tags}
            todo = parameter_plan(wanted, made, api.parameters(client, wanted.name))
        api.apply(client, wanted.name, arn, todo)
    after = {"parameters": values, "tags": p["tags"]}
    return {"changed": not plan.empty, "arn": arn or None, "diff": _diff(group, present, after)}


def _remove(module: AnsibleAWSModule, client: Any, group: dict[str, Any] | None) -> dict[str, Any]:
    if group and not module.check_mode:
        api.delete(client, module.params["name"])
    present = api.parameters(client, module.params["name"]) if group and module.check_mode else []
    return {"changed": bool(group), "arn": None, "diff": _diff(group, present, {})}


def _diff(group: dict[str, Any] | None, parameters: list[dict[str, Any]], after: dict[str, Any]) -> dict[str, Any]:
    return {
        "before": {"parameters": user_parameters(parameters), "tags": group["Tags"]} if group else {},
        "after": after,
    }


if __name__ == "__main__":
    main()
