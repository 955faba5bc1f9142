# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules on alarms, subscriptions and the application's log groups.

Sources: PutMetricAlarm (CloudWatch API), Subscribe (SNS API), PutRetentionPolicy (CloudWatch Logs API).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..._model.core import Value
from ..findings import Finding, finding
from .limits import LOG_DAYS

SHORT_PERIODS = (10, 20, 30)
MINUTE, LONGEST_EVALUATION = 60, 7 * 24 * 3600
HUNDRED = 100
PERCENTAGES = ("cpu", "scale_up", "scale_down", "database_cpu")
SCALE_UP, SCALE_DOWN = 70.0, 30.0
"""Where the role's alarms scale a fleet unless the inventory says otherwise."""
ENDPOINTS = {
    "email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "an address such as ops@example.com"),
    "email-json": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "an address such as ops@example.com"),
    "http": (re.compile(r"http://\S+"), "a URL that begins with http://"),
    "https": (re.compile(r"https://\S+"), "a URL that begins with https://"),
    "sms": (re.compile(r"\+\d{5,15}"), "a number with its country: +4915112345678"),
    "sqs": (re.compile(r"arn:aws[\w-]*:sqs:\S+"), "the ARN of a queue"),
    "lambda": (re.compile(r"arn:aws[\w-]*:lambda:\S+"), "the ARN of a function"),
    "firehose": (re.compile(r"arn:aws[\w-]*:firehose:\S+"), "the ARN of a delivery stream"),
}

Typed = Mapping[str, Value]


def monitoring_findings(typed: Typed) -> Iterator[Finding]:
    """All rules on the variables of the role monitoring."""
    alarms = typed.get("monitoring_alarms")
    if isinstance(alarms, Mapping):
        for kind, limits in alarms.items():
            if isinstance(limits, Mapping):
                yield from _alarm(f"monitoring_alarms.{kind}", str(kind), limits)
        yield from _hunting(alarms)
    yield from _log_groups(typed)
    yield from _subscriptions(typed)


def _alarm(path: str, kind: str, limits: Mapping[str, Value]) -> Iterator[Finding]:
    threshold, period, count = (limits.get(name) for name in ("threshold", "period", "evaluation_periods"))
    above = kind in PERCENTAGES and isinstance(threshold, int | float) and threshold > HUNDRED
    if isinstance(threshold, int | float) and (threshold < 0 or above):
        rule = "is no share in percent, 0 to 100" if kind in PERCENTAGES else "is negative, and nothing can be below it"
        yield finding(f"{path}.threshold", threshold, rule, "Take a value that the metric can have")
    if isinstance(period, int) and period not in SHORT_PERIODS and (period < MINUTE or period % MINUTE):
        yield finding(
            f"{path}.period", period, "is neither 10, 20, 30 nor a multiple of 60 seconds", "Take one of them"
        )
    if isinstance(count, int) and count < 1:
        yield finding(f"{path}.evaluation_periods", count, "an alarm looks at one period at least", "Take 1 or more")
    elif isinstance(period, int) and isinstance(count, int) and period * count > LONGEST_EVALUATION:
        yield finding(
            f"{path}.evaluation_periods", count, "an alarm looks back a week at most", "Lower it or the period"
        )


def _hunting(alarms: Mapping[str, Value]) -> Iterator[Finding]:
    """A fleet that shrinks where it has just grown never comes to rest."""
    up, down = _threshold(alarms, "scale_up", SCALE_UP), _threshold(alarms, "scale_down", SCALE_DOWN)
    if down >= up:
        rule = f"is not below the one from which the fleet grows (scale_up, {up:g})"
        yield finding("monitoring_alarms.scale_down.threshold", down, rule, "Leave room between them")


def _threshold(alarms: Mapping[str, Value], kind: str, default: float) -> float:
    limits = alarms.get(kind)
    threshold = limits.get("threshold") if isinstance(limits, Mapping) else None
    return float(threshold) if isinstance(threshold, int | float) else default


def _log_groups(typed: Typed) -> Iterator[Finding]:
    groups = typed.get("monitoring_log_groups")
    for name, days in (groups if isinstance(groups, Mapping) else {}).items():
        path = f"monitoring_log_groups.{name}"
        if days not in LOG_DAYS:
            allowed = ", ".join(map(str, LOG_DAYS))
            yield finding(
                path, days, "CloudWatch Logs keeps logs for certain numbers of days only", f"Take one of {allowed}"
            )
        if not re.fullmatch(r"[\w.#-]+", str(name)):
            yield finding(path, days, "the name of a log group has letters, digits and . # _ -", "Choose another name")


def _subscriptions(typed: Typed) -> Iterator[Finding]:
    subscriptions = typed.get("monitoring_subscriptions")
    for index, subscription in enumerate(subscriptions if isinstance(subscriptions, list) else []):
        protocol, endpoint = str(subscription["protocol"]), str(subscription["endpoint"])
        pattern, example = ENDPOINTS.get(protocol, (None, ""))
        if pattern and not pattern.fullmatch(endpoint):
            path = f"monitoring_subscriptions[{index}].endpoint"
            yield finding(path, endpoint, f"is no endpoint for {protocol}", f"Write {example}")
