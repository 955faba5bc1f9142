# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is called differently for instances and for Aurora clusters: operations, members of answers, states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .._rds.instance import FAILED
from .._wait.conditions import CONDITIONS

SNAPSHOT_READY = "available"
SNAPSHOT_FAILED = CONDITIONS["rds_snapshot"].failed

CLUSTER_FAILED = frozenset(
    {
        "cloning-failed",
        "deleting",
        "failed",
        "inaccessible-encryption-credentials",
        "inaccessible-encryption-credentials-recoverable",
        "incompatible-restore",
        "migration-failed",
        "restore-error",
    }
)
"""No waiting mends these.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html lists the states of clusters.
"""


@dataclass(frozen=True)
class Kind:
    """suffix makes the operations' names: describe_db<suffix>_snapshots, copy_db<suffix>_snapshot.

    thing and snapshot are what AWS calls them in its members: DBInstance, DBSnapshot; events how DescribeEvents does.
    resource_id is the member with the id that no other database ever gets, restored from this one or not.
    """

    name: str
    suffix: str
    thing: str
    status: str
    absent: str
    snapshot: str
    snapshot_absent: tuple[str, ...]
    snapshot_resource: str
    resource: str
    resource_id: str
    events: str
    snapshot_events: str
    failed: frozenset[str]

    @property
    def identifier(self) -> str:
        """The member with its name."""
        return f"{self.thing}Identifier"

    @property
    def arn(self) -> str:
        """The member with its ARN."""
        return f"{self.thing}Arn"

    @property
    def snapshot_identifier(self) -> str:
        """The member with the name of a snapshot."""
        return f"{self.snapshot}Identifier"


INSTANCE = Kind(
    name="instance",
    suffix="",
    thing="DBInstance",
    status="DBInstanceStatus",
    absent="DBInstanceNotFound",
    snapshot="DBSnapshot",
    snapshot_absent=("DBSnapshotNotFound", "DBSnapshotNotFoundFault"),
    snapshot_resource="snapshot",
    resource="db",
    resource_id="DbiResourceId",
    events="db-instance",
    snapshot_events="db-snapshot",
    failed=FAILED,
)
CLUSTER = Kind(
    name="cluster",
    suffix="_cluster",
    thing="DBCluster",
    status="Status",
    absent="DBClusterNotFoundFault",
    snapshot="DBClusterSnapshot",
    snapshot_absent=("DBClusterSnapshotNotFoundFault",),
    snapshot_resource="cluster-snapshot",
    resource="cluster",
    resource_id="DbClusterResourceId",
    events="db-cluster",
    snapshot_events="db-cluster-snapshot",
    failed=CLUSTER_FAILED,
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (INSTANCE, CLUSTER)}
