# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Certificates: DNS validation that looks at DNS, and certificates in use."""

from __future__ import annotations

from local_cloud.services.acm import certificates, importing

__all__ = ["certificates", "importing"]
