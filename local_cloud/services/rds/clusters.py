# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Clusters: keys, the managed password, and changes that moto writes under names that it does not read."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles
from local_cloud.services.kms.keys import find_key
from local_cloud.services.rds.details import randomize_password
from local_cloud.services.rds.snapshots import DEFAULT_KEY, MOTOS_DEFAULT_KEY

NOT_FOUND = 404
# moto's name for what a parameter changes, where it is not the parameter's own
WRITTEN = {"EnableIAMDatabaseAuthentication": "iam_auth", "EngineLifecycleSupport": "engine_lifecycle_support"}


@handles("rds", "CreateDBCluster")
def complete_new_cluster(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    cluster = request.backend().clusters.get(request.parameters.get("DBClusterIdentifier", ""))
    if response.ok and cluster is not None:
        if cluster.storage_encrypted and cluster.kms_key_id == MOTOS_DEFAULT_KEY:
            cluster.kms_key_id = getattr(find_key(request, DEFAULT_KEY), "arn", None)
        randomize_password(cluster)
    return response


@handles("rds", "ModifyDBCluster")
def change_cluster(request: Request, next_handler: Next) -> Response:
    given = dict(request.parameters)
    name = given.get("DBClusterIdentifier", "")
    cluster = request.backend().clusters.get(name)
    if cluster is None:
        raise AwsError("DBClusterNotFoundFault", f"DBCluster {name} not found.", NOT_FOUND)
    logs = given.pop("CloudwatchLogsExportConfiguration", {})
    values = {WRITTEN[key]: given.pop(key) for key in list(given) if key in WRITTEN}
    response = next_handler(request.with_parameters(given))
    if not response.ok:
        return response
    for attribute, value in values.items():
        setattr(cluster, attribute, value)
    kept = set(cluster.enabled_cloudwatch_logs_exports) - set(logs.get("DisableLogTypes", []))
    cluster.enabled_cloudwatch_logs_exports = sorted(kept | set(logs.get("EnableLogTypes", [])))
    if given.get("ManageMasterUserPassword"):
        randomize_password(cluster)
    return response


@amends("rds", "DescribeDBClusters")
def show_no_key_without_encryption(request: Request, result: dict[str, Any]) -> None:
    for cluster in result.get("DBClusters", []):
        if not cluster.get("StorageEncrypted"):
            cluster.pop("KmsKeyId", None)
