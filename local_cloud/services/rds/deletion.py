# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Deleting an instance: protection, and a final snapshot or the word that none is wanted."""

from __future__ import annotations

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import handles

NOT_FOUND = 404


@handles("rds", "DeleteDBInstance")
def ask_for_final_snapshot(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    name = parameters.get("DBInstanceIdentifier", "")
    database = request.backend().databases.get(name)
    if database is None:
        raise AwsError("DBInstanceNotFound", f"DBInstance {name} not found.", NOT_FOUND)
    snapshot, skip = parameters.get("FinalDBSnapshotIdentifier"), parameters.get("SkipFinalSnapshot", False)
    member = database.db_cluster_identifier is not None or database.is_replica
    if not database.deletion_protection and not member:
        _check(snapshot, skip)
    if snapshot and snapshot in request.backend().database_snapshots:
        message = f"Cannot create the snapshot because a snapshot with the identifier {snapshot} already exists."
        raise AwsError("DBSnapshotAlreadyExists", message)
    return next_handler(request)


@handles("rds", "DeleteDBCluster")
def ask_for_final_cluster_snapshot(request: Request, next_handler: Next) -> Response:
    parameters = request.parameters
    cluster = request.backend().clusters.get(parameters.get("DBClusterIdentifier", ""))
    if cluster is not None and not cluster.deletion_protection:
        _check(parameters.get("FinalDBSnapshotIdentifier"), parameters.get("SkipFinalSnapshot", False))
    return next_handler(request)


def _check(snapshot: str | None, skip: bool) -> None:
    if not snapshot and not skip:
        message = "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        raise AwsError("InvalidParameterCombination", message)
    if snapshot and skip:
        message = "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is specified."
        raise AwsError("InvalidParameterCombination", message)
