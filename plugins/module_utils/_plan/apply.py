# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the tasks of a role loop over: the resources of a plan by type, with the values that the modules are to be
given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .._model.core import PHASE_TAG, Found, Model, Reality, Resource, Value
from .compare import DELETE, Plan


@dataclass(frozen=True)
class Item:
    """One turn of a task's loop. id is None while the resource does not exist; action is none where a full run looks at
    an unchanged one.
    """

    key: str
    type: str
    name: str
    action: str
    id: str | None
    attributes: Mapping[str, Value]
    facts: Mapping[str, Value] = field(default_factory=dict)
    changed: tuple[str, ...] = ()


def work_items(
    types: Iterable[str], model: Model, reality: Reality, plan: Plan, *, full: bool = False
) -> dict[str, list[Item]]:
    """Items by type, an empty list for each of types that has nothing to do: those that the plan changes, or with full
    every resource of the model; removals under the key removed.

    A value that belongs to someone else (a weight, a capacity, the phase) is the one that AWS shows, so that a module
    that writes it back changes nothing.
    """
    planned = {change.key: change for change in plan.changes}
    items: dict[str, list[Item]] = {kind: [] for kind in types}
    for key, wanted in model.items():
        change = planned.get(key)
        if change is None and not full:
            continue
        found = reality.get(key)
        items[wanted.type].append(
            Item(
                key,
                wanted.type,
                wanted.name,
                change.action if change else "none",
                found.id if found else None,
                _values(wanted, found),
                found.facts if found else {},
                tuple(difference.path for difference in change.differences) if change else (),
            )
        )
    items["removed"] = [
        Item(c.key, c.type, c.name, DELETE, reality[c.key].id, reality[c.key].attributes, reality[c.key].facts)
        for c in plan.changes
        if c.action == DELETE
    ]
    return items


def _values(wanted: Resource, found: Found | None) -> dict[str, Value]:
    values = {**wanted.attributes, **wanted.initial}
    if found is None:
        return values
    for path in wanted.initial:
        if found.attributes.get(path) is not None:
            values[path] = found.attributes[path]
    tags, present = values.get("tags"), found.attributes.get("tags")
    if isinstance(tags, Mapping) and isinstance(present, Mapping) and PHASE_TAG in tags and PHASE_TAG in present:
        values["tags"] = {**tags, PHASE_TAG: present[PHASE_TAG]}
    return values
