# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tags of zones and health checks, which Route 53 keeps beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

ZONE, HEALTH_CHECK = "hostedzone", "healthcheck"
AT_ONCE = 10
"""As many resources one call answers for, and as many tags one resource may have."""

known_soon = AWSRetry.jittered_backoff(
    retries=6, delay=1, max_delay=5, catch_extra_error_codes=["NoSuchHostedZone", "NoSuchHealthCheck"]
)
"""For calls about a resource that was made a moment ago."""


def read(client: Any, kind: str, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """The tags of each id; AWS's own (aws:) are left out."""
    todo, found = list(ids), {}
    for start in range(0, len(todo), AT_ONCE):
        answer = client.list_tags_for_resources(ResourceType=kind, ResourceIds=todo[start : start + AT_ONCE])
        for one in answer["ResourceTagSets"]:
            found[one["ResourceId"]] = {
                tag["Key"]: tag["Value"] for tag in one["Tags"] if not tag["Key"].startswith("aws:")
            }
    return found


def missing(wanted: Mapping[str, str], present: Mapping[str, str]) -> dict[str, str]:
    """The tags that have to be set."""
    return {name: value for name, value in wanted.items() if present.get(name) != value}


def write(client: Any, kind: str, resource_id: str, tags: Mapping[str, str]) -> None:
    """Sets tags; others stay."""
    if tags:
        pairs = [{"Key": name, "Value": value} for name, value in tags.items()]
        known_soon(client.change_tags_for_resource)(ResourceType=kind, ResourceId=resource_id, AddTags=pairs)
