# Copyright: the cutover.aws authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Rules of security groups, made and changed one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.cutover.aws.plugins.modules import ec2_security_group_rules
from local_cloud.testing import LocalCloud

Run = Callable[..., dict[str, Any]]
MAIN = ec2_security_group_rules.main


class Group:
    """A security group of a test."""

    def __init__(self, cloud: LocalCloud, name: str) -> None:
        self.ec2 = cloud.client("ec2")
        vpc = self.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        self.id = self.ec2.create_security_group(GroupName=name, Description="one", VpcId=vpc)["GroupId"]

    def rules(self) -> list[dict[str, Any]]:
        mine = [{"Name": "group-id", "Values": [self.id]}]
        found: list[dict[str, Any]] = self.ec2.describe_security_group_rules(Filters=mine)["SecurityGroupRules"]
        return [rule for rule in found if not rule["IsEgress"]]

    def https(self, **changes: Any) -> dict[str, Any]:
        said = {"direction": "ingress", "from_port": 443, "to_port": 443, "peer": "0.0.0.0/0", "description": "HTTPS"}
        return {"group_id": self.id, **said, "tags": {"Name": "https"}, **changes}


@pytest.fixture
def group(cloud: LocalCloud, request: pytest.FixtureRequest) -> Group:
    return Group(cloud, request.node.name)


def test_a_rule_is_made_once_with_description_and_tags(run: Run, group: Group) -> None:
    assert run(MAIN, rules=[group.https()])["changed"]
    assert not run(MAIN, rules=[group.https()])["changed"]
    (rule,) = group.rules()
    assert (rule["Description"], rule["Tags"]) == ("HTTPS", [{"Key": "Name", "Value": "https"}])


def test_check_mode_says_what_it_would_do_and_does_nothing(run: Run, group: Group) -> None:
    result = run(MAIN, check=True, rules=[group.https()])
    assert result["changed"] and [line["action"] for line in result["plan"]] == ["create"]
    assert group.rules() == []


@pytest.mark.parametrize(
    "changes",
    [{"description": "All HTTPS"}, {"to_port": 444}, {"peer": "10.0.0.0/8"}, {"tags": {"Name": "other"}}],
    ids=["description", "port", "peer", "tags"],
)
def test_a_rule_that_is_changed_keeps_its_id(run: Run, group: Group, changes: dict[str, Any]) -> None:
    run(MAIN, rules=[group.https()])
    before = group.rules()[0]["SecurityGroupRuleId"]
    wanted = group.https(rule_id=before, **changes)
    assert run(MAIN, rules=[wanted])["changed"]
    assert [rule["SecurityGroupRuleId"] for rule in group.rules()] == [before]
    assert not run(MAIN, rules=[wanted])["changed"]


def test_a_peer_of_another_kind_replaces_the_rule(run: Run, group: Group) -> None:
    run(MAIN, rules=[group.https()])
    before = group.rules()[0]["SecurityGroupRuleId"]
    run(MAIN, rules=[group.https(rule_id=before, peer=group.id)])
    (rule,) = group.rules()
    assert rule["SecurityGroupRuleId"] != before and rule["ReferencedGroupInfo"]["GroupId"] == group.id


def test_rules_are_revoked_by_id_and_a_second_time_quietly(run: Run, group: Group) -> None:
    run(MAIN, rules=[group.https(), group.https(from_port=80, to_port=80)])
    absent = [{"group_id": group.id, "rule_id": rule["SecurityGroupRuleId"]} for rule in group.rules()]
    assert run(MAIN, absent=absent)["changed"] and group.rules() == []
    assert not run(MAIN, absent=absent)["changed"]


def test_a_new_rule_is_there_before_the_old_one_goes(cloud: LocalCloud, run: Run, group: Group) -> None:
    run(MAIN, rules=[group.https()])
    old = {"group_id": group.id, "rule_id": group.rules()[0]["SecurityGroupRuleId"]}
    run(MAIN, rules=[group.https(peer="::/0")], absent=[old])
    writes = [call["operation"] for call in cloud.control.calls(access="write")]
    assert writes[-2:] == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
