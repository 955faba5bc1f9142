#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""DB instances whose password nobody ever sees."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rds_database
short_description: Create, change or remove an encrypted DB instance with a password that nobody sees
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - The instance is always encrypted. RDS keeps its master password in a secret of its own, which
    M(amazon.aws.rds_instance) cannot ask for, or the module reads it from a secret of yours.
  - It waits for nothing but the beginning of a change, so that other work runs beside it; M(cutover.aws.wait_for) joins
    it.
  - Only what differs is sent, and applied at once. What AWS cannot change of an instance that exists is an error that
    says so.
  - A stopped instance is started.
options:
  identifier:
    description: Name of the instance, lower case, up to 63 letters, digits and dashes.
    type: str
    required: true
  engine:
    description: The database engine. AWS cannot change it.
    type: str
    choices: [mysql, mariadb, postgres]
  engine_version:
    description:
      - The version, or the beginning of one (C(8.4)). A newer minor version of the same major version satisfies it,
        since RDS upgrades minor versions by itself.
      - Another major version is refused, since moving to it is a migration.
    type: str
  allocated_storage:
    description: GiB. It can only grow; storage that has grown by itself satisfies a smaller value.
    type: int
  key_arn:
    description: ARN of the KMS key that encrypts storage and snapshots. AWS cannot change it.
    type: str
  subnet_group:
    description: Name of the DB subnet group. AWS cannot change it within a network.
    type: str
  parameter_group:
    description: Name of the DB parameter group.
    type: str
  security_groups:
    description: Ids of the security groups.
    type: list
    elements: str
  database_name:
    description: >-
      Name of the first database; without it none is made, and one that is there is left alone. AWS cannot change it.
    type: str
  username:
    description: Name of the master user. AWS cannot change it.
    type: str
  password_key_arn:
    description:
      - ARN of the KMS key that encrypts the secret in which RDS keeps the master user's password. AWS cannot change it.
      - Give this or O(password_secret_arn).
    type: str
  password_secret_arn:
    description:
      - ARN of a secret that holds the master user's password, as M(cutover.aws.database_secret) makes it. The module
        reads it, and gives it to RDS when the instance is made, or when RDS has managed the password until then.
      - Afterwards rotation keeps both alike.
    type: str
  final_snapshot:
    description: Name of the snapshot that is taken before the instance is removed; without it none is taken.
    type: str
  delete_automated_backups:
    description: Whether the automated backups go with the instance; otherwise AWS keeps them until their retention
      ends.
    type: bool
    default: true
  state:
    description:
      - V(present) wants the instance as described. V(absent) begins its removal, and turns deletion protection off
        beforehand.
      - V(rebooted) reboots it if, and only if, parameters wait for a reboot.
      - Only O(identifier) is needed unless it is V(present).
    type: str
    choices: [present, absent, rebooted]
    default: present
extends_documentation_fragment:
  - cutover.aws.rds.settings
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Start a database
  cutover.aws.rds_database:
    identifier: acme-prod-database
    engine: mysql
    engine_version: "8.4"
    instance_class: db.m7g.large
    allocated_storage: 100
    max_allocated_storage: 200
    key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    password_key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    subnet_group: acme-prod-database
    parameter_group: acme-prod-mysql8-4
    security_groups: [sg-0123456789abcdef0]
    username: admin
    backup_window: 03:00-04:00
    maintenance_window: sun:04:30-sun:05:30
    ca_certificate: rds-ca-rsa2048-g1
    performance_insights: false
    monitoring_interval: 0

- name: Remove it, and keep a last snapshot
  cutover.aws.rds_database:
    identifier: acme-prod-database
    final_snapshot: acme-prod-database-final-20261122
    state: absent
"""

RETURN = r"""
arn:
  description: The instance's ARN, null where there is none.
  returned: always
  type: str
  sample: arn:aws:rds:us-east-1:123456789012:db:acme-prod-database
status:
  description: AWS's word for its state after the call, null where there is none.
  returned: always
  type: str
  sample: creating
