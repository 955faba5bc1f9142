# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What has to be done to the rules of security groups, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

ALL_PROTOCOLS = "-1"
INGRESS, EGRESS = "ingress", "egress"


@dataclass(frozen=True)
class Rule:
    """One rule of a group. peer is a CIDR (IPv4 or IPv6), a group's id or a prefix list's id; id is None while there is
    no rule.
    """

    group_id: str
    direction: str
    protocol: str
    from_port: int
    to_port: int
    peer: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    id: str | None = None

    @property
    def content(self) -> tuple[str | int, ...]:
        """What it says. AWS has no two rules of the same content."""
        return self.group_id, self.direction, self.protocol, self.from_port, self.to_port, self.peer

    @property
    def family(self) -> str:
        """The kind of its peer, which AWS cannot change."""
        return peer_field(self.peer)


@dataclass(frozen=True)
class RulesPlan:
    """create comes first and revoke last, so that a rule that replaces another leaves no moment without either."""

    create: tuple[Rule, ...]
    modify: tuple[Rule, ...]
    retag: tuple[Rule, ...]
    revoke: tuple[Rule, ...]

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.create or self.modify or self.retag or self.revoke)


def peer_field(peer: str) -> str:
    """The field of EC2's SecurityGroupRuleRequest that takes this peer."""
    if peer.startswith("sg-"):
        return "ReferencedGroupId"
    if peer.startswith("pl-"):
        return "PrefixListId"
    return "CidrIpv6" if ":" in peer else "CidrIpv4"


def seen(item: Mapping[str, Any]) -> Rule:
    """A rule of an answer of DescribeSecurityGroupRules."""
    group = item.get("ReferencedGroupInfo") or {}
    return Rule(
        group_id=item["GroupId"],
        direction=EGRESS if item["IsEgress"] else INGRESS,
        protocol=item["IpProtocol"],
        from_port=item.get("FromPort", -1),
        to_port=item.get("ToPort", -1),
        peer=group.get("GroupId") or item.get("CidrIpv4") or item.get("CidrIpv6") or item.get("PrefixListId", ""),
        description=item.get("Description", ""),
        tags={tag["Key"]: tag["Value"] for tag in item.get("Tags", [])},
        id=item["SecurityGroupRuleId"],
    )


def rules_plan(wanted: Iterable[Rule], absent: Iterable[str], existing: Iterable[Rule]) -> RulesPlan:
    """wanted may carry the id of the rule that it is to become; absent are ids of rules to revoke; a rule that is
    neither is left alone.

    A rule of the same content is taken as it is, whatever id was given. One whose peer is of another kind is replaced:
    AWS changes the peer only within its kind.
    """
    by_content = {rule.content: rule for rule in existing}
    by_id = {rule.id: rule for rule in by_content.values()}
    create, modify, retag = [], [], []
    revoke = {identity: by_id[identity] for identity in absent if identity in by_id}
    for rule in wanted:
        same, named = by_content.get(rule.content), by_id.get(rule.id)
        present = same or (named if named and _can_become(named, rule) else None)
        if present is None:
            create.append(replace(rule, id=None))
            if named:
                revoke[named.id or ""] = named
            continue
        if present.content != rule.content or present.description != rule.description:
            modify.append(replace(rule, id=present.id))
        if any(present.tags.get(name) != value for name, value in rule.tags.items()):
            retag.append(replace(rule, id=present.id))
    kept = {rule.id for rule in (*modify, *retag)}
    return RulesPlan(
        tuple(create),
        tuple(modify),
        tuple(retag),
        tuple(rule for identity, rule in revoke.items() if identity not in kept),
    )


def _can_become(present: Rule, wanted: Rule) -> bool:
    same_place = present.group_id == wanted.group_id and present.direction == wanted.direction
    return same_place and present.family == wanted.family
