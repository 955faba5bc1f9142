# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one comparison: what a layer ought to be against what AWS shows.

Plan, drift report, check mode, the no-change run, the read-back after a run and the tests all ask compare().
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .._model.core import PHASE_TAG, UNKNOWN, Found, Model, Reality, Resource, Value

CREATE, UPDATE, DELETE = "create", "update", "delete"
VALUES = "values"
"""An attribute of many values by name: each that differs is a difference, and so is each that is too much."""


@dataclass(frozen=True)
class Difference:
    """One attribute: its path (tags.Name), what AWS shows, what the model asks for."""

    path: str
    before: Value
    after: Value


@dataclass(frozen=True)
class Change:
    """What the next run does to one resource."""

    action: str
    key: str
    type: str
    name: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Plan:
    """changes: what a run does. left_alone: initial values that someone else has moved. unexpected: what carries the
    stack's tag and is not in the model.
    """

    changes: tuple[Change, ...] = ()
    left_alone: tuple[Change, ...] = ()
    unexpected: tuple[Found, ...] = field(default=())


def compare(model: Model, reality: Reality, pruned_types: Collection[str] = ()) -> Plan:
    """The difference between model and AWS, attribute by attribute.

    Attributes that the model does not name are AWS's own business. Of pruned_types (rules of a group, say) a resource
    that the model does not know is removed; of any other type it is only reported, because nothing is destroyed without
    being named.
    """
    changes, left_alone = [], []
    for key, wanted in model.items():
        found = reality.get(key)
        if found is None:
            after = {**wanted.attributes, **wanted.initial}
            changes.append(_change(CREATE, wanted, [Difference(path, None, value) for path, value in after.items()]))
            continue
        held, handed_over = _split(wanted)
        if differences := list(_differences(held, found.attributes)):
            changes.append(_change(UPDATE, wanted, differences))
        if moved := list(_differences(handed_over, found.attributes)):
            left_alone.append(_change(UPDATE, wanted, moved))
    extra = [found for key, found in reality.items() if key not in model]
    changes += [Change(DELETE, e.key, e.type, e.name, _removal(e)) for e in extra if e.type in pruned_types]
    return Plan(tuple(changes), tuple(left_alone), tuple(e for e in extra if e.type not in pruned_types))


def _change(action: str, wanted: Resource, differences: Sequence[Difference]) -> Change:
    return Change(action, wanted.key, wanted.type, wanted.name, tuple(differences))


def _removal(found: Found) -> tuple[Difference, ...]:
    return tuple(Difference(path, value, None) for path, value in found.attributes.items())


def _split(wanted: Resource) -> tuple[dict[str, Value], dict[str, Value]]:
    """What site holds, and what it only sets at creation; of the tags the phase belongs to the second."""
    held, handed_over = dict(wanted.attributes), dict(wanted.initial)
    tags = held.get("tags")
    if isinstance(tags, Mapping) and PHASE_TAG in tags:
        held["tags"] = {tag: value for tag, value in tags.items() if tag != PHASE_TAG}
        handed_over["tags"] = {PHASE_TAG: tags[PHASE_TAG]}
    return held, handed_over


def _differences(wanted: Mapping[str, Value], actual: Mapping[str, Value]) -> Iterator[Difference]:
    for path, after in wanted.items():
        before = actual.get(path)
        if path == "tags" and isinstance(after, Mapping):
            # Tags that others have added (cost tools, AWS itself) stay: only ours are compared.
            present = before if isinstance(before, Mapping) else {}
            yield from (
                Difference(f"tags.{tag}", present.get(tag), value)
                for tag, value in after.items()
                if present.get(tag) != value
            )
        elif path == VALUES and isinstance(after, Mapping) and isinstance(before, Mapping):
            yield from (
                Difference(f"{path}.{name}", before.get(name), after.get(name))
                for name in sorted(before.keys() | after.keys())
                if before.get(name) != after.get(name)
            )
        elif after == UNKNOWN or before != after:
            yield Difference(path, before, after)
