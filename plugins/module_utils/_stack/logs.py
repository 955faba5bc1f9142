# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Log groups, which several layers own."""

from __future__ import annotations

from typing import Any

from .._model.core import Found
from .context import Context


def log_groups(context: Context, prefix: str, region: str | None = None) -> list[Found]:
    """The stack's log groups whose names begin with prefix, with retention in days (None: for ever), key and tags."""
    groups = context.pages("logs", "describe_log_groups", "logGroups", region, logGroupNamePrefix=prefix)
    return [found for found in context.each(lambda group: _log_group(context, group, region), groups) if found]


def _log_group(context: Context, group: dict[str, Any], region: str | None) -> Found | None:
    arn = group["arn"].removesuffix(":*")
    tags = context.client("logs", region).list_tags_for_resource(resourceArn=arn)["tags"]
    name = group["logGroupName"]
    if not context.owns("log_group", name, tags):
        return None
    return Found(
        key=context.key("log_group", name, tags),
        type="log_group",
        name=name,
        id=name,
        arn=arn,
        attributes={"retention": group.get("retentionInDays"), "key_arn": group.get("kmsKeyId"), "tags": tags},
    )
