#!/usr/bin/python
# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether two databases hold the same."""

from __future__ import annotations

DOCUMENTATION = r"""
module: sql_compare
short_description: Prove that a database holds what another one holds
version_added: 1.0.0
author: the cutover.aws authors (@cutover-aws)
description:
  - Compares the schemas and all rows of two databases of MySQL, MariaDB or PostgreSQL, such as a database and its
    restored copy, and gives a verdict with its reason and its evidence.
  - The verdict is V(fail) where something differs. It is V(inconclusive) where a side was written to meanwhile, where
    that cannot be told, or where something could not be compared. Everything else is V(pass).
  - Rows are compared by checksums that the servers compute, chunk by chunk along the key. Where a chunk differs it is
    divided until the keys of the rows that differ are known. No other value of a row leaves the server.
  - Each side is read on a consistent view, in a read-only transaction that begins when the module does, over TLS with
    a verified certificate.
  - The collection's page C(docs/sql-compare.md) says what is compared and how, what a verdict proves, and what the
    user in the database needs.
  - The module succeeds whatever the verdict is. It fails where a side cannot be reached.
options:
  engine:
    description: What both sides are.
    type: str
    choices: [mysql, mariadb, postgres]
    required: true
  source:
    description: The database that is right.
    type: dict
    required: true
    suboptions: &place
      host:
        description: Where it is, by the name that its certificate has.
        type: str
        required: true
      port:
        description: TCP port, by default V(3306), or V(5432) with O(engine=postgres).
        type: int
      database:
        description: Name of the database.
        type: str
        required: true
      secret_arn:
        description:
          - ARN of the secret in Secrets Manager that has C(username) and C(password), as RDS and its rotation write
            it. It is read by the module, in the secret's region.
        type: str
        required: true
      username:
        description: The user, where it is not the secret's.
        type: str
      ca_file:
        description:
          - File with the certificates of the authorities to trust, and no others. RDS's are at
            U(https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem).
        type: path
        required: true
  target:
    description:
      - The database to compare with it. Without it nothing is compared, and RV(position) alone is read.
    type: dict
    suboptions: *place
  gate:
    description: By which name the verdict is known.
    type: str
    default: sql_compare
  exclude:
    description:
      - Tables whose rows are not compared, and may be written to meanwhile; with O(engine=postgres) with their
        schema (V(public.sessions)). Their definition is compared.
    type: list
    elements: str
    default: []
  since:
    description:
      - A RV(position) that an earlier call has returned for the same source, such as before the snapshot of which the
        target was made. Where the source was written to since, what differs may be that, so the verdict is
        V(inconclusive).
    type: dict
  chunk_seconds:
    description: How long a chunk ought to take, to which its size is adapted. Half a second is what nobody notices.
    type: float
    default: 0.5
  max_running:
    description:
      - While the source is working on more statements of others than this, no chunk is begun. The default is that of
        C(pt-table-checksum).
    type: int
    default: 25
  max_keys:
    description: Of so many rows that differ the key is named, for each table.
    type: int
    default: 100
  max_rows_without_key:
    description:
      - A table without a fit key can only be read whole, in one query. One that has more rows than this is not
        compared, which makes the verdict V(inconclusive) at best.
    type: int
    default: 1000000
  timeout:
    description:
      - Seconds after which no further chunk is begun. What is left makes the verdict V(inconclusive) at best. A view
        that is held for long costs the servers something, see the notes.
    type: float
    default: 3600
  progress_file:
    description:
      - File in which is kept how far the comparison has got. The next run goes on there, unless a side was written to
        in between. It is removed at the end. It holds keys of rows, and only its owner can read it.
      - In check mode nothing is kept.
    type: path
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - cutover.aws.module.reads
requirements:
  - PyMySQL 1.2 or later, with O(engine=mysql) and O(engine=mariadb)
  - psycopg 3.2 or later, with O(engine=postgres)
notes:
  - MySQL 8.0, MariaDB 10.6 and PostgreSQL 15 are the oldest versions that can be compared.
  - Needs C(secretsmanager:GetSecretValue) for both secrets, and C(kms:Decrypt) for their keys.
  - While it runs, statements that change a table's definition wait for its end on both sides, and old versions of rows
    are kept. Do not migrate schemas meanwhile.
seealso:
  - module: cutover.aws.traffic_gate
"""

EXAMPLES = r"""
- name: Remember up to where the source has written, once nobody writes any more
  cutover.aws.sql_compare:
    engine: mysql
    source: &source
      host: acme-prod-database.abcdefghijkl.us-east-1.rds.amazonaws.com
      database: shop
      secret_arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1a2b-AbCdEf
      ca_file: files/global-bundle.pem
  register: before

- name: Prove that the restored database holds the same
  cutover.aws.sql_compare:
    engine: mysql
    source: *source
    target:
      host: acme-green-database.abcdefghijkl.us-east-1.rds.amazonaws.com
      database: shop
      secret_arn: arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-3c4d-GhIjKl
      ca_file: files/global-bundle.pem
    since: "{{ before.position }}"
    exclude: [sessions]
    progress_file: reports/sql-compare.json
  register: data

- name: Let it decide with the other gates
  cutover.aws.traffic_gate:
    gates:
      - name: data
        type: sql_compare
        result: "{{ data }}"
        max_age: 7200
"""

