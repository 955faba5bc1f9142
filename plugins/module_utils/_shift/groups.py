# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Groups of record sets, whoever made them: which record set is whose, where it leads, how long it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .._model.core import Value
from .._route53.records import SIMPLE, WEIGHTED, Alias, Raw, Record, parsed, policy_of
from .plan import Place, Refused, State, Weights

LARGEST_WEIGHT = 255
LONGEST_IDENTIFIER = 128
LONGEST_TTL = 2**31 - 1
MOST_MEMBERS = 100
"""Weighted record sets of one name and type (Route 53 quotas)."""

ALIAS_TTL = 60
"""Seconds for which an alias of a load balancer is kept. Nobody can set it."""

WHOLE = 100
"""The weight that stands for a simple record, which gets everything."""

Zone = Mapping[str, Sequence[Raw]]
"""The record sets that were read in a zone, by name."""

Sides = Mapping[str, Raw]
"""The record set of each side that has one."""


@dataclass(frozen=True)
class Member:
    """A side of a group. alias or values say where it leads, which is needed where its record is to be made, and
    otherwise compared. health_check is an id, empty for none, None for whichever it has.
    """

    side: str
    identifier: str
    alias: Alias | None = None
    values: tuple[str, ...] = ()
    health_check: str | None = None

    @property
    def described(self) -> bool:
        """Whether it says where it leads."""
        return self.alias is not None or bool(self.values)

    @property
    def target(self) -> str:
        """Where it leads, for people."""
        return self.alias.target if self.alias else ", ".join(self.values)

    def is_target_of(self, raw: Raw) -> bool:
        """Whether the record set leads where this side does."""
        record = parsed(raw)
        if self.alias is None or record.alias is None:
            return self.alias is record.alias and self.values == record.values
        zones = self.alias.zone_id, record.alias.zone_id
        return zones[0] == zones[1] and _single(self.alias.target) == _single(record.alias.target)


@dataclass(frozen=True)
class Group:
    """The record sets of one name and type. Without members, each side is the record set of its identifier."""

    zone_id: str
    name: str
    type: str
    members: tuple[Member, ...] = ()

    @property
    def place(self) -> Place:
        """Its zone, name and type."""
        return Place((self.zone_id, self.name, self.type), f"{self.name} {self.type} in {self.zone_id}")


def _single(target: str) -> str:
    """The console puts dualstack. before the name of a load balancer, which is the same one without."""
    return target.removeprefix("dualstack.")


def target_of(raw: Raw) -> str:
    """Where a record set leads, for people."""
    record = parsed(raw)
    return record.alias.target if record.alias else ", ".join(record.values)


def ordered(items: Iterable[Raw]) -> tuple[Raw, ...]:
    """By identifier."""
    return tuple(sorted(items, key=lambda raw: raw.get("SetIdentifier", "")))


def as_found(items: Iterable[Raw]) -> list[Record]:
    """In a form that compares: AWS changes the case of names and the order of values."""
    return [parsed(raw) for raw in ordered(items)]


def is_guarded(raw: Raw) -> bool:
    """Whether Route 53 can find it unhealthy; without a check it counts as healthy for ever."""
    return bool(raw.get("HealthCheckId") or raw.get("AliasTarget", {}).get("EvaluateTargetHealth"))


def is_mixed(items: Iterable[Raw]) -> bool:
    """Whether some can be found unhealthy and some cannot."""
    return len({is_guarded(raw) for raw in items}) > 1


def is_balancer(raw: Raw) -> bool:
    """Whether it is an alias of a load balancer."""
    alias = parsed(raw).alias
    return alias is not None and ".elb." in f".{alias.target}" and ".amazonaws.com" in alias.target


def held_for(raw: Raw, zone_id: str, zone: Zone) -> int:
    """Seconds for which resolvers keep an answer of this record set.

    An alias has its target's TTL: that of the record for one in the same zone, 60 for what AWS runs.
    """
    if "TTL" in raw:
        return int(raw["TTL"])
    alias = parsed(raw).alias
    targets = zone.get(alias.target, ()) if alias and alias.zone_id == zone_id else ()
    return max((one.get("TTL", ALIAS_TTL) for one in targets if one["Type"] == raw["Type"]), default=ALIAS_TTL)


