# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""S3: settings of buckets that moto loses or judges otherwise than AWS."""

from __future__ import annotations

from local_cloud.services.s3 import logging, replication

__all__ = ["logging", "replication"]
