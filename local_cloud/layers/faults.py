# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Faults: rules that say which calls meet which trouble, and the simple kinds of trouble.

A rule: ``{"kind": "throttle", "match": {"service": "ec2", "access": "write"}, "probability": 0.05, "seed": 1}``.
The kinds that need a memory are in layers of their own: pages, stale reads, late tags, unknown roles, certificates.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from local_cloud.clock import Clock
from local_cloud.errors import AwsError, ConnectionDropped
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response

KINDS = {
    "throttle": "the service's own throttling error",
    "error": "an HTTP error, 500 unless `status` and `code` say otherwise",
    "reset_before": "the connection is reset before the service acts",
    "reset_after": "the service acts, then the connection is reset",
    "latency": "the answer takes `seconds` longer",
    "stale_reads": "for `seconds` after a write, reads answer as before it",
    "late_tags": "for `seconds`, tags of EC2 and of the tagging API are not seen yet",
    "slow_propagation": "for `seconds`, changes of records are PENDING and resolvers see what was before",
    "unknown_role": "for `seconds`, services do not know a new role or instance profile",
    "unknown_certificate": "for `seconds`, load balancers do not know a certificate that was issued",
    "pages": "lists come in pages of `size` items",
}
MATCHED_BY = ("service", "operation", "region", "access", "account")
DEFAULT_SECONDS = {
    "latency": 0.2,
    "stale_reads": 2.0,
    "late_tags": 2.0,
    "slow_propagation": 5.0,
    "unknown_role": 5.0,
    "unknown_certificate": 5.0,
}

# What each service calls its throttling; the rest say ThrottlingException (JSON) or Throttling (XML).
THROTTLING_CODES = {
    "cloudfront": ("Throttling", 400),
    "dynamodb": ("ThrottlingException", 400),
    "ec2": ("RequestLimitExceeded", 503),
    "kms": ("ThrottlingException", 400),
    "lambda": ("TooManyRequestsException", 429),
    "route53": ("Throttling", 400),
    "s3": ("SlowDown", 503),
    "sns": ("Throttled", 429),
    "sqs": ("RequestThrottled", 403),
    "apigateway": ("TooManyRequestsException", 429),
    "wafv2": ("ThrottlingException", 400),
}
SERVER_ERRORS = {"ec2": "InternalError", "s3": "InternalError", "dynamodb": "InternalServerError"}


@dataclass
class Rule:
    """When it applies: to calls that match, but for the first ``after``, at most ``times``, by ``probability``."""

    kind: str
    match: Mapping[str, str | list[str]] = field(default_factory=dict)
    exclude: Mapping[str, str | list[str]] = field(default_factory=dict)
    probability: float = 1.0
    times: int | None = None
    after: int = 0
    seed: int = 0
    seconds: float | None = None
    size: int = 2
    unasked: bool | None = None
    status: int = 500
    code: str | None = None

    def __post_init__(self) -> None:
        self._check()
        self._random = random.Random(self.seed)
        self._seen = 0
        self.hits = 0

    def _check(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind {self.kind!r}; known: {', '.join(KINDS)}")
        strange = ({*self.match} | {*self.exclude}) - {*MATCHED_BY}
        if strange:
            raise ValueError(f"cannot match by {', '.join(sorted(strange))}; known: {', '.join(MATCHED_BY)}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability {self.probability} is not within 0 and 1")
        if self.size < 1:
            raise ValueError(f"a page of {self.size} items")

    @property
    def duration(self) -> float:
        return DEFAULT_SECONDS.get(self.kind, 0.0) if self.seconds is None else self.seconds

    def covers(self, request: Request) -> bool:
        excluded = bool(self.exclude) and all(_matches(request, *item) for item in self.exclude.items())
        return not excluded and all(_matches(request, *item) for item in self.match.items())

    def strikes(self) -> bool:
        """Count a call that the rule covers, and draw its lot."""
        self._seen += 1
        over = self.times is not None and self.hits >= self.times
        if self._seen <= self.after or over:
            return False
        struck = self.probability >= 1 or self._random.random() < self.probability
        self.hits += struck
        return struck

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "match": dict(self.match),
            "exclude": dict(self.exclude),
            "probability": self.probability,
            "times": self.times,
            "after": self.after,
            "seed": self.seed,
            "seconds": self.duration,
            "hits": self.hits,
        }


def _matches(request: Request, name: str, wanted: str | list[str]) -> bool:
    value = str(getattr(request, name))
    return any(fnmatchcase(value, pattern) for pattern in ([wanted] if isinstance(wanted, str) else wanted))


class Faults:
    """The rules in force. None by default."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def configure(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Replace all rules; a mistake in one of them leaves the old ones."""
        made = []
        for rule in rules:
            try:
                made.append(Rule(**rule))
            except TypeError as error:
                raise ValueError(f"bad rule {dict(rule)}: {error}") from error
        self._rules = made

    def describe(self) -> list[dict[str, Any]]:
        return [rule.as_dict() for rule in self._rules]

    def active(self, kind: str) -> bool:
        return any(rule.kind == kind for rule in self._rules)

    def longest(self, kind: str) -> float:
        """Seconds for which this kind of fault may look back."""
        return max((rule.duration for rule in self._rules if rule.kind == kind), default=0.0)

    def covering(self, kind: str, request: Request) -> Rule | None:
        """The first rule of the kind that speaks of this request, without drawing its lot."""
        return next((rule for rule in self._rules if rule.kind == kind and rule.covers(request)), None)

    def strike(self, kind: str, request: Request) -> Rule | None:
        """The first rule of the kind that hits this request; noted in the call log."""
        for rule in self._rules:
            if rule.kind != kind or not rule.covers(request):
                continue
            with self._lock:
                struck = rule.strikes()
            if struck:
                request.faults.append(kind)
                return rule
        return None


def throttling(request: Request) -> AwsError:
    usual = "ThrottlingException" if "json" in request.protocol else "Throttling"
    code, status = THROTTLING_CODES.get(request.service, (usual, 400))
    return AwsError(code, "Rate exceeded", status)


def server_error(request: Request, rule: Rule) -> AwsError:
    code = rule.code or SERVER_ERRORS.get(request.service, "InternalFailure")
    return AwsError(code, "An internal error has occurred", rule.status)


class Disruptions:
    """The faults that need no memory."""

    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if rule := self._faults.strike("latency", request):
            self._clock.sleep(rule.duration)
        if self._faults.strike("reset_before", request):
            raise ConnectionDropped(request.name)
        if self._faults.strike("throttle", request):
            raise throttling(request)
        if rule := self._faults.strike("error", request):
            raise server_error(request, rule)
        response = next_layer(request)
        if self._faults.strike("reset_after", request):
            raise ConnectionDropped(request.name)
        return response
