#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Upgrades by a copy that replicates."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rds_blue_green
short_description: Upgrade an RDS instance by a blue/green deployment, step by step
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Makes a copy of an instance of MySQL, MariaDB or PostgreSQL in the same region, another version, class, parameter
    group or storage for it, which replicates until production is switched over to it. The name and the endpoint stay.
  - Each O(state) is a step of its own, which goes on from what AWS shows. A run that has died is gone on with by
    running the task again, from any point, and nothing is made twice. A step whose end is there already changes
    nothing.
  - Before the copy is made, what AWS documents and an API shows is checked. Before the switchover, the states of both
    sides, the replication and its lag, pending changes, proxies and integrations are (RV(guardrails)). What is not
    known is not taken for good. What may still become good, such as a copy that lags, is waited for.
  - The end of a switchover is read back; each copy has to have its source's name and endpoint.
  - With check mode it says what it would do, and whether the guards would let it.
  - On the controller the task shows how far it is, a line for each step and each change of what is waited for. With
    O(wait=false) it does what can be done at once and says in RV(waiting) what it would wait for.
  - C(docs/blue-green.md) has what to decide before, during and after, when data are lost, and how to go back.
options:
  name:
    description: Name of the deployment, up to 60 letters, digits and single dashes.
    type: str
    required: true
  source:
    description: Name of the production database, which it has before and after; up to 50 characters.
    type: str
    required: true
  state:
    description:
      - V(available) makes the copy and waits until it is ready. Nothing is done where production is as asked for.
      - V(switched_over) switches production over to it. AWS cuts connections and writes for as long as that takes,
        seconds to minutes.
      - V(absent) removes the deployment, and only what is named beside it.
    type: str
    choices: [available, switched_over, absent]
    default: available
  engine_version:
    description: The version to upgrade to, or the beginning of one, for the newest that RDS upgrades to.
    type: str
  parameter_group:
    description: Name of the DB parameter group of the copy. Needed for another major version.
    type: str
  instance_class:
    description: For example C(db.m7g.large).
    type: str
  storage_type:
    description: The kind of volume.
    type: str
    choices: [gp2, gp3, io1, io2]
  allocated_storage:
    description: GiB. Here it may also shrink.
    type: int
  iops:
    description: Provisioned operations a second.
    type: int
  storage_throughput:
    description: Provisioned MiB a second of V(gp3).
    type: int
  upgrade_storage_config:
    description: Move an old volume to the current file system layout, where there is no more to grow into.
    type: bool
    default: false
  primary_keys_checked:
    description: >-
      That every table has a primary key. Only a major upgrade of PostgreSQL needs them, since it replicates row by row,
      and no API of AWS shows them.
    type: bool
    default: false
  max_lag:
    description: >-
      Seconds that the copy may be behind (C(ReplicaLag)). While it is more, the switchover is waited with, because
      writers stand still until the copy has caught up.
    type: int
    default: 10
  max_lag_bytes:
    description: >-
      The same in bytes of WAL (C(OldestReplicationSlotLag)), for major upgrades of PostgreSQL. The default, 16 MiB, is
      replayed within seconds.
    type: int
    default: 16777216
  switchover_timeout:
    description:
      - Seconds that the switchover may take, 30 to 3600; RDS rolls it back then, and nothing has changed.
      - It bounds how long writers stand still. The default is AWS's own, many times what a switchover without lag
        takes, and less than what most clients retry for.
    type: int
    default: 300
  abandon:
    description: >-
      With V(absent), remove a deployment that was never switched over, together with its copies. Without, such a one is
      left alone, and so is one whose copies may be production, by their names or since they do not replicate any more.
    type: bool
    default: false
  delete_old:
    description:
      - With V(absent), names of former production databases, such as C(shop-old1), to delete as well; replicas too.
      - One goes only if a newer database has its name without the ending and is O(source) or a replica of it. Its
        deletion protection is turned off.
    type: list
    elements: str
    default: []
  final_snapshot:
    description: Whether each of O(delete_old) leaves a snapshot C(<name>-final-<id>) behind. Replicas never do.
    type: bool
    default: true
  delete_automated_backups:
    description: Whether their automated backups go at once, or at the end of their retention.
    type: bool
    default: false
  wait:
    description: Whether to wait for the end.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait in all. The copy of a large database takes hours.
    type: int
    default: 21600
  interval:
    description: Seconds between two looks, but for the first ones after a call, which come sooner.
    type: int
    default: 15
  tried:
    description: >-
      What an earlier call with O(wait=false) has returned as RV(tried), so that a switchover that RDS calls off ends as
      an error instead of being tried for ever.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
notes:
  - RDS makes no blue/green deployment of a database whose password it manages itself; such a one is refused.
  - O(tags) are the deployment's. The copies have the tags of their sources.
"""

EXAMPLES = r"""
- name: Make the copy, of the next major version
  cutover.aws.rds_blue_green: &upgrade
    name: shop-to-8-4
    source: shop
    engine_version: "8.4"
    parameter_group: shop-mysql8-4

- name: Switch production over, at night
  cutover.aws.rds_blue_green:
    <<: *upgrade
    state: switched_over
    switchover_timeout: 120

- name: Clean up, days later
  cutover.aws.rds_blue_green:
    <<: *upgrade
    state: absent
    delete_old: [shop-old1]

- name: Or give it up before the switchover
  cutover.aws.rds_blue_green:
    <<: *upgrade
    state: absent
    abandon: true
