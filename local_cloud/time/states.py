# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The layer that shows intermediate states, by the table and the clock."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.results import get_path, set_path, strings, values_at
from local_cloud.time.table import KINDS, Busy, Course, Kind
from local_cloud.time.timeline import Passage, Timeline, ends_of

if TYPE_CHECKING:
    from local_cloud.cloud import Cloud

Operation = tuple[str, str]


def _index(kinds: tuple[Kind, ...]) -> dict[Operation, list[Kind]]:
    """Kinds by every operation that means something to them."""
    found: defaultdict[Operation, list[Kind]] = defaultdict(list)
    for kind in kinds:
        own = {*kind.shown, *kind.courses, *kind.busy, *kind.taken}
        for operation in {(kind.service, name) for name in own} | {(b.service, b.operation) for b in kind.blocks}:
            found[operation].append(kind)
    return dict(found)


class States:
    """At scale 0 it stands aside: every state is passed at once."""

    def __init__(self, cloud: Cloud, kinds: tuple[Kind, ...] = KINDS) -> None:
        self._cloud = cloud
        self._kinds = _index(kinds)
        self._timeline = Timeline()

    def reset(self) -> None:
        self._timeline.clear()

    def __call__(self, request: Request, next_layer: Next) -> Response:
        kinds = self._kinds.get((request.service, request.operation))
        if not kinds or self._cloud.time_scale == 0:
            return next_layer(request)
        if request.access == "read" and self._timeline.is_quiet(self._cloud.clock.now()):
            return next_layer(request)
        for kind in kinds:
            self._refuse(request, kind)
        leaving = {kind.name: self._before_deletion(request, kind, next_layer) for kind in kinds}
        response = next_layer(request)
        if response.ok:
            for kind in kinds:
                self._set_going(request, response, kind, leaving[kind.name])
        for kind in kinds:
            if kind.service == request.service and request.operation in kind.shown:
                response = self._shown(request, response, kind)
        return response

    # refusals

    def _refuse(self, request: Request, kind: Kind) -> None:
        now = self._cloud.clock.now()
        for named, identifier in self._spoken_of(request, kind.busy):
            current = self._timeline.current(_key(kind, request, identifier), now)
            if current is not None and current[0] != "available":
                raise AwsError(named.code, named.message.format(identifier))
        for named, identifier in self._spoken_of(request, kind.taken):
            current = self._timeline.current(_key(kind, request, identifier), now)
            if current is not None and current[1].gone:
                raise AwsError(named.code, named.message.format(identifier))
        for block in kind.blocks:
            if (block.service, block.operation) != (request.service, request.operation):
                continue
            wanted = str(request.parameters.get(block.named, ""))
            for _, passage in self._timeline.deleting(kind.name, request.scope, now):
                if wanted and wanted in values_at(passage.item, block.used):
                    raise AwsError(block.code, block.message.format(wanted))

    @staticmethod
    def _spoken_of(request: Request, refusals: Any) -> list[tuple[Busy, str]]:
        named: Busy | None = refusals.get(request.operation)
        if named is None or named.named not in request.parameters:
            return []
        return [(named, _name(str(request.parameters[named.named])))]

    # what begins

    def _before_deletion(self, request: Request, kind: Kind, next_layer: Next) -> dict[str, dict[str, Any]]:
        """How the things look that this call deletes, by identifier."""
        course = self._course(request, kind)
        if course is None or not course.deletes:
            return {}
        operation, parameter, many = kind.describe
        where = course.named or parameter
        found = {}
        for identifier in values_at(request.parameters, where):
            asked = {parameter: [identifier] if many else identifier}
            response = next_layer(request.derive(operation, asked))
            if response.ok:
                derived = request.derive(operation, asked)
                items = values_at(derived.read(response), kind.shown[operation])
                found.update({_identity(item, kind): item for item in items})
        return found

    def _set_going(self, request: Request, response: Response, kind: Kind, leaving: dict[str, dict[str, Any]]) -> None:
        course = self._course(request, kind)
        if course is None:
            return
        ends = ends_of(course.phases, self._cloud.clock.now(), self._cloud.time_scale)
        if course.deletes:
            affected: dict[str, dict[str, Any] | None] = dict(leaving)
        elif request.operation in kind.shown:
            items = _items(request.read(response), kind.shown[request.operation])
            affected = {_identity(item, kind): item for item in items}
        else:
            affected = {str(name).casefold(): None for name in values_at(request.parameters, course.named)}
        for identifier, item in affected.items():
            if item is None or course.applies(item):
                kept = copy.deepcopy(item) if course.deletes else None
                passage = Passage(ends, kept, gone=course.gone, hidden=course.hidden)
                self._timeline.start(_key(kind, request, identifier), passage)

    @staticmethod
    def _course(request: Request, kind: Kind) -> Course | None:
        return kind.courses.get(request.operation) if kind.service == request.service else None

    # what is seen

    def _shown(self, request: Request, response: Response, kind: Kind) -> Response:
        now = self._cloud.clock.now()
        lingering = self._lingering(request, kind, now)
        if not response.ok:
            return request.answer(_as_result(kind, request.operation, lingering)) if lingering else response
        result = request.read(response)
        changed = False
        for item in _items(result, kind.shown[request.operation]):
            current = self._timeline.current(_key(kind, request, _identity(item, kind)), now)
            if current is not None and not (current[1].gone and request.operation == kind.describe[0]):
                _set_state(item, kind, current[0])
                changed = True
        if lingering:
            name = kind.shown[request.operation].removesuffix("[]")
            result[name] = [*result.get(name, []), *lingering]
        return request.answer(result, response.status) if changed or lingering else response

    def _lingering(self, request: Request, kind: Kind, now: float) -> list[dict[str, Any]]:
        """What moto has dropped and AWS would still show to this request."""
        operation, parameter, _ = kind.describe
        if request.operation != operation:
            return []
        asked = {text.casefold() for text in strings(request.parameters.get(parameter))}
        found = []
        for identifier, passage in self._timeline.deleting(kind.name, request.scope, now):
            item = copy.deepcopy(passage.item)
            if item is None or not passage.gone or passage.hidden or (asked and identifier not in asked):
                continue
            if _passes(item, request.parameters.get("Filters", []), kind):
                _set_state(item, kind, passage.state_at(now) or "")
                found.append(item)
        return found


