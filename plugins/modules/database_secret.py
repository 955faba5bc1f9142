#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The login of a database in Secrets Manager, with a password that nobody ever sees."""

from __future__ import annotations

DOCUMENTATION = r"""
module: database_secret
short_description: Keep the login of a database in Secrets Manager, and have it rotated
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Makes a secret with a new password (32 letters, digits and C(-._~), such as every engine and RDS accept), in the
    form that rotation functions expect,
    those of AWS and that of M(cutover.aws.rotation_package).
  - A password that is there is never changed by the module itself, and none is ever returned, shown in a diff, or
    logged. M(community.aws.secretsmanager_secret)
    is given the value as a variable.
  - What is not given of the login is left as it is in the secret, so that the host can follow once the database has
    one.
  - A secret that waits for its deletion is taken back, with the password that it has.
  - What else a secret of this name holds stays, and is not shown either. One that holds neither C(password) nor
    C(username) is refused, because somebody uses it for something else.
options:
  name:
    description: Name of the secret, up to 512 letters, digits and C(/_+=.@-). AWS adds a dash and six characters in
      the ARN.
    type: str
    required: true
  description:
    description: What it is for. Without it the description is left as it is.
    type: str
  key_arn:
    description: ARN of the KMS key that encrypts it. Without it a new secret has AWS's own key, which other accounts
      cannot use.
    type: str
  engine:
    description: The engine, by which a rotation function chooses its driver.
    type: str
    choices: [mysql, mariadb, postgres]
  username:
    description: The user whose password it is.
    type: str
  host:
    description: Where the database is.
    type: str
  port:
    description: Its TCP port.
    type: int
  dbname:
    description: The database to log in to; PostgreSQL takes C(postgres) without it.
    type: str
  identifier:
    description: Name of the DB instance (C(dbInstanceIdentifier)).
    type: str
  rotation_function_arn:
    description:
      - ARN of the Lambda function that changes the password. With it O(rotation_days) is needed, and engine,
        host and username, given or in the secret. Without it rotation is left as it is.
      - The first time the password is changed at once, which proves that it works, and the module waits until it is.
        Later changes of function or interval
        leave the password alone until it is due.
    type: str
  rotation_days:
    description: Days from one rotation to the next, 1 to 1000.
    type: int
  rotation_timeout:
    description: Seconds to wait for the end of a rotation that is under way.
    type: int
    default: 600
  recovery_days:
    description: Days for which a removed secret can be taken back, 7 to 30. Its name is taken until they are over.
    type: int
    default: 30
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Make a password
  cutover.aws.database_secret:
    name: acme-prod-database
    key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    engine: mysql
    username: dbadmin

- name: Say where the database is, and have the password changed each month
  cutover.aws.database_secret:
    name: acme-prod-database
    host: acme-prod-database.abcdefghijkl.us-east-1.rds.amazonaws.com
    port: 3306
    identifier: acme-prod-database
    rotation_function_arn: arn:aws:lambda:us-east-1:123456789012:function:acme-prod-rotation
    rotation_days: 30
"""

RETURN = r"""
arn:
  description: The secret's ARN; null where there is none (after O(state=absent), and in check mode before it is made).
  returned: always
  type: str
  sample: arn:aws:secretsmanager:us-east-1:123456789012:secret:acme-prod-database-a1b2c3
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._rds.versions import ENGINES
from ..module_utils._secret import api
from ..module_utils._secret.asked import refuse_unfit, wanted_of
from ..module_utils._secret.plan import Unfit, refuse_rotating, secret_plan, shown, shown_after

TAKEN_BACK = "It was taken back from its deletion, and nothing else was changed."


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "description": {"type": "str"},
            "key_arn": {"type": "str", "no_log": False},
            "engine": {"type": "str", "choices": list(ENGINES)},
            "username": {"type": "str"},
            "host": {"type": "str"},
            "port": {"type": "int"},
            "dbname": {"type": "str"},
            "identifier": {"type": "str"},
            "rotation_function_arn": {"type": "str"},
            "rotation_days": {"type": "int"},
            "rotation_timeout": {"type": "int", "default": 600},
            "recovery_days": {"type": "int", "default": 30},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_together=[("rotation_function_arn", "rotation_days")],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        refuse_unfit(module.params)
        client = module.client("secretsmanager")
        described = api.describe(client, module.params["name"])
        act = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**act(module, client, described))


def _ensure(module: AnsibleAWSModule, client: Any, described: dict[str, Any] | None) -> dict[str, Any]:
    wanted = wanted_of(module.params)
    waits = bool(described and described.get("DeletedDate"))
    if described and waits:
        with _said("Nothing was changed."):
            refuse_rotating(wanted, api.rotation_of(described), api.pending_of(described))
        if module.check_mode:
            # What it holds can only be read once it has been taken back.
            return _result(described["ARN"], {"state": "waits for its deletion"}, shown_after(wanted, None))
        api.restore(client, wanted.name)
        described = api.describe(client, wanted.name)
    with _said(TAKEN_BACK if waits else "Nothing was changed."):
        state = api.state_of(client, described) if described else None
        plan = secret_plan(wanted, state)
    arn = state.arn if state else None
    if not module.check_mode:
        arn = api.apply(client, wanted, state, plan)
        if plan.rotation:
            api.rotate(client, arn, plan.rotation, at_once=plan.at_once)
        if wanted.rotation:
            clock = Clock(time.monotonic, time.sleep)
            api.await_rotation(client, wanted.name, module.params["rotation_timeout"], clock)
    result = _result(arn, shown(state), shown_after(wanted, state))
    return {**result, "changed": waits or not plan.empty}


@contextmanager
def _said(changed: str) -> Iterator[None]:
    """What has been changed by then goes with the refusal of an unfit secret."""
    try:
        yield
    except Unfit as error:
        raise Unfit(f"{error} {changed}") from error


def _remove(module: AnsibleAWSModule, client: Any, described: dict[str, Any] | None) -> dict[str, Any]:
    there = bool(described) and not (described or {}).get("DeletedDate")
    if described and there and not module.check_mode:
        api.delete(client, described["ARN"], module.params["recovery_days"])
    return {**_result(None, {"state": "present"} if there else {}, {}), "changed": there}


def _result(arn: str | None, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"changed": True, "arn": arn, "diff": {"before": before, "after": after}}


if __name__ == "__main__":
    main()
