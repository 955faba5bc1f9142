# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of security groups: moto loses the description of a rule about a group, and changes only IPv4 peers."""

from __future__ import annotations

from typing import Any

from local_cloud.errors import AwsError
from local_cloud.layers import Next
from local_cloud.request import Request
from local_cloud.response import Response
from local_cloud.services import amends, handles


@amends("ec2", "DescribeSecurityGroupRules")
def describe_group_peers(request: Request, result: dict[str, Any]) -> None:
    for rule in result.get("SecurityGroupRules", []):
        peer = rule.get("ReferencedGroupInfo")
        if not peer:
            continue
        held = rule_of(request, rule["GroupId"], rule["SecurityGroupRuleId"])
        rule["Description"] = held.source_group.get("Description", "")


@handles("ec2", "ModifySecurityGroupRules")
def modify_any_peer(request: Request, next_handler: Next) -> Response:
    response = next_handler(request)
    if not response.ok:
        return response
    for update in request.parameters["SecurityGroupRules"]:
        rule = rule_of(request, request.parameters["GroupId"], update["SecurityGroupRuleId"])
        wanted = update["SecurityGroupRule"]
        description = {"Description": wanted.get("Description", "")}
        if "ReferencedGroupId" in wanted:
            rule.source_group = {**rule.source_group, "GroupId": wanted["ReferencedGroupId"], **description}
            rule.ip_range = {}
        elif "CidrIpv6" in wanted:
            rule.ip_range = {"CidrIpv6": wanted["CidrIpv6"], **description}
        elif "PrefixListId" in wanted:
            rule.prefix_list_id = wanted["PrefixListId"]
    return response


@handles("ec2", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress")
def refuse_second_rule_about_group(request: Request, next_handler: Next) -> Response:
    """Two rules of the same content are one to AWS, whatever their descriptions."""
    group = request.backend().get_security_group_from_id(request.parameters.get("GroupId"))
    rules = []
    if group is not None:
        rules = group.egress_rules if request.operation.endswith("Egress") else group.ingress_rules
    present = {content(rule) for rule in rules if rule.source_group}
    for permission in request.parameters.get("IpPermissions", []):
        for pair in permission.get("UserIdGroupPairs", []):
            asked = (
                permission["IpProtocol"],
                permission.get("FromPort"),
                permission.get("ToPort"),
                pair.get("GroupId"),
            )
            if asked in present:
                raise AwsError("InvalidPermission.Duplicate", "the specified rule already exists")
    return next_handler(request)


def content(rule: Any) -> tuple[Any, ...]:
    return rule.ip_protocol, rule.from_port, rule.to_port, rule.source_group.get("GroupId")


def rule_of(request: Request, group_id: str, rule_id: str) -> Any:
    return request.backend().get_security_group_from_id(group_id).get_rule(rule_id)
