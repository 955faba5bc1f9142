# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""KMS: keys by ARN, key states, policies."""

from __future__ import annotations

from local_cloud.services.kms import keys, policies

__all__ = ["keys", "policies"]
