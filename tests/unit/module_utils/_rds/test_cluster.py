# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the cluster that is there to the call that makes it the one that is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.module_utils._rds.cluster import cluster_changes
from ansible_collections.cutover.aws.plugins.module_utils._rds.plan import NotChangeable

ITEM: dict[str, Any] = {
    "DBClusterIdentifier": "one",
    "Engine": "aurora-postgresql",
    "EngineVersion": "17.5",
    "StorageEncrypted": True,
    "KmsKeyId": "key",
    "DBSubnetGroup": "one",
    "VpcSecurityGroups": [{"VpcSecurityGroupId": "b"}, {"VpcSecurityGroupId": "a"}],
    "EnabledCloudwatchLogsExports": ["instance"],
    "ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 4.0},
}
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "nothing": ({"security_groups": ["a", "b"], "storage_type": "aurora", "deletion_protection": False}, {}),
    "a newer minor version": ({"engine_version": "17.4"}, {}),
    "an older one": ({"engine_version": "17.6"}, {"EngineVersion": "17.6"}),
    "capacity": (
        {"serverless": {"min_capacity": 0.5, "max_capacity": 8.0}},
        {"ServerlessV2ScalingConfiguration": {"MinCapacity": 0.5, "MaxCapacity": 8.0}},
    ),
    "logs": (
        {"log_exports": ["postgresql"]},
        {"CloudwatchLogsExportConfiguration": {"EnableLogTypes": ["postgresql"], "DisableLogTypes": ["instance"]}},
    ),
    "the password with its key": (
        {"password_managed": True, "password_key_arn": "secret-key"},
        {"ManageMasterUserPassword": True, "MasterUserSecretKmsKeyId": "secret-key"},
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_changes(case: str) -> None:
    wanted, request = CHANGES[case]
    expected = {"DBClusterIdentifier": "one", **request, "ApplyImmediately": True} if request else {}
    assert cluster_changes(wanted, ITEM) == expected


def test_what_aws_cannot_change_is_an_error() -> None:
    with pytest.raises(NotChangeable, match="key_arn is 'key', not 'another'"):
        cluster_changes({"key_arn": "another"}, ITEM)
