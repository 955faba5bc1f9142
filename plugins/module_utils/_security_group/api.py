# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The EC2 calls about rules of security groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

from .plan import ALL_PROTOCOLS, EGRESS, Rule, RulesPlan, peer_field, seen

if TYPE_CHECKING:
    from botocore.client import BaseClient

NOT_YET = AWSRetry.jittered_backoff(
    retries=8, catch_extra_error_codes=["InvalidGroup.NotFound", "InvalidSecurityGroupRuleId.NotFound"]
)
"""EC2 may not know a group or rule everywhere for some seconds after it was made."""


def read(client: BaseClient, group_ids: Iterable[str]) -> list[Rule]:
    """Every rule of the groups."""
    wanted = sorted(set(group_ids))
    if not wanted:
        return []
    pages = client.get_paginator("describe_security_group_rules").paginate(
        Filters=[{"Name": "group-id", "Values": wanted}]
    )
    return [seen(item) for page in pages for item in page["SecurityGroupRules"]]


def apply(client: BaseClient, plan: RulesPlan) -> None:
    """Carries the plan out, new rules first."""
    for rule in plan.create:
        NOT_YET(_authorize)(client, rule)
    for group_id, rules in _by_group(plan.modify):
        NOT_YET(_modify)(client, group_id, rules)
    for rule in plan.retag:
        _tag(client, rule)
    for (group_id, direction), rules in _by_direction(plan.revoke):
        _revoke(client, group_id, direction, [rule.id or "" for rule in rules])


def _authorize(client: BaseClient, rule: Rule) -> None:
    """One call a rule: the tags of a call are given to all of its rules, and each rule has its own."""
    authorize = (
        client.authorize_security_group_egress if rule.direction == EGRESS else client.authorize_security_group_ingress
    )
    try:
        authorize(GroupId=rule.group_id, IpPermissions=[_permission(rule)], TagSpecifications=_tag_specifications(rule))
    except is_boto3_error_code("InvalidPermission.Duplicate"):
        # It was made moments ago and the read did not show it yet. Whether it is as asked is seen when the layer is
        # read back.
        return


def _permission(rule: Rule) -> dict[str, Any]:
    ports = {} if rule.protocol == ALL_PROTOCOLS else {"FromPort": rule.from_port, "ToPort": rule.to_port}
    ranges, name = {
        "CidrIpv4": ("IpRanges", "CidrIp"),
        "CidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
        "ReferencedGroupId": ("UserIdGroupPairs", "GroupId"),
        "PrefixListId": ("PrefixListIds", "PrefixListId"),
    }[peer_field(rule.peer)]
    return {"IpProtocol": rule.protocol, **ports, ranges: [{name: rule.peer, "Description": rule.description}]}


def _tag_specifications(rule: Rule) -> list[dict[str, Any]]:
    tags = [{"Key": name, "Value": value} for name, value in rule.tags.items()]
    return [{"ResourceType": "security-group-rule", "Tags": tags}] if tags else []


def _modify(client: BaseClient, group_id: str, rules: list[Rule]) -> None:
    updates = [{"SecurityGroupRuleId": rule.id, "SecurityGroupRule": _request(rule)} for rule in rules]
    client.modify_security_group_rules(GroupId=group_id, SecurityGroupRules=updates)


def _request(rule: Rule) -> dict[str, Any]:
    return {
        "IpProtocol": rule.protocol,
        "FromPort": rule.from_port,
        "ToPort": rule.to_port,
        peer_field(rule.peer): rule.peer,
        "Description": rule.description,
    }


def _tag(client: BaseClient, rule: Rule) -> None:
    client.create_tags(Resources=[rule.id], Tags=[{"Key": name, "Value": value} for name, value in rule.tags.items()])


def _revoke(client: BaseClient, group_id: str, direction: str, ids: list[str]) -> None:
    revoke = client.revoke_security_group_egress if direction == EGRESS else client.revoke_security_group_ingress
    try:
        revoke(GroupId=group_id, SecurityGroupRuleIds=ids)
    except is_boto3_error_code(
        ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound", "InvalidGroup.NotFound"]
    ):
        # AWS revokes all or none: one that is gone already must not keep the others.
        if len(ids) > 1:
            for identity in ids:
                _revoke(client, group_id, direction, [identity])


def _by_group(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    for group_id, group in groupby(sorted(rules, key=lambda rule: rule.group_id), key=lambda rule: rule.group_id):
        yield group_id, list(group)


def _by_direction(rules: Iterable[Rule]) -> Iterator[tuple[tuple[str, str], list[Rule]]]:
    def place(rule: Rule) -> tuple[str, str]:
        return rule.group_id, rule.direction

    for where, group in groupby(sorted(rules, key=place), key=place):
        yield where, list(group)
