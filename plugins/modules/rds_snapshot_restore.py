#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Databases that come back whole."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rds_snapshot_restore
short_description: Restore an RDS instance or an Aurora cluster, with the settings that were asked for
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Restores from a named snapshot, the newest of a database that a rule admits, a snapshot that it takes itself, one
    that another account shares, or to a point in time.
  - Does all that lies on the way. Takes the snapshot, copies it with a key that can be shared, shares it, copies it
    with the own key, across accounts and regions, restores, creates a cluster's instances, brings the database to the
    wanted settings, reboots where parameters wait for it, reads everything back, and removes the copies that it made.
  - A restore by RDS alone ends with defaults, and M(amazon.aws.rds_instance) silently drops what the restoring call
    does not take. Here a setting that is not as asked is an error.
  - Checks everything that can be known before the first call that changes anything, and tells all mistakes at once.
  - The database says in its tags what it came from (C(cutover:restored-from)) and whether the restore came to its end
    (C(cutover:restore)). A database that came from the wanted snapshot is left alone, one that came from anything else,
    or of which that is not known, is never touched. Once the restore is complete the database belongs to whoever keeps
    it, such as M(cutover.aws.rds_database). What is no longer as asked is then reported as RV(differences) with a
    warning, and not changed.
  - There is no other record. A run that has died is gone on with by running the task again, from any point, and no
    second copy is made.
  - On the controller the task shows how far it is, a line for each step and each tenth of a copy. With O(wait=false) it
    does what can be done at once and says in RV(waiting) what it would wait for.
  - AWS loads the data of a restored database lazily, at the first touch of each block. C(docs/restore.md) has what to
    decide before, during and after a restore.
