# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""S3: defaults of a new bucket, policies with conditions, access logs, replication, versions that keep a bucket."""

from __future__ import annotations

from local_cloud.services.s3 import buckets, logging, policies, replication

__all__ = ["buckets", "logging", "policies", "replication"]
