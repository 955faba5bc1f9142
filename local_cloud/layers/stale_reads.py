# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads that do not see the latest writes yet.

Within the rule's seconds after a write to a service, a read of that service (same account and region) may answer
what the identical read answered before the write. If nobody asked before, what was created since is left out: of
lists by dropping its items, elsewhere by asking moto for an identifier that nobody has, so that the error is the
service's own. A change to an existing thing that nobody looked at before is seen at once.
"""

from __future__ import annotations

import json
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from local_cloud.clock import Clock
from local_cloud.identifiers import means, new_identifiers, refers_to, unlike
from local_cloud.layers import Next
from local_cloud.layers.faults import Faults
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.results import strings, with_strings, without_items

REMEMBERED_READS = 5000

# Consistent by their documentation: https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
# (objects and their lists; bucket settings are not), and STS knows no state.
STRONG = {
    "s3": frozenset(
        {
            "GetObject",
            "GetObjectAcl",
            "GetObjectAttributes",
            "GetObjectTagging",
            "HeadObject",
            "ListObjectVersions",
            "ListObjects",
            "ListObjectsV2",
        }
    )
}
Area = tuple[str, str, str]


@dataclass(frozen=True)
class Write:
    at: float
    made: frozenset[str]


@dataclass
class Memory:
    writes: dict[Area, list[Write]] = field(default_factory=dict)
    reads: OrderedDict[str, list[tuple[float, Response]]] = field(default_factory=OrderedDict)


class StaleReads:
    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._lock = threading.Lock()
        self._memory = Memory()

    def reset(self) -> None:
        self._memory = Memory()

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if not self._faults.active("stale_reads"):
            return next_layer(request)
        if request.access == "write":
            response = next_layer(request)
            self._remember_write(request, response)
            return response
        rule = self._faults.covering("stale_reads", request)
        if rule is None or _is_strong(request):
            return next_layer(request)
        key = _identity(request)
        writes = self._recent(request, rule.duration)
        if writes and self._faults.strike("stale_reads", request):
            old = self._answer_before(key, writes[0].at)
            return old or _as_if_not_there(request, next_layer, frozenset().union(*(write.made for write in writes)))
        response = next_layer(request)
        self._remember_read(key, response)
        return response

    def _remember_write(self, request: Request, response: Response) -> None:
        if not response.ok:
            return
        now, oldest = self._clock.now(), self._clock.now() - self._faults.longest("stale_reads")
        write = Write(now, new_identifiers(request, response))
        with self._lock:
            kept = [known for known in self._memory.writes.get(_area(request), []) if known.at >= oldest]
            self._memory.writes[_area(request)] = [*kept, write]

    def _recent(self, request: Request, seconds: float) -> list[Write]:
        oldest = self._clock.now() - seconds
        with self._lock:
            return [write for write in self._memory.writes.get(_area(request), []) if write.at > oldest]

    def _answer_before(self, key: str, moment: float) -> Response | None:
        with self._lock:
            answers = [response for at, response in self._memory.reads.get(key, []) if at <= moment]
        return answers[-1] if answers else None

    def _remember_read(self, key: str, response: Response) -> None:
        """Of the answers older than the longest window, only the last can still be given."""
        now, oldest = self._clock.now(), self._clock.now() - self._faults.longest("stale_reads")
        with self._lock:
            known = self._memory.reads.pop(key, [])
            old, recent = [one for one in known if one[0] < oldest], [one for one in known if one[0] >= oldest]
            self._memory.reads[key] = [*old[-1:], *recent, (now, response)]
            while len(self._memory.reads) > REMEMBERED_READS:
                self._memory.reads.popitem(last=False)


def _area(request: Request) -> Area:
    return request.service, request.account, request.region


def _identity(request: Request) -> str:
    return json.dumps([request.name, *request.scope, request.parameters], sort_keys=True, default=str)


def _is_strong(request: Request) -> bool:
    consistent = request.service == "dynamodb" and request.parameters.get("ConsistentRead") is True
    return consistent or request.service == "sts" or request.operation in STRONG.get(request.service, ())


def _as_if_not_there(request: Request, next_layer: Next, made: frozenset[str]) -> Response:
    def other(text: str) -> str:
        return unlike(text) if any(means(text, identifier) for identifier in made) else text

    asked_for = {text: other(text) for text in strings(request.parameters) if other(text) != text}
    if asked_for:
        answer = next_layer(request.with_parameters(with_strings(request.parameters, other)))
        body = answer.body.decode("utf-8", "replace")
        for text, replaced in asked_for.items():
            # as a word of its own: a role may be called "r"
            body = text.join(re.split(rf"(?<![\w-]){re.escape(replaced)}(?![\w-])", body))
        return answer.with_body(body.encode())
    response = next_layer(request)
    if not response.ok or not any(identifier.encode() in response.body for identifier in made):
        return response
    return request.answer(without_items(request.read(response), lambda item: refers_to(item, made)))