options:
  identifier:
    description: >-
      Name of the database, lower case, up to 63 letters, digits and dashes. It has to be free, since RDS restores into
      new databases only.
    type: str
    required: true
  type:
    description: V(instance) for MySQL, MariaDB and PostgreSQL, V(cluster) for Aurora.
    type: str
    choices: [instance, cluster]
    default: instance
  source:
    description: >-
      What it is restored from. Either O(source.snapshot), or O(source.database) and what of it, which is the newest
      snapshot if nothing else is said.
    type: dict
    required: true
    suboptions:
      snapshot:
        description:
          - Name or ARN of a snapshot. One of another account is named by its ARN.
          - The ARN also says the region.
        type: str
      database:
        description: Name of the instance or cluster that the snapshot is of.
        type: str
      take:
        description: >-
          Take a snapshot of this name, of O(source.database) as it is now; the name makes it the same one when the task
          runs again, for a day; an older one is refused, because its data are not those of now. A snapshot of a
          database without a standby halts its writes for seconds to minutes.
        type: str
      time:
        description: >-
          Restore O(source.database) to this time, ISO 8601, UTC if it has no zone; V(latest) is the latest possible.
          Only within an account and region.
        type: str
      snapshot_type:
        description: Which snapshots count for the newest.
        type: str
        choices: [any, manual, automated]
      max_age:
        description: Seconds. Older ones do not count.
        type: int
      tags:
        description: Only those that have these tags count.
        type: dict
      region:
        description: Where it is, if elsewhere than the database is to be.
        type: str
      role_arn:
        description: >-
          Role in the account of the source that is assumed to read, copy and share there. Without it the source is in
          the own account, or a snapshot that has been shared.
        type: str
      key_arn:
        description:
          - KMS key for copies on the way, where AWS asks for another one than O(key_arn).
          - With O(source.role_arn) one of the source's account in the database's region, whose policy lets the own
            account use it. It is needed where the source is an automated snapshot, encrypted with the default key,
            or in another region.
          - Without, one of the own account in the region of the shared snapshot, where that is another region.
        type: str
  key_arn:
    description:
      - KMS key that encrypts the database. AWS cannot change it afterwards.
      - An instance takes the key of its snapshot, so the snapshot is copied with this key where it has another one, or
        none. A cluster takes it when it is restored.
    type: str
    required: true
  engine:
    description: Refuse a source of any other engine.
    type: str
    choices: [mysql, mariadb, postgres, aurora-mysql, aurora-postgresql]
  engine_version:
    description: >-
      The version, or the beginning of one; without it that of the source. A newer minor version is moved to after the
      restore, another major version is refused.
    type: str
  username:
    description: Refuse a source whose master user is another one. RDS cannot rename it.
    type: str
  allocated_storage:
    description: GiB; by default what the source has, and never less.
    type: int
  subnet_group:
    description: Name of the DB subnet group. It decides the network.
    type: str
    required: true
  parameter_group:
    description: Name of the DB parameter group, for a cluster of the DB cluster parameter group.
    type: str
    required: true
  security_groups:
    description: Ids of the security groups.
    type: list
    elements: str
    required: true
  lifecycle_support:
    description: >-
      What happens when AWS ends the standard support of the version. V(open-source-rds-extended-support) keeps it, at a
      price; with V(open-source-rds-extended-support-disabled) RDS upgrades the major version. AWS takes the former
      unless told.
    type: str
    choices: [open-source-rds-extended-support, open-source-rds-extended-support-disabled]
  password_key_arn:
    description: >-
      Let RDS make a new password for the master user and keep it in a secret that is encrypted with this KMS key. A
      restored database has the password of its source until then.
    type: str
  password_secret_arn:
    description: >-
      Secret that has the password to set, as C(password) of a JSON object. The module reads it itself. It has to be as
      the engine accepts it, and C(username), where the secret has it, has to be the master user.
    type: str
  instances:
    description: The instances of a cluster; AWS restores it without any. The first one made becomes the writer.
    type: list
    elements: dict
    default: []
    suboptions:
      identifier:
        description: Name of the instance.
        type: str
        required: true
      instance_class:
        description: For example C(db.r7g.large), or C(db.serverless).
        type: str
        required: true
      parameter_group:
        description: Name of the DB parameter group; without it the engine's default one.
        type: str
      availability_zone:
        description: Zone; without it AWS chooses.
        type: str
      promotion_tier:
        description: 0 to 15; of the lowest number is who takes over from the writer.
        type: int
  serverless:
    description: Capacity of C(db.serverless) instances of a cluster, in Aurora capacity units.
    type: dict
    suboptions:
      min_capacity:
        description: The least.
        type: float
        required: true
      max_capacity:
        description: The most.
        type: float
        required: true
  cluster_storage_type:
    description: V(aurora-iopt1) is billed without I/O; AWS takes V(aurora) unless told.
    type: str
    choices: [aurora, aurora-iopt1]
  keep_copies:
    description: >-
      Keep the copies that were made on the way. Otherwise they are removed when the database is as asked, by their
      exact name and tag. A snapshot that was taken (O(source.take)) always stays.
    type: bool
    default: false
  wait:
    description: Whether to wait for the end.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait in all. Copies to another region take hours, and are queued without progress.
    type: int
    default: 21600
  interval:
    description: Seconds between two looks, but for the first ones after a call, which come sooner.
    type: int
    default: 15
  tried:
    description: >-
      What an earlier call with O(wait=false) has returned as RV(tried), so that a change that RDS takes and does not
      show ends as an error instead of being sent for ever.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - cutover.aws.rds.settings
  - cutover.aws.module.tags
  - cutover.aws.module.changes
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
notes:
  - O(instance_class) is required for an instance, O(instances) for a cluster. O(allocated_storage),
    O(max_allocated_storage), O(iops), O(storage_throughput), O(storage_type), O(multi_az) and O(option_group) are of
    instances only. O(publicly_accessible), O(ca_certificate), O(auto_minor_version_upgrade), Performance Insights and
    monitoring are set on each instance of a cluster.
  - The secret of a password that RDS managed at the source goes when the source goes; it is never taken over.
