# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""From the record sets of a group to those of a wanted share, and back to how they were.

A record set that exists is copied to the letter; only what a shift owns (weight, TTL, health check, and whether it has
a weight at all) is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._route53.plan import CREATE, DELETE, Batch, Change
from .._route53.records import SIMPLE, Raw, Record, as_raw, policy_of
from .groups import (
    ALIAS_TTL,
    Group,
    Member,
    Zone,
    as_found,
    by_side,
    found_in,
    identified,
    is_balancer,
    is_guarded,
    is_mixed,
    shown_items,
    sides_of,
    state_of,
    target_of,
)
from .plan import Refused, Split, State, Weights, differences, not_expected, said, same_split


@dataclass(frozen=True)
class Wish:
    """What all groups ought to be. weights None: as they are. ttl None: as it is. simple: one record without weight.
    expected: what the caller left behind."""

    weights: Weights | None = None
    ttl: int | None = None
    simple: bool = False
    expected: Weights | None = None


def planned(group: Group, wish: Wish, zone: Zone) -> Split:
    """The group before and after. Raises Refused."""
    present = found_in(group, zone)
    members = sides_of(group, present, wish.weights)
    sides = [member.side for member in members]
    found = by_side(group, members, present)
    before = state_of(group, sides, found, zone)
    if surprise := not_expected(before.weights, wish.expected, wish.weights):
        raise Refused(f"{group.place.name}: {surprise}")
    weights = wish.weights or before.weights
    make = _as_simple if wish.simple else _as_weighted
    after = state_of(group, sides, make(group, members, found, weights, wish.ttl), zone)
    if reasons := [f"{group.place.name}: {reason}" for reason in _unfit(wish, before, after)]:
        raise Refused(*reasons)
    return Split(group.place, before, after, before.held, tuple(_warnings(group, after)))


def restored(group: Group, was: Sequence[Raw], left: Sequence[Raw], zone: Zone) -> Split:
    """The group before and after a shift is undone: was is what it had before, left what the shift made of it.

    Weights, TTLs and health checks may have been moved since. Raises Refused when it leads elsewhere.
    """
    present = found_in(group, zone)
    now, then = identified(present), identified(was)
    before, after = (state_of(group, list(one), one, zone) for one in (now, then))
    if _led(present) not in (_led(left), _led(was)):
        changes = said(differences(shown_items(left), before.shown))
        raise Refused(
            f"{group.place.name}: somebody has changed it since ({changes}). Nothing is changed: put that right "
            "first, or write by hand what undo holds under before."
        )
    return Split(group.place, before, after, before.held)


def changes_of(split: Split) -> Batch:
    """DELETE of exactly what was read, CREATE of what is wanted. All members of the group take part, also those that
    stay the same, so that a change to any of them since the read makes the batch fail."""
    deletes = (Change(DELETE, raw) for raw in split.before.items)
    return (*deletes, *(Change(CREATE, raw) for raw in split.after.items))


def same_items(one: Sequence[Raw], other: Sequence[Raw]) -> bool:
    """Whether AWS would take them for the same."""
    return as_found(one) == as_found(other)


def _led(items: Sequence[Raw]) -> list[tuple[object, ...]]:
    """What a shift does not own of a group: who is in it, and where each leads."""
    return [(record.identifier, record.alias, record.values) for record in as_found(items)]


def _as_weighted(
    group: Group, members: Sequence[Member], found: Mapping[str, Raw], weights: Weights, ttl: int | None
) -> dict[str, Raw]:
    """One record set a side."""
    lacking = [member for member in members if member.side not in found and not member.described]
    if lacking:
        raise Refused(
            *(
                f"{group.place.name}: side {member.side} has no record {member.identifier}. Say where it leads (target "
                "or values), so that it can be made, or create it first."
                for member in lacking
            )
        )
    present_ttl = next((raw["TTL"] for raw in found.values() if "TTL" in raw), ALIAS_TTL)
    name = next(iter(found.values()))["Name"]
    made: dict[str, Raw] = {}
    for member in members:
        base = found.get(member.side) or _new(name, group.type, member, present_ttl)
        own = {"SetIdentifier": member.identifier, "Weight": weights[member.side]}
        made[member.side] = _with_settings({**base, **own}, member, ttl)
    return made


