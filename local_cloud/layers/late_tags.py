# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Tags that come late: EC2's descriptions and the tagging API do not see new ones for the rule's seconds.

With a filter by tag, what has the tag is not found; without, it is found and lacks the tag. The tagging API does not
find anything that was made or tagged in any service within that time.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from local_cloud.clock import Clock
from local_cloud.identifiers import means, new_identifiers
from local_cloud.layers import Next
from local_cloud.layers.faults import Faults
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.results import without_items

Late = dict[str, set[str]]
TAGGING = "resourcegroupstaggingapi"
# Where calls that tag name what they tag.
TAGGED_THINGS = ("Resources", "ResourceArn", "ResourceARN", "ResourceName", "ResourceArns", "resourceArn", "Resource")


class LateTags:
    def __init__(self, faults: Faults, clock: Clock) -> None:
        self._faults = faults
        self._clock = clock
        self._lock = threading.Lock()
        self._tagged: list[tuple[float, tuple[str, str], str, str]] = []

    def reset(self) -> None:
        self._tagged = []

    def __call__(self, request: Request, next_layer: Next) -> Response:
        if not self._faults.active("late_tags"):
            return next_layer(request)
        response = next_layer(request)
        if request.access == "write":
            self._remember(request, response)
            return response
        rule = self._faults.covering("late_tags", request)
        if rule is None or request.service not in ("ec2", TAGGING) or not response.ok:
            return response
        late = self._late(request, rule.duration)
        concerned = any(identifier.rpartition(":")[2].encode() in response.body for identifier in late)
        if not concerned or not self._faults.strike("late_tags", request):
            return response
        return request.answer(_without_late(request, request.read(response), late))

    def _remember(self, request: Request, response: Response) -> None:
        if not response.ok:
            return
        now, oldest = self._clock.now(), self._clock.now() - self._faults.longest("late_tags")
        named = [request.parameters[name] for name in TAGGED_THINGS if name in request.parameters]
        things = {*new_identifiers(request, response)} if _tag_keys(request) or not named else set()
        if _tag_keys(request):
            things |= {text for value in named for text in ([value] if isinstance(value, str) else value)}
        made = [(now, request.scope, thing, key) for thing in things for key in _tag_keys(request) or {""}]
        with self._lock:
            self._tagged = [entry for entry in self._tagged if entry[0] >= oldest] + made

    def _late(self, request: Request, seconds: float) -> Late:
        oldest = self._clock.now() - seconds
        late: Late = {}
        with self._lock:
            for at, scope, thing, key in self._tagged:
                if at > oldest and scope == request.scope:
                    late.setdefault(thing, set()).add(key)
        return late


def _tag_keys(request: Request) -> set[str]:
    """The keys of the tags that a call sets, wherever the service has them."""
    parameters = request.parameters
    sets: Iterable[Any] = [
        parameters.get("Tags"),
        parameters.get("tags"),
        *(specification.get("Tags") for specification in parameters.get("TagSpecifications", [])),
    ]
    keys: set[str] = set()
    for tags in sets:
        if isinstance(tags, dict):
            keys.update(tags)
        elif isinstance(tags, list):
            keys.update(tag.get("Key") or tag.get("key") or tag.get("TagKey") or "" for tag in tags)
    return keys


def _without_late(request: Request, result: dict[str, Any], late: Late) -> dict[str, Any]:
    if request.service == TAGGING:
        return dict(without_items(result, lambda item: _is_late_mapping(item, late)))
    if request.operation == "DescribeTags":
        return dict(without_items(result, lambda item: item.get("Key") in late.get(item.get("ResourceId", ""), ())))
    filtered = _filtered_keys(request)
    result = without_items(
        result, lambda item: bool(filtered & _late_keys(item, late) or _any_key(filtered, item, late))
    )
    _strip(result, late)
    return result


def _is_late_mapping(item: Any, late: Late) -> bool:
    arn = item.get("ResourceARN") if isinstance(item, dict) else None
    return isinstance(arn, str) and any(means(arn, thing) for thing in late)


def _filtered_keys(request: Request) -> set[str]:
    """Keys by which the caller filters; "" when by any tag's key or value."""
    keys = set()
    for item in request.parameters.get("Filters", []):
        name = str(item.get("Name", ""))
        if name.startswith("tag:"):
            keys.add(name.removeprefix("tag:"))
        elif name in ("tag-key", "tag-value", "tag"):
            keys.add("")
    return keys


def _late_keys(item: Any, late: Late) -> set[str]:
    if not isinstance(item, dict) or "Tags" not in item:
        return set()
    return set().union(*(late[value] for value in item.values() if isinstance(value, str) and value in late))


def _any_key(filtered: set[str], item: Any, late: Late) -> bool:
    return "" in filtered and bool(_late_keys(item, late))


def _strip(value: Any, late: Late) -> None:
    if isinstance(value, list):
        for item in value:
            _strip(item, late)
    elif isinstance(value, dict):
        keys = _late_keys(value, late)
        if keys:
            value["Tags"] = [tag for tag in value["Tags"] if tag.get("Key") not in keys]
        for item in value.values():
            _strip(item, late)