"""

EXAMPLES = r"""
- name: Restore yesterday's data
  cutover.aws.rds_snapshot_restore:
    identifier: acme-prod-green
    source:
      database: acme-prod-database
      snapshot_type: automated
      max_age: 86400
    key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    password_key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    instance_class: db.m7g.large
    subnet_group: acme-prod-database
    parameter_group: acme-prod-mysql8-4
    security_groups: [sg-0123456789abcdef0]
    performance_insights: false
    monitoring_interval: 0

- name: Bring the data of another account to another region, as they are now
  cutover.aws.rds_snapshot_restore:
    identifier: acme-prod-database
    source:
      database: legacy
      take: legacy-cutover-20261127
      region: us-east-1
      role_arn: arn:aws:iam::210987654321:role/cutover-source
      key_arn: arn:aws:kms:us-west-2:210987654321:key/89abcdef-0123-4567-89ab-cdef01234567
    key_arn: arn:aws:kms:us-west-2:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    password_secret_arn: arn:aws:secretsmanager:us-west-2:123456789012:secret:acme-prod-database-a1b2c3
    instance_class: db.m7g.large
    subnet_group: acme-prod-database
    parameter_group: acme-prod-postgres17
    security_groups: [sg-0123456789abcdef0]
    performance_insights: false
    monitoring_interval: 0
    region: us-west-2

- name: Restore a cluster to a point in time
  cutover.aws.rds_snapshot_restore:
    identifier: acme-prod-orders
    type: cluster
    source:
      database: acme-prod-orders-old
      time: "2026-11-27T02:15:00Z"
    key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    password_key_arn: arn:aws:kms:us-east-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef
    subnet_group: acme-prod-database
    parameter_group: acme-prod-aurora-mysql8-0
    security_groups: [sg-0123456789abcdef0]
    performance_insights: false
    monitoring_interval: 0
    instances:
      - {identifier: acme-prod-orders-1, instance_class: db.r7g.large}
      - {identifier: acme-prod-orders-2, instance_class: db.r7g.large}
"""

RETURN = r"""
restored_from:
  description: ARN of the snapshot that was asked for, or of the source with C(@) and the time.
  returned: always
  type: str
  sample: arn:aws:rds:us-east-1:123456789012:snapshot:rds:acme-prod-database-2026-11-26-03-04
snapshot:
  description: That snapshot, and how old its data are; empty for a point in time, and where the database exists.
  returned: always
  type: dict
  sample:
    name: rds:acme-prod-database-2026-11-26-03-04
    arn: arn:aws:rds:us-east-1:123456789012:snapshot:rds:acme-prod-database-2026-11-26-03-04
    created: "2026-11-26T03:04:10+00:00"
    engine_version: 8.4.6
database:
  description: The database; empty while there is none.
  returned: always
  type: dict
  sample:
    identifier: acme-prod-green
    arn: arn:aws:rds:us-east-1:123456789012:db:acme-prod-green
    resource_id: db-ABCDEFGHIJKLMNOPQRSTUVWXYZ
    status: available
    engine: mysql
    engine_version: 8.4.6
    endpoint: acme-prod-green.abcdefghijkl.us-east-1.rds.amazonaws.com
    reader_endpoint: null
    port: 3306
    username: dbadmin
    secret_arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-01234567-89ab-cdef-0123-456789abcdef-a1b2c3
done:
  description: >-
    Whether the restore has come to its end. False in check mode where there is something to do, and with O(wait=false)
    while something has to be waited for.
  returned: always
  type: bool
  sample: true
waiting:
  description: What is waited for, null where nothing is.
  returned: always
  type: str
  sample: snapshot acme-prod-green-restore-0a1b2c3d in us-west-2 is creating, 40 %
steps:
  description: The calls that changed something, in order, in words.
  returned: always
  type: list
  elements: str
  sample: [restore acme-prod-green from arn:aws:rds:us-east-1:123456789012:snapshot:friday]
plan:
  description: What is changed, in order.
  returned: always
  type: list
  elements: dict
  sample:
    - action: create
      type: db_instance
      name: acme-prod-green
      attributes:
        instance_class: {before: null, after: db.m7g.large}
