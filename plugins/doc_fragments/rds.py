# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation that the modules of databases share: settings of an instance."""

from __future__ import annotations


class ModuleDocFragment:
    """cutover.aws.rds.settings"""

    SETTINGS = r"""
options:
  instance_class:
    description: For example C(db.m7g.large).
    type: str
  storage_type:
    description: The kind of volume.
    type: str
    choices: [gp2, gp3, io1, io2]
    default: gp3
  max_allocated_storage:
    description: GiB up to which storage grows by itself; without it, it does not grow.
    type: int
  iops:
    description: Provisioned operations a second; without it AWS's baseline.
    type: int
  storage_throughput:
    description: Provisioned MiB a second of V(gp3); without it AWS's baseline.
    type: int
  multi_az:
    description: Whether there is a standby in another zone.
    type: bool
    default: true
  option_group:
    description: Name of the option group; without it the engine's default one, or what the instance has.
    type: str
  port:
    description: TCP port, 1150 to 65535. AWS restarts the database when it changes.
    type: int
  publicly_accessible:
    description: Whether the endpoint has a public address.
    type: bool
    default: false
  deletion_protection:
    description: Whether AWS refuses to delete the instance.
    type: bool
    default: true
  backup_retention:
    description: Days for which automated backups are kept, 0 to 35; V(0) turns them off.
    type: int
    default: 7
  backup_window:
    description: Daily window of the backups, UTC, C(hh:mm-hh:mm), 30 minutes or more, outside of O(maintenance_window).
    type: str
  maintenance_window:
    description: Weekly window of maintenance, UTC, C(ddd:hh:mm-ddd:hh:mm), 30 minutes or more.
    type: str
  copy_tags_to_snapshot:
    description: Whether snapshots carry the instance's tags.
    type: bool
    default: true
  auto_minor_version_upgrade:
    description: Whether RDS upgrades minor versions in the maintenance window.
    type: bool
    default: true
  ca_certificate:
    description: Certificate authority of the server's certificate. A change restarts engines that cannot reload it.
    type: str
  iam_authentication:
    description: Whether users can log in with IAM.
    type: bool
    default: false
  performance_insights:
    description: Whether Performance Insights is on.
    type: bool
    default: true
  performance_insights_key_arn:
    description: ARN of the KMS key that encrypts its data. AWS cannot change it.
    type: str
  performance_insights_retention:
    description: Days, V(7), V(731), or months times 31.
    type: int
  monitoring_interval:
    description: Seconds between two samples of enhanced monitoring; V(0) turns it off.
    type: int
    choices: [0, 1, 5, 10, 15, 30, 60]
    default: 60
  monitoring_role_arn:
    description: ARN of the role that lets C(monitoring.rds.amazonaws.com) write the samples.
    type: str
  log_exports:
    description: Logs that go to CloudWatch Logs. Their groups ought to exist beforehand; RDS makes them without
      retention and key.
    type: list
    elements: str
    default: []
"""
