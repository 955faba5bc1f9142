# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of security groups as objects: what they say of a group at the other end, and what can be changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Clients = Callable[..., Any]
Refused = Callable[..., Any]
PORT = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080}


def group_with_rule(clients: Clients, peer: dict[str, Any]) -> tuple[Any, str, str]:
    ec2 = clients("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="one", Description="one", VpcId=vpc)["GroupId"]
    pair = {"UserIdGroupPairs": [{"GroupId": group, **peer.pop("group")}]} if "group" in peer else peer
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**PORT, **pair}])
    return ec2, group, made["SecurityGroupRules"][0]["SecurityGroupRuleId"]


def description(ec2: Any, rule: str) -> str | None:
    described: dict[str, Any] = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"][0]
    return described.get("Description")


def test_rule_about_a_group_keeps_its_description(aws: Clients) -> None:
    ec2, _group, rule = group_with_rule(aws, {"group": {"Description": "among themselves"}})
    assert description(ec2, rule) == "among themselves"


def test_moto_loses_the_description_of_a_rule_about_a_group(bare: Clients) -> None:
    ec2, _group, rule = group_with_rule(bare, {"group": {"Description": "among themselves"}})
    assert not description(ec2, rule)


def test_group_at_the_other_end_can_be_changed(aws: Clients) -> None:
    ec2, group, rule = group_with_rule(aws, {"group": {"Description": "before"}})
    vpc = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"]
    other = ec2.create_security_group(GroupName="two", Description="two", VpcId=vpc)["GroupId"]
    wanted = {**PORT, "ReferencedGroupId": other, "Description": "after"}
    ec2.modify_security_group_rules(
        GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": wanted}]
    )
    described = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"][0]
    assert (described["ReferencedGroupInfo"]["GroupId"], described["Description"]) == (other, "after")


def test_ipv6_range_can_be_changed(aws: Clients) -> None:
    ec2, group, rule = group_with_rule(aws, {"Ipv6Ranges": [{"CidrIpv6": "::/0"}]})
    wanted = {**PORT, "CidrIpv6": "fd00::/8", "Description": "after"}
    ec2.modify_security_group_rules(
        GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": wanted}]
    )
    described = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"][0]
    assert (described["CidrIpv6"], described["Description"]) == ("fd00::/8", "after")


def test_same_rule_with_another_description_is_refused(aws: Clients, refused: Refused) -> None:
    ec2, group, _rule = group_with_rule(aws, {"group": {"Description": "first"}})
    pair = {"GroupId": group, "Description": "second"}
    with refused("InvalidPermission.Duplicate"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[{**PORT, "UserIdGroupPairs": [pair]}])