differences:
  description: Settings of a database whose restore is complete that are not as asked; they are left as they are.
  returned: success
  type: list
  elements: str
  sample: ["acme-prod-green: multi_az is False, not True"]
tried:
  description: Keys of the changes that were sent, for O(tried).
  returned: always
  type: list
  elements: str
  sample: [0a1b2c3d4e5f]
calls:
  description: How often each operation was called; attempts that botocore made again count once.
  returned: always
  type: dict
  sample: {DescribeDBInstances: 12, ModifyDBInstance: 1, RestoreDBInstanceFromDBSnapshot: 1}
"""

import time
from datetime import UTC, datetime
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock
from ..module_utils._rds.options import SETTINGS
from ..module_utils._restore.asked import asked_of
from ..module_utils._restore.run import Restore
from ..module_utils._restore.scene import Scene
from ..module_utils._shift.api import PATIENT
from ..module_utils._wait.poll import Patience


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(argument_spec=_argument_spec(), supports_check_mode=True)
    with fail_clearly(module):
        p = module.params
        scene = Scene(asked_of(p, module.region), _clients(module))
        patience = Patience(p["wait_timeout"] if p["wait"] else 0, p["interval"], Clock(time.monotonic, time.sleep))
        result = Restore(scene, patience, list(p["tried"])).run(datetime.now(UTC), check_mode=module.check_mode)
        for difference in result["differences"]:
            module.warn(f"Restored earlier, and no longer as asked: {difference}")
        module.exit_json(**result)


def _clients(module: AnsibleAWSModule) -> Any:
    def client(service: str, region: str, **keywords: Any) -> Any:
        return module.client(service, region=region, config=PATIENT, **keywords)

    return client


def _argument_spec() -> dict[str, Any]:
    texts = ("snapshot", "database", "take", "time", "region", "role_arn")
    source = {
        **{name: {"type": "str"} for name in texts},
        "snapshot_type": {"type": "str", "choices": ["any", "manual", "automated"]},
        "max_age": {"type": "int"},
        "tags": {"type": "dict"},
        "key_arn": {"type": "str", "no_log": False},
    }
    instance = {
        "identifier": {"type": "str", "required": True},
        "instance_class": {"type": "str", "required": True},
        "parameter_group": {"type": "str"},
        "availability_zone": {"type": "str"},
        "promotion_tier": {"type": "int"},
    }
    capacity = {name: {"type": "float", "required": True} for name in ("min_capacity", "max_capacity")}
    engines = ["mysql", "mariadb", "postgres", "aurora-mysql", "aurora-postgresql"]
    support = "open-source-rds-extended-support"
    return {
        **SETTINGS,
        "identifier": {"type": "str", "required": True},
        "type": {"type": "str", "choices": ["instance", "cluster"], "default": "instance"},
        "source": {"type": "dict", "required": True, "options": source},
        "key_arn": {"type": "str", "required": True, "no_log": False},
        "engine": {"type": "str", "choices": engines},
        "username": {"type": "str"},
        "subnet_group": {"type": "str", "required": True},
        "parameter_group": {"type": "str", "required": True},
        "security_groups": {"type": "list", "elements": "str", "required": True},
        "lifecycle_support": {"type": "str", "choices": [support, f"{support}-disabled"]},
        "password_secret_arn": {"type": "str", "no_log": False},
        "instances": {"type": "list", "elements": "dict", "default": [], "options": instance},
        "serverless": {"type": "dict", "options": capacity},
        "cluster_storage_type": {"type": "str", "choices": ["aurora", "aurora-iopt1"]},
        "tags": {"type": "dict", "default": {}},
        "keep_copies": {"type": "bool", "default": False},
        "wait": {"type": "bool", "default": True},
        "wait_timeout": {"type": "int", "default": 21600},
        "interval": {"type": "int", "default": 15},
        "tried": {"type": "list", "elements": "str", "default": []},
    }


if __name__ == "__main__":
    main()