def _as_simple(
    group: Group, members: Sequence[Member], found: Mapping[str, Raw], weights: Weights, ttl: int | None
) -> dict[str, Raw]:
    """The record set that has all the traffic, without weight, and without the check that only a choice needs."""
    asked = [side for side, weight in weights.items() if weight]
    serving = [side for side, raw in found.items() if raw.get("Weight", 1)]
    if len(asked) != 1 or asked != serving:
        raise Refused(
            f"{group.place.name}: a simple record has all the traffic, of one side. Asked for is "
            f"{', '.join(asked)}, and the traffic goes to {', '.join(serving)}. Shift it first."
        )
    raw = found[asked[0]]
    dropped = () if policy_of(raw) == SIMPLE else ("SetIdentifier", "Weight", "HealthCheckId")
    member = next(member for member in members if member.side == asked[0])
    return {asked[0]: _with_settings({key: raw[key] for key in raw if key not in dropped}, member, ttl)}


def _new(name: str, kind: str, member: Member, ttl: int) -> dict[str, Any]:
    """A record set that does not exist."""
    if member.alias:
        return as_raw(name, kind, Record(alias=member.alias))
    return as_raw(name, kind, Record(ttl=ttl, values=member.values))


def _with_settings(raw: Raw, member: Member, ttl: int | None) -> dict[str, Any]:
    made = dict(raw)
    if ttl is not None and "TTL" in made:
        made["TTL"] = ttl
    if member.health_check is not None:
        made.pop("HealthCheckId", None)
    return {**made, "HealthCheckId": member.health_check} if member.health_check else made


def _unfit(wish: Wish, before: State, after: State) -> Iterator[str]:
    if not any(after.weights.values()):
        yield "all its weights are 0, so that all sides get the same. Give weights."
    yield from _unfit_ttls(after)
    longest = max((raw["TTL"] for raw in before.items if "TTL" in raw), default=0)
    if wish.ttl is not None and wish.ttl < longest and not same_split(before.weights, after.weights):
        yield (
            f"resolvers keep the present answers for {longest} s, and so would not follow the new weights. Shorten the "
            f"TTL ahead: run with ttl={wish.ttl} and without weights, wait {longest} s, then shift."
        )
    if is_mixed(after.items) and not is_mixed(before.items):
        bare = ", ".join(str(raw["SetIdentifier"]) for raw in after.items if not is_guarded(raw))
        yield (
            f"{bare} would be without a health check, and others have one. Route 53 would take it for healthy always, "
            "and send it the traffic of all that fail. Give all sides a check, or none."
        )


def _unfit_ttls(after: State) -> Iterator[str]:
    ttls = {raw.get("SetIdentifier", SIMPLE): raw["TTL"] for raw in after.items if "TTL" in raw}
    if len(set(ttls.values())) > 1:
        listed = ", ".join(f"{identifier} {ttl} s" for identifier, ttl in ttls.items())
        yield f"its TTLs differ ({listed}), so that no share holds. Give ttl to make them one."
    elif ttls and any(is_balancer(raw) for raw in after.items) and set(ttls.values()) != {ALIAS_TTL}:
        yield (
            f"it has an alias of a load balancer, which is kept for {ALIAS_TTL} s, beside values that are kept for "
            f"another time. That bends the shares. Give ttl={ALIAS_TTL}."
        )


def _warnings(group: Group, after: State) -> Iterator[str]:
    if is_mixed(after.items):
        bare = ", ".join(f"{raw['SetIdentifier']} ({target_of(raw)})" for raw in after.items if not is_guarded(raw))
        yield (
            f"{group.place.name}: {bare} has no health check, others have one. It counts as healthy always and gets "
            "the traffic of all that fail."
        )
