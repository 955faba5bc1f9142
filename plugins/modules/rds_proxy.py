#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A proxy in front of a database."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rds_proxy
short_description: Create, change or remove a proxy of RDS
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Makes a proxy in front of one DB instance or Aurora cluster, and waits until it reaches the database. There is no
    stock module for it.
  - Where it does not reach the database in time, the task fails with AWS's reason and what it means. AWS itself calls
    such a proxy available.
  - The database has to let the proxy's security groups in on its port, and the proxy's role has to be able to read
    the secrets.
  - A proxy has one target group; a database that is registered there beside the wanted one is taken out. The wanted
    one has to be there and of the proxy's engine family, which is looked at before anything is changed, in check mode
    too.
options:
  name:
    description: Name of the proxy, up to 63 letters, digits and dashes. It is the beginning of its endpoint.
    type: str
    required: true
  engine_family:
    description: What clients speak; MariaDB is V(mysql). AWS cannot change it.
    type: str
    choices: [mysql, postgresql]
  instance:
    description: Name of the DB instance behind it. Give this or O(cluster).
    type: str
  cluster:
    description: Name of the Aurora cluster behind it.
    type: str
  secret_arns:
    description: ARNs of the secrets with the logins that clients may use, each with C(username) and C(password).
    type: list
    elements: str
  role_arn:
    description: ARN of the role that C(rds.amazonaws.com) assumes to read the secrets.
    type: str
  iam_authentication:
    description: Whether clients log in with IAM instead of a password. Either way the proxy logs in to the database
      with the secret.
    type: str
    choices: [disabled, required]
    default: disabled
  subnets:
    description: Ids of the subnets that it is in, in two zones or more. AWS cannot change them.
    type: list
    elements: str
  security_groups:
    description: Ids of its security groups.
    type: list
    elements: str
  require_tls:
    description: Whether clients have to use TLS.
    type: bool
    default: true
  idle_client_timeout:
    description: Seconds after which a silent client is disconnected, 1 to 28800.
    type: int
    default: 1800
  max_connections_percent:
    description: How much of the database's C(max_connections) the proxy may use, 1 to 100. Below 100 an administrator
      gets in, when clients use all that they may.
    type: int
    default: 90
  max_idle_connections_percent:
    description: How much of it may be open and unused, 0 to O(max_connections_percent).
    type: int
    default: 45
  borrow_timeout:
    description: Seconds that a client waits for a connection when all are in use, 0 to 300.
    type: int
    default: 120
  debug_logging:
    description: Whether statements are logged, with what stands in them. RDS turns it off by itself after 24 hours,
      so it is then reported as a difference.
    type: bool
    default: false
  timeout:
    description: Seconds to wait for each of proxy and database.
    type: int
    default: 1800
extends_documentation_fragment:
  - cutover.aws.module.state
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Put a proxy in front of the database
  cutover.aws.rds_proxy:
    name: acme-prod-database
    engine_family: mysql
    instance: acme-prod-database
    secret_arns:
      - arn:aws:secretsmanager:us-east-1:123456789012:secret:acme-prod-database-a1b2c3
    role_arn: arn:aws:iam::123456789012:role/acme-prod-proxy
    subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef1]
    security_groups: [sg-0123456789abcdef0]

- name: Remove it
  cutover.aws.rds_proxy:
    name: acme-prod-database
    state: absent
"""

RETURN = r"""
arn:
  description: The proxy's ARN, null where there is none.
  returned: always
  type: str
  sample: arn:aws:rds:us-east-1:123456789012:db-proxy:prx-0123456789abcdef0
endpoint:
  description: The name that clients connect to, null where there is none.
  returned: always
  type: str
  sample: acme-prod-database.proxy-abcdefghijkl.us-east-1.rds.amazonaws.com
"""

import time
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._proxy import api
from ..module_utils._proxy.asked import POOL_OPTIONS, SETTINGS, refuse_unfit, wanted_of
from ..module_utils._proxy.plan import proxy_plan, refuse_unfit_target

NEEDED = ["engine_family", "secret_arns", "role_arn", "subnets", "security_groups"]


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(
        argument_spec={
            "name": {"type": "str", "required": True},
            "instance": {"type": "str"},
            "cluster": {"type": "str"},
            **SETTINGS,
            **POOL_OPTIONS,
            "timeout": {"type": "int", "default": 1800},
            "tags": {"type": "dict", "default": {}},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
        required_if=[("state", "present", NEEDED), ("state", "present", ["instance", "cluster"], True)],
        mutually_exclusive=[("instance", "cluster")],
        supports_check_mode=True,
    )
    with fail_clearly(module):
        refuse_unfit(module.params)
        client = module.client("rds")
        item = api.proxy(client, module.params["name"])
        act = _remove if module.params["state"] == "absent" else _ensure
        module.exit_json(**act(module, client, item))


def _ensure(module: AnsibleAWSModule, client: Any, item: dict[str, Any] | None) -> dict[str, Any]:
    clock, timeout = Clock(time.monotonic, time.sleep), module.params["timeout"]
    wanted = wanted_of(module.params)
    found = api.whole(client, item) if item else None
    plan = proxy_plan(wanted, found, api.tags(client, item) if item else {})
    if plan.register:
        refuse_unfit_target(wanted, api.engine_of(client, wanted.target))
    if not module.check_mode:
        if not plan.empty:
            api.apply(client, wanted.name, plan, timeout, clock)
        item = api.await_proxy(client, wanted.name, timeout, clock)
        api.await_targets(client, wanted.name, timeout, clock)
    return {"changed": not plan.empty, "diff": {"before": plan.before, "after": plan.after}, **_result(item)}


def _remove(module: AnsibleAWSModule, client: Any, item: dict[str, Any] | None) -> dict[str, Any]:
    there = item is not None and item["Status"] != api.DELETING
    if item is not None and not module.check_mode:
        if there:
            api.delete(client, module.params["name"])
        api.await_gone(client, module.params["name"], module.params["timeout"], Clock(time.monotonic, time.sleep))
    before = {"state": "present"} if there else {}
    return {"changed": there, "diff": {"before": before, "after": {}}, **_result(None)}


def _result(item: dict[str, Any] | None) -> dict[str, Any]:
    return {"arn": item["DBProxyArn"] if item else None, "endpoint": item["Endpoint"] if item else None}


if __name__ == "__main__":
    main()