"""

RETURN = r"""
deployment:
  description: >-
    The deployment as AWS shows it, empty where there is none. Each of C(members) has the names of a database and of its
    copy, which a switchover swaps, and how far it is.
  returned: always
  type: dict
  sample:
    identifier: bgd-0123456789abcdef
    name: shop-to-8-4
    status: SWITCHOVER_COMPLETED
    status_details: Switchover completed
    source: shop-old1
    target: shop
    members:
      - {source: shop-old1, target: shop, status: SWITCHOVER_COMPLETED}
    tasks:
      - {name: CREATING_READ_REPLICA_OF_SOURCE, status: COMPLETED}
production:
  description: The database that has the name O(source); by C(resource_id) it is known which one that is.
  returned: always
  type: dict
  sample:
    identifier: shop
    arn: arn:aws:rds:us-east-1:123456789012:db:shop
    resource_id: db-ABCDEFGHIJKLMNOPQRSTUVWXYZ
    status: available
    engine: mysql
    engine_version: 8.4.7
    instance_class: db.m7g.large
    endpoint: shop.abcdefghijkl.us-east-1.rds.amazonaws.com
    port: 3306
old:
  description: The former production databases that are still there, each like RV(production).
  returned: always
  type: list
  elements: dict
  sample: []
guardrails:
  description: >-
    What was asked before the last call that makes the copy or switches over. C(status) is V(passed), V(failed) (nothing
    is done), V(waiting) (it may still pass) or V(noted) (only told, as a warning).
  returned: always
  type: list
  elements: dict
  sample:
    - {name: lag, status: waiting, text: shop-green-abc123 is 40 s behind; at most 10 s are let pass (max_lag)}
done:
  description: >-
    Whether the step has come to its end. False in check mode where there is something to do, and with O(wait=false)
    while something has to be waited for.
  returned: always
  type: bool
  sample: true
waiting:
  description: What is waited for, null where nothing is.
  returned: always
  type: str
  sample: shop-to-8-4 is PROVISIONING, 1 of 4 tasks done, db engine version upgrade
steps:
  description: The calls that changed something, in order, in words.
  returned: always
  type: list
  elements: str
  sample: [switch shop-to-8-4 over]
plan:
  description: What is changed, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      type: db_instance
      name: shop-green
      attributes:
        engine_version: {before: null, after: 8.4.7}
tried:
  description: Keys of the calls that were made, for O(tried).
  returned: always
  type: list
  elements: str
  sample: [switch shop-to-8-4 over]
calls:
  description: How often each operation was called; attempts that botocore made again count once.
  returned: success
  type: dict
  sample: {DescribeBlueGreenDeployments: 12, SwitchoverBlueGreenDeployment: 1}
"""

import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._blue_green.asked import ABSENT, AVAILABLE, SWITCHED_OVER, asked_of
from ..module_utils._blue_green.guards import NOTED
from ..module_utils._blue_green.run import Upgrade
from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._shift.api import PATIENT, counted
from ..module_utils._wait.poll import Patience


class _Clients:
    """One client for each service, and what they have been asked."""

    def __init__(self, module: AnsibleAWSModule) -> None:
        self._module = module
        self._made: dict[str, tuple[Any, Counter[str]]] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._made:
            client = self._module.client(service, config=PATIENT)
            self._made[service] = client, counted(client)
        return self._made[service][0]

    @property
    def calls(self) -> dict[str, int]:
        """How often each operation has been called."""
        return dict(sorted(sum((calls for _client, calls in self._made.values()), Counter()).items()))


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(argument_spec=_argument_spec(), supports_check_mode=True)
    with fail_clearly(module):
        p, clients = module.params, _Clients(module)
        patience = Patience(p["wait_timeout"] if p["wait"] else 0, p["interval"], Clock(time.monotonic, time.sleep))
        upgrade = Upgrade(asked_of(p), clients, patience, lambda: datetime.now(UTC), list(p["tried"]))
        result = upgrade.run(check_mode=module.check_mode)
        for guard in result["guardrails"]:
            if guard["status"] == NOTED:
                module.warn(f"{guard['name']}: {guard['text']}")
        module.exit_json(**result, calls=clients.calls)


def _argument_spec() -> dict[str, Any]:
    return {
        "name": {"type": "str", "required": True},
        "source": {"type": "str", "required": True},
        "state": {"type": "str", "choices": [AVAILABLE, SWITCHED_OVER, ABSENT], "default": AVAILABLE},
        "engine_version": {"type": "str"},
        "parameter_group": {"type": "str"},
        "instance_class": {"type": "str"},
        "storage_type": {"type": "str", "choices": ["gp2", "gp3", "io1", "io2"]},
        "allocated_storage": {"type": "int"},
        "iops": {"type": "int"},
        "storage_throughput": {"type": "int"},
        "upgrade_storage_config": {"type": "bool", "default": False},
        "primary_keys_checked": {"type": "bool", "default": False, "no_log": False},
        "max_lag": {"type": "int", "default": 10},
        "max_lag_bytes": {"type": "int", "default": 16 * 1024 * 1024},
        "switchover_timeout": {"type": "int", "default": 300},
        "abandon": {"type": "bool", "default": False},
        "delete_old": {"type": "list", "elements": "str", "default": []},
        "final_snapshot": {"type": "bool", "default": True},
        "delete_automated_backups": {"type": "bool", "default": False},
        "tags": {"type": "dict", "default": {}},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 21600},
        "interval": {"type": "int", "default": 15},
        "tried": {"type": "list", "elements": "str", "default": []},
    }


if __name__ == "__main__":
    main()
