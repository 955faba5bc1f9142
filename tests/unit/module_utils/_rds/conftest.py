# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""An instance as RDS describes it, and the attributes that it has."""

from __future__ import annotations

from typing import Any

import pytest

KEY = "arn:aws:kms:us-east-1:123456789012:key/one"
ROLE = "arn:aws:iam::123456789012:role/monitoring"


@pytest.fixture
def item() -> dict[str, Any]:
    """DescribeDBInstances, one instance."""
    return {
        "DBInstanceIdentifier": "acme-prod-database",
        "DBInstanceArn": "arn:aws:rds:us-east-1:123456789012:db:acme-prod-database",
        "DBInstanceStatus": "available",
        "Engine": "mysql",
        "EngineVersion": "8.4.7",
        "DBInstanceClass": "db.m7g.large",
        "StorageType": "gp3",
        "AllocatedStorage": 100,
        "MaxAllocatedStorage": 200,
        "Iops": 3000,
        "StorageThroughput": 125,
        "StorageEncrypted": True,
        "KmsKeyId": KEY,
        "MultiAZ": True,
        "DBSubnetGroup": {"DBSubnetGroupName": "acme-prod-database"},
        "DBParameterGroups": [{"DBParameterGroupName": "acme-prod-mysql8-4", "ParameterApplyStatus": "in-sync"}],
        "VpcSecurityGroups": [
            {"VpcSecurityGroupId": "sg-b", "Status": "active"},
            {"VpcSecurityGroupId": "sg-a", "Status": "adding"},
            {"VpcSecurityGroupId": "sg-old", "Status": "removing"},
        ],
        "Endpoint": {"Address": "acme-prod-database.x.us-east-1.rds.amazonaws.com", "Port": 3306},
        "DBName": "app",
        "MasterUsername": "dbadmin",
        "MasterUserSecret": {"SecretArn": "arn:aws:secretsmanager:us-east-1:1:secret:rds!db-1", "KmsKeyId": KEY},
        "PubliclyAccessible": False,
        "DeletionProtection": True,
        "BackupRetentionPeriod": 30,
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:30-sun:05:30",
        "CopyTagsToSnapshot": True,
        "AutoMinorVersionUpgrade": True,
        "CACertificateIdentifier": "rds-ca-rsa2048-g1",
        "IAMDatabaseAuthenticationEnabled": False,
        "PerformanceInsightsEnabled": True,
        "PerformanceInsightsKMSKeyId": KEY,
        "PerformanceInsightsRetentionPeriod": 93,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": ROLE,
        "EnabledCloudwatchLogsExports": ["slowquery", "error"],
        "PendingModifiedValues": {},
        "DbiResourceId": "db-1",
        "TagList": [{"Key": "Name", "Value": "acme-prod-database"}, {"Key": "aws:rds", "Value": "x"}],
    }


@pytest.fixture
def wanted() -> dict[str, Any]:
    """What the item above is, in the words of the model."""
    return {
        "engine": "mysql",
        "engine_version": "8.4",
        "instance_class": "db.m7g.large",
        "storage_type": "gp3",
        "allocated_storage": 100,
        "max_allocated_storage": 200,
        "encrypted": True,
        "key_arn": KEY,
        "multi_az": True,
        "subnet_group": "acme-prod-database",
        "parameter_group": "acme-prod-mysql8-4",
        "security_groups": ["sg-a", "sg-b"],
        "port": 3306,
        "database_name": "app",
        "username": "dbadmin",
        "password_managed": True,
        "password_key_arn": KEY,
        "publicly_accessible": False,
        "deletion_protection": True,
        "backup_retention": 30,
        "backup_window": "03:00-04:00",
        "maintenance_window": "sun:04:30-sun:05:30",
        "copy_tags_to_snapshot": True,
        "auto_minor_version_upgrade": True,
        "ca_certificate": "rds-ca-rsa2048-g1",
        "iam_authentication": False,
        "performance_insights": True,
        "performance_insights_key_arn": KEY,
        "performance_insights_retention": 93,
        "monitoring_interval": 60,
        "monitoring_role_arn": ROLE,
        "log_exports": ["error", "slowquery"],
    }
