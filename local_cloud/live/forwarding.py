# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which target group a load balancer sends a request to: rules, weights, stickiness. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from local_cloud.live.http_server import Asked

STICKY_COOKIE = "AWSALBTG"
TERMINAL = ("forward", "redirect", "fixed-response")
LAST = "default"

Data = Mapping[str, Any]


def action_for(rules: Sequence[tuple[Any, Sequence[Data], Sequence[Data]]], asked: Asked) -> Data | None:
    """The action that ends the first rule that matches. Rules are (priority or 'default', conditions, actions)."""
    in_order = sorted(rules, key=lambda rule: (rule[0] == LAST, 0 if rule[0] == LAST else int(rule[0])))
    for _priority, conditions, actions in in_order:
        if all(_matches(one, asked) for one in conditions):
            return next((one for one in actions if one.get("Type") in TERMINAL), None)
    return None


def _matches(condition: Data, asked: Asked) -> bool:
    field, url = condition.get("Field"), urlsplit(asked.path)
    headers = {name.lower(): value for name, value in asked.headers.items()}
    if field == "path-pattern":
        return _any(condition, "PathPatternConfig", [url.path])
    if field == "host-header":
        return _any(condition, "HostHeaderConfig", [headers.get("host", "").partition(":")[0].lower()])
    if field == "http-header":
        name = condition["HttpHeaderConfig"]["HttpHeaderName"].lower()
        return _any(condition, "HttpHeaderConfig", [headers[name]] if name in headers else [])
    if field == "query-string":
        asked_for = parse_qsl(url.query)
        return any(
            fnmatchcase(value, one["Value"]) and one.get("Key") in (None, key)
            for one in condition["QueryStringConfig"]["Values"]
            for key, value in asked_for
        )
    # a request method or a source address says nothing here: such a rule is never taken
    return False


def _any(condition: Data, config: str, values: Sequence[str]) -> bool:
    patterns = condition.get(config, {}).get("Values") or condition.get("Values", [])
    return any(fnmatchcase(value, pattern) for value in values for pattern in patterns)


def group_for(action: Data, asked: Asked, chance: random.Random) -> str | None:
    """The ARN of the target group; None where all weights are 0."""
    config = action.get("ForwardConfig", {})
    groups = config.get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    weights: dict[str, int] = {one["TargetGroupArn"]: int(one.get("Weight", 1)) for one in groups}
    if is_sticky(action):
        before = _cookie(asked)
        sticky = next((arn for arn in weights if before == sticky_value(arn)), None)
        if sticky is not None:
            return sticky
    if not sum(weights.values()):
        return None
    return chance.choices(list(weights), list(weights.values()))[0]


def is_sticky(action: Data) -> bool:
    return bool(action.get("ForwardConfig", {}).get("TargetGroupStickinessConfig", {}).get("Enabled") in (True, "true"))


def sticky_value(group_arn: str) -> str:
    """What the cookie says of a target group: its own id."""
    return group_arn.rpartition("/")[2]


def _cookie(asked: Asked) -> str | None:
    text = next((value for name, value in asked.headers.items() if name.lower() == "cookie"), "")
    try:
        found = SimpleCookie(text).get(STICKY_COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None