def _name(identifier: str) -> str:
    """RDS takes ARNs for names."""
    return identifier.split(":", 6)[-1] if identifier.startswith("arn:aws:rds:") else identifier


def _key(kind: Kind, request: Request, identifier: str) -> tuple[str, tuple[str, str], str]:
    return kind.name, request.scope, identifier.casefold()


def _identity(item: dict[str, Any], kind: Kind) -> str:
    return str(item.get(kind.key, "")).casefold()


def _items(result: dict[str, Any], path: str) -> list[dict[str, Any]]:
    return values_at(result, path) if path else [result]


def _set_state(item: dict[str, Any], kind: Kind, state: str) -> None:
    set_path(item, kind.state, state)
    for path, value in kind.extra.get(state, {}).items():
        set_path(item, path, value)


def _as_result(kind: Kind, operation: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {kind.shown[operation].removesuffix("[]"): items}


def _passes(item: dict[str, Any], filters: list[dict[str, Any]], kind: Kind) -> bool:
    """AWS's filters, as far as the kind names them; what it does not name finds nothing."""
    tags = {tag.get("Key"): tag.get("Value") for tag in item.get("Tags") or item.get("TagList") or []}
    for one in filters:
        name = str(one.get("Name", ""))
        value = (
            tags.get(name.removeprefix("tag:"))
            if name.startswith("tag:")
            else get_path(item, kind.filters.get(name, "-"))
        )
        if value not in one.get("Values", []):
            return False
    return True