def found_in(group: Group, zone: Zone) -> list[Raw]:
    """The group's record sets. Raises Refused where there are none, or where they are no shift's to change."""
    name = group.place.name
    present = [raw for raw in zone[group.name] if raw["Type"] == group.type]
    if not present:
        others = ", ".join(sorted({raw["Type"] for raw in zone[group.name]})) or "none of any type"
        raise Refused(f"{name}: there is no such record (of this name: {others}). Create it first.")
    if any("TrafficPolicyInstanceId" in raw for raw in present):
        raise Refused(f"{name}: it belongs to a traffic policy instance, which has to be changed instead.")
    policies = sorted({policy_of(raw) for raw in present})
    if policies not in ([SIMPLE], [WEIGHTED]):
        routing = " and ".join(policies)
        raise Refused(f"{name}: it is routed by {routing}. Only weighted and simple records can be shifted.")
    return present


def by_side(group: Group, members: Sequence[Member], present: Sequence[Raw]) -> dict[str, Raw]:
    """The record set of each side that has one. Raises Refused for one that is no side's, or leads elsewhere."""
    if policy_of(present[0]) == SIMPLE:
        return {_side_of_simple(group, members, present[0]): present[0]}
    owners = {member.identifier: member for member in members}
    strangers = sorted({raw["SetIdentifier"] for raw in present} - set(owners))
    if strangers:
        raise Refused(
            f"{group.place.name}: {', '.join(strangers)} would keep a share and is none of the sides "
            f"({', '.join(owners)}). Name it among them, or remove it."
        )
    astray = [raw for raw in present if not _leads_as_said(owners[raw["SetIdentifier"]], raw)]
    if astray:
        raise Refused(
            *(
                f"{group.place.name}: {raw['SetIdentifier']} leads to {target_of(raw)}, not to "
                f"{owners[raw['SetIdentifier']].target} as is said here. A shift moves shares, not targets."
                for raw in astray
            )
        )
    return {owners[raw["SetIdentifier"]].side: raw for raw in present}


def _leads_as_said(member: Member, raw: Raw) -> bool:
    return not member.described or member.is_target_of(raw)


def _side_of_simple(group: Group, members: Sequence[Member], raw: Raw) -> str:
    """Whose the one record is: of the side that leads there, or of the only one that does not say where it leads."""
    same = [member.side for member in members if member.described and member.is_target_of(raw)]
    silent = [member.side for member in members if not member.described]
    candidates = same or silent
    if len(candidates) != 1:
        raise Refused(
            f"{group.place.name}: its simple record leads to {target_of(raw)}, and it cannot be told which of "
            f"{', '.join(member.side for member in members) or 'no side'} that is. Say of each other side where it "
            "leads (target or values)."
        )
    return candidates[0]


def state_of(group: Group, sides: Sequence[str], found: Sides, zone: Zone) -> State:
    """How the record sets split the traffic; a side without one gets nothing."""
    weights = {side: found[side].get("Weight", WHOLE) if side in found else 0 for side in sides}
    held = max(held_for(raw, group.zone_id, zone) for raw in found.values())
    return State(ordered(found.values()), weights, held, _by_path(found))


def identified(items: Sequence[Raw]) -> dict[str, Raw]:
    """By identifier; the simple one has none."""
    return {raw.get("SetIdentifier", SIMPLE): raw for raw in items}


def shown_items(items: Sequence[Raw]) -> dict[str, Value]:
    """Record sets for people, by their identifiers."""
    return _by_path(identified(items))


def _by_path(found: Sides) -> dict[str, Value]:
    shown: dict[str, Value] = {"routing": policy_of(next(iter(found.values())))}
    for side, raw in found.items():
        shown |= {f"{name}.{side}": value for name, value in _shown(raw).items()}
    return shown


def _shown(raw: Raw) -> dict[str, Value]:
    values: dict[str, Value] = {
        "weights": raw.get("Weight"),
        "target": target_of(raw),
        "ttl": raw.get("TTL"),
        "health_check": raw.get("HealthCheckId"),
    }
    return {name: value for name, value in values.items() if value is not None}


def sides_of(group: Group, present: Sequence[Raw], weights: Weights | None) -> tuple[Member, ...]:
    """The group's members; where it does not say, each side is the record set of its identifier."""
    if group.members:
        return group.members
    names = list(weights) if weights else [raw["SetIdentifier"] for raw in present if "SetIdentifier" in raw]
    return tuple(Member(name, name) for name in names)