RETURN = r"""
gate:
  description: O(gate).
  returned: always
  type: str
  sample: sql_compare
verdict:
  description: V(pass), V(fail) or V(inconclusive).
  returned: always
  type: str
  sample: fail
reason:
  description: Why, in one line, with the first differences.
  returned: always
  type: str
  sample: "table orders: rows by id: missing 4711, changed 815"
evidence:
  description: What was compared, and what differs.
  returned: always
  type: dict
  contains:
    source:
      description: Host, port, database and server version.
      type: dict
      returned: always
    target:
      description: The same of the target.
      type: dict
      returned: with a target
    tables:
      description: How many tables both have.
      type: int
      returned: with a target
    rows:
      description: How many rows these have, on both sides.
      type: dict
      returned: with a target
    chunks:
      description: In how many chunks they were read.
      type: int
      returned: with a target
    schema:
      description:
        - What differs in the schemas, up to 200. Each has C(kind), C(name), C(difference) (V(missing) on the target,
          V(extra), V(changed), or V(behind) for a sequence) and C(attributes), the source's and the target's value by
          name, or null where these are not shown.
      type: list
      elements: dict
      returned: with a target
    schema_differences:
      description: How many there are.
      type: int
      returned: with a target
    data:
      description:
        - The tables whose rows differ. Each has C(table), C(key), C(rows), C(ranges) (up to 20, C(after) is not part of
          one), C(differing_ranges) (how many), the keys of rows that are C(missing), C(extra) and C(changed) on the
          target, and C(all_keys), whether these are all. In a table without a key C(key) is the digest of the row.
      type: list
      elements: dict
      returned: with a target
    not_compared:
      description: What could not be compared, and why.
      type: list
      elements: str
      returned: with a target
    left:
      description: Tables for which there was no time.
      type: list
      elements: str
      returned: with a target
    excluded:
      description: O(exclude).
      type: list
      elements: str
      returned: with a target
    seconds:
      description: How long it took.
      type: float
      returned: with a target
    paused_seconds:
      description: How long of that it waited for the source.
      type: float
      returned: with a target
    resumed:
      description: Whether it went on where an earlier run had stopped.
      type: bool
      returned: with a target
    problem:
      description: Why there is no position.
      type: str
      returned: without a target
  sample:
    source: {host: a.rds.amazonaws.com, port: 3306, database: shop, server: MySQL 8.4.6}
    target: {host: b.rds.amazonaws.com, port: 3306, database: shop, server: MySQL 8.4.6}
    tables: 1
    rows: {source: 5000, target: 4999}
    chunks: 4
    schema: []
    schema_differences: 0
    data:
      - table: orders
        key: [id]
        rows: {source: 5000, target: 4999}
        ranges: [{after: [3000], to: null, rows: {source: 2000, target: 1999}}]
        differing_ranges: 1
        missing: [[4711]]
        extra: []
        changed: [[4815]]
        all_keys: true
    not_compared: []
    left: []
    excluded: []
    seconds: 1.3
    paused_seconds: 0.0
    resumed: false
observed_at:
  description:
    - When the verdict was given, UTC, ISO 8601. Where it is V(pass), neither side had been written to until then.
  returned: always
  type: str
  sample: "2026-12-01T02:14:07Z"
position:
  description: Up to where the source had written when the module began, for O(since); null where it does not say.
  returned: always
  type: dict
  sample: {server: 1, file: mysql-bin.000042, position: 157, gtid: "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-77"}
"""

import time
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from ..module_utils._compare.api import login
from ..module_utils._compare.asked import Place, asked_of
from ..module_utils._compare.drivers import DRIVERS, driver
from ..module_utils._compare.progress import ProgressFile
from ..module_utils._compare.run import outcome
from ..module_utils._compare.shapes import Access
from ..module_utils._compare.sides import Both
from ..module_utils._errors import fail_clearly
from ..module_utils._plan.settle import Clock


def main() -> None:
    """Entry point."""
    module = AnsibleAWSModule(argument_spec=_argument_spec(), supports_check_mode=True)
    clock = Clock(time.monotonic, time.sleep)
    with fail_clearly(module):
        asked = asked_of(module.params)
        driver(DRIVERS[asked.engine])
        path = None if module.check_mode else module.params["progress_file"]
        source = _access(module, asked.source)
        target = _access(module, asked.target) if asked.target else None
        result = outcome(asked, Both(source, target), ProgressFile(path, asked.identity(), clock), clock)
    module.exit_json(changed=False, **result)


def _access(module: AnsibleAWSModule, place: Place) -> Access:
    username, password = login(module.client("secretsmanager", region=place.region), place.secret_arn, place.username)
    # Whatever a driver might say, Ansible takes it out of every result.
    module.no_log_values.add(password)
    return Access(place.host, place.port, place.database, username, place.ca_file, password)


def _argument_spec() -> dict[str, Any]:
    place = {
        "host": {"type": "str", "required": True},
        "port": {"type": "int"},
        "database": {"type": "str", "required": True},
        "secret_arn": {"type": "str", "required": True, "no_log": False},
        "username": {"type": "str"},
        "ca_file": {"type": "path", "required": True},
    }
    return {
        "engine": {"type": "str", "required": True, "choices": list(DRIVERS)},
        "source": {"type": "dict", "required": True, "options": place},
        "target": {"type": "dict", "options": place},
        "gate": {"type": "str", "default": "sql_compare"},
        "exclude": {"type": "list", "elements": "str", "default": []},
        "since": {"type": "dict"},
        "chunk_seconds": {"type": "float", "default": 0.5},
        "max_running": {"type": "int", "default": 25},
        "max_keys": {"type": "int", "default": 100, "no_log": False},
        "max_rows_without_key": {"type": "int", "default": 1000000, "no_log": False},
        "timeout": {"type": "float", "default": 3600},
        "progress_file": {"type": "path"},
    }


if __name__ == "__main__":
    main()
