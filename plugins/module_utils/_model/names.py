# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""One scheme of names, cut to each service's rules so that two long names never meet."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .core import Stack

HASH_LENGTH = 6
BUCKET_LIMIT = 63


def fit(name: str, limit: int) -> str:
    """name, or when it is longer than limit its beginning and a short hash of the whole.

    The hash keeps two names apart that agree in their first characters; it depends on the name alone, so it is the same
    in every run.
    """
    if len(name) <= limit:
        return name
    return f"{name[: limit - HASH_LENGTH - 1].rstrip('-.')}-{_digest(name)}"


def bucket_name(stack: Stack, what: str, region: str) -> str:
    """The name of a bucket, which it shares with the buckets of the whole world: account and region are part of it.

    Lower case letters, digits and dashes only (a dot would break TLS to the bucket); a name that has to be changed for
    it carries the hash of what it was.
    """
    asked = "-".join([stack.name, what, region, stack.account_id])
    name = re.sub(r"[^a-z0-9-]", "-", asked.lower()).strip("-")
    if name == asked:
        return fit(name, BUCKET_LIMIT)
    return f"{name[: BUCKET_LIMIT - HASH_LENGTH - 1].rstrip('-')}-{_digest(asked)}"


def rds_name(name: str, limit: int) -> str:
    """name as RDS takes it, within limit; one that has to be changed for it carries the hash of what it was."""
    allowed = rds_characters(name)
    if allowed == name:
        return fit(name, limit)
    return f"{allowed[: limit - HASH_LENGTH - 1].rstrip('-')}-{_digest(name)}"


def rds_characters(name: str) -> str:
    """Lower case letters, digits and single dashes, beginning with a letter."""
    allowed = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return allowed if allowed[:1].isalpha() else f"db-{allowed}"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:HASH_LENGTH]


def zone_suffix(zone: str, region: str) -> str:
    """us-east-1a in us-east-1 is a; the local zone us-west-2-lax-1a is lax-1a."""
    return zone.removeprefix(region).strip("-") or zone
