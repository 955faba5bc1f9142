# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One scheme of names, cut to each service's rules so that two long names never meet."""

from __future__ import annotations

import hashlib

HASH_LENGTH = 6


def fit(name: str, limit: int) -> str:
    """name, or when it is longer than limit its beginning and a short hash of the whole.

    The hash keeps two names apart that agree in their first characters; it depends on the name alone, so it is the same in every run.
    """
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-.')}-{digest}"


def zone_suffix(zone: str, region: str) -> str:
    """us-east-1a in us-east-1 is a; the local zone us-west-2-lax-1a is lax-1a."""
    return zone.removeprefix(region).strip("-") or zone
