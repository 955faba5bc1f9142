# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a task asks for, checked before AWS is asked anything: all that is wrong with it at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from .._model.dns import value_of
from .._model.zone import domain
from .._route53.records import Alias
from . import forwards, records
from .forwards import MOST_GROUPS, Route, kind_of
from .groups import LARGEST_WEIGHT, LONGEST_IDENTIFIER, LONGEST_TTL, MOST_MEMBERS, Group, Member
from .plan import Refused, Weights, wrong_weights

SETTINGS = ("identifier", "target", "target_zone", "evaluate_target_health", "values", "health_check")
"""What can be said of a member of a group."""

Asked = Mapping[str, Any]
"""The parameters of a module, or a part of them."""


def record_groups(asked: Asked) -> tuple[list[Group], records.Wish]:
    """The groups, and what they ought to be. Raises Refused."""
    _refuse(wrong for group in asked["groups"] for wrong in _misspelt(group))
    groups = [_group(one) for one in asked["groups"]]
    sides = {group.place.name: [member.side for member in group.members] for group in groups if group.members}
    _refuse(
        [
            *_wrong_weights(asked, LARGEST_WEIGHT),
            *(f"groups: {name} is there twice." for name in _twice(group.place.name for group in groups)),
            *(wrong for group in groups for wrong in _wrong_members(group)),
            *_wrong_sides(sides, asked),
            *_wrong_ttl(asked["ttl"]),
        ]
    )
    weights, expected = _weights(asked["weights"]), _weights(asked["expected"])
    return groups, records.Wish(weights, asked["ttl"], asked["routing"] == "simple", expected)


def routes(asked: Asked) -> tuple[list[Route], forwards.Wish]:
    """The listeners and rules, and what they ought to be. Raises Refused."""
    found = [Route(one["arn"], one["sides"]) for one in asked["routes"]]
    _refuse(
        [
            *_wrong_weights(asked, forwards.LARGEST_WEIGHT),
            *(f"routes: {arn} is there twice." for arn in _twice(route.arn for route in found)),
            *(wrong for route in found for wrong in _wrong_route(route)),
            *_wrong_sides({route.arn: route.sides for route in found}, asked),
        ]
    )
    weights, expected = _weights(asked["weights"]), _weights(asked["expected"])
    return found, forwards.Wish(weights, asked["stickiness"] == "released", expected)


def undone(entries: Iterable[Asked], fields: Collection[str]) -> None:
    """Raises Refused for what no shift has returned as its undo."""
    wanted = {*fields, "before", "after"}
    _refuse(
        f"undo: entry {number} has not {', '.join(sorted(wanted))}. Give what the shift returned, unchanged."
        for number, entry in enumerate(entries, 1)
        if set(entry) != wanted or not entry["before"] or not entry["after"]
    )


def _refuse(wrong: Iterable[str]) -> None:
    if reasons := list(wrong):
        raise Refused(*reasons)


def _misspelt(group: Asked) -> Iterator[str]:
    """Members are free of form, so that Ansible has not looked at them."""
    name = f"{group['name']} {group['type']}"
    for side, settings in (group["members"] or {}).items():
        if settings is None:
            continue
        if not isinstance(settings, Mapping):
            yield f"{name}: members.{side} is {settings!r}, but ought to hold settings of the side, or nothing."
            continue
        if unknown := sorted(set(settings) - set(SETTINGS)):
            yield f"{name}: members.{side} has {', '.join(unknown)}, but can have {', '.join(SETTINGS)}."
        if bool(settings.get("target")) != bool(settings.get("target_zone")):
            yield f"{name}: members.{side} has one of target and target_zone, but needs both."
        if settings.get("target") and settings.get("values"):
            yield f"{name}: members.{side} has a target and values, but leads to one of them."


def _group(one: Asked) -> Group:
    members = tuple(_member(side, settings or {}, one["type"]) for side, settings in (one["members"] or {}).items())
    return Group(one["zone_id"], domain(one["name"]), one["type"], members)


def _member(side: str, settings: Asked, kind: str) -> Member:
    target, check = settings.get("target"), settings.get("health_check")
    health = bool(settings.get("evaluate_target_health", True))
    return Member(
        side=side,
        identifier=str(settings.get("identifier", side)),
        alias=Alias(domain(target), settings["target_zone"], health) if target else None,
        values=tuple(sorted(value_of(kind, str(value)) for value in settings.get("values") or ())),
        health_check=None if check is None else str(check),
    )


def _wrong_members(group: Group) -> Iterator[str]:
    name, identifiers = group.place.name, [member.identifier for member in group.members]
    for identifier in _twice(identifiers):
        sides = ", ".join(member.side for member in group.members if member.identifier == identifier)
        yield f"{name}: {sides} have the same identifier {identifier}. Each side has a record of its own."
    for identifier in identifiers:
        if not 1 <= len(identifier) <= LONGEST_IDENTIFIER:
            yield f"{name}: the identifier {identifier!r} has not 1 to {LONGEST_IDENTIFIER} characters."
    if len(identifiers) > MOST_MEMBERS:
        yield f"{name}: {len(identifiers)} sides, but a name and type has {MOST_MEMBERS} weighted records at most."


def _wrong_route(route: Route) -> Iterator[str]:
    if kind_of(route.arn) is None:
        yield f"routes: {route.arn} is the ARN of neither a listener nor a rule."
    for arn in _twice(route.sides.values()):
        sides = ", ".join(side for side, group in route.sides.items() if group == arn)
        yield f"{route.arn}: {sides} have the same target group {arn}."
    if len(route.sides) > MOST_GROUPS:
        yield f"{route.arn}: {len(route.sides)} sides, but an action has {MOST_GROUPS} target groups at most."


def _wrong_weights(asked: Asked, largest: int) -> Iterator[str]:
    given = {name: asked[name] for name in ("weights", "expected") if asked[name] is not None}
    for name, weights in given.items():
        unfit = [f"{name}: {weight!r} for {side} is no whole number." for side, weight in _unfit(weights)]
        yield from unfit
        if name == "weights" and not unfit:
            yield from wrong_weights(_weights(weights) or {}, largest)


def _unfit(weights: Asked) -> list[tuple[str, object]]:
    """Templates may hand a number over as its text."""
    return [
        (side, weight)
        for side, weight in weights.items()
        if isinstance(weight, bool) or not str(weight).removeprefix("-").isdecimal()
    ]


def _weights(given: Asked | None) -> Weights | None:
    return None if given is None else {side: int(str(weight)) for side, weight in given.items()}


def _wrong_sides(sides: Mapping[str, Collection[str]], asked: Asked) -> Iterator[str]:
    """Every weight is a side's, and every side has one."""
    weights, expected = asked["weights"], asked["expected"]
    if weights is not None and expected is not None and set(weights) != set(expected):
        yield f"expected: its sides ({_listed(expected)}) are not those of weights ({_listed(weights)})."
    for name, given in (("weights", weights), ("expected", expected)):
        for place, own in sides.items():
            if given is not None and set(own) != set(given):
                yield f"{name}: {place} has the sides {_listed(own)}, but there are {name} for {_listed(given)}."


def _wrong_ttl(ttl: int | None) -> Iterator[str]:
    if ttl is not None and not 0 <= ttl <= LONGEST_TTL:
        yield f"ttl: {ttl} is not within 0 and {LONGEST_TTL}."


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