"""

import time
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._rds import api
from ..module_utils._rds.instance import DELETING, reboot_pending
from ..module_utils._rds.options import SETTINGS
from ..module_utils._rds.plan import deletion, instance_plan
from ..module_utils._rds.versions import ENGINES
from ..module_utils._secrets import password_of

NEEDED = [
    "engine",
    "engine_version",
    "instance_class",
    "allocated_storage",
    "key_arn",
    "subnet_group",
    "parameter_group",
    "security_groups",
    "username",
]
NEEDED += ["backup_window", "maintenance_window", "ca_certificate"]

ATTRIBUTES: dict[str, Any] = {
    "engine": {"type": "str", "choices": list(ENGINES)},
    "key_arn": {"type": "str", "no_log": False},
    "database_name": {"type": "str"},
    "username": {"type": "str"},
    **SETTINGS,
}
"""The options that are attributes of the instance, by the same names."""

OPTIONAL = ("iops", "storage_throughput", "port", "option_group", "database_name")
"""AWS's own business where they are not given."""


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "identifier": {"type": "str", "required": True},
            **ATTRIBUTES,
            "password_secret_arn": {"type": "str", "no_log": False},
            "tags": {"type": "dict", "default": {}},
            "final_snapshot": {"type": "str"},
            "delete_automated_backups": {"type": "bool", "default": True},
            "state": {"type": "str", "choices": ["present", "absent", "rebooted"], "default": "present"},
        },
        required_if=[
            ("state", "present", NEEDED),
            ("state", "present", ["password_key_arn", "password_secret_arn"], True),
        ],
        mutually_exclusive=[("password_key_arn", "password_secret_arn")],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        client = module.client("rds")
        item = api.find(client, module.params["identifier"])
        act = {"present": _ensure, "absent": _remove, "rebooted": _reboot}[module.params["state"]]
        module.exit_json(**act(module, client, item))


def _wanted(parameters: dict[str, Any]) -> dict[str, Any]:
    given = {name: parameters[name] for name in ATTRIBUTES if parameters[name] is not None or name not in OPTIONAL}
    lists = {name: sorted(given[name]) for name in ("security_groups", "log_exports")}
    managed = parameters["password_secret_arn"] is None
    return {**given, **lists, "encrypted": True, "password_managed": managed}


def _ensure(module: AnsibleAWSModule, client: Any, item: dict[str, Any] | None) -> dict[str, Any]:
    identifier, wanted, tags = module.params["identifier"], _wanted(module.params), module.params["tags"]
    plan = instance_plan(identifier, wanted, tags, item)
    if not (plan.empty or module.check_mode):
        password = _password(module) if plan.wants_password else None
        item = api.apply(client, plan, item, password)
        if plan.modify:
            api.await_beginning(
                lambda: api.find(client, identifier),
                lambda seen: instance_plan(identifier, wanted, {}, seen).empty,
                Clock(time.monotonic, time.sleep),
            )
    return {"changed": not plan.empty, "diff": {"before": plan.before, "after": plan.after}, **_result(item)}


def _password(module: AnsibleAWSModule) -> str:
    """Read when it is needed, and given to RDS alone."""
    return password_of(module.client("secretsmanager"), module.params["password_secret_arn"])


def _remove(module: AnsibleAWSModule, client: Any, item: dict[str, Any] | None) -> dict[str, Any]:
    p = module.params
    if item is None or item["DBInstanceStatus"] == DELETING:
        return {"changed": False, "diff": {"before": {}, "after": {}}, **_result(item)}
    request = deletion(item, p["final_snapshot"], delete_automated_backups=p["delete_automated_backups"])
    if not module.check_mode:
        if item["DeletionProtection"]:
            api.unprotect(client, p["identifier"])
        item = api.delete(client, request)
    return {
        "changed": True,
        "diff": {"before": {"state": "present"}, "after": {"final_snapshot": request.get("FinalDBSnapshotIdentifier")}},
        **_result(item),
    }


def _reboot(module: AnsibleAWSModule, client: Any, item: dict[str, Any] | None) -> dict[str, Any]:
    waiting = item is not None and reboot_pending(item)
    if waiting and not module.check_mode:
        api.reboot(client, module.params["identifier"])
    return {
        "changed": waiting,
        "diff": {"before": {"pending_reboot": waiting}, "after": {"pending_reboot": False}},
        **_result(item),
    }


def _result(item: dict[str, Any] | None) -> dict[str, Any]:
    return {"arn": item["DBInstanceArn"] if item else None, "status": item["DBInstanceStatus"] if item else None}


if __name__ == "__main__":
    main()
