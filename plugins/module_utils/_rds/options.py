# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that are settings of a DB instance, for every module that makes or restores one."""

from __future__ import annotations

from typing import Any

SETTINGS: dict[str, Any] = {
    "engine_version": {"type": "str"},
    "instance_class": {"type": "str"},
    "storage_type": {"type": "str", "choices": ["gp2", "gp3", "io1", "io2"], "default": "gp3"},
    "allocated_storage": {"type": "int"},
    "max_allocated_storage": {"type": "int"},
    "iops": {"type": "int"},
    "storage_throughput": {"type": "int"},
    "multi_az": {"type": "bool", "default": True},
    "subnet_group": {"type": "str"},
    "parameter_group": {"type": "str"},
    "option_group": {"type": "str"},
    "security_groups": {"type": "list", "elements": "str"},
    "port": {"type": "int"},
    "password_key_arn": {"type": "str", "no_log": False},
    "publicly_accessible": {"type": "bool", "default": False},
    "deletion_protection": {"type": "bool", "default": True},
    "backup_retention": {"type": "int", "default": 7},
    "backup_window": {"type": "str"},
    "maintenance_window": {"type": "str"},
    "copy_tags_to_snapshot": {"type": "bool", "default": True},
    "auto_minor_version_upgrade": {"type": "bool", "default": True},
    "ca_certificate": {"type": "str"},
    "iam_authentication": {"type": "bool", "default": False},
    "performance_insights": {"type": "bool", "default": True},
    "performance_insights_key_arn": {"type": "str", "no_log": False},
    "performance_insights_retention": {"type": "int"},
    "monitoring_interval": {"type": "int", "choices": [0, 1, 5, 10, 15, 30, 60], "default": 60},
    "monitoring_role_arn": {"type": "str"},
    "log_exports": {"type": "list", "elements": "str", "default": []},
}
"""Each by the name that the model has for it."""
