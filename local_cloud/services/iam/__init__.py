# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""IAM: policies that are read before they are taken, and deletions that wait for what is attached."""

from __future__ import annotations

from local_cloud.services.iam import entities

__all__ = ["entities"]
